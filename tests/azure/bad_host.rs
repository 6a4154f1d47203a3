//! Where a token is never sent.

use std::time::Duration;

use podid::azure::client::Call;
use podid::azure::cloud::{Cloud, CustomEndpoints};
use podid::azure::{Client, Error};
use serde_json::json;

use crate::fixture::Azure;
use crate::scripted::{Answer, Scripted};

/// A client whose Resource Manager answers from a script and whose elsewhere records what comes.
async fn against(
    answer: impl Fn(&str) -> Answer + Send + Sync + 'static,
) -> (Azure, Client, Scripted, Scripted) {
    let azure = Azure::start().await;
    let elsewhere =
        Scripted::start(|_, _, _| (200, Vec::new(), "{\"value\": []}".to_owned())).await;
    let there = elsewhere.url.clone();
    let arm = Scripted::start(move |_, _, _| answer(&there)).await;
    let mut options = azure.options();
    options.cloud = azure.cloud_with(&arm.url);
    let client = Client::new(options)
        .unwrap()
        .with_timeout(Duration::from_secs(10));
    (azure, client, arm, elsewhere)
}

#[tokio::test]
async fn a_next_link_to_another_host_is_refused() {
    let (_azure, client, arm, elsewhere) = against(|there| {
        let body = json!({"value": [], "nextLink": format!("{there}/subscriptions?$skiptoken=1")});
        (200, Vec::new(), body.to_string())
    })
    .await;
    let error = client
        .list(&Call::get("/subscriptions", "1"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error}");
    assert!(
        error.to_string().contains("no token is sent there"),
        "{error}"
    );
    assert_eq!((arm.seen().len(), elsewhere.seen().len()), (1, 0));
    assert!(
        arm.seen()[0]
            .to_lowercase()
            .contains("authorization: bearer")
    );
}

#[tokio::test]
async fn an_operation_link_to_another_host_is_refused() {
    for header in ["azure-asyncoperation", "location"] {
        let (_azure, client, arm, elsewhere) = against(move |there| {
            (
                202,
                vec![(header, format!("{there}/operations/1"))],
                String::new(),
            )
        })
        .await;
        let call = Call::patch("/subscriptions/s/x", "1", json!({}));
        let error = client.start(&call).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{header}: {error}");
        assert_eq!(
            (arm.seen().len(), elsewhere.seen().len()),
            (1, 0),
            "{header}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (_azure, client, _arm, elsewhere) = against(|there| {
        (
            307,
            vec![("location", format!("{there}/subscriptions"))],
            String::new(),
        )
    })
    .await;
    let error = client.get("/subscriptions", "1").await.unwrap_err();
    assert_eq!(error.status(), Some(307));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_token_of_a_known_cloud_does_not_leave_for_another_host() {
    // The emulator mints what Entra mints: for this audience its token looks like one of the public cloud.
    let azure = Azure::start().await;
    let mut options = azure.options();
    options.cloud = Cloud::custom(CustomEndpoints {
        resource_manager: azure.endpoint(),
        authority: azure.endpoint(),
        audience: Some("https://management.azure.com".to_owned()),
        ..CustomEndpoints::default()
    })
    .unwrap();
    let error = Client::new(options)
        .unwrap()
        .get("/subscriptions", "2022-12-01")
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "a token for AzureCloud is never sent to `127.0.0.1`"
    );
    assert_eq!(azure.count("GET").await, 0);
    assert_eq!(azure.calls("entra").await.len(), 1);
}
