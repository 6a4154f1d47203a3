//! Entra's discovery: the cloud's endpoints, OpenID configuration, keys.

#![allow(clippy::unwrap_used)]

mod support;

use podid_emulator::entra::jwt::Jwt;
use podid_emulator::entra::keys::VerifyingKey;
use serde_json::json;
use support::{Azure, TENANT, refused, v2};

#[tokio::test]
async fn the_clouds_endpoints() {
    let azure = Azure::start().await;
    let base = azure.emulator.https_url();
    let get = |path: &str| {
        let url = azure.url(path);
        let azure = &azure;
        async move { azure.plain(&url, &[]).await }
    };
    let old = get("/metadata/endpoints?api-version=2015-01-01")
        .await
        .is(200)
        .body;
    assert_eq!(old["authentication"]["loginEndpoint"], format!("{base}/"));
    let list = get("/metadata/endpoints?api-version=2019-05-01")
        .await
        .is(200)
        .body;
    let cloud = get("/metadata/endpoints?api-version=2022-09-01")
        .await
        .is(200)
        .body;
    assert_eq!(list, json!([cloud]));
    assert_eq!(cloud["resourceManager"], format!("{base}/"));
    assert_eq!(cloud["authentication"]["loginEndpoint"], base);
    assert_eq!(
        cloud["authentication"]["audiences"][0],
        "https://management.core.windows.net/"
    );
    assert_eq!(
        get("/metadata/endpoints").await.is(400).code(),
        "MissingApiVersionParameter"
    );
}

#[tokio::test]
async fn openid_documents() {
    let azure = Azure::start().await;
    let base = azure.emulator.https_url();
    let get = |path: &str| {
        let url = azure.url(path);
        let azure = &azure;
        async move { azure.plain(&url, &[]).await }
    };
    let openid = get(&format!("/{TENANT}/v2.0/.well-known/openid-configuration"))
        .await
        .is(200)
        .body;
    assert_eq!(openid["token_endpoint"], format!("{base}{}", v2()));
    assert_eq!(openid["issuer"], format!("{base}/{TENANT}/v2.0"));
    let v1 = get(&format!("/{TENANT}/.well-known/openid-configuration"))
        .await
        .is(200)
        .body;
    assert_eq!(v1["issuer"], format!("https://sts.windows.net/{TENANT}/"));
    let by_domain = get("/demo.example/v2.0/.well-known/openid-configuration")
        .await
        .is(200)
        .body;
    assert_eq!(by_domain["issuer"], format!("{base}/{TENANT}/v2.0"));
    refused(
        &get("/nowhere/v2.0/.well-known/openid-configuration").await,
        400,
        "invalid_request",
        90_002,
    );

    let instance = get("/common/discovery/instance?api-version=1.1")
        .await
        .is(200)
        .body;
    assert_eq!(
        instance["metadata"][0]["preferred_network"],
        base.strip_prefix("https://").unwrap()
    );
    let keys = openid["jwks_uri"].as_str().unwrap();
    let jwks = azure.plain(keys, &[]).await.is(200).body;
    let jwt = Jwt::parse(&azure.token).unwrap();
    assert_eq!(jwks["keys"][0]["kid"], jwt.header["kid"]);
    assert!(jwt.is_signed_by(&VerifyingKey::from_jwk(&jwks["keys"][0]).unwrap()));
}
