//! Long-running operations: both styles, `Retry-After`, endings, time.

#![allow(clippy::unwrap_used)]

mod support;

use http::Method;
use serde_json::{Value, json};
use support::{Answer, Azure, SUBSCRIPTION, assign_body};

/// Path and query of a status URL, on the host the client used.
#[track_caller]
fn follow(azure: &Azure, answer: &Answer, header: &str) -> String {
    let url = answer
        .header(header)
        .unwrap_or_else(|| panic!("no {header}: {:?}", answer.headers));
    assert!(url.starts_with(&azure.emulator.https_url()), "{url}");
    url.to_owned()
}

async fn status(azure: &Azure, url: &str) -> Answer {
    let bearer = format!("Bearer {}", azure.token);
    azure.plain(url, &[("authorization", &bearer)]).await
}

#[tokio::test]
async fn an_operation_takes_its_time_and_then_the_change_is_there() {
    let azure = Azure::start().await;
    let started = azure.assign("reader").await;
    assert!([200, 202].contains(&started.status), "{}", started.text);
    assert_eq!(
        started.header("retry-after"),
        None,
        "the service sends none"
    );
    let url = follow(&azure, &started, "azure-asyncoperation");
    assert!(url.contains(&format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/westeurope/operations/")), "{url}");

    azure.advance(40.0).await;
    let running = status(&azure, &url).await.is(200);
    assert_eq!(running.body["status"], "InProgress");
    assert_eq!(running.body.get("endTime"), None);
    let second = azure.assign("writer").await;
    assert_eq!(
        second.status, 409,
        "one operation at a time: {}",
        second.text
    );

    azure.advance(6.0).await;
    let done = status(&azure, &url).await.is(200).body;
    assert_eq!(
        (done["status"].as_str(), done["endTime"].is_string()),
        (Some("Succeeded"), true)
    );
    let set = azure.get(&azure.scale_set()).await.is(200).body;
    assert_eq!(set["properties"]["provisioningState"], "Succeeded");
    assert_eq!(
        set["identity"]["userAssignedIdentities"]
            .as_object()
            .unwrap()
            .len(),
        1
    );
    let second = azure.assign("writer").await;
    assert!([200, 202].contains(&second.status), "{}", second.text);
}

#[tokio::test]
async fn a_deletion_is_followed_by_its_location() {
    let azure = Azure::start().await;
    let started = azure
        .arm(Method::DELETE, &azure.scale_set(), Value::Null)
        .await
        .is(202);
    let url = follow(&azure, &started, "location");
    let running = status(&azure, &url).await.is(202);
    assert!(running.header("location").is_some());
    azure.advance(3600.0 - 700.0).await;
    let done = status(&azure, &url).await;
    assert!([200, 204].contains(&done.status), "{}", done.text);
    azure.get(&azure.scale_set()).await.is(404);
}

#[tokio::test]
async fn retry_after_as_seconds_or_date() {
    let azure = Azure::start().await;
    azure
        .control(
            Method::PUT,
            "settings",
            json!({"retryAfter": {"seconds": 7}}),
        )
        .await
        .is(200);
    let started = azure.assign("reader").await;
    assert_eq!(started.header("retry-after"), Some("7"));
    azure.advance(60.0).await;
    azure
        .control(Method::PUT, "settings", json!({"retryAfter": {"date": 7}}))
        .await
        .is(200);
    let started = azure.assign("writer").await;
    let date = jiff::fmt::rfc2822::parse(started.header("retry-after").unwrap()).unwrap();
    let ahead = date.timestamp().as_second() - (jiff::Timestamp::now().as_second() + 60);
    assert!((4..=8).contains(&ahead), "{ahead}");
    let url = follow(&azure, &started, "azure-asyncoperation");
    assert!(
        status(&azure, &url)
            .await
            .header("retry-after")
            .unwrap()
            .ends_with(" GMT")
    );
}

#[tokio::test]
async fn an_operation_that_fails_or_is_cancelled() {
    let azure = Azure::start().await;
    for ending in ["Failed", "Canceled"] {
        let action =
            json!({"operation": ending, "code": "AllocationFailed", "message": "No room."});
        azure
            .fault(
                json!({"method": "PATCH", "path": "virtualMachineScaleSets"}),
                1,
                action,
            )
            .await;
        let started = azure.assign("reader").await;
        let url = follow(&azure, &started, "azure-asyncoperation");
        azure.advance(46.0).await;
        let done = status(&azure, &url).await.is(200).body;
        assert_eq!(
            (&done["status"], &done["error"]),
            (
                &json!(ending),
                &json!({"code": "AllocationFailed", "message": "No room."})
            )
        );
        let set = azure.get(&azure.scale_set()).await.is(200).body;
        assert_ne!(set["properties"]["provisioningState"], "Succeeded");
        assert_ne!(set["identity"]["type"], "UserAssigned", "{set}");
    }
}

#[tokio::test]
async fn with_scale_zero_the_first_look_finds_it_done() {
    let azure = Azure::start().await;
    azure
        .control(Method::PUT, "settings", json!({"timeScale": 0.0}))
        .await
        .is(200);
    let started = azure.assign("reader").await;
    let url = follow(&azure, &started, "azure-asyncoperation");
    assert_eq!(
        status(&azure, &url).await.is(200).body["status"],
        "Succeeded"
    );
}

#[tokio::test]
async fn strangers_may_not_follow_an_operation() {
    let mut azure = Azure::start().await;
    let started = azure.assign("reader").await;
    let url = follow(&azure, &started, "azure-asyncoperation");
    let unknown = url.replace("/operations/", "/operations/0");
    assert_eq!(
        status(&azure, &unknown).await.is(404).code(),
        "OperationNotFound"
    );
    azure.token = azure.token_for(support::STRANGER_APP).await;
    assert_eq!(
        status(&azure, &url).await.is(403).code(),
        "AuthorizationFailed"
    );
    let refused = azure
        .arm(
            Method::PATCH,
            &azure.scale_set(),
            assign_body(&azure.identity("reader")),
        )
        .await;
    assert_eq!(refused.is(403).code(), "AuthorizationFailed");
}

#[tokio::test]
async fn operations_end_by_themselves() {
    let azure = Azure::start().await;
    azure
        .control(
            Method::PUT,
            "settings",
            json!({"durations": {"vmss-identity": 0.2}}),
        )
        .await
        .is(200);
    azure.assign("reader").await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        let set = azure.get(&azure.scale_set()).await.is(200).body;
        if set["properties"]["provisioningState"] == "Succeeded" {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{set}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
