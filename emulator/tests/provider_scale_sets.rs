//! Identities of a scale set: the delta of PATCH, its refusals, one operation at a time, ETags.
#![allow(clippy::unwrap_used)]

mod provider_support;

use std::collections::BTreeSet;

use http::Method;
use provider_support::{
    Azure, Caller, FOREIGN_SUBSCRIPTION, GROUP, LIMITED, SUBSCRIPTION, identity_id, text,
};
use serde_json::{Map, Value, json};

fn vmss() -> String {
    format!("{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/nodes")
}

async fn start(identities: &[&str]) -> (Azure, Caller) {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let model = json!({"location": "westeurope", "sku": {"name": "Standard_B2s", "tier": "Standard", "capacity": 2},
        "properties": {"custom": {"kept": true}}});
    let made = owner.put(&vmss(), model).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(owner.finish(made).await["status"], "Succeeded");
    for name in identities {
        owner.identity(name).await;
    }
    (azure, owner)
}

fn identity(kind: &str, entries: &[(&str, bool)]) -> Value {
    let map: Map<String, Value> = entries
        .iter()
        .map(|(name, add)| {
            (
                identity_id(name),
                if *add { json!({}) } else { Value::Null },
            )
        })
        .collect();
    json!({"identity": {"type": kind, "userAssignedIdentities": map}})
}

async fn patch(caller: &Caller, body: Value) -> Value {
    let answer = caller.patch(&vmss(), body).await;
    if answer.headers.contains_key("azure-asyncoperation") {
        let end = caller.finish(answer).await;
        assert_eq!(end["status"], "Succeeded", "{end}");
    } else {
        answer.is(200);
    }
    caller.get(&vmss()).await.is(200)
}

fn names(scale_set: &Value) -> BTreeSet<String> {
    scale_set["identity"]["userAssignedIdentities"]
        .as_object()
        .map(|map| {
            map.keys()
                .map(|k| k.rsplit('/').next().unwrap().to_owned())
                .collect()
        })
        .unwrap_or_default()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

#[tokio::test]
async fn patch_is_a_delta() {
    let (_azure, owner) = start(&["a", "b", "c"]).await;
    let now = patch(
        &owner,
        identity("UserAssigned", &[("a", true), ("b", true)]),
    )
    .await;
    assert_eq!(
        (names(&now), text(&now, "/identity/type")),
        (set(&["a", "b"]), "UserAssigned")
    );
    let echoed = &now["identity"]["userAssignedIdentities"][identity_id("a")];
    let a = owner.get(&identity_id("a")).await.is(200);
    assert_eq!(echoed["principalId"], a["properties"]["principalId"]);
    assert_eq!(echoed["clientId"], a["properties"]["clientId"]);
    assert_eq!(now["properties"]["custom"], json!({"kept": true}));
    let now = patch(
        &owner,
        identity("UserAssigned", &[("c", true), ("a", false)]),
    )
    .await;
    assert_eq!(names(&now), set(&["b", "c"]));
    // A key in another casing is the same identity, and what is left out of the request stays.
    let upper = identity_id("b").to_uppercase();
    let now = patch(
        &owner,
        json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {upper: null}}}),
    )
    .await;
    assert_eq!(names(&now), set(&["c"]));
    let now = patch(&owner, identity("UserAssigned", &[("a", false)])).await;
    assert_eq!(
        names(&now),
        set(&["c"]),
        "taking off what is not there does nothing"
    );
}

#[tokio::test]
async fn type_transitions() {
    let (_azure, owner) = start(&["a", "b"]).await;
    let now = patch(&owner, json!({"identity": {"type": "SystemAssigned"}})).await;
    let own = text(&now, "/identity/principalId").to_owned();
    assert_eq!(own.len(), 36);
    let now = patch(
        &owner,
        identity("SystemAssigned, UserAssigned", &[("a", true)]),
    )
    .await;
    assert_eq!(text(&now, "/identity/type"), "SystemAssigned, UserAssigned");
    assert_eq!(text(&now, "/identity/principalId"), own);
    let now = patch(&owner, identity("UserAssigned", &[("b", true)])).await;
    assert_eq!(
        (names(&now), now["identity"].get("principalId")),
        (set(&["a", "b"]), None)
    );
    let answer = owner
        .patch(
            &vmss(),
            identity("UserAssigned", &[("a", false), ("b", false)]),
        )
        .await;
    answer.refused(400, "InvalidParameter");
    let answer = owner
        .patch(&vmss(), identity("SystemAssigned", &[("a", true)]))
        .await;
    answer.refused(400, "InvalidParameter");
    let now = patch(
        &owner,
        identity("SystemAssigned", &[("a", false), ("b", false)]),
    )
    .await;
    assert_eq!(
        (names(&now), text(&now, "/identity/type")),
        (set(&[]), "SystemAssigned")
    );
    let now = patch(&owner, json!({"identity": {"type": "None"}})).await;
    assert_eq!(now.get("identity"), None);
}

#[tokio::test]
async fn refusals_name_the_identity() {
    let (_azure, owner) = start(&["a"]).await;
    let message = owner
        .patch(
            &vmss(),
            identity("UserAssigned", &[("a", true), ("ghost", true)]),
        )
        .await
        .refused(400, "FailedIdentityOperation");
    assert!(
        message.contains(&format!(
            "Resource '{}' was not found",
            identity_id("ghost")
        )),
        "{message}"
    );
    assert!(!message.contains("userAssignedIdentities/a'"), "{message}");
    let both = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {
        identity_id("a"): {}, identity_id("a").to_lowercase(): {}}}});
    let message = owner
        .patch(&vmss(), both)
        .await
        .refused(400, "InvalidParameter");
    assert!(message.contains("cannot be duplicated"), "{message}");
    let odd = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {"app": {}}}});
    owner
        .patch(&vmss(), odd)
        .await
        .refused(400, "LinkedInvalidPropertyId");
    let foreign = identity_id("a").replace(SUBSCRIPTION, FOREIGN_SUBSCRIPTION);
    let body = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {foreign.as_str(): {}}}});
    let message = owner
        .patch(&vmss(), body)
        .await
        .refused(403, "LinkedAuthorizationFailed");
    assert!(message.contains(FOREIGN_SUBSCRIPTION), "{message}");
    let many: Map<String, Value> = (0..151)
        .map(|n| (identity_id(&format!("i{n}")), json!({})))
        .collect();
    let body = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": many}});
    let message = owner
        .patch(&vmss(), body)
        .await
        .refused(400, "InvalidParameter");
    assert!(message.contains("151"), "{message}");
    let now = owner.get(&vmss()).await.is(200);
    assert_eq!(names(&now), set(&[]), "a refused request changes nothing");
}

#[tokio::test]
async fn a_deleted_identity_blocks_until_it_is_taken_off() {
    let (_azure, owner) = start(&["a", "b"]).await;
    patch(&owner, identity("UserAssigned", &[("a", true)])).await;
    owner.delete(&identity_id("a")).await.is(200);
    let message = owner
        .patch(&vmss(), identity("UserAssigned", &[("b", true)]))
        .await
        .refused(400, "FailedIdentityOperation");
    assert!(message.contains(&identity_id("a")), "{message}");
    let now = patch(
        &owner,
        identity("UserAssigned", &[("b", true), ("a", false)]),
    )
    .await;
    assert_eq!(names(&now), set(&["b"]));
}

#[tokio::test]
async fn a_recreated_identity_shows_no_ids_until_it_is_put_on_again() {
    let (_azure, owner) = start(&["a", "b"]).await;
    patch(&owner, identity("UserAssigned", &[("a", true)])).await;
    owner.delete(&identity_id("a")).await.is(200);
    owner.identity("a").await;
    let now = patch(
        &owner,
        identity("UserAssigned", &[("a", true), ("b", true)]),
    )
    .await;
    let entry = &now["identity"]["userAssignedIdentities"][identity_id("a")];
    assert_eq!(entry["clientId"], Value::Null, "{now}");
    patch(&owner, identity("UserAssigned", &[("a", false)])).await;
    let now = patch(&owner, identity("UserAssigned", &[("a", true)])).await;
    let entry = &now["identity"]["userAssignedIdentities"][identity_id("a")];
    assert_eq!(text(entry, "/clientId").len(), 36);
}

#[tokio::test]
async fn etags_guard_writes() {
    let (_azure, owner) = start(&["a"]).await;
    let first = owner.get(&vmss()).await;
    let etag = first.headers["etag"].clone();
    assert_eq!(first.body["etag"], etag.as_str());
    let body = identity("UserAssigned", &[("a", true)]);
    let stale = owner
        .call(
            Method::PATCH,
            &vmss(),
            &[("if-match", "\"0\"")],
            body.clone(),
        )
        .await;
    stale.refused(412, "PreconditionFailed");
    let answer = owner
        .call(Method::PATCH, &vmss(), &[("if-match", &etag)], body.clone())
        .await;
    owner.finish(answer).await;
    let again = owner
        .call(Method::PATCH, &vmss(), &[("if-match", &etag)], body)
        .await;
    again.refused(412, "PreconditionFailed");
}

#[tokio::test]
async fn one_operation_at_a_time() {
    let (azure, owner) = start(&["a", "b"]).await;
    azure.settings(json!({"timeScale": 1.0})).await;
    let running = owner
        .patch(&vmss(), identity("UserAssigned", &[("a", true)]))
        .await;
    assert_eq!(
        text(&running.body, "/properties/provisioningState"),
        "Updating"
    );
    owner
        .patch(&vmss(), identity("UserAssigned", &[("b", true)]))
        .await
        .refused(409, "OperationNotAllowed");
    azure.advance(44.0).await;
    owner
        .delete(&vmss())
        .await
        .refused(409, "OperationNotAllowed");
    azure.advance(2.0).await;
    assert_eq!(owner.finish(running).await["status"], "Succeeded");
    azure.settings(json!({"timeScale": 0.0})).await;
    let now = patch(&owner, identity("UserAssigned", &[("b", true)])).await;
    assert_eq!(names(&now), set(&["a", "b"]));
}

#[tokio::test]
async fn a_failed_operation_changes_no_identity() {
    let (azure, owner) = start(&["a"]).await;
    azure.fail_next("InternalExecutionError").await;
    let answer = owner
        .patch(&vmss(), identity("UserAssigned", &[("a", true)]))
        .await;
    let end = owner.finish(answer).await;
    assert_eq!(
        (text(&end, "/status"), text(&end, "/error/code")),
        ("Failed", "InternalExecutionError")
    );
    let now = owner.get(&vmss()).await.is(200);
    assert_eq!(text(&now, "/properties/provisioningState"), "Failed");
    assert_eq!(names(&now), set(&[]));
    assert_eq!(
        names(&patch(&owner, identity("UserAssigned", &[("a", true)])).await),
        set(&["a"])
    );
}

#[tokio::test]
async fn assigning_needs_a_right_on_each_added_identity() {
    let (azure, owner) = start(&["a", "b"]).await;
    let limited = azure.limited();
    let body = identity("UserAssigned", &[("a", true), ("b", true)]);
    limited
        .patch(&vmss(), body.clone())
        .await
        .refused(403, "AuthorizationFailed");
    owner
        .grant(LIMITED, "9980e02c-c2be-4d73-94e8-173b1dc7cf3c", GROUP)
        .await;
    owner
        .grant(
            LIMITED,
            "f1a07417-d97a-45cb-824c-7a7467783830",
            &identity_id("a"),
        )
        .await;
    let message = limited
        .patch(&vmss(), body.clone())
        .await
        .refused(403, "LinkedAuthorizationFailed");
    assert!(
        message.contains(
            "has permission to perform action 'Microsoft.Compute/virtualMachineScaleSets/write'"
        ),
        "{message}"
    );
    assert!(
        message.contains(&format!(
            "linked scope(s) '{}' (respectively)",
            identity_id("b")
        )),
        "{message}"
    );
    owner
        .grant(
            LIMITED,
            "f1a07417-d97a-45cb-824c-7a7467783830",
            &identity_id("b"),
        )
        .await;
    patch(&limited, body).await;
    // What is there already, and what is taken off, needs no right on the identity.
    let left = identity("UserAssigned", &[("b", false)]);
    let assignments = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments",
        identity_id("b")
    );
    let list = owner
        .get(&format!(
            "{assignments}?api-version=2022-04-01&$filter=atScope()"
        ))
        .await
        .is(200);
    for item in list["value"].as_array().unwrap() {
        if text(item, "/properties/scope") == identity_id("b") {
            owner.delete(text(item, "/id")).await.is(200);
        }
    }
    assert_eq!(names(&patch(&limited, left).await), set(&["a"]));
}

#[tokio::test]
async fn lists_instances_and_delete() {
    let (_azure, owner) = start(&[]).await;
    let list = owner
        .get(&format!(
            "{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets"
        ))
        .await
        .is(200);
    assert_eq!(list["value"].as_array().unwrap().len(), 1);
    let instances = owner
        .get(&format!("{}/virtualMachines", vmss()))
        .await
        .is(200);
    assert_eq!(text(&instances, "/value/1/name"), "nodes_1");
    owner
        .patch(&vmss(), json!({"sku": {"capacity": 3}}))
        .await
        .is(200);
    let instances = owner
        .get(&format!("{}/virtualMachines", vmss()))
        .await
        .is(200);
    assert_eq!(instances["value"].as_array().unwrap().len(), 3);
    let gone = owner.delete(&vmss()).await;
    assert_eq!(gone.status, 202);
    owner.finish(gone).await;
    owner.get(&vmss()).await.refused(404, "ResourceNotFound");
    owner.delete(&vmss()).await.is(204);
}

#[tokio::test]
async fn when_a_change_shows_and_whether_it_stays_after_a_failure() {
    for (shown, kept) in [
        ("atEnd", false),
        ("atEnd", true),
        ("atStart", false),
        ("atStart", true),
    ] {
        let (azure, owner) = start(&["a", "b"]).await;
        patch(&owner, identity("UserAssigned", &[("a", true)])).await;
        azure
            .settings(
                json!({"identityShown": shown, "identityKeptAfterFailure": kept, "timeScale": 1.0}),
            )
            .await;
        azure.fail_next("OverconstrainedAllocationRequest").await;
        let change = identity("UserAssigned", &[("a", false), ("b", true)]);
        let answer = owner.patch(&vmss(), change.clone()).await;
        let (before, after) = (set(&["a"]), set(&["b"]));
        let early = if shown == "atStart" { &after } else { &before };
        assert_eq!(names(&answer.body), *early, "{shown} {kept}");
        azure.advance(60.0).await;
        assert_eq!(owner.finish(answer).await["status"], "Failed");
        let now = owner.get(&vmss()).await.is(200);
        let left = if kept { &after } else { &before };
        assert_eq!(names(&now), *left, "{shown} {kept}");
        assert_eq!(text(&now, "/properties/provisioningState"), "Failed");
        azure.settings(json!({"timeScale": 0.0})).await;
        let now = patch(&owner, change).await;
        assert_eq!(names(&now), after, "{shown} {kept}");
        assert_eq!(text(&now, "/identity/type"), "UserAssigned");
    }
}
