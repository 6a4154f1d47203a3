//! `podid help`: topics, and the help of commands.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn a_topic_reads_as_plain_text() {
    let site = Site::new();
    let shown = site.podid(&["help", "exit-codes"]).ok().stdout;
    let start = "EXIT CODES\n\nScripts may rely on them.\n\ncode  name               meaning\n0                        Done, ";
    assert!(shown.starts_with(start), "{shown}");
    assert!(
        shown.contains("\n5     Conflict           Changed by somebody"),
        "{shown}"
    );
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
    error: there is no command or topic `exit-code`; topics are exit-codes, errors, output, environment, configuration, permissions

    Usage: podid [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    let json = site.podid(&["help", "role", "weather", "--error-format", "json"]);
    assert_snapshot!(json.all(), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"there is no command or topic `role weather`; topics are exit-codes, errors, output, environment, configuration, permissions","target":null,"details":[],"hints":["usage: podid [OPTIONS] <COMMAND>"],"requestId":null,"exitCode":2}}
    "#);
}
