//! `podid completion`, and live values.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn every_shell_has_a_script() {
    let site = Site::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = site.podid(&["completion", shell]).ok();
        assert!(output.stdout.contains("identity-resource-id"), "{shell}");
        assert_eq!(output.stderr, "");
    }
    assert_snapshot!(site.podid(&["completion", "cmd"]).all(), @"
    exit code 2
    ----- stderr
    error: invalid value 'cmd' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

    For more information, try '--help'.
    ");
}

fn complete(site: &Site, variables: &[(&str, &str)], words: &[&str]) -> String {
    let index = words.len().to_string();
    let mut all = vec![
        ("COMPLETE", "bash"),
        ("_CLAP_COMPLETE_INDEX", index.as_str()),
        ("_CLAP_IFS", "\n"),
    ];
    all.extend(variables);
    site.podid_with(&all, &[&["--", "podid"], words].concat())
        .ok()
        .stdout
}

#[test]
fn completes_live_values() {
    let site = Site::new();
    assert_eq!(
        complete(&site, &[], &["list", "--cluster-name", "d"]),
        "demo"
    );
    let ids = complete(&site, &[], &["add", "--identity-resource-id", "/sub"]);
    assert_eq!(ids.lines().count(), 3, "{ids}");
    let pools = complete(&site, &[], &["nodepool", "assign", "--nodepool-name", ""]);
    assert_eq!(pools, "system\napps\nwin");
}

#[test]
fn a_failure_completes_nothing_and_says_nothing() {
    let site = Site::new();
    let wrong = [("AZURE_CLIENT_SECRET", "wrong")];
    let output = complete(&site, &wrong, &["list", "--cluster-name", "d"]);
    assert_eq!(output, "");
}
