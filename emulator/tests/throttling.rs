//! Token buckets of Resource Manager and the providers.

#![allow(clippy::unwrap_used)]

mod support;

use http::Method;
use serde_json::{Value, json};
use support::{Azure, GROUP, SUBSCRIPTION};

async fn shrink(azure: &Azure, bucket: &str, size: f64, per_second: f64) {
    let change =
        json!({"throttling": {"buckets": {bucket: {"size": size, "perSecond": per_second}}}});
    azure.control(Method::PUT, "settings", change).await.is(200);
}

#[tokio::test]
async fn remaining_counts_go_down() {
    let azure = Azure::start().await;
    let first = azure.get(GROUP).await.is(200);
    assert_eq!(
        first.header("x-ms-ratelimit-remaining-subscription-reads"),
        Some("249")
    );
    assert_eq!(
        first.header("x-ms-ratelimit-remaining-subscription-global-reads"),
        Some("3749")
    );
    let tenant = azure.get("/subscriptions").await.is(200);
    assert_eq!(
        tenant.header("x-ms-ratelimit-remaining-tenant-reads"),
        Some("249")
    );
    let set = azure.get(&azure.scale_set()).await.is(200);
    let left = set.header("x-ms-ratelimit-remaining-resource").unwrap();
    assert_eq!(
        left,
        "Microsoft.Compute/GetVMScaleSetResource;35,Microsoft.Compute/GetVMScaleSetSubscription;2399"
    );
}

#[tokio::test]
async fn an_empty_bucket_answers_429_until_it_refills() {
    let azure = Azure::start().await;
    shrink(&azure, "arm-reads", 2.0, 0.1).await;
    azure.get(GROUP).await.is(200);
    azure.get(GROUP).await.is(200);
    let refused = azure.get(GROUP).await.is(429);
    assert_eq!(refused.code(), "SubscriptionRequestsThrottled");
    let wait: f64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((8.0..=10.0).contains(&wait), "{wait}");
    // Another principal has a bucket of its own; writes have another one too.
    let stranger = azure.token_for(support::STRANGER_APP).await;
    let url = azure.url(&format!("{GROUP}?api-version=2024-03-01"));
    azure
        .plain(&url, &[("authorization", &format!("Bearer {stranger}"))])
        .await
        .is(403);
    azure
        .arm(Method::PUT, GROUP, json!({"location": "westeurope"}))
        .await
        .is(200);
    azure.advance(wait).await;
    azure.get(GROUP).await.is(200);
}

#[tokio::test]
async fn scale_sets_allow_twelve_updates_at_once() {
    let azure = Azure::start().await;
    azure
        .control(Method::PUT, "settings", json!({"timeScale": 0.0}))
        .await
        .is(200);
    for _ in 0..12 {
        let answer = azure.assign("reader").await;
        assert!(answer.status < 300, "{}", answer.text);
    }
    let refused = azure.assign("reader").await.is(429);
    assert_eq!(
        (refused.code(), refused.header("retry-after")),
        ("OperationNotAllowed", Some("15"))
    );
    assert_eq!(
        refused.body["error"]["details"][0]["code"],
        "TooManyRequests"
    );
    azure.advance(16.0).await;
    assert!(azure.assign("reader").await.status < 300);
}

#[tokio::test]
async fn identities_and_clusters_have_their_own_buckets() {
    let azure = Azure::start().await;
    shrink(&azure, "identity-get", 1.0, 0.5).await;
    azure.get(&azure.identity("reader")).await.is(200);
    assert_eq!(
        azure.get(&azure.identity("reader")).await.is(429).code(),
        "TooManyRequests"
    );
    azure.get(&azure.identity("writer")).await.is(200);
    shrink(&azure, "aks-get-cluster", 1.0, 1.0).await;
    let cluster = format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/none");
    azure.get(&cluster).await.is(404);
    assert_eq!(azure.get(&cluster).await.is(429).code(), "Throttled");
    let operation = format!(
        "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ContainerService/locations/westeurope/operations/0"
    );
    azure.get(&operation).await.is(404);
}

#[tokio::test]
async fn throttling_can_be_off() {
    let azure = Azure::start().await;
    shrink(&azure, "arm-reads", 0.0, 0.1).await;
    azure.get(GROUP).await.is(429);
    azure
        .control(
            Method::PUT,
            "settings",
            json!({"throttling": {"enabled": false}}),
        )
        .await
        .is(200);
    azure.get(GROUP).await.is(200);
    assert_eq!(
        azure
            .control(Method::GET, "settings", Value::Null)
            .await
            .body["throttling"]["buckets"]["arm-reads"]["size"],
        0.0
    );
}
