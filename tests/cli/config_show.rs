//! `podid config show`: what is in force, and the order of the sources.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Output, Site};

/// Without what a site sets for its commands.
const BARE: [(&str, &str); 4] = [
    ("PODID_RESOURCE_GROUP", ""),
    ("PODID_CLUSTER_NAME", ""),
    ("AZURE_SUBSCRIPTION_ID", ""),
    ("PODID_ARM_ENDPOINT", ""),
];

fn bare(site: &Site, more: &[(&str, &str)], arguments: &[&str]) -> Output {
    site.podid_with(&[&BARE[..], more].concat(), arguments)
}

fn setting(output: &Output, name: &str) -> Value {
    let all = output.json();
    let found = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == name);
    found.unwrap().clone()
}

fn configured(site: &Site, text: &str) {
    std::fs::create_dir_all(site.home.path().join(".config/podid")).unwrap();
    site.write(".config/podid/config.yaml", text);
}

fn az(site: &Site) {
    std::fs::create_dir_all(site.home.path().join(".azure")).unwrap();
    site.write(
        ".azure/config",
        "[core]\noutput = tsv\n[defaults]\ngroup = of-az\n[cloud]\nname = AzureChinaCloud\n",
    );
    site.write(
        ".azure/azureProfile.json",
        "\u{feff}{\"subscriptions\":[{\"id\":\"12345678-0000-0000-0000-000000000000\",\"name\":\"Mine\",\"isDefault\":true}]}",
    );
}

/// The value and the origin of a setting.
fn seen(output: &Output, name: &str) -> (String, String) {
    let one = setting(output, name);
    let text = |key: &str| one[key].as_str().unwrap().to_owned();
    (text("value"), text("origin"))
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn nothing_is_set() {
    let site = Site::new();
    assert_snapshot!(bare(&site, &[], &["config", "show", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    SETTING	VALUE	ORIGIN
    resourceGroup	<none>	not set
    clusterName	<none>	not set
    subscription	<none>	not set
    output	table	--output
    timeout	5m	built in
    color	auto	built in
    credential	auto	built in
    cloud	AzureCloud	built in
    errorFormat	text	built in
    via	auto	built in
    ");
}

#[test]
fn each_source_beats_the_next() {
    let site = Site::new();
    let show = ["config", "show", "-o", "json"];
    az(&site);
    let output = bare(&site, &[], &show).ok();
    assert_eq!(seen(&output, "resourceGroup"), pair("of-az", "az"));
    assert_eq!(seen(&output, "cloud"), pair("AzureChinaCloud", "az"));
    let chosen = pair("12345678-0000-0000-0000-000000000000", "az");
    assert_eq!(seen(&output, "subscription"), chosen);

    configured(
        &site,
        "resourceGroup: of-file\nsubscription: Other\noutput: yaml\ntimeout: 90s\ncloud: AzureUSGovernment\ncredential: cli\nvia: direct\n",
    );
    let output = bare(&site, &[], &show).ok();
    for (name, value) in [
        ("resourceGroup", "of-file"),
        ("subscription", "Other"),
        ("timeout", "1m 30s"),
        ("cloud", "AzureUSGovernment"),
        ("credential", "cli"),
        ("via", "direct"),
    ] {
        assert_eq!(seen(&output, name), pair(value, "file"));
    }
    assert_eq!(seen(&output, "output"), pair("json", "flag"));
    // Without the flag the file decides, not az.
    assert!(
        bare(&site, &[], &["config", "show"])
            .ok()
            .stdout
            .starts_with("- name: resourceGroup")
    );
}

#[test]
fn the_environment_beats_the_file_and_a_flag_beats_both() {
    let site = Site::new();
    configured(
        &site,
        "resourceGroup: of-file\nsubscription: Other\noutput: yaml\ntimeout: 90s\ncloud: AzureUSGovernment\ncredential: cli\n",
    );
    let variables = [
        ("PODID_RESOURCE_GROUP", "of-environment"),
        ("AZURE_SUBSCRIPTION_ID", "sub"),
        ("PODID_TIMEOUT", "7s"),
        ("PODID_CLOUD", "AzureCloud"),
        ("PODID_CREDENTIAL", "managed-identity"),
        ("PODID_OUTPUT", "json"),
    ];
    let output = bare(&site, &variables, &["config", "show"]).ok();
    for (name, value) in [
        ("resourceGroup", "of-environment"),
        ("subscription", "sub"),
        ("timeout", "7s"),
        ("cloud", "AzureCloud"),
        ("credential", "managed-identity"),
        ("output", "json"),
    ] {
        assert_eq!(seen(&output, name), pair(value, "environment"));
    }
    let flags = ["config", "show", "--timeout", "1s", "--subscription", "x"];
    let output = bare(&site, &variables, &flags).ok();
    assert_eq!(seen(&output, "timeout"), pair("1s", "flag"));
    assert_eq!(seen(&output, "subscription"), pair("x", "flag"));
}

#[test]
fn the_file_is_used_by_commands() {
    let site = Site::new();
    let id = site.subscription.clone();
    configured(
        &site,
        &format!("resourceGroup: demo\nclusterName: demo\nsubscription: {id}\noutput: tsv\n"),
    );
    let without = [
        ("PODID_RESOURCE_GROUP", ""),
        ("PODID_CLUSTER_NAME", ""),
        ("AZURE_SUBSCRIPTION_ID", ""),
    ];
    let query = ["nodepool", "list", "--query", "[].name"];
    let output = site.podid_with(&without, &query).ok();
    assert_eq!(output.stdout, "system\napps\nwin\n");
}

#[test]
fn a_file_that_is_refused_stops_commands_but_not_help() {
    let site = Site::new();
    configured(&site, "output: table\nclientSecret: hunter2\n");
    assert_snapshot!(site.podid(&["list"]).all(), @"
    exit code 2
    ----- stderr
    Error: The configuration file `HOME/.config/podid/config.yaml` is refused
    Caused by: line 2, column 1: `clientSecret` has no place in a configuration file: podid stores no secret
    Hint: give secrets to podid in the environment, or use --credential cli or managed-identity
    ");
    assert_snapshot!(site.podid(&["config", "show", "--error-format", "json"]).all(), @r#"
    exit code 2
    ----- stderr
    {"error":{"code":"InvalidInput","message":"The configuration file `HOME/.config/podid/config.yaml` is refused: line 2, column 1: `clientSecret` has no place in a configuration file: podid stores no secret","target":"HOME/.config/podid/config.yaml","details":[],"hints":["give secrets to podid in the environment, or use --credential cli or managed-identity"],"requestId":null,"exitCode":2}}
    "#);
    site.podid(&["version"]).ok();
    site.podid(&["help", "configuration"]).ok();
    site.podid(&["config", "path"]).ok();
    configured(&site, "errorFormat: json\n");
    let usage = site.podid(&["list", "--no-such-flag"]).ends_with(2);
    let error: Value = serde_json::from_str(&usage.raw_stderr).unwrap();
    assert_eq!(error["error"]["exitCode"], json!(2));
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let site = Site::new();
    let output = site.podid_with(&[("PODID_CONFIG", "/nowhere/podid.yaml")], &["list"]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: The configuration file `/nowhere/podid.yaml` cannot be read
    Caused by: No such file or directory (os error 2)
    Hint: set PODID_CONFIG to a file that can be read, or unset it
    ");
}

#[test]
fn clouds_of_az_must_be_safe() {
    let site = Site::new();
    az(&site);
    site.write(".azure/config", "[cloud]\nname = Stack\n");
    let show = ["config", "show", "--query", "[?name=='cloud'].value | [0]"];
    assert_snapshot!(bare(&site, &[], &show).all(), @"
    exit code 2
    ----- stderr
    Error: az's cloud `Stack` cannot be used: az has no Resource Manager for it
    Hint: choose another with --cloud, or register it anew with `az cloud register`
    ");
    let clouds = |manager: &str| {
        site.write(
            ".azure/clouds.config",
            &format!(
                "[AzureCloud]\nsubscription = x\n[Stack]\nendpoint_resource_manager = {manager}\n\
                 endpoint_active_directory = https://login.stack.example/adfs\n\
                 endpoint_active_directory_resource_id = https://management.stack.example/\nsuffix_keyvault_dns = .vault.stack.example\n"
            ),
        );
    };
    clouds("http://management.stack.example/");
    assert_snapshot!(bare(&site, &[], &show).all(), @"
    exit code 2
    ----- stderr
    Error: az's cloud `Stack` cannot be used: the resource manager endpoint `http://management.stack.example/` must use https: plain http is for loopback only
    Hint: choose another with --cloud, or register it anew with `az cloud register`
    Hint: it is described in `HOME/.azure/clouds.config`
    ");
    clouds("https://management.stack.example/");
    assert_eq!(bare(&site, &[], &show).ok().stdout, "\"Stack\"\n");
}

#[test]
fn the_way_of_the_file_is_taken_unless_a_flag_says_another() {
    let site = Site::new();
    configured(&site, "via: aks\n");
    let refused = site.add("reader", &[]);
    assert_eq!(refused.code, 2, "{}", refused.all());
    assert!(refused.stderr.contains("add-on"), "{}", refused.stderr);
    assert!(site.writes().is_empty());
    site.add("reader", &["--via", "direct"]).ok();
}
