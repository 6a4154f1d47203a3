//! Storms, lost answers, polls that die, and writers that do not care.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{refuse_put, site};
use crate::support::Site;

#[track_caller]
fn survives(site: &Site) -> crate::support::Output {
    let output = site.add("reader", &[]).ok();
    assert_eq!(site.profile_items(), ["reader Assigned"]);
    assert_eq!(output.json()["outcome"], "added");
    output
}

#[test]
fn a_storm_of_412() {
    let site = site();
    refuse_put(
        &site,
        4,
        &json!({"status": 412, "code": "PreconditionFailed", "message": "The condition was not met."}),
    );
    survives(&site);
    assert_eq!(site.writes().len(), 5);
}

#[test]
fn another_operation_is_waited_for() {
    let site = site();
    refuse_put(
        &site,
        2,
        &json!({"status": 409, "code": "OperationNotAllowed", "message": "Another operation (Upgrading) is in progress."}),
    );
    let output = survives(&site);
    assert_eq!(site.writes().len(), 3, "{}", output.stderr);
}

#[test]
fn nothing_is_sent_while_the_cluster_is_busy() {
    let site = site();
    site.settings(&json!({"timeScale": 0.01}));
    site.add("writer", &["--no-wait"]).ok();
    site.forget_calls();
    site.add("reader", &[]).ok();
    let puts: Vec<_> = site
        .calls()
        .into_iter()
        .filter(|call| call.method == "PUT")
        .map(|call| call.status)
        .collect();
    assert_eq!(puts, [Some(200)], "the busy cluster was not even asked");
    assert_eq!(site.profile_items(), ["reader Assigned", "writer Assigned"]);
}

#[test]
fn a_lost_answer_is_looked_into() {
    for moment in ["before", "after"] {
        let site = site();
        refuse_put(&site, 1, &json!({"drop": moment}));
        survives(&site);
    }
}

#[test]
fn a_poll_url_that_is_forgotten() {
    let site = site();
    site.fault(&json!({
        "match": {"method": "GET", "path": "locations/westeurope/operations"}, "times": 100,
        "action": {"status": 404, "code": "NotFound", "message": "The operation is not known."},
    }));
    survives(&site);
}

#[test]
fn a_poll_url_that_answers_500() {
    let site = site();
    site.fault(&json!({
        "match": {"method": "GET", "path": "locations/westeurope/operations"}, "times": 1000,
        "action": {"status": 500},
    }));
    survives(&site);
}

#[test]
fn an_item_that_a_writer_without_an_etag_took_away_is_sent_again() {
    let site = site();
    // The answers to the polls are delayed, so that the other writer comes between the end of the
    // operation and podid's look at the items.
    let stale = site.azure("GET", &site.cluster(), &Value::Null);
    site.fault(&json!({
        "match": {"method": "GET", "path": "locations/westeurope/operations"},
        "action": {"hang": "before"},
    }));
    let identity = site.identity("reader");
    let mut run = site.start(
        &[],
        &[
            "add",
            "--namespace",
            &site.namespace,
            "--name",
            "reader",
            "--identity-resource-id",
            &identity,
        ],
        None,
    );
    let put = |call: &crate::support::Call| call.method == "PUT" && call.status == Some(200);
    run.until_call("the PUT", put);
    crate::support::until("the poll", || site.hanging() == 1);
    site.azure("PUT", &site.cluster(), &stale);
    crate::support::until("the other write", || site.profile_items().is_empty());
    site.heal();
    let output = run.finish().ok();
    assert_eq!(output.json()["outcome"], "added");
    assert_eq!(site.profile_items(), ["reader Assigned"]);
}

#[test]
fn the_bucket_of_the_cluster_is_respected_and_told() {
    let site = site();
    let bucket = json!({"aks-put-cluster": {"size": 1.0, "perSecond": 0.5}});
    site.settings(&json!({"throttling": {"enabled": true, "buckets": bucket}}));
    site.add("writer", &[]).ok();
    let output = site.add("reader", &[]).ok();
    assert!(
        output.stderr.contains("ARM asked to wait N s (429)"),
        "{}",
        output.stderr
    );
    assert_eq!(site.profile_items(), ["reader Assigned", "writer Assigned"]);
}

#[test]
fn a_role_that_is_not_in_effect_yet_is_waited_for() {
    let site = super::without_role();
    site.settings(&json!({"roleDelaySeconds": 2.0}));
    // The roles there are have been there for long.
    site.advance(60);
    let output = site.add("reader", &["--grant"]).ok();
    assert!(
        output
            .stderr
            .contains("the granted role is not in effect yet, trying again"),
        "{}",
        output.stderr
    );
    assert_eq!(site.profile_items(), ["reader Assigned"]);
}

#[test]
fn ctrl_c_while_aks_works() {
    let site = site();
    site.settings(&json!({"timeScale": 1.0}));
    let identity = site.identity("reader");
    let arguments = [
        "add",
        "--namespace",
        &site.namespace,
        "--identity-resource-id",
        &identity,
    ];
    let mut run = site.start(&[], &arguments, None);
    run.until_call("the state of the operation", |call| {
        call.method == "GET" && call.path.contains("/operations/") && call.status.is_some()
    });
    run.signal("INT");
    let output = run.finish().all().replace(", InProgress after N s", "");
    assert_snapshot!(output, @"
    exit code 130
    ----- stderr
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Error: Interrupted before everything was done
      - Cluster `demo`: AKS is at work
    Hint: what Azure has accepted goes on there; `podid list` shows how far it got
    Hint: continue with: podid add --namespace billing --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    ");
    site.advance(100);
    let again = site.podid(&arguments).ok();
    assert_eq!(again.json()["outcome"], "unchanged");
}

#[test]
fn labels_of_exceptions_that_are_null_do_not_matter() {
    let site = site();
    let mut cluster = site.azure("GET", &site.cluster(), &Value::Null);
    cluster["properties"]["podIdentityProfile"]["userAssignedIdentityExceptions"] =
        json!([{"name": "e", "namespace": site.namespace, "podLabels": null}]);
    site.azure("PUT", &site.cluster(), &cluster);
    survives(&site);
    let exceptions = &site.profile()["userAssignedIdentityExceptions"];
    assert_eq!(exceptions[0]["podLabels"], json!({}));
}

#[test]
fn the_words_of_a_refusal_that_stays_are_told() {
    let site = site();
    refuse_put(
        &site,
        1000,
        &json!({"status": 409, "code": "QuotaConflict", "message": "The quota is being moved."}),
    );
    assert_snapshot!(site.add("reader", &["--timeout", "2s"]).error(), @"
    exit code 8
    Error: Cluster `demo` is still being changed
    Caused by: its provisioning state is Succeeded
    Caused by: AKS refuses: The quota is being moved.
    Hint: look at it with `podid list -g demo --cluster-name demo`, then run the same command again, or use a longer --timeout
          request GUID  code QuotaConflict
    ");
}
