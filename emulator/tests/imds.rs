//! The instance metadata service of nodes, and the App Service endpoint.

#![allow(clippy::unwrap_used)]

mod support;

use http::Method;
use serde_json::{Value, json};
use support::{Answer, Azure, TENANT, claims};

const VAULT: &str = "https://vault.azure.net";

async fn with(identities: &[&str]) -> Azure {
    let azure = Azure::start().await;
    azure
        .control(Method::PUT, "settings", json!({"timeScale": 0.0}))
        .await
        .is(200);
    for name in identities {
        let answer = azure.assign(name).await;
        assert!(answer.status < 300, "{}", answer.text);
    }
    azure
}

async fn ask(azure: &Azure, query: &str) -> Answer {
    let url = format!(
        "{}/_nodes/nodes/0/metadata/identity/oauth2/token?api-version=2018-02-01&resource={VAULT}{query}",
        azure.emulator.http_url()
    );
    azure.plain(&url, &[("metadata", "true")]).await
}

async fn ids(azure: &Azure, name: &str) -> (String, String) {
    let body = azure.get(&azure.identity(name)).await.is(200).body;
    let text = |field: &str| body["properties"][field].as_str().unwrap().to_owned();
    (text("clientId"), text("principalId"))
}

#[tokio::test]
async fn a_node_answers_for_the_identities_it_holds() {
    let azure = with(&["reader"]).await;
    let (client_id, principal_id) = ids(&azure, "reader").await;
    let only = ask(&azure, "").await.is(200).body;
    for (name, value) in only.as_object().unwrap() {
        assert!(value.is_string(), "{name} is no string");
    }
    assert_eq!(
        (&only["token_type"], &only["resource"], &only["client_id"]),
        (&json!("Bearer"), &json!(VAULT), &json!(client_id))
    );
    let token = claims(only["access_token"].as_str().unwrap());
    assert_eq!(
        (&token["oid"], &token["tid"], &token["aud"]),
        (&json!(principal_id), &json!(TENANT), &json!(VAULT))
    );
    assert!(
        token["xms_mirid"]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case(&azure.identity("reader"))
    );
    let expires: i64 = only["expires_on"].as_str().unwrap().parse().unwrap();
    assert_eq!(token["exp"], expires);

    let resource_id = azure.identity("reader").to_uppercase();
    for query in [
        format!("&client_id={client_id}"),
        format!("&object_id={principal_id}"),
        format!("&principal_id={principal_id}"),
        format!("&msi_res_id={resource_id}"),
        format!("&mi_res_id={resource_id}"),
    ] {
        assert_eq!(
            ask(&azure, &query).await.is(200).body["client_id"],
            client_id,
            "{query}"
        );
    }
    let (other, _) = ids(&azure, "writer").await;
    let refused = ask(&azure, &format!("&client_id={other}"))
        .await
        .is(400)
        .body;
    assert_eq!(
        refused,
        json!({"error": "invalid_request", "error_description": "Identity not found"})
    );
}

#[tokio::test]
async fn with_several_identities_one_must_be_named() {
    let azure = with(&[]).await;
    assert_eq!(
        ask(&azure, "").await.is(400).body["error_description"],
        "Identity not found"
    );
    azure.assign("reader").await;
    azure.assign("writer").await;
    let refused = ask(&azure, "").await.is(400).body;
    assert!(
        refused["error_description"]
            .as_str()
            .unwrap()
            .starts_with("Multiple user assigned identities exist"),
        "{refused}"
    );
    let mut body = support::assign_body(&azure.identity("reader"));
    body["identity"]["type"] = json!("SystemAssigned, UserAssigned");
    azure.arm(Method::PATCH, &azure.scale_set(), body).await;
    let system = azure.get(&azure.scale_set()).await.body["identity"]["principalId"].clone();
    let token = ask(&azure, "").await.is(200).body;
    assert_eq!(
        claims(token["access_token"].as_str().unwrap())["oid"],
        system
    );
}

#[tokio::test]
async fn an_identity_made_anew_is_not_served_under_either_id() {
    let azure = with(&["reader", "writer"]).await;
    let id = azure.identity("reader");
    let (old, _) = ids(&azure, "reader").await;
    ask(&azure, &format!("&client_id={old}")).await.is(200);
    azure.arm(Method::DELETE, &id, Value::Null).await.is(200);
    ask(&azure, &format!("&client_id={old}")).await.is(400);
    azure
        .arm(Method::PUT, &id, json!({"location": "westeurope"}))
        .await
        .is(201);
    let (new, _) = ids(&azure, "reader").await;
    assert_ne!(old, new);
    for query in [
        format!("&client_id={old}"),
        format!("&client_id={new}"),
        format!("&msi_res_id={id}"),
    ] {
        ask(&azure, &query).await.is(400);
    }
}

#[tokio::test]
async fn what_a_request_must_carry() {
    let azure = with(&["reader"]).await;
    let base = format!("{}/_nodes/nodes/0", azure.emulator.http_url());
    let token = format!("{base}/METADATA/identity/oauth2/token");
    let get = |url: String, headers: &'static [(&'static str, &'static str)]| {
        let azure = &azure;
        async move { azure.plain(&url, headers).await }
    };
    let full = format!("{token}?api-version=2018-02-01&resource={VAULT}");
    get(full.clone(), &[("metadata", "true")]).await.is(200);
    assert_eq!(
        get(full.clone(), &[]).await.is(400).body["error"],
        "bad_request_102"
    );
    get(
        full,
        &[("metadata", "true"), ("x-forwarded-for", "10.0.0.1")],
    )
    .await
    .is(400);
    get(format!("{token}?resource={VAULT}"), &[("metadata", "true")])
        .await
        .is(400);
    let nothing = get(
        format!("{token}?api-version=2018-02-01"),
        &[("metadata", "true")],
    )
    .await
    .is(400);
    assert_eq!(
        nothing.body["error_description"],
        "Required query variable 'resource' is missing"
    );
    get(
        format!(
            "{}/_nodes/nodes/2/metadata/instance?api-version=2021-02-01",
            azure.emulator.http_url()
        ),
        &[("metadata", "true")],
    )
    .await
    .is(404);
    let info = get(
        format!("{base}/metadata/identity/info?api-version=2018-02-01"),
        &[("metadata", "true")],
    )
    .await
    .is(200);
    assert_eq!(info.body, json!({"tenantId": TENANT}));
}

#[tokio::test]
async fn instance_metadata() {
    let azure = with(&[]).await;
    let url = format!(
        "{}/_nodes/nodes/1/metadata/instance",
        azure.emulator.http_url()
    );
    let metadata = &[("metadata", "true")];
    let compute = azure
        .plain(&format!("{url}?api-version=2021-02-01"), metadata)
        .await
        .is(200)
        .body["compute"]
        .clone();
    for (name, value) in [
        ("name", "nodes_1"),
        ("resourceGroupName", "demo"),
        ("subscriptionId", support::SUBSCRIPTION),
        ("vmScaleSetName", "nodes"),
        ("location", "westeurope"),
    ] {
        assert_eq!(compute[name], value, "{name}");
    }
    let leaf = azure
        .plain(
            &format!("{url}/compute/vmScaleSetName?api-version=2021-02-01&format=text"),
            metadata,
        )
        .await
        .is(200);
    assert_eq!(leaf.text, "nodes");
}

#[tokio::test]
async fn a_node_may_have_a_listener_of_its_own() {
    let azure = with(&["reader"]).await;
    let body = json!({"scaleSet": azure.scale_set(), "instance": "1"});
    let made = azure
        .control(Method::POST, "nodes/listen", body)
        .await
        .is(201)
        .body;
    let url = format!(
        "{}/metadata/identity/oauth2/token?api-version=2018-02-01&resource={VAULT}",
        made["url"].as_str().unwrap()
    );
    azure.plain(&url, &[("metadata", "true")]).await.is(200);
    let unknown = json!({"scaleSet": azure.scale_set(), "instance": "9"});
    azure
        .control(Method::POST, "nodes/listen", unknown)
        .await
        .is(404);
}

#[tokio::test]
async fn each_node_is_throttled_by_itself() {
    let azure = with(&["reader"]).await;
    let change = json!({"throttling": {"buckets": {"imds": {"size": 1.0, "perSecond": 0.1}}}});
    azure.control(Method::PUT, "settings", change).await.is(200);
    ask(&azure, "").await.is(200);
    assert_eq!(
        ask(&azure, "").await.is(429).body["error"],
        "too_many_requests"
    );
    let other = format!(
        "{}/_nodes/nodes/1/metadata/identity/info?api-version=2018-02-01",
        azure.emulator.http_url()
    );
    azure.plain(&other, &[("metadata", "true")]).await.is(200);
}

#[tokio::test]
async fn the_same_token_comes_again_while_it_is_valid_when_it_is_kept() {
    let azure = with(&["reader"]).await;
    let fresh = ask(&azure, "").await.is(200).body;
    assert_ne!(ask(&azure, "").await.body, fresh);
    let change = json!({"imdsKeepsTokens": true});
    azure.control(Method::PUT, "settings", change).await.is(200);
    let first = ask(&azure, "").await.is(200).body;
    azure.advance(1000.0).await;
    let again = ask(&azure, "").await.is(200).body;
    assert_eq!(again["access_token"], first["access_token"]);
    let left = |body: &Value| -> i64 { body["expires_in"].as_str().unwrap().parse().unwrap() };
    assert!((995..=1005).contains(&(left(&first) - left(&again))));
    azure.advance(90_000.0).await;
    let renewed = ask(&azure, "").await.is(200).body;
    assert_ne!(renewed["access_token"], first["access_token"]);
    assert!(left(&renewed) > left(&again));
}

#[tokio::test]
async fn the_app_service_endpoint() {
    let azure = Azure::start().await;
    let url = format!(
        "{}/msi/token?api-version=2019-08-01&resource=https://management.core.windows.net/",
        azure.emulator.http_url()
    );
    azure
        .plain(&url, &[("x-identity-header", "x")])
        .await
        .is(400);
    let seed = json!({"appService": {"identityHeader": "x", "identities": [support::OWNER_APP]}});
    azure.control(Method::POST, "seed", seed).await.is(204);
    azure
        .plain(&url, &[("x-identity-header", "y")])
        .await
        .is(401);
    let token = azure
        .plain(&url, &[("x-identity-header", "x")])
        .await
        .is(200)
        .body;
    let token = token["access_token"].as_str().unwrap();
    let group = azure.url(&format!("{}?api-version=2024-03-01", support::GROUP));
    azure
        .plain(&group, &[("authorization", &format!("Bearer {token}"))])
        .await
        .is(200);
}
