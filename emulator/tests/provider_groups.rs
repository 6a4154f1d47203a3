//! Subscriptions, resource groups, registrations, plain resources.
#![allow(clippy::unwrap_used)]

mod provider_support;

use http::Method;
use provider_support::{Azure, GROUP, LIMITED, SUBSCRIPTION, TENANT, identity_id, text};
use serde_json::{Value, json};

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

#[tokio::test]
async fn a_caller_sees_the_subscriptions_it_has_roles_in() {
    let azure = Azure::start().await;
    let seen = azure
        .owner()
        .get("/subscriptions?api-version=2022-12-01")
        .await
        .is(200);
    assert_eq!(seen["value"].as_array().unwrap().len(), 1);
    assert_eq!(seen["value"][0]["subscriptionId"], SUBSCRIPTION);
    assert_eq!(seen["value"][0]["tenantId"], TENANT);
    assert_eq!(seen["value"][0]["state"], "Enabled");
    let none = azure
        .limited()
        .get("/subscriptions?api-version=2022-12-01")
        .await
        .is(200);
    assert_eq!(none["value"], json!([]));
    let tenants = azure
        .limited()
        .get("/tenants?api-version=2022-12-01")
        .await
        .is(200);
    assert_eq!(tenants["value"][0]["tenantId"], TENANT);
}

#[tokio::test]
async fn life_of_a_group() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let path = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/other");
    assert_eq!(
        owner
            .call(Method::HEAD, &path, &[], Value::Null)
            .await
            .status,
        404
    );
    owner
        .put(
            &path,
            json!({"location": "West Europe", "tags": {"a": "b"}}),
        )
        .await
        .is(201);
    assert_eq!(
        owner
            .call(Method::HEAD, &path, &[], Value::Null)
            .await
            .status,
        204
    );
    let got = owner.get(&path.to_lowercase()).await.is(200);
    assert_eq!(text(&got, "/location"), "westeurope");
    owner
        .put(&path, json!({"location": "eastus"}))
        .await
        .refused(409, "InvalidResourceLocation");
    let in_it = identity_id("x").replace("/demo/", "/other/");
    owner
        .put(&in_it, json!({"location": "westeurope"}))
        .await
        .is(201);
    let listed = owner.get(&format!("{path}/resources")).await.is(200);
    assert_eq!(text(&listed, "/value/0/name"), "x");
    let gone = owner.delete(&path).await;
    assert_eq!(gone.status, 202);
    owner.finish(gone).await;
    owner.get(&path).await.refused(404, "ResourceGroupNotFound");
    owner.get(&in_it).await.refused(404, "ResourceNotFound");
    let groups = owner
        .get(&format!("/subscriptions/{SUBSCRIPTION}/resourcegroups"))
        .await
        .is(200);
    assert_eq!(groups["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn registrations_and_unknown_types() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let path = format!("/subscriptions/{SUBSCRIPTION}/providers/microsoft.compute");
    let compute = owner.get(&path).await.is(200);
    assert_eq!(text(&compute, "/registrationState"), "Registered");
    assert_eq!(text(&compute, "/namespace"), "Microsoft.Compute");
    owner
        .post(&format!("{path}/register"), Value::Null)
        .await
        .is(200);
    owner
        .get(&format!("{GROUP}/providers/Microsoft.Compute/toasters/t"))
        .await
        .refused(404, "InvalidResourceType");
}

#[tokio::test]
async fn a_vault_is_a_plain_resource() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let path = format!("{GROUP}/providers/Microsoft.KeyVault/vaults/v");
    let model = json!({"location": "westeurope", "properties": {"sku": {"name": "standard"}, "future": [1]}});
    let made = owner.put(&path, model.clone()).await.is(201);
    assert_eq!(made["properties"]["future"], json!([1]));
    assert_eq!(made["properties"]["tenantId"], TENANT);
    owner.put(&path, model).await.is(200);
    let patched = owner
        .patch(&path, json!({"properties": {"future": null}}))
        .await
        .is(200);
    assert_eq!(patched["properties"].get("future"), None);
    owner.grant(LIMITED, READER, &path).await;
    azure.limited().get(&path).await.is(200);
    azure
        .limited()
        .delete(&path)
        .await
        .refused(403, "AuthorizationFailed");
    owner.delete(&path).await.is(200);
    owner.delete(&path).await.is(204);
}
