//! `podIdentityProfile`: the life of an item, what lands on the scale sets, what is refused.
#![allow(clippy::unwrap_used)]

mod provider_support;

use provider_support::{Answer, Azure, Caller, GROUP, SUBSCRIPTION, identity_id, text};
use serde_json::{Value, json};

const OPERATOR: &str = "f1a07417-d97a-45cb-824c-7a7467783830";

fn cluster() -> String {
    format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks")
}

async fn start(network: &str) -> (Azure, Caller) {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let model = json!({
        "location": "westeurope", "identity": {"type": "SystemAssigned"},
        "properties": {
            "networkProfile": {"networkPlugin": network},
            "agentPoolProfiles": [{"name": "system", "count": 1}, {"name": "apps", "count": 1}],
        },
    });
    let answer = owner.put(&cluster(), model).await;
    let body = done(&owner, answer).await;
    for name in ["a", "b"] {
        owner.identity(name).await;
    }
    owner
        .grant(
            text(&body, "/identity/principalId"),
            OPERATOR,
            &identity_id("a"),
        )
        .await;
    (azure, owner)
}

async fn done(caller: &Caller, answer: Answer) -> Value {
    let end = caller.finish(answer).await;
    assert_eq!(end["status"], "Succeeded", "{end}");
    caller.get(&cluster()).await.is(200)
}

fn item(name: &str, identity: &str) -> Value {
    json!({"name": name, "namespace": "billing", "identity": {"resourceId": identity_id(identity)}})
}

async fn put(caller: &Caller, profile: Value) -> Answer {
    let body = json!({"location": "westeurope", "properties": {"podIdentityProfile": profile}});
    caller.put(&cluster(), body).await
}

async fn set(caller: &Caller, items: &[Value]) -> Value {
    let answer = put(
        caller,
        json!({"enabled": true, "userAssignedIdentities": items}),
    )
    .await;
    done(caller, answer).await
}

fn states(body: &Value) -> Vec<(String, String)> {
    body.pointer("/properties/podIdentityProfile/userAssignedIdentities")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|i| {
            (
                text(i, "/name").to_owned(),
                text(i, "/provisioningState").to_owned(),
            )
        })
        .collect()
}

fn state(name: &str, state: &str) -> (String, String) {
    (name.to_owned(), state.to_owned())
}

/// The identities on each scale set, by name, without the kubelet's.
async fn on_scale_sets(caller: &Caller) -> Vec<Vec<String>> {
    let path = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_demo_aks_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets"
    );
    let list = caller.get(&path).await.is(200);
    list["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| {
            let map = set["identity"]["userAssignedIdentities"]
                .as_object()
                .unwrap();
            map.keys()
                .map(|id| id.rsplit('/').next().unwrap().to_owned())
                .filter(|name| name != "aks-agentpool")
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn life_of_a_pod_identity() {
    let (azure, owner) = start("azure").await;
    let answer = put(&owner, json!({"enabled": true, "userAssignedIdentities": [], "userAssignedIdentityExceptions": []})).await;
    let on = done(&owner, answer).await;
    assert_eq!(
        on["properties"]["podIdentityProfile"],
        json!({"enabled": true})
    );
    azure.settings(json!({"timeScale": 1.0})).await;
    let answer = put(
        &owner,
        json!({"enabled": true, "userAssignedIdentities": [item("reader", "a")]}),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        !answer.headers.contains_key("retry-after"),
        "the service sends none"
    );
    assert_eq!(states(&answer.body), [state("reader", "Updating")]);
    assert_eq!(on_scale_sets(&owner).await, [Vec::<String>::new(), vec![]]);
    azure.advance(99.0).await;
    let body = done(&owner, answer).await;
    assert_eq!(states(&body), [state("reader", "Assigned")]);
    let identity = owner.get(&identity_id("a")).await.is(200);
    let echoed = &body["properties"]["podIdentityProfile"]["userAssignedIdentities"][0]["identity"];
    assert_eq!(echoed["clientId"], identity["properties"]["clientId"]);
    assert_eq!(echoed["objectId"], identity["properties"]["principalId"]);
    assert_eq!(on_scale_sets(&owner).await, [["a"], ["a"]]);
    let answer = put(
        &owner,
        json!({"enabled": true, "userAssignedIdentities": []}),
    )
    .await;
    assert_eq!(states(&answer.body), [state("reader", "Deleting")]);
    azure.advance(99.0).await;
    let body = done(&owner, answer).await;
    assert_eq!(
        body["properties"]["podIdentityProfile"],
        json!({"enabled": true})
    );
    assert_eq!(on_scale_sets(&owner).await, [Vec::<String>::new(), vec![]]);
}

#[tokio::test]
async fn an_identity_stays_while_another_item_uses_it() {
    let (_azure, owner) = start("azure").await;
    set(&owner, &[item("one", "a"), item("two", "a")]).await;
    let body = set(&owner, &[item("two", "a")]).await;
    assert_eq!(states(&body), [state("two", "Assigned")]);
    assert_eq!(on_scale_sets(&owner).await, [["a"], ["a"]]);
}

#[tokio::test]
async fn what_others_assigned_is_not_taken_off() {
    let (_azure, owner) = start("azure").await;
    let path = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_demo_aks_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets"
    );
    let list = owner.get(&path).await.is(200);
    let first = text(&list, "/value/0/id").to_owned();
    let own = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {identity_id("a"): {}}}});
    let answer = owner.patch(&first, own).await;
    owner.finish(answer).await;
    set(&owner, &[item("one", "a")]).await;
    set(&owner, &[]).await;
    assert_eq!(on_scale_sets(&owner).await, [vec!["a".to_owned()], vec![]]);
}

#[tokio::test]
async fn a_new_pool_gets_the_identities() {
    let (_azure, owner) = start("azure").await;
    set(&owner, &[item("reader", "a")]).await;
    for (name, os) in [("more", "Linux"), ("win", "Windows")] {
        let pool = format!("{}/agentPools/{name}", cluster());
        let answer = owner
            .put(&pool, json!({"properties": {"count": 1, "osType": os}}))
            .await;
        done(&owner, answer).await;
    }
    let sets = on_scale_sets(&owner).await;
    assert_eq!(
        sets.iter().filter(|s| s.as_slice() == ["a"]).count(),
        3,
        "{sets:?}"
    );
    assert_eq!(
        sets.iter().filter(|s| s.is_empty()).count(),
        1,
        "Windows pools hold none: {sets:?}"
    );
}

#[tokio::test]
async fn a_missing_permission_fails_the_item() {
    let (_azure, owner) = start("azure").await;
    let body = set(&owner, &[item("reader", "a"), item("writer", "b")]).await;
    assert_eq!(
        states(&body),
        [state("reader", "Assigned"), state("writer", "Failed")]
    );
    let error = &body["properties"]["podIdentityProfile"]["userAssignedIdentities"][1]["provisioningInfo"]
        ["error"]["error"];
    assert_eq!(error["code"], "PodIdentityAddonIdentitiesAssignmentError");
    assert!(
        text(error, "/message").contains("Please grant at least 'Managed Identity Operator'"),
        "{error}"
    );
    assert_eq!(on_scale_sets(&owner).await, [["a"], ["a"]]);
    // The same list again, now that the role is there, heals the item.
    owner
        .grant(
            text(&body, "/identity/principalId"),
            OPERATOR,
            &identity_id("b"),
        )
        .await;
    let body = set(&owner, &[item("reader", "a"), item("writer", "b")]).await;
    assert_eq!(
        states(&body),
        [state("reader", "Assigned"), state("writer", "Assigned")]
    );
    assert_eq!(
        body["properties"]["podIdentityProfile"]["userAssignedIdentities"][1]
            .get("provisioningInfo"),
        None
    );
}

#[tokio::test]
async fn a_deleted_identity_blocks_unrelated_changes() {
    let (_azure, owner) = start("azure").await;
    set(&owner, &[item("reader", "a")]).await;
    owner.delete(&identity_id("a")).await.is(200);
    let both = json!({"enabled": true, "userAssignedIdentities": [item("reader", "a"), item("writer", "b")]});
    let message = put(&owner, both)
        .await
        .refused(400, "PodIdentityAddonIdentitiesAssignmentError");
    assert!(
        message.starts_with(
            "Cluster identity has no assignment permission over identity 'resourceId: "
        ),
        "{message}"
    );
    assert_eq!(states(&set(&owner, &[]).await), []);
    assert_eq!(on_scale_sets(&owner).await, [Vec::<String>::new(), vec![]]);
}

#[tokio::test]
async fn refusals() {
    let (_azure, owner) = start("azure").await;
    let two = json!({"enabled": true, "userAssignedIdentities": [item("x", "a"), item("x", "b")]});
    let message = put(&owner, two).await.refused(400, "BadRequest");
    assert_eq!(
        message,
        "Found pod identities use different identities with the same name 'x' in namespace 'billing'. Please update the pod identity name."
    );
    let odd = json!({"enabled": true, "userAssignedIdentities": [item("Not_DNS", "a")]});
    put(&owner, odd).await.refused(400, "InvalidParameter");
    let many: Vec<Value> = (0..201).map(|n| item(&format!("i{n}"), "a")).collect();
    let many = json!({"enabled": true, "userAssignedIdentities": many});
    put(&owner, many).await.refused(400, "BadRequest");
}

#[tokio::test]
async fn kubenet_needs_consent() {
    let (_azure, owner) = start("kubenet").await;
    let message = put(&owner, json!({"enabled": true}))
        .await
        .refused(400, "BadRequest");
    assert_eq!(
        message,
        "Network plugin kubenet is not supported to use with PodIdentity addon."
    );
    let answer = put(
        &owner,
        json!({"enabled": true, "allowNetworkPluginKubenet": true}),
    )
    .await;
    let body = done(&owner, answer).await;
    assert_eq!(
        body["properties"]["podIdentityProfile"],
        json!({"enabled": true, "allowNetworkPluginKubenet": true})
    );
    let answer = put(&owner, json!({"enabled": false})).await;
    assert_eq!(
        done(&owner, answer).await["properties"]["podIdentityProfile"],
        json!({})
    );
}

#[tokio::test]
async fn exceptions_and_switching_off() {
    let (_azure, owner) = start("azure").await;
    let exception =
        json!({"name": "skip", "namespace": "kube-system", "podLabels": {"b": "2", "a": "1"}});
    let profile = json!({"enabled": true, "userAssignedIdentities": [item("", "a")], "userAssignedIdentityExceptions": [exception]});
    let answer = put(&owner, profile).await;
    let body = done(&owner, answer).await;
    let profile = &body["properties"]["podIdentityProfile"];
    assert_eq!(
        profile["userAssignedIdentityExceptions"],
        json!([exception])
    );
    assert!(
        text(profile, "/userAssignedIdentities/0/name").starts_with("a-"),
        "a name was made: {profile}"
    );
    let answer = put(&owner, json!({"enabled": false})).await;
    assert_eq!(states(&answer.body)[0].1, "Deleting");
    assert_eq!(
        done(&owner, answer).await["properties"]["podIdentityProfile"],
        json!({})
    );
    assert_eq!(on_scale_sets(&owner).await, [Vec::<String>::new(), vec![]]);
}

#[tokio::test]
async fn a_failed_operation_fails_the_items() {
    let (azure, owner) = start("azure").await;
    azure.fail_next("InternalOperationError").await;
    let answer = put(
        &owner,
        json!({"enabled": true, "userAssignedIdentities": [item("reader", "a")]}),
    )
    .await;
    let end = owner.finish(answer).await;
    assert_eq!(text(&end, "/status"), "Failed");
    let body = owner.get(&cluster()).await.is(200);
    assert_eq!(states(&body), [state("reader", "Failed")]);
    assert_eq!(text(&body, "/properties/provisioningState"), "Failed");
    assert_eq!(
        states(&set(&owner, &[item("reader", "a")]).await),
        [state("reader", "Assigned")]
    );
}

#[tokio::test]
async fn a_service_principal_cluster_cannot_have_it() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let model = json!({"location": "westeurope", "properties": {
        "servicePrincipalProfile": {"clientId": "40000000-0000-0000-0000-000000000009", "secret": "s"},
        "agentPoolProfiles": [{"name": "system", "count": 1}]}});
    let answer = owner.put(&cluster(), model).await;
    assert_eq!(
        answer.body["properties"]["servicePrincipalProfile"].get("secret"),
        None
    );
    done(&owner, answer).await;
    let message = put(&owner, json!({"enabled": true}))
        .await
        .refused(400, "BadRequest");
    assert_eq!(message, "PodIdentity addon requires managed identity.");
}
