//! User-assigned identities: their life, their lists, who may touch them.
#![allow(clippy::unwrap_used)]

mod provider_support;

use provider_support::{Azure, GROUP, LIMITED, SUBSCRIPTION, identity_id, text};
use serde_json::json;

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

#[tokio::test]
async fn life_of_an_identity() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let path = identity_id("app");
    let first = owner
        .put(&path, json!({"location": "westeurope", "tags": {"a": "1"}, "properties": {"clientId": "forged"}}))
        .await
        .is(201);
    assert!(
        text(&first, "/id").contains("/resourcegroups/demo/"),
        "{first}"
    );
    assert_eq!(
        text(&first, "/type"),
        "Microsoft.ManagedIdentity/userAssignedIdentities"
    );
    for id in ["clientId", "principalId", "tenantId"] {
        assert_eq!(
            text(&first, &format!("/properties/{id}")).len(),
            36,
            "{first}"
        );
    }
    let again = owner
        .put(&path, json!({"location": "westeurope"}))
        .await
        .is(200);
    assert_eq!(again["properties"], first["properties"]);
    let patched = owner
        .patch(&path, json!({"tags": {"b": "2"}}))
        .await
        .is(200);
    assert_eq!(patched["tags"], json!({"b": "2"}));
    assert_eq!(owner.get(&path.to_uppercase()).await.is(200), patched);
    owner.delete(&path).await.is(200);
    owner.delete(&path).await.is(204);
    owner.get(&path).await.refused(404, "ResourceNotFound");
    let second = owner
        .put(&path, json!({"location": "westeurope"}))
        .await
        .is(201);
    assert_ne!(
        second["properties"]["principalId"],
        first["properties"]["principalId"]
    );
    assert_ne!(
        second["properties"]["clientId"],
        first["properties"]["clientId"]
    );
}

#[tokio::test]
async fn refused_writes() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    owner
        .put(&identity_id("app"), json!({}))
        .await
        .refused(400, "LocationRequired");
    owner.identity("app").await;
    owner
        .put(&identity_id("app"), json!({"location": "eastus"}))
        .await
        .refused(409, "InvalidResourceLocation");
    let elsewhere = identity_id("app").replace("/demo/", "/nowhere/");
    owner
        .put(&elsewhere, json!({"location": "westeurope"}))
        .await
        .refused(404, "ResourceGroupNotFound");
}

#[tokio::test]
async fn lists_come_in_pages() {
    let azure = Azure::start().await;
    azure.settings(json!({"pageSize": 2})).await;
    let owner = azure.owner();
    for n in 0..5 {
        owner.identity(&format!("app{n}")).await;
    }
    for scope in [GROUP.to_owned(), format!("/subscriptions/{SUBSCRIPTION}")] {
        let mut url = format!(
            "{scope}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2024-11-30"
        );
        let mut sizes = Vec::new();
        let mut names = Vec::new();
        loop {
            let page = owner.get(&url).await.is(200);
            let items = page["value"].as_array().unwrap();
            sizes.push(items.len());
            names.extend(items.iter().map(|i| text(i, "/name").to_owned()));
            let Some(next) = page["nextLink"].as_str() else {
                break;
            };
            let next = next.splitn(4, '/').nth(3).unwrap();
            url = format!("/{next}");
        }
        assert_eq!(sizes, [2, 2, 1]);
        assert_eq!(names, ["app0", "app1", "app2", "app3", "app4"]);
    }
    let top = format!(
        "{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2024-11-30&$top=9"
    );
    owner
        .get(&top)
        .await
        .refused(400, "InvalidTopQueryParameter");
}

#[tokio::test]
async fn access_is_checked() {
    let azure = Azure::start().await;
    let (owner, limited) = (azure.owner(), azure.limited());
    owner.identity("app").await;
    let message = limited
        .get(&identity_id("app"))
        .await
        .refused(403, "AuthorizationFailed");
    assert!(
        message.contains("'Microsoft.ManagedIdentity/userAssignedIdentities/read'"),
        "{message}"
    );
    owner.grant(LIMITED, READER, &identity_id("app")).await;
    limited.get(&identity_id("app")).await.is(200);
    limited
        .delete(&identity_id("app"))
        .await
        .refused(403, "AuthorizationFailed");
    limited
        .put(&identity_id("other"), json!({"location": "westeurope"}))
        .await
        .refused(403, "AuthorizationFailed");
}
