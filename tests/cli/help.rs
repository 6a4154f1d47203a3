//! `podid help`: topics, and the help of commands.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn a_topic_reads_as_plain_text() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["help", "exit-codes"]).ok().stdout, @"
    EXIT CODES

    Scripts may rely on them.

    code  name               meaning
    0                        Done, also when nothing had to be done.
    1     Failed             The work failed, or only part of it was done.
    2     InvalidInput       Wrong usage or refused input; nothing was changed.
    3     NotFound           Something that was named does not exist.
    4     PermissionMissing  Not signed in, or a permission is missing.
    5     Conflict           Changed by somebody else meanwhile, or exists with
                             other content.
    8     StillPending       Still pending when the time to wait was over; run the
                             same command again.
    130   Interrupted        Interrupted by the user; run the same command again
                             to continue.

    podid sandbox run -- COMMAND ends with the exit code of the command.

    The name stands in error.code of --error-format json when no service gave a code
    of its own.
    ");
}

/// A page in the reference and the topic have the same words.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[test]
fn topics_are_the_pages_of_the_reference() {
    let site = Site::new();
    for topic in [
        "exit-codes",
        "errors",
        "output",
        "environment",
        "configuration",
        "permissions",
    ] {
        let shown = site.podid(&["help", topic]).ok().raw_stdout;
        let page = format!("{}/docs/reference/{topic}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(page).unwrap();
        let shown_words = words(&shown);
        for row in page.lines().filter(|line| line.starts_with("| `")) {
            for word in words(row) {
                assert!(shown_words.contains(&word), "{topic}: {word} of {row}");
            }
        }
        let longest = shown.lines().filter(|line| !line.starts_with("  "));
        let longest = longest.map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= 80, "{topic}: a line of {longest}");
        assert!(!shown.contains("```") && !shown.contains("|---"), "{shown}");
        let listed = site.podid(&["--help"]).ok().stdout;
        assert!(listed.contains(&format!("  {topic} ")), "{listed}");
    }
}

#[test]
fn commands_show_their_own_help() {
    let site = Site::new();
    for command in ["add", "role grant", "sandbox", "config set"] {
        let words: Vec<&str> = command.split(' ').collect();
        let by_help = site.podid(&[&["help"], &words[..]].concat()).ok();
        let by_flag = site.podid(&[&words[..], &["--help"]].concat()).ok();
        assert_eq!(by_help.stdout, by_flag.stdout);
        assert!(by_help.stdout.contains(&format!("Usage: podid {command}")));
    }
    let root = site.podid(&["help"]).ok();
    assert_eq!(root.stdout, site.podid(&["--help"]).ok().stdout);
}

#[test]
fn an_unknown_topic_is_refused() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["help", "exit-code"]).all(), @"
    exit code 2
    ----- stderr
    error: unrecognized subcommand 'exit-code'

    Usage: podid [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    let json = site.podid(&["help", "weather", "--error-format", "json"]);
    assert_snapshot!(json.all(), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"unrecognized subcommand 'weather'","target":null,"details":[],"hints":["usage: podid [OPTIONS] <COMMAND>"],"requestId":null,"exitCode":2}}
    "#);
}
