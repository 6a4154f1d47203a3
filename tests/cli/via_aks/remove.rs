//! `podid remove` through the add-on.

use insta::assert_snapshot;
use serde_json::json;

use super::site;
use crate::support::until;

#[test]
fn removes_one_and_waits_until_it_is_gone() {
    let site = site();
    site.add("reader", &[]).ok();
    site.add("writer", &[]).ok();
    site.forget_calls();
    assert_snapshot!(site.remove("reader", &[]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "outcome": "removed",
      "via": "aks"
    }
    ----- stderr
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 removed
    Cluster `demo`: up to date
    "#);
    assert_eq!(site.profile_items(), ["writer Assigned"]);
    assert!(site.holders("reader").is_empty());
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity writer",
            "AzureIdentityBinding writer-binding"
        ]
    );
    assert_eq!(site.writes(), ["PUT demo"]);
}

#[test]
fn what_is_not_there_is_not_found_and_no_put() {
    let site = site();
    assert_snapshot!(site.remove("reader", &[]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no pod identity `billing/reader`
    Hint: see what there is with `podid list`, or add --ignore-not-found
    ");
    let ignored = site.remove("reader", &["--ignore-not-found"]).ok();
    assert_eq!(ignored.json()["outcome"], "notFound");
    assert!(site.writes().is_empty());
}

#[test]
fn dry_run_sends_nothing() {
    let site = site();
    site.add("reader", &[]).ok();
    site.forget_calls();
    let output = site.remove("reader", &["--dry-run"]).ok();
    assert_eq!(output.json()["outcome"], "wouldRemove");
    assert!(site.writes().is_empty());
}

#[test]
fn a_removal_under_way_is_waited_for() {
    let site = site();
    site.add("reader", &[]).ok();
    site.settings(&json!({"timeScale": 0.01}));
    let first = site.remove("reader", &["--no-wait"]).ok();
    assert_eq!(first.json()["outcome"], "accepted");
    assert_eq!(site.profile_items(), ["reader Deleting"]);
    let second = site.remove("reader", &[]).ok();
    assert_eq!(second.json()["outcome"], "removed");
    assert!(site.profile_items().is_empty());
    let puts = site.writes();
    assert_eq!(puts, ["PUT demo", "PUT demo"]);
}

#[test]
fn what_somebody_adds_after_the_removal_stays() {
    let site = site();
    site.add("reader", &[]).ok();
    site.fault(&json!({
        "match": {"method": "GET", "path": "locations/westeurope/operations"},
        "action": {"hang": "before"},
    }));
    let arguments = ["remove", "--namespace", &site.namespace, "--name", "reader"];
    let started = site.start(&[], &arguments, None);
    until("podid asks how far AKS is", || site.hanging() == 1);
    let mut newcomer = site.item("writer");
    newcomer["name"] = json!("reader");
    site.put_profile(&json!({"enabled": true, "userAssignedIdentities": [newcomer]}));
    site.heal();
    assert_snapshot!(started.finish().error(), @"
    exit code 5
    Error: Somebody else undid the change of `billing/reader` in cluster `demo`
    Caused by: their write did not say which version of the cluster it was made for
    Hint: see what is there with `podid list`, and run the same command when they are done
    ");
    until("AKS has assigned what somebody added", || {
        site.profile_items() == ["reader Assigned"]
    });
}
