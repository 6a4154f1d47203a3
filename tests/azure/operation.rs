//! Long-running operations.

use std::time::{Duration, Instant};

use podid::azure::client::Call;
use podid::azure::scale_set::{self, Delta};
use podid::azure::{Client, Error};
use serde_json::{Value, json};

use crate::fixture::{Azure, identity};
use crate::scripted::{Answer, Scripted};

fn add(name: &str) -> Delta {
    Delta {
        add: [identity(name)].into(),
        ..Delta::default()
    }
}

/// Operations on scale sets take about this long: 45 s by the time scale.
const SCALE: f64 = 0.02;

async fn assign(
    azure: &Azure,
    client: &Client,
    states: &mut Vec<String>,
) -> Result<Option<Value>, Error> {
    let set = azure.set().await;
    let accepted = scale_set::patch_identity(client, &set, &add("beta"), true).await?;
    let operation = accepted.operation.expect("an operation");
    client
        .wait(&operation, &mut |status| states.push(status.state.clone()))
        .await
}

#[tokio::test]
async fn one_patch_is_followed_to_its_end() {
    let azure = Azure::start_with(SCALE).await;
    let mut states = Vec::new();
    let started = Instant::now();
    let body = assign(&azure, &azure.client(), &mut states)
        .await
        .unwrap()
        .unwrap();
    // 0.9 s of operation and at most a slow poll or two on top.
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
    assert!(
        body["identity"]["userAssignedIdentities"]
            .to_string()
            .contains("beta")
    );
    assert!(
        !states.is_empty()
            && states
                .iter()
                .all(|state| state.eq_ignore_ascii_case("InProgress")),
        "{states:?}"
    );
    assert_eq!(azure.count("PATCH").await, 1);
}

#[tokio::test]
async fn a_failure_is_never_a_success() {
    for ending in ["Failed", "Canceled"] {
        let azure = Azure::start_with(SCALE).await;
        azure
            .fault(json!({"match": {"method": "PATCH"},
                "action": {"operation": ending, "code": "VMExtensionProvisioningError", "message": "no room"}}))
            .await;
        let error = assign(&azure, &azure.client(), &mut Vec::new())
            .await
            .unwrap_err();
        let Error::OperationFailed {
            state,
            code,
            message,
            ..
        } = &error
        else {
            panic!("{error}")
        };
        assert_eq!(state, ending);
        assert_eq!(code, "VMExtensionProvisioningError");
        assert_eq!(message, "no room");
        assert_eq!(azure.count("PATCH").await, 1);
    }
}

#[tokio::test]
async fn retry_after_is_kept_in_seconds_and_as_a_date() {
    for style in [json!({"seconds": 1}), json!({"date": 2})] {
        let azure = Azure::start_with(0.001).await;
        azure.settings(json!({"retryAfter": style})).await;
        let started = Instant::now();
        assign(&azure, &azure.client(), &mut Vec::new())
            .await
            .unwrap();
        let took = started.elapsed();
        assert!(
            took >= Duration::from_millis(900) && took < Duration::from_secs(5),
            "{style}: {took:?}"
        );
    }
}

#[tokio::test]
async fn the_deadline_leaves_the_operation_running_and_says_where_to_look() {
    let azure = Azure::start_with(1.0).await;
    let client = azure.client().with_timeout(Duration::from_millis(1500));
    let error = assign(&azure, &client, &mut Vec::new()).await.unwrap_err();
    let Error::StillPending {
        operation_url,
        state,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!(
        operation_url
            .as_ref()
            .unwrap()
            .path()
            .to_lowercase()
            .contains("/operations/")
    );
    assert!(state.eq_ignore_ascii_case("InProgress"));
}

#[tokio::test]
async fn trouble_while_polling_does_not_end_the_wait() {
    let azure = Azure::start_with(SCALE).await;
    for action in [
        json!({"status": 503}),
        json!({"drop": "before"}),
        json!({"throttle": {"retryAfter": 0}}),
    ] {
        azure
            .fault(json!({"match": {"method": "GET", "path": "/operations/"}, "action": action}))
            .await;
    }
    assign(&azure, &azure.client(), &mut Vec::new())
        .await
        .unwrap();
    assert_eq!(azure.count("PATCH").await, 1);
}

#[tokio::test]
async fn a_forgotten_operation_is_read_from_the_resource() {
    let azure = Azure::start_with(SCALE).await;
    azure
        .fault(
            json!({"match": {"method": "GET", "path": "/operations/"}, "times": 1000,
            "action": {"status": 404, "code": "NotFound"}}),
        )
        .await;
    let body = assign(&azure, &azure.client(), &mut Vec::new())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(body["properties"]["provisioningState"], "Succeeded");
    assert!(
        body["identity"]["userAssignedIdentities"]
            .to_string()
            .contains("beta")
    );
}

async fn scripted(
    script: impl Fn(&str, usize, &str) -> Answer + Send + Sync + 'static,
) -> (Azure, Client, Scripted) {
    let azure = Azure::start().await;
    let arm = Scripted::start(script).await;
    let mut options = azure.options();
    options.cloud = azure.cloud_with(&arm.url);
    (azure, Client::new(options).unwrap(), arm)
}

#[tokio::test]
async fn the_location_style_is_followed_until_it_is_no_longer_202() {
    let (_azure, client, arm) =
        scripted(|line, number, url| match (line.split(' ').next(), number) {
            (Some("DELETE" | "GET"), 1..=3) => (
                202,
                vec![("location", format!("{url}/wait?t=1"))],
                String::new(),
            ),
            _ => (204, Vec::new(), String::new()),
        })
        .await;
    let accepted = client
        .start(&Call::delete("/subscriptions/s/thing", "1"))
        .await
        .unwrap();
    let result = client
        .wait(&accepted.operation.unwrap(), &mut |_| {})
        .await
        .unwrap();
    assert_eq!(result, None);
    let lines: Vec<_> = arm
        .seen()
        .iter()
        .map(|head| head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(lines[3], "GET /wait?t=1 HTTP/1.1");
}

#[tokio::test]
async fn without_links_the_provisioning_state_is_followed() {
    let body =
        |state: &str| json!({"id": "/x", "properties": {"provisioningState": state}}).to_string();
    let (_azure, client, arm) = scripted(move |_, number, _| match number {
        1 => (201, Vec::new(), body("Creating")),
        2 => (200, Vec::new(), body("updating")),
        _ => (200, Vec::new(), body("succeeded")),
    })
    .await;
    let call = Call::put("/subscriptions/s/thing", "1", json!({}));
    let accepted = client.start(&call).await.unwrap();
    let mut states = Vec::new();
    let done = client
        .wait(&accepted.operation.unwrap(), &mut |status| {
            states.push(status.state.clone());
        })
        .await
        .unwrap();
    assert_eq!(
        done.unwrap()["properties"]["provisioningState"],
        "succeeded"
    );
    assert_eq!(states, ["updating"]);
    assert_eq!(
        arm.seen()
            .iter()
            .filter(|head| head.starts_with("PUT"))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_write_answered_as_failed_is_an_error_at_once() {
    let (_azure, client, _arm) = scripted(|_, _, _| {
        let body = json!({"properties": {"provisioningState": "Failed", "error": {"code": "A", "message": "b"}}});
        (200, Vec::new(), body.to_string())
    })
    .await;
    let error = client
        .start(&Call::put("/subscriptions/s/thing", "1", json!({})))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("A"));
}
