//! Trouble that passes, and trouble that does not.

use std::time::{Duration, Instant};

use podid::azure::notice::Reason;
use podid::azure::wire::Tags;
use podid::azure::{Error, user_assigned_identity};
use serde_json::json;

use crate::fixture::{Azure, SUBSCRIPTION, identity};

const SUBSCRIPTIONS: &str = "2022-12-01";

#[tokio::test]
async fn a_busy_service_is_asked_again_and_the_user_told() {
    let azure = Azure::start().await;
    azure.fault(json!({"match": {"service": "arm"}, "times": 2, "action": {"status": 503, "code": "ServerBusy"}})).await;
    let (client, heard) = azure.client_heard();
    client.get("/subscriptions", SUBSCRIPTIONS).await.unwrap();
    let reasons: Vec<_> = heard
        .all()
        .into_iter()
        .map(|notice| notice.reason)
        .collect();
    assert_eq!(
        reasons,
        [Reason::Unavailable(503), Reason::Unavailable(503)]
    );
    assert_eq!(azure.count("GET").await, 3);
}

#[tokio::test]
async fn what_will_not_pass_is_asked_once() {
    let azure = Azure::start().await;
    let error = user_assigned_identity::get(&azure.client(), &identity("nobody"))
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.code(), Some("ResourceNotFound"));
    assert!(error.request_id().is_some());
    assert_eq!(azure.count("GET").await, 1);
}

#[tokio::test]
async fn a_dropped_connection_is_survived_before_and_after_the_work() {
    let azure = Azure::start().await;
    let client = azure.client();
    for (name, moment) in [("before", "before"), ("after", "after")] {
        azure
            .fault(json!({"match": {"method": "PUT"}, "action": {"drop": moment}}))
            .await;
        let made = user_assigned_identity::create(
            &client,
            &identity(name),
            "westeurope",
            &Tags::default(),
        )
        .await;
        made.unwrap();
        azure
            .fault(json!({"match": {"method": "DELETE"}, "action": {"drop": moment}}))
            .await;
        user_assigned_identity::delete(&client, &identity(name))
            .await
            .unwrap();
        let gone = user_assigned_identity::get(&client, &identity(name))
            .await
            .unwrap_err();
        assert!(gone.is_not_found(), "{gone}");
    }
    assert_eq!(azure.count("PUT").await, 4);
    assert_eq!(azure.count("DELETE").await, 4);
}

#[tokio::test]
async fn the_deadline_ends_a_call_that_hangs() {
    let azure = Azure::start().await;
    let client = azure.client();
    client.principal().await.unwrap();
    azure
        .fault(json!({"match": {"service": "arm"}, "action": {"hang": "before"}}))
        .await;
    let started = Instant::now();
    let error = client
        .with_timeout(Duration::from_millis(700))
        .get("/subscriptions", SUBSCRIPTIONS)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert!(error.is_pending());
    assert!(started.elapsed() < Duration::from_secs(5));
    azure.release().await;
}

#[tokio::test]
async fn a_host_that_is_not_there_is_named() {
    let azure = Azure::start().await;
    let mut options = azure.options();
    // Port 9 (discard) of loopback: nobody listens.
    options.cloud = azure.cloud_with("https://127.0.0.1:9");
    let client = podid::azure::Client::new(options).unwrap();
    let error = client
        .get("/subscriptions", SUBSCRIPTIONS)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "127.0.0.1 could not be reached");
}

#[tokio::test]
async fn a_list_survives_trouble_on_a_later_page() {
    let azure = Azure::start().await;
    azure.settings(json!({"pageSize": 2})).await;
    azure
        .fault(json!({"match": {"path": "userAssignedIdentities", "skip": 2}, "action": {"drop": "after"}}))
        .await;
    let found = user_assigned_identity::list_by_subscription(&azure.client(), SUBSCRIPTION)
        .await
        .unwrap();
    assert_eq!(found.len(), 7);
    assert_eq!(azure.count("GET").await, 5);
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    let azure = Azure::start().await;
    let client = azure.client();
    azure
        .fault(json!({"match": {"service": "arm"}, "times": 1, "action": {"status": 401, "code": "ExpiredAuthenticationToken"}}))
        .await;
    client.get("/subscriptions", SUBSCRIPTIONS).await.unwrap();
    assert_eq!(azure.calls("entra").await.len(), 2);
    azure
        .fault(json!({"match": {"service": "arm"}, "times": 2, "action": {"status": 401, "code": "ExpiredAuthenticationToken"}}))
        .await;
    let error = client
        .get("/subscriptions", SUBSCRIPTIONS)
        .await
        .unwrap_err();
    assert!(error.is_sign_in(), "{error}");
}
