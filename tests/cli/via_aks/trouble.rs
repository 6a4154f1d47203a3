//! Storms, lost answers, polls that die, and writers that do not care.

use serde_json::{Value, json};

use super::{items, profile, refuse_put, site};
use crate::support::Site;

#[track_caller]
fn survives(site: &Site) -> crate::support::Output {
    let output = site.add("reader", &[]).ok();
    assert_eq!(items(site), ["reader Assigned"]);
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
    assert_eq!(items(&site), ["reader Assigned", "writer Assigned"]);
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
    crate::support::until("the other write", || items(&site).is_empty());
    site.heal();
    let output = run.finish().ok();
    assert_eq!(output.json()["outcome"], "added");
    assert_eq!(items(&site), ["reader Assigned"]);
}

#[test]
fn a_throttled_cluster_is_waited_for_and_told() {
    let site = site();
    refuse_put(&site, 2, &json!({"throttle": {"retryAfter": 1}}));
    let output = survives(&site);
    assert!(output.stderr.contains("(429)"), "{}", output.stderr);
}

#[test]
fn labels_of_exceptions_that_are_null_do_not_matter() {
    let site = site();
    let mut cluster = site.azure("GET", &site.cluster(), &Value::Null);
    cluster["properties"]["podIdentityProfile"]["userAssignedIdentityExceptions"] =
        json!([{"name": "e", "namespace": site.namespace, "podLabels": null}]);
    site.azure("PUT", &site.cluster(), &cluster);
    survives(&site);
    let exceptions = &profile(&site)["userAssignedIdentityExceptions"];
    assert_eq!(exceptions[0]["podLabels"], json!({}));
}
