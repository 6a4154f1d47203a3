//! `--error-format json`: one object on stderr and nothing else, for every kind of error. The
//! examples of `docs/reference/errors.md` are what the binary writes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Output, Plan, Site};

const JSON: [&str; 3] = ["--error-format", "json", "--quiet"];

/// The example under each heading of the page, as text.
fn examples() -> BTreeMap<String, String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/errors.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut found = BTreeMap::new();
    for section in page.split("\n## ").skip(1) {
        let name = section.split(',').next().unwrap().to_owned();
        let example = section.split("```json\n").nth(1).unwrap();
        found.insert(name, example.split("\n```").next().unwrap().to_owned());
    }
    found
}

/// The one object on stderr.
#[track_caller]
fn only_object(output: &Output) -> Value {
    let object: Value = serde_json::from_str(&output.raw_stderr)
        .unwrap_or_else(|error| panic!("{error}: {}", output.raw_stderr));
    assert_eq!(object["error"]["exitCode"], json!(output.code));
    let keys: Vec<&String> = object["error"].as_object().unwrap().keys().collect();
    let expected = [
        "code",
        "message",
        "target",
        "details",
        "hints",
        "requestId",
        "exitCode",
    ];
    assert_eq!(keys, expected);
    object
}

/// Runs with JSON errors and compares with the example of `kind`.
#[track_caller]
fn as_documented(kind: &str, output: &Output) {
    only_object(output);
    let shown: Value = serde_json::from_str(&output.stderr).unwrap();
    let example: Value = serde_json::from_str(&examples()[kind]).unwrap();
    // Messages and hints are for people and may change; what scripts read may not.
    for key in ["code", "target", "requestId", "exitCode"] {
        let (shown, example) = (&shown["error"][key], &example["error"][key]);
        assert_eq!(
            shown, example,
            "{key} of {kind} in docs/reference/errors.md"
        );
    }
    let start = |error: &Value| {
        let message = error["error"]["message"].as_str().unwrap();
        message.split(": ").next().unwrap().to_owned()
    };
    assert_eq!(start(&shown), start(&example));
    let count = |error: &Value| error["error"]["details"].as_array().unwrap().len();
    assert_eq!(count(&shown), count(&example));
}

fn add<'a>(site: &'a Site, identity: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let start = ["add", "--namespace", &site.namespace, "--name", "reader"];
    [
        &start[..],
        &["--identity-resource-id", identity],
        more,
        &JSON,
    ]
    .concat()
}

#[test]
fn failed() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "apps"}, "times": 9,
        "action": {"operation": "Failed", "code": "AllocationFailed", "message": "No room."},
    }));
    let reader = site.identity("reader");
    as_documented("Failed", &site.podid(&add(&site, &reader, &[])));
}

#[test]
fn invalid_input() {
    let site = Site::new();
    let reader = site.identity("reader");
    let entry =
        |name: &str| format!("- {{namespace: a, name: {name}, identityResourceId: {reader}}}\n");
    let file = [
        "podIdentities:\n".to_owned(),
        entry("Upper"),
        entry("-dash"),
    ]
    .concat();
    let arguments = [&["add", "--from-file", "-"], &JSON[..]].concat();
    let output = site.podid_reading(&file, &arguments);
    as_documented("InvalidInput", &output);
}

#[test]
fn not_found() {
    let site = Site::new();
    let remove = ["remove", "--namespace", &site.namespace, "--name", "nobody"];
    as_documented("NotFound", &site.podid(&[&remove, &JSON[..]].concat()));
}

#[test]
fn permission_missing() {
    let site = Site::planned(&Plan::with_roles(&[("Reader", "")]));
    let list = ["list", "--admin"];
    as_documented(
        "PermissionMissing",
        &site.podid(&[&list, &JSON[..]].concat()),
    );
}

#[test]
fn conflict() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let writer = site.identity("writer");
    as_documented("Conflict", &site.podid(&add(&site, &writer, &[])));
}

#[test]
fn still_pending() {
    let site = Site::planned(&Plan::pools(1));
    site.settings(&json!({"timeScale": 1.0, "durations": {"vmss-identity": 3600.0}}));
    let reader = site.identity("reader");
    let arguments = add(&site, &reader, &["--timeout", "2s"]);
    as_documented("StillPending", &site.podid(&arguments));
}

#[test]
fn interrupted() {
    let site = Site::new();
    let arguments = [&["add", "--from-file", "-"], &JSON[..]].concat();
    let (mut run, stdin) = site.start_with_stdin(&arguments);
    run.until_it_catches_signals();
    run.signal("INT");
    as_documented("Interrupted", &run.finish());
    drop(stdin);
}

#[test]
fn what_goes_wrong_before_a_command_starts() {
    let site = Site::new();
    for arguments in [
        &["add", "--no-such-flag"][..],
        &["frobnicate"],
        &["list", "-o", "xml"],
        &["list", "--timeout", "soon"],
        &["list", "--query", "["],
        &["sandbox", "run"],
        &["list", "--admin", "--kubeconfig", "x"],
        &["list", "--kubeconfig-from-azure", "--kubeconfig", "x"],
        &["role"],
        &[],
    ] {
        let output = site.podid(&[arguments, &JSON].concat()).ends_with(2);
        only_object(&output);
        assert_eq!(output.stdout, "");
    }
    let variables = [
        ("PODID_CONFIG", "/nowhere"),
        ("PODID_CA_FILE", "/nowhere"),
        ("PODID_ARM_ENDPOINT", "http://example.com"),
        ("PODID_AUTHORITY_HOST", ""),
        ("PODID_OUTPUT", "xml"),
        ("KUBECONFIG", "/nowhere"),
    ];
    for variable in variables {
        let output = site.podid_with(&[variable], &[&["list"], &JSON[..]].concat());
        assert_ne!(output.code, 0, "{variable:?}");
        only_object(&output);
    }
}

#[test]
fn a_partial_failure_lists_each_failure_and_keeps_the_result() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "apps"}, "times": 9,
        "action": {"operation": "Failed", "code": "AllocationFailed", "message": "No room."},
    }));
    let reader = site.identity("reader");
    let output = site.podid(&add(&site, &reader, &[]));
    let error = only_object(&output);
    assert!(output.json().is_object(), "{}", output.all());
    assert_ne!(error["error"]["code"], json!(null));
    // A query that does not fit hides neither failure: still one object.
    let output = site.podid(&add(&site, &reader, &["--query", "name.sum(@)"]));
    let error = only_object(&output);
    assert_eq!(
        error["error"]["details"].as_array().unwrap().len(),
        2,
        "{error}"
    );
}
