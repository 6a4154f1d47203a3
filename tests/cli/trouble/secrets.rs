//! No token and no secret in any output, at any verbosity. The harness searches what every run of
//! every test prints; these runs say as much as they can.

use serde_json::json;

use crate::support::Site;

#[test]
fn the_most_talkative_runs_tell_none() {
    let site = Site::new();
    let reader = site.identity("reader");
    let add = [
        "add",
        "-vv",
        "--admin",
        "--namespace",
        &site.namespace,
        "--grant",
    ];
    let add = [&add[..], &["--identity-resource-id", &reader]].concat();
    let added = site.podid(&add).ok();
    assert!(added.stderr.contains("PATCH"), "{}", added.stderr);
    for arguments in [
        &["list", "-vv", "--kubeconfig-from-azure"][..],
        &["list", "--debug", "--admin"],
        &["role", "list", "-vv"],
        &["identity", "list", "-vv"],
        &["nodepool", "list", "-vv"],
    ] {
        let output = site.podid(arguments);
        assert!(
            output.code == 0 || arguments[2].contains("azure"),
            "{}",
            output.all()
        );
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn failures_tell_none() {
    let site = Site::new();
    for action in [
        json!({"status": 401, "code": "InvalidAuthenticationToken"}),
        json!({"status": 500}),
        json!({"drop": "before"}),
        json!({"drop": "after"}),
    ] {
        site.fault(&json!({"match": {}, "times": 20, "action": action}));
        site.podid(&["list", "-vv", "--admin", "--timeout", "2s"]);
        site.heal();
    }
    let kubeconfig = std::fs::read_to_string(site.path("kubeconfig")).unwrap();
    let broken = site.write(
        "broken",
        &kubeconfig.replace("client-key-data: ", "client-key-data: x"),
    );
    let output = site.podid(&["list", "-vv", "--kubeconfig", &broken]);
    assert_ne!(output.code, 0);
}
