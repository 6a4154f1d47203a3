//! `podid wait`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;
use crate::via_aks;

fn wait_for<'a>(site: &'a Site, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["wait", "--namespace", &site.namespace, "--name", "reader"];
    arguments.extend(more);
    arguments
}

#[test]
fn usable_at_once_or_after_a_while() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let output = site.podid(&wait_for(&site, &["--query", "[].state"]));
    assert_eq!(output.ok().json(), json!(["Assigned"]));
    // A pool that lacks it, until somebody puts it back.
    let body = json!({"identity": {
        "type": "UserAssigned", "userAssignedIdentities": {site.identity("reader"): null},
    }});
    site.azure("PATCH", &site.scale_set("apps"), &body);
    let mut waiting = site.start(&[], &wait_for(&site, &[]), None);
    site.forget_calls();
    waiting.until_call("a look at the scale sets", |call| {
        call.method == "GET" && call.path.ends_with("virtualMachineScaleSets")
    });
    assert!(!waiting.has_ended());
    site.assign_by_hand("reader", "apps");
    let output = waiting.finish().ok();
    assert!(
        output
            .stderr
            .contains("Cluster `demo`: billing/reader is Partial\nCluster `demo`: ready\n"),
        "{}",
        output.stderr
    );
}

#[test]
fn the_time_is_over() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let body = json!({"identity": {
        "type": "UserAssigned", "userAssignedIdentities": {site.identity("reader"): null},
    }});
    site.azure("PATCH", &site.scale_set("apps"), &body);
    let output = site.podid(&wait_for(&site, &["--timeout", "1s"]));
    assert_snapshot!(output.all(), @"
    exit code 8
    ----- stderr
    Cluster `demo`: billing/reader is Partial
    Cluster `demo`: not ready yet
    Error: Cluster `demo`: pod identity `billing/reader` did not get there in time
    Caused by: billing/reader is Partial
    Hint: wait longer with --timeout; `podid list` shows what is missing
    ");
}

#[test]
fn absent_is_not_found_and_is_deleted() {
    let site = Site::new();
    assert_snapshot!(site.podid(&wait_for(&site, &[])).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no pod identity `billing/reader`
    Hint: see what there is with `podid list`
    ");
    let output = site.podid(&wait_for(&site, &["--for", "deleted"]));
    assert_eq!(output.ok().json(), json!([]));
    site.add("reader", &[]).ok();
    let output = site.podid(&wait_for(&site, &["--for", "deleted", "--timeout", "1s"]));
    assert_eq!(output.code, 8);
    site.remove("reader", &[]).ok();
    site.podid(&wait_for(&site, &["--for", "deleted"])).ok();
}

#[test]
fn all_of_a_namespace() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.add("writer", &[]).ok();
    let output = site.podid(&[
        "wait",
        "--all",
        "--namespace",
        &site.namespace,
        "--query",
        "length(@)",
    ]);
    assert_eq!(output.ok().stdout, "2\n");
    let output = site.podid(&["wait", "--namespace", &site.namespace]);
    assert_eq!(output.code, 2, "{}", output.stderr);
}

#[test]
fn what_waiting_does_not_mend_ends_at_once() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.azure("DELETE", &site.identity("reader"), &serde_json::Value::Null);
    assert_snapshot!(site.podid(&wait_for(&site, &[])).all(), @"
    exit code 1
    ----- stderr
    Error: Waiting does not make every pod identity usable
    Caused by: Pod identity `billing/reader` is Stale
    Caused by: its managed identity was deleted, or deleted and made again
    Hint: run `podid add` again, or remove it
    ");
}

#[test]
fn the_add_on_says_assigned() {
    let site = via_aks::site();
    site.add("reader", &[]).ok();
    let output = site.podid(&wait_for(&site, &["--query", "[].[state,via]"]));
    assert_eq!(output.ok().json(), json!([["Assigned", "aks"]]));
}
