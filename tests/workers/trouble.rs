//! Azure in trouble: throttled, unavailable, failing, overtaken by others.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::azure::{identities, set};
use super::rig::{Rig, pace};

/// Wants `id0` while `fault` lasts: it is held in the end, in so many PATCHes.
async fn in_spite_of(namespace: &str, fault: Value) -> Vec<u64> {
    let mut rig = Rig::start(namespace, Duration::from_millis(500), pace()).await;
    let host = set(0);
    rig.azure.fault(fault).await;
    rig.want(&host, identities(0, 1));
    let told = rig.until_held(&host, identities(0, 1)).await;
    assert!(
        told.problem.is_none() && told.refused.is_empty(),
        "{told:?}"
    );
    let patches = rig.azure.patches_of(&host).await;
    patches.iter().map(|patch| patch.status).collect()
}

fn patches(times: u64, action: &Value) -> Value {
    json!({"match": {"method": "PATCH"}, "times": times, "action": action})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_429_is_waited_out_as_long_as_azure_asks() {
    let started = Instant::now();
    let throttle = json!({"throttle": {"retryAfter": 2}});
    let statuses = in_spite_of("storm", patches(3, &throttle)).await;
    assert_eq!(statuses, [429, 429, 429, 200]);
    assert!(started.elapsed() >= Duration::from_secs(6));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unavailable_for_a_while() {
    let statuses = in_spite_of("unavailable", patches(4, &json!({"status": 503}))).await;
    assert_eq!(statuses, [503, 503, 503, 503, 200]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_that_fails_is_tried_again() {
    let statuses = in_spite_of("failed", patches(1, &json!({"operation": "Failed"}))).await;
    assert_eq!(statuses, [200, 200]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_nobody_knows_the_operation_the_host_does() {
    let gone = json!({
        "match": {"method": "GET", "path": "/operations/"}, "times": 1000,
        "action": {"status": 404, "code": "NotFound"},
    });
    let statuses = in_spite_of("poll-dead", gone).await;
    assert_eq!(statuses, [200]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_others_overtook_is_planned_anew() {
    let overtaken = json!({"status": 412, "code": "PreconditionFailed"});
    let statuses = in_spite_of("overtaken", patches(2, &overtaken)).await;
    assert_eq!(statuses, [412, 412, 200]);
    let busy = json!({"status": 409, "code": "OperationNotAllowed"});
    let statuses = in_spite_of("busy", patches(2, &busy)).await;
    assert_eq!(statuses, [409, 409, 200]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_is_found_on_the_host() {
    let statuses = in_spite_of("lost", patches(1, &json!({"drop": "after"}))).await;
    assert_eq!(statuses.len(), 1, "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_host_in_trouble_holds_up_no_other() {
    let mut rig = Rig::start("one-in-trouble", Duration::ZERO, pace()).await;
    let (sick, sound) = (set(0), set(1));
    let throttled = json!({
        "match": {"method": "PATCH", "path": sick}, "times": 1000,
        "action": {"throttle": {"retryAfter": 600}},
    });
    rig.azure.fault(throttled).await;
    rig.want(&sick, identities(0, 1));
    let told = rig.until(&sick, |told| told.problem.is_some()).await;
    assert_eq!(told.problem.unwrap().code, "TooManyRequests");
    rig.want(&sound, identities(0, 1));
    rig.until_held(&sound, identities(0, 1)).await;
    assert_eq!(rig.azure.patches_of(&sick).await.len(), 1);
}
