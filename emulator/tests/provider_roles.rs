//! Role assignments, definitions and the caller's permissions.
#![allow(clippy::unwrap_used)]

mod provider_support;

use provider_support::{Azure, Caller, GROUP, LIMITED, OWNER, SUBSCRIPTION, identity_id, text};
use serde_json::{Value, json};

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const OPERATOR: &str = "f1a07417-d97a-45cb-824c-7a7467783830";
const NAME: &str = "50000000-0000-0000-0000-000000000001";
const NAME_2: &str = "50000000-0000-0000-0000-000000000002";

fn path(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
}

fn body(role: &str, principal: &str) -> Value {
    json!({"properties": {
        "roleDefinitionId": format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        "principalId": principal,
    }})
}

async fn list(caller: &Caller, scope: &str, filter: &str) -> Vec<String> {
    let url = format!(
        "{scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter={}",
        filter.replace(' ', "%20").replace('\'', "%27")
    );
    let found = caller.get(&url).await.is(200);
    let mut scopes: Vec<String> = found["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| {
            format!(
                "{}@{}",
                &text(a, "/properties/principalId")[35..],
                text(a, "/properties/scope").rsplit('/').next().unwrap()
            )
        })
        .collect();
    scopes.sort();
    scopes
}

#[tokio::test]
async fn life_of_an_assignment() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let made = owner
        .put(&path(GROUP, NAME), body(READER, LIMITED))
        .await
        .is(201);
    let properties = &made["properties"];
    assert_eq!(properties["principalType"], "ServicePrincipal");
    assert_eq!(properties["scope"], GROUP);
    assert_eq!(properties["createdBy"], OWNER);
    owner
        .put(&path(GROUP, NAME), body(READER, LIMITED))
        .await
        .is(200);
    owner
        .put(&path(GROUP, NAME_2), body(READER, LIMITED))
        .await
        .refused(409, "RoleAssignmentExists");
    owner
        .put(&path(GROUP, NAME), body(OPERATOR, LIMITED))
        .await
        .refused(400, "RoleAssignmentUpdateNotPermitted");
    owner.delete(&path(GROUP, NAME)).await.is(200);
    owner.delete(&path(GROUP, NAME)).await.is(204);
    owner
        .get(&path(GROUP, NAME))
        .await
        .refused(404, "RoleAssignmentNotFound");
}

#[tokio::test]
async fn refusals() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    owner
        .put(&path(GROUP, "not-a-guid"), body(READER, LIMITED))
        .await
        .refused(400, "InvalidRoleAssignmentId");
    let unknown = "99999999-0000-0000-0000-000000000001";
    owner
        .put(&path(GROUP, NAME), body(unknown, LIMITED))
        .await
        .refused(400, "RoleDefinitionDoesNotExist");
    let message = owner
        .put(&path(GROUP, NAME), body(READER, unknown))
        .await
        .refused(400, "PrincipalNotFound");
    assert!(
        message.contains("Principal 99999999000000000000000000000001 does not exist"),
        "{message}"
    );
    let mut wrong = body(READER, LIMITED);
    wrong["properties"]["principalType"] = "User".into();
    owner
        .put(&path(GROUP, NAME), wrong)
        .await
        .refused(400, "UnmatchedPrincipalType");
    owner
        .put(&path(&identity_id("ghost"), NAME), body(READER, LIMITED))
        .await
        .refused(404, "ResourceNotFound");
    let url = format!(
        "{GROUP}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=color%20eq%20%27x%27"
    );
    owner.get(&url).await.refused(400, "UnsupportedQuery");
}

#[tokio::test]
async fn a_new_principal_is_unknown_for_a_while() {
    let azure = Azure::start().await;
    azure
        .settings(json!({"principalNotFoundSeconds": 20.0}))
        .await;
    let owner = azure.owner();
    let made = owner.identity("fresh").await;
    let principal = text(&made, "/properties/principalId");
    owner
        .put(&path(GROUP, NAME), body(READER, principal))
        .await
        .refused(400, "PrincipalNotFound");
    let mut typed = body(READER, principal);
    typed["properties"]["principalType"] = "ServicePrincipal".into();
    owner.put(&path(GROUP, NAME), typed).await.is(201);
    owner.delete(&path(GROUP, NAME)).await.is(200);
    azure.advance(21.0).await;
    owner
        .put(&path(GROUP, NAME), body(READER, principal))
        .await
        .is(201);
}

#[tokio::test]
async fn filters() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    owner.identity("app").await;
    owner.grant(LIMITED, READER, GROUP).await;
    owner.grant(LIMITED, OPERATOR, &identity_id("app")).await;
    let sub = format!("1@{SUBSCRIPTION}");
    let sub = sub.as_str();
    assert_eq!(list(&owner, GROUP, "").await, [sub, "2@app", "2@demo"]);
    assert_eq!(list(&owner, GROUP, "atScope()").await, [sub, "2@demo"]);
    let mine = format!("principalId eq '{LIMITED}'");
    assert_eq!(list(&owner, GROUP, &mine).await, ["2@app", "2@demo"]);
    let both = format!("atScope() and assignedTo('{}')", LIMITED.to_uppercase());
    assert_eq!(
        list(&owner, &identity_id("app"), &both).await,
        ["2@app", "2@demo"]
    );
    assert_eq!(list(&owner, GROUP, &both).await, ["2@demo"]);
}

#[tokio::test]
async fn definitions_and_permissions() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let url = format!(
        "{GROUP}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=roleName%20eq%20%27managed%20identity%20operator%27"
    );
    let found = owner.get(&url).await.is(200);
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    assert_eq!(found["value"][0]["name"], OPERATOR);
    assert!(text(&found, "/value/0/id").starts_with(&format!("/subscriptions/{SUBSCRIPTION}/")));
    let one = format!(
        "/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{OPERATOR}"
    );
    assert_eq!(owner.get(&one).await.is(200)["name"], OPERATOR);
    owner.grant(LIMITED, READER, GROUP).await;
    let permissions = format!("{GROUP}/providers/Microsoft.Authorization/permissions");
    let mine = azure.limited().get(&permissions).await.is(200);
    assert_eq!(
        mine["value"],
        json!([{"actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": []}])
    );
}

#[tokio::test]
async fn granting_needs_the_right_to_grant() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    owner
        .grant(LIMITED, "b24988ac-6180-42a0-ab88-20f7382dd24c", GROUP)
        .await;
    let message = azure
        .limited()
        .put(&path(GROUP, NAME), body(READER, OWNER))
        .await
        .refused(403, "AuthorizationFailed");
    assert!(
        message.contains("'Microsoft.Authorization/roleAssignments/write'"),
        "{message}"
    );
}

#[tokio::test]
async fn assignments_go_with_their_scope() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    owner.identity("app").await;
    owner.grant(LIMITED, OPERATOR, &identity_id("app")).await;
    let limited = azure.limited();
    limited.get(&identity_id("app")).await.is(200);
    owner.delete(&identity_id("app")).await.is(200);
    owner.identity("app").await;
    limited
        .get(&identity_id("app"))
        .await
        .refused(403, "AuthorizationFailed");
}
