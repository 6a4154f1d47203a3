//! Faults and the record of calls.

#![allow(clippy::unwrap_used)]

mod support;

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use support::{Answer, Azure, GROUP, OWNER, send};

fn tag(n: u64) -> Value {
    json!({"location": "westeurope", "tags": {"n": n.to_string()}})
}

async fn tags(azure: &Azure) -> Value {
    azure.get(&azure.identity("reader")).await.is(200).body["tags"].clone()
}

async fn put(azure: &Azure, n: u64) -> Result<Answer, reqwest::Error> {
    send(azure.request(Method::PUT, &azure.identity("reader"), tag(n))).await
}

/// Waits until as many requests as wanted are held open.
async fn hanging(azure: &Azure, wanted: u64) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while azure.control(Method::GET, "faults", Value::Null).await.body["hanging"] != wanted {
        assert!(Instant::now() < deadline, "never {wanted} held");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_status_for_the_calls_that_match() {
    let azure = Azure::start().await;
    let action = json!({"status": 503, "code": "ServiceUnavailable", "message": "Later.", "headers": {"Retry-After": "3"}});
    azure
        .fault(
            json!({"method": "put", "path": "USERASSIGNEDIDENTITIES/reader", "skip": 1}),
            2,
            action,
        )
        .await;
    assert_eq!(put(&azure, 1).await.unwrap().status, 200);
    for _ in 0..2 {
        let refused = put(&azure, 2).await.unwrap().is(503);
        assert_eq!(
            (refused.code(), refused.header("retry-after")),
            ("ServiceUnavailable", Some("3"))
        );
    }
    assert_eq!(tags(&azure).await, json!({"n": "1"}));
    assert_eq!(put(&azure, 3).await.unwrap().status, 200);
    let left = azure.control(Method::GET, "faults", Value::Null).await.body;
    assert_eq!(left, json!({"faults": [], "hanging": 0}));
}

#[tokio::test]
async fn throttling_and_patterns() {
    let azure = Azure::start().await;
    azure
        .fault(
            json!({"path": "*/virtualMachineScaleSets/*", "service": "arm"}),
            1,
            json!({"throttle": {"retryAfter": 20}}),
        )
        .await;
    azure.get(GROUP).await.is(200);
    assert_eq!(
        azure
            .get(&azure.scale_set())
            .await
            .is(429)
            .header("retry-after"),
        Some("20")
    );
    azure.get(&azure.scale_set()).await.is(200);
    let wrong = azure
        .control(Method::POST, "faults", json!({"action": {"explode": true}}))
        .await
        .is(400);
    assert_eq!(wrong.code(), "InvalidRequest");
}

#[tokio::test]
async fn a_dropped_connection_before_and_after_the_change() {
    let azure = Azure::start().await;
    azure
        .fault(json!({"method": "PUT"}), 1, json!({"drop": "before"}))
        .await;
    assert!(put(&azure, 1).await.is_err());
    assert_ne!(tags(&azure).await, json!({"n": "1"}));
    azure
        .fault(json!({"method": "PUT"}), 1, json!({"drop": "after"}))
        .await;
    assert!(put(&azure, 2).await.is_err());
    assert_eq!(tags(&azure).await, json!({"n": "2"}));
}

#[tokio::test]
async fn a_held_request_goes_on_when_released() {
    let azure = Azure::start().await;
    for moment in ["before", "after"] {
        azure
            .fault(json!({"method": "PUT"}), 1, json!({"hang": moment}))
            .await;
        let n = u64::from(moment == "after") + 1;
        let request = put(&azure, n);
        let watch = async {
            hanging(&azure, 1).await;
            let made = tags(&azure).await == json!({"n": n.to_string()});
            assert_eq!(made, moment == "after");
            azure
                .control(Method::POST, "release", Value::Null)
                .await
                .is(204);
        };
        let (answer, ()) = tokio::join!(request, watch);
        assert_eq!(answer.unwrap().status, 200);
        assert_eq!(tags(&azure).await, json!({"n": n.to_string()}));
    }
}

#[tokio::test]
async fn a_client_that_leaves_a_held_request_decides_nothing_more() {
    let azure = Azure::start().await;
    for (moment, made) in [("before", false), ("after", true)] {
        azure
            .fault(json!({"method": "PUT"}), 1, json!({"hang": moment}))
            .await;
        let n = u64::from(made) + 1;
        let request = azure.request(Method::PUT, &azure.identity("reader"), tag(n));
        let client = tokio::spawn(async move { request.send().await.map(|_| ()) });
        hanging(&azure, 1).await;
        client.abort();
        hanging(&azure, 0).await;
        azure
            .control(Method::POST, "release", Value::Null)
            .await
            .is(204);
        assert_eq!(
            tags(&azure).await == json!({"n": n.to_string()}),
            made,
            "{moment}"
        );
    }
    let statuses: Vec<Value> = azure
        .calls()
        .await
        .iter()
        .filter(|c| c["method"] == "PUT")
        .map(|c| c["status"].clone())
        .collect();
    assert_eq!(statuses, [Value::Null, json!(200)]);
}

#[tokio::test]
async fn a_delay_lasts_its_time() {
    let azure = Azure::start().await;
    azure
        .fault(
            json!({"path": "resourceGroups"}),
            1,
            json!({"delaySeconds": 0.3}),
        )
        .await;
    let start = Instant::now();
    azure.get(GROUP).await.is(200);
    assert!(start.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn reads_that_lag_behind_a_write() {
    let azure = Azure::start().await;
    let fresh = azure.identity("fresh");
    azure
        .fault(
            json!({"method": "PUT", "path": "fresh"}),
            1,
            json!({"staleReads": 2}),
        )
        .await;
    azure.arm(Method::PUT, &fresh, tag(1)).await.is(201);
    for _ in 0..2 {
        assert_eq!(azure.get(&fresh).await.is(404).code(), "ResourceNotFound");
    }
    assert_eq!(
        azure.get(&fresh).await.is(200).body["tags"],
        json!({"n": "1"})
    );
}

#[tokio::test]
async fn every_service_has_faults_in_its_own_shape() {
    let azure = Azure::start().await;
    azure
        .fault(
            json!({"service": "entra"}),
            1,
            json!({"status": 400, "code": "AADSTS700016"}),
        )
        .await;
    let entra = azure
        .form(&format!("/{}/oauth2/v2.0/token", support::TENANT), &[])
        .await
        .is(400);
    assert_eq!(entra.body["error_codes"], json!([700_016]));
    azure
        .fault(
            json!({"service": "imds"}),
            1,
            json!({"status": 410, "code": "gone"}),
        )
        .await;
    let url = format!(
        "{}/_nodes/nodes/0/metadata/identity/oauth2/token",
        azure.emulator.http_url()
    );
    assert_eq!(azure.plain(&url, &[]).await.is(410).body["error"], "gone");
}

#[tokio::test]
async fn calls_are_recorded_without_secrets() {
    let azure = Azure::start().await;
    azure.get(GROUP).await.is(200);
    let body =
        json!({"location": "westeurope", "properties": {"clientSecret": "s3cret", "kept": 1}});
    azure
        .arm(
            Method::PUT,
            &format!("{GROUP}/providers/Microsoft.KeyVault/vaults/v"),
            body,
        )
        .await;
    let calls = azure.calls().await;
    assert_eq!(calls.len(), 2, "control calls are not recorded");
    let first = &calls[0];
    assert_eq!(
        (&first["method"], &first["path"], &first["status"]),
        (&json!("GET"), &json!(GROUP), &json!(200))
    );
    assert_eq!(
        (&first["service"], &first["principal"]),
        (&json!("arm"), &json!(OWNER))
    );
    assert_eq!(first["query"], "api-version=2024-03-01");
    assert_eq!(
        calls[1]["body"]["properties"],
        json!({"clientSecret": "***", "kept": 1})
    );
    let n = first["n"].as_u64().unwrap();
    let later = azure
        .control(Method::GET, &format!("calls?since={n}"), Value::Null)
        .await
        .body;
    assert_eq!(later.as_array().unwrap().len(), 1);
    azure
        .control(Method::DELETE, "calls", Value::Null)
        .await
        .is(204);
    assert!(azure.calls().await.is_empty());
}

#[tokio::test]
async fn replies_carry_request_ids_and_errors_their_envelope() {
    let azure = Azure::start().await;
    let request = azure
        .request(Method::GET, &format!("{GROUP}//"), Value::Null)
        .header("x-ms-client-request-id", "mine");
    let reply = send(request).await.unwrap().is(200);
    assert_eq!(reply.header("x-ms-client-request-id"), Some("mine"));
    for name in [
        "x-ms-request-id",
        "x-ms-correlation-request-id",
        "x-ms-routing-request-id",
    ] {
        assert!(reply.header(name).is_some(), "{name}");
    }
    let bearer = format!("Bearer {}", azure.token);
    let ask = |query: &str| {
        let url = azure.url(&format!("{GROUP}{query}"));
        let (azure, bearer) = (&azure, &bearer);
        async move { azure.plain(&url, &[("authorization", bearer)]).await }
    };
    assert_eq!(ask("").await.is(400).code(), "MissingApiVersionParameter");
    assert_eq!(
        ask("?api-version=latest").await.is(400).code(),
        "InvalidApiVersionParameter"
    );
    let unknown = azure
        .get("/subscriptions/99999999-0000-0000-0000-000000000000/resourceGroups/x")
        .await;
    assert_eq!(unknown.is(404).code(), "SubscriptionNotFound");
    let broken = azure.request(Method::PUT, GROUP, Value::Null).body("{");
    assert_eq!(
        send(broken).await.unwrap().is(400).code(),
        "InvalidRequestContent"
    );
}
