//! Federated credentials of an identity: what makes one valid, how many there may be, one write at a time.
#![allow(clippy::unwrap_used)]

mod provider_support;

use provider_support::{Azure, Caller, LIMITED, identity_id};
use serde_json::{Value, json};

fn credential(subject: &str) -> Value {
    json!({"properties": {
        "issuer": "https://issuer.example/", "subject": subject, "audiences": ["api://AzureADTokenExchange"],
    }})
}

fn path(name: &str) -> String {
    format!("{}/federatedIdentityCredentials/{name}", identity_id("app"))
}

async fn start() -> (Azure, Caller) {
    let azure = Azure::start().await;
    let owner = azure.owner();
    owner.identity("app").await;
    (azure, owner)
}

#[tokio::test]
async fn life_of_a_credential() {
    let (_azure, owner) = start().await;
    let made = owner.put(&path("one"), credential("s1")).await.is(201);
    assert_eq!(made["properties"], credential("s1")["properties"]);
    owner.put(&path("one"), credential("s2")).await.is(200);
    let list = owner
        .get(&format!(
            "{}/federatedIdentityCredentials",
            identity_id("app")
        ))
        .await
        .is(200);
    assert_eq!(list["value"][0]["properties"]["subject"], "s2");
    owner.delete(&path("one")).await.is(200);
    owner.delete(&path("one")).await.is(204);
    owner
        .get(&path("one"))
        .await
        .refused(404, "ResourceNotFound");
}

#[tokio::test]
async fn rules() {
    let (_azure, owner) = start().await;
    owner.put(&path("one"), credential("s1")).await.is(201);
    owner
        .put(&path("two"), credential("s1"))
        .await
        .refused(409, "Conflict");
    owner
        .put(&path("x"), credential("s3"))
        .await
        .refused(400, "InvalidResourceName");
    owner
        .put(&path("-ab"), credential("s3"))
        .await
        .refused(400, "InvalidResourceName");
    for audiences in [json!([]), json!(["a", "b"])] {
        let mut body = credential("s3");
        body["properties"]["audiences"] = audiences;
        owner
            .put(&path("three"), body)
            .await
            .refused(400, "BadRequest");
    }
    let orphan = path("one").replace("/app/", "/nobody/");
    owner
        .put(&orphan, credential("s"))
        .await
        .refused(404, "ParentResourceNotFound");
}

#[tokio::test]
async fn twenty_at_most() {
    let (_azure, owner) = start().await;
    for n in 0..20 {
        owner
            .put(&path(&format!("fic{n}")), credential(&format!("s{n}")))
            .await
            .is(201);
    }
    owner
        .put(&path("fic20"), credential("s20"))
        .await
        .refused(400, "BadRequest");
    owner
        .put(&path("fic3"), credential("changed"))
        .await
        .is(200);
    owner.delete(&path("fic0")).await.is(200);
    owner.put(&path("fic20"), credential("s20")).await.is(201);
}

#[tokio::test]
async fn one_write_at_a_time() {
    let (azure, owner) = start().await;
    owner.identity("other").await;
    azure
        .settings(json!({"timeScale": 1.0, "federatedWriteSeconds": 0.3}))
        .await;
    let (one, two) = (path("one"), path("two"));
    let other = path("one").replace("/app/", "/other/");
    let (first, second, third) = tokio::join!(
        owner.put(&one, credential("s1")),
        owner.put(&two, credential("s2")),
        owner.put(&other, credential("s1")),
    );
    third.is(201);
    let mut both = [first, second];
    both.sort_by_key(|answer| answer.status);
    let [good, bad] = both;
    good.is(201);
    bad.refused(
        409,
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
    );
    // The first write was answered only when it was done, so the next one in line goes through.
    owner.put(&path("three"), credential("s3")).await.is(201);
}

#[tokio::test]
async fn an_operator_may_not_write_them() {
    let (azure, owner) = start().await;
    owner
        .grant(
            LIMITED,
            "f1a07417-d97a-45cb-824c-7a7467783830",
            &identity_id("app"),
        )
        .await;
    azure
        .limited()
        .put(&path("one"), credential("s"))
        .await
        .refused(403, "AuthorizationFailed");
    owner
        .grant(
            LIMITED,
            "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
            &identity_id("app"),
        )
        .await;
    azure
        .limited()
        .put(&path("one"), credential("s"))
        .await
        .is(201);
}
