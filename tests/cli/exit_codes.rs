//! Each exit code of the contract once.

use serde_json::json;

use crate::support::{Plan, Site};

#[test]
fn zero_when_done() {
    assert_eq!(Site::new().add("reader", &[]).code, 0);
}

#[test]
fn one_when_failed() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH"}, "times": 2,
        "action": {"operation": "Failed", "code": "AllocationFailed", "message": "No room."},
    }));
    assert_eq!(site.add("reader", &[]).code, 1);
}

#[test]
fn two_when_used_wrongly() {
    let site = Site::new();
    assert_eq!(site.podid(&["add", "--no-such-flag"]).code, 2);
    assert_eq!(site.add("reader", &["--binding-selector", "a b"]).code, 2);
    assert_eq!(site.podid(&[]).code, 2);
}

#[test]
fn three_when_not_found() {
    let site = Site::new();
    assert_eq!(site.remove("nobody", &[]).code, 3);
    assert_eq!(site.add("reader", &["--cluster-name", "nowhere"]).code, 3);
}

#[test]
fn four_when_not_allowed() {
    let site = Site::planned(&Plan::with_roles(&[]));
    assert_eq!(site.add("reader", &[]).code, 4);
    let wrong = site.podid_with(&[("AZURE_CLIENT_SECRET", "wrong")], &["list"]);
    assert_eq!(wrong.code, 4);
}

#[test]
fn five_when_in_conflict() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    assert_eq!(site.add("reader", &["--binding-selector", "other"]).code, 5);
}

#[test]
fn eight_when_still_pending() {
    let site = Site::new();
    site.settings(&json!({"timeScale": 1.0, "durations": {"vmss-identity": 3600.0}}));
    assert_eq!(site.add("reader", &["--timeout", "1s"]).code, 8);
}

#[test]
fn one_hundred_and_thirty_when_interrupted() {
    let site = Site::new();
    site.fault(&json!({"match": {"path": "managedClusters"}, "action": {"hang": "before"}}));
    let mut run = site.start(&[], &["list"], None);
    run.until_call("the cluster", |call| call.path.contains("managedClusters"));
    run.signal("INT");
    assert_eq!(run.finish().code, 130);
    site.heal();
}
