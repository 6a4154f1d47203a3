//! The vault: a token is good for something, if all of it is right.

#![allow(clippy::unwrap_used)]

mod support;

use http::Method;
use podid_emulator::entra::jwt;
use podid_emulator::entra::keys::SigningKey;
use serde_json::{Value, json};
use support::{Answer, Azure, GROUP, TENANT, claims};

const ROLE: &str = "4633458b-17de-408a-b874-0445c86b69e6";

async fn read(azure: &Azure, name: &str, token: &str) -> Answer {
    let url = azure.url(&format!(
        "/_vault/demo-vault/secrets/{name}?api-version=7.4"
    ));
    azure
        .plain(&url, &[("authorization", &format!("Bearer {token}"))])
        .await
}

async fn node_token(azure: &Azure, resource: &str) -> String {
    let url = format!(
        "{}/_nodes/nodes/0/metadata/identity/oauth2/token?api-version=2018-02-01&resource={resource}",
        azure.emulator.http_url()
    );
    let answer = azure.plain(&url, &[("metadata", "true")]).await.is(200);
    answer.body["access_token"].as_str().unwrap().to_owned()
}

async fn grant(azure: &Azure) {
    let principal =
        azure.get(&azure.identity("reader")).await.is(200).body["properties"]["principalId"]
            .clone();
    let vault = format!("{GROUP}/providers/Microsoft.KeyVault/vaults/demo-vault");
    let path = format!(
        "{vault}/providers/Microsoft.Authorization/roleAssignments/50000000-0000-0000-0000-000000000001"
    );
    let body = json!({"properties": {
        "roleDefinitionId": format!("/subscriptions/{}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}", support::SUBSCRIPTION),
        "principalId": principal, "principalType": "ServicePrincipal",
    }});
    azure.arm(Method::PUT, &path, body).await.is(201);
}

#[tokio::test]
async fn a_node_identity_with_the_role_reads_the_secret() {
    let azure = Azure::start().await;
    azure
        .control(Method::PUT, "settings", json!({"timeScale": 0.0}))
        .await
        .is(200);
    azure.assign("reader").await;
    let token = node_token(&azure, "https://vault.azure.net").await;
    let before = read(&azure, "greeting", &token).await.is(403);
    assert_eq!(before.code(), "Forbidden");
    grant(&azure).await;
    assert_eq!(
        read(&azure, "greeting", &token).await.is(200).body["value"],
        "hello"
    );
    assert_eq!(
        read(&azure, "absent", &token).await.is(404).code(),
        "SecretNotFound"
    );

    let elsewhere = node_token(&azure, "https://management.azure.com").await;
    read(&azure, "greeting", &elsewhere).await.is(401);
    let forged = jwt::sign(&SigningKey::generate().unwrap(), &claims(&token)).unwrap();
    read(&azure, "greeting", &forged).await.is(401);
    azure.advance(90_000.0).await;
    read(&azure, "greeting", &token).await.is(401);
    let fresh = node_token(&azure, "https://vault.azure.net").await;
    read(&azure, "greeting", &fresh).await.is(200);
}

#[tokio::test]
async fn without_a_token_the_vault_says_where_to_get_one() {
    let azure = Azure::start().await;
    let url = azure.url("/_vault/demo-vault/secrets/greeting?api-version=7.4");
    let refused = azure.plain(&url, &[]).await.is(401);
    let challenge = format!(
        "Bearer authorization=\"{}/{TENANT}\", resource=\"https://vault.azure.net\"",
        azure.emulator.https_url()
    );
    assert_eq!(refused.header("www-authenticate"), Some(challenge.as_str()));
    let calls = azure.calls().await;
    assert_eq!(
        (&calls[0]["service"], &calls[0]["body"]),
        (&json!("vault"), &Value::Null)
    );
}
