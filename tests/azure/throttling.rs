//! 429 and the budgets.

use std::time::{Duration, Instant};

use podid::azure::Error;
use podid::azure::notice::Reason;
use serde_json::json;

use crate::fixture::Azure;

const SUBSCRIPTIONS: &str = "2022-12-01";

#[tokio::test]
async fn retry_after_is_kept_to_the_second() {
    let azure = Azure::start().await;
    azure
        .fault(json!({"match": {"service": "arm"}, "action": {"throttle": {"retryAfter": 1}}}))
        .await;
    let (client, heard) = azure.client_heard();
    client.principal().await.unwrap();
    let started = Instant::now();
    client.get("/subscriptions", SUBSCRIPTIONS).await.unwrap();
    let took = started.elapsed();
    assert!(
        took >= Duration::from_secs(1) && took < Duration::from_secs(3),
        "{took:?}"
    );
    let told = heard.all();
    assert_eq!(told[0].reason, Reason::Throttled);
    assert!(
        told[0].to_string().starts_with("ARM asked to wait 1."),
        "{}",
        told[0]
    );
    assert_eq!(azure.count("GET").await, 2);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_fails_at_once_and_says_why() {
    let azure = Azure::start().await;
    azure
        .fault(json!({"match": {"service": "arm"}, "action": {"throttle": {"retryAfter": 600}}}))
        .await;
    let started = Instant::now();
    let client = azure.client().with_timeout(Duration::from_secs(20));
    let error = client
        .get("/subscriptions", SUBSCRIPTIONS)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert!(error.is_throttled());
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn a_storm_of_429_without_retry_after_is_outlasted() {
    let azure = Azure::start().await;
    azure
        .fault(json!({"match": {"service": "arm"}, "times": 4, "action": {"throttle": {"retryAfter": null}}}))
        .await;
    let (client, heard) = azure.client_heard();
    client.get("/subscriptions", SUBSCRIPTIONS).await.unwrap();
    assert_eq!(heard.all().len(), 4);
    assert_eq!(azure.count("GET").await, 5);
}

#[tokio::test]
async fn what_the_service_says_is_left_keeps_podid_from_earning_a_429() {
    let azure = Azure::start().await;
    // Two reads now, then twenty-five a second: podid's own idea of the bucket is 250.
    azure
        .settings(json!({"throttling": {"enabled": true, "buckets": {"arm-reads": {"size": 2.0, "perSecond": 25.0}}}}))
        .await;
    let (client, heard) = azure.client_heard();
    for _ in 0..6 {
        client
            .get(
                format!("/subscriptions/{}", crate::fixture::SUBSCRIPTION),
                SUBSCRIPTIONS,
            )
            .await
            .unwrap();
    }
    let statuses: Vec<_> = azure
        .calls("arm")
        .await
        .into_iter()
        .map(|call| call.2)
        .collect();
    assert_eq!(statuses, [200; 6]);
    assert!(
        heard
            .all()
            .iter()
            .all(|notice| notice.reason == Reason::Budget)
    );
}
