//! `podid config set`.

use std::os::unix::fs::symlink;

use insta::assert_snapshot;

use crate::support::Site;

const FILE: &str = ".config/podid/config.yaml";

fn file(site: &Site) -> String {
    std::fs::read_to_string(site.path(FILE)).unwrap()
}

#[test]
fn keeps_a_default() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["config", "set", "resourceGroup", "prod"]).all(), @"
    exit code 0
    ----- stderr
    `resourceGroup` is `prod` in HOME/.config/podid/config.yaml
    ");
    site.podid(&["config", "set", "subscription", "Team: one"])
        .ok();
    site.podid(&["config", "set", "resourceGroup", "no"]).ok();
    assert_eq!(
        file(&site),
        "resourceGroup: 'no'\nsubscription: 'Team: one'\n"
    );
    let show = [
        "config",
        "show",
        "--query",
        "[?name=='resourceGroup'].value | [0]",
    ];
    let unset = [("PODID_RESOURCE_GROUP", "")];
    assert_eq!(site.podid_with(&unset, &show).ok().stdout, "\"no\"\n");
}

#[test]
fn comments_stay_and_a_link_stays_a_link() {
    let site = Site::new();
    std::fs::create_dir_all(site.path(".config/podid")).unwrap();
    site.write("dotfile.yaml", "# ours\noutput: json # for scripts\n");
    symlink(site.path("dotfile.yaml"), site.path(FILE)).unwrap();
    site.podid(&["config", "set", "timeout", "90s"]).ok();
    assert!(
        std::fs::symlink_metadata(site.path(FILE))
            .unwrap()
            .is_symlink()
    );
    assert_eq!(
        file(&site),
        "# ours\noutput: json # for scripts\ntimeout: '90s'\n"
    );
    let left = std::fs::read_dir(site.home.path()).unwrap();
    let left = left.filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .path()
            .extension()
            .is_some_and(|e| e == "new")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn wrong_settings_values_and_secrets_are_refused() {
    let site = Site::new();
    let set = |key: &str, value: &str| site.podid(&["config", "set", key, value]).all();
    assert_snapshot!(set("clientSecret", "x"), @"
    exit code 2
    ----- stderr
    error: invalid value 'clientSecret' for '<SETTING>': `clientSecret` has no place in a configuration file: podid stores no secret; give secrets to podid in the environment, or use --credential cli or managed-identity

    For more information, try '--help'.
    ");
    assert_snapshot!(set("resource-group", "x"), @"
    exit code 2
    ----- stderr
    error: invalid value 'resource-group' for '<SETTING>': there is no setting `resource-group`; settings are resourceGroup, clusterName, subscription, output, timeout, color, credential, cloud, errorFormat, via

    For more information, try '--help'.
    ");
    assert_snapshot!(set("output", "xml"), @"
    exit code 2
    ----- stderr
    Error: `xml` is no value for `output`
    Caused by: expected one of table, json, yaml, tsv, none
    ");
    assert_snapshot!(set("cloud", "https://example.com"), @"
    exit code 2
    ----- stderr
    Error: `https://example.com` is no value for `cloud`
    Caused by: there is no cloud `https://example.com`; known are AzureCloud, AzureUSGovernment and AzureChinaCloud
    ");
    assert!(!std::path::Path::new(&site.path(FILE)).exists());
}

#[test]
fn a_file_that_cannot_be_read_back_is_left_alone() {
    let site = Site::new();
    std::fs::create_dir_all(site.path(".config/podid")).unwrap();
    let text = "{output: json}\n";
    site.write(FILE, text);
    let output = site.podid(&["config", "set", "timeout", "5s"]);
    assert_eq!(output.code, 2, "{}", output.all());
    assert_eq!(file(&site), text);
}
