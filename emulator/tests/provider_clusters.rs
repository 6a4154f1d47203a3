//! Managed clusters: what a PUT makes, updates, pools, credentials, access.
#![allow(clippy::unwrap_used)]

mod provider_support;

use http::Method;
use provider_support::{Azure, Caller, GROUP, LIMITED, SUBSCRIPTION, identity_id, text};
use serde_json::{Value, json};

fn cluster() -> String {
    format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks")
}

fn node_group() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_demo_aks_westeurope")
}

fn model() -> Value {
    json!({
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "dnsPrefix": "aks",
            "unknownToTheEmulator": {"kept": true},
            "agentPoolProfiles": [
                {"name": "system", "mode": "System", "count": 2, "vmSize": "Standard_D2s_v5"},
                {"name": "win", "mode": "User", "count": 1, "osType": "Windows"},
                {"name": "plain", "mode": "User", "count": 2, "type": "VirtualMachines"},
            ],
        },
    })
}

async fn done(caller: &Caller, answer: provider_support::Answer) -> Value {
    let end = caller.finish(answer).await;
    assert_eq!(end["status"], "Succeeded", "{end}");
    caller.get(&cluster()).await.is(200)
}

async fn made(caller: &Caller) -> Value {
    let answer = caller.put(&cluster(), model()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(
        text(&answer.body, "/properties/provisioningState"),
        "Creating"
    );
    assert!(answer.headers.contains_key("azure-asyncoperation"));
    done(caller, answer).await
}

async fn scale_sets(caller: &Caller) -> Vec<Value> {
    let path = format!(
        "{}/providers/Microsoft.Compute/virtualMachineScaleSets",
        node_group()
    );
    let list = caller.get(&path).await.is(200);
    list["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn creation_makes_what_aks_makes() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let body = made(&owner).await;
    let p = &body["properties"];
    assert_eq!(p["provisioningState"], "Succeeded");
    assert_eq!(p["nodeResourceGroup"], "MC_demo_aks_westeurope");
    assert_eq!(p["unknownToTheEmulator"], json!({"kept": true}));
    assert_eq!(p["networkProfile"]["networkPlugin"], "azure");
    assert!(text(p, "/fqdn").ends_with(".hcp.westeurope.azmk8s.io"));
    assert_eq!(text(&body, "/eTag").len(), 36);
    assert_eq!(text(&body, "/identity/principalId").len(), 36);
    for pool in p["agentPoolProfiles"].as_array().unwrap() {
        assert_eq!(pool["provisioningState"], "Succeeded");
        assert_eq!(text(pool, "/eTag").len(), 36);
    }
    let kubelet = &p["identityProfile"]["kubeletidentity"];
    let identity = owner.get(text(kubelet, "/resourceId")).await.is(200);
    assert_eq!(identity["name"], "aks-agentpool");
    assert_eq!(identity["properties"]["clientId"], kubelet["clientId"]);
    let sets = scale_sets(&owner).await;
    let names: Vec<&str> = sets.iter().map(|s| text(s, "/name")).collect();
    let [linux, windows] = names.as_slice() else {
        panic!("one scale set for each pool of scale sets: {names:?}")
    };
    assert!(
        linux.starts_with("aks-system-") && linux.ends_with("-vmss") && linux.len() == 24,
        "{linux}"
    );
    assert_eq!(*windows, "akswin");
    for set in &sets {
        let on_it = set["identity"]["userAssignedIdentities"]
            .as_object()
            .unwrap();
        assert_eq!(on_it.len(), 1);
        assert!(on_it.keys().next().unwrap().ends_with("/aks-agentpool"));
    }
    let tags = &sets[0]["tags"];
    assert_eq!(tags["aks-managed-poolName"], "system");
    assert!(text(tags, "/aks-managed-orchestrator").starts_with("Kubernetes:1."));
    assert_eq!(text(tags, "/aks-managed-createOperationID").len(), 36);
    let machines = format!(
        "{}/providers/Microsoft.Compute/virtualMachines",
        node_group()
    );
    assert_eq!(
        owner.get(&machines).await.is(200)["value"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn updates_keep_ignore_and_guard() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let mut body = made(&owner).await;
    let etag = text(&body, "/eTag").to_owned();
    let uid = body["properties"]["resourceUID"].clone();
    body["properties"]["newest"] = json!([1, 2]);
    body["properties"]["fqdn"] = "forged".into();
    body["properties"]["resourceUID"] = "forged".into();
    body["tags"] = json!({"team": "a"});
    let stale = owner
        .call(
            Method::PUT,
            &cluster(),
            &[("if-match", "old")],
            body.clone(),
        )
        .await;
    stale.refused(412, "PreconditionFailed");
    let answer = owner
        .call(Method::PUT, &cluster(), &[("if-match", &etag)], body)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(
        text(&answer.body, "/properties/provisioningState"),
        "Updating"
    );
    let now = done(&owner, answer).await;
    assert_eq!(now["properties"]["newest"], json!([1, 2]));
    assert_eq!(now["properties"]["resourceUID"], uid);
    assert_ne!(now["properties"]["fqdn"], "forged");
    assert_ne!(now["eTag"], etag.as_str());
    let tagged = owner
        .patch(&cluster(), json!({"tags": {"team": "b"}}))
        .await
        .is(200);
    assert_eq!(tagged["tags"], json!({"team": "b"}));
}

#[tokio::test]
async fn one_operation_at_a_time() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let body = made(&owner).await;
    azure.settings(json!({"timeScale": 1.0})).await;
    let running = owner.put(&cluster(), body.clone()).await;
    owner
        .put(&cluster(), body)
        .await
        .refused(409, "OperationNotAllowed");
    owner
        .put(
            &format!("{}/agentPools/more", cluster()),
            json!({"properties": {"count": 1}}),
        )
        .await
        .refused(409, "OperationNotAllowed");
    azure.advance(99.0).await;
    done(&owner, running).await;
}

#[tokio::test]
async fn pools_come_and_go() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    made(&owner).await;
    let pool = format!("{}/agentPools/apps", cluster());
    let answer = owner
        .put(
            &pool,
            json!({"properties": {"count": 3, "vmSize": "Standard_D4s_v5"}}),
        )
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(
        text(&answer.body, "/properties/provisioningState"),
        "Creating"
    );
    let body = done(&owner, answer).await;
    assert_eq!(
        body["properties"]["agentPoolProfiles"]
            .as_array()
            .unwrap()
            .len(),
        4
    );
    let got = owner.get(&pool).await.is(200);
    assert_eq!(text(&got, "/properties/type"), "VirtualMachineScaleSets");
    assert_eq!(
        text(&got, "/type"),
        "Microsoft.ContainerService/managedClusters/agentPools"
    );
    let of_pool = |sets: &[Value]| {
        sets.iter()
            .find(|s| s["tags"]["aks-managed-poolName"] == "apps")
            .cloned()
    };
    assert_eq!(
        of_pool(&scale_sets(&owner).await).unwrap()["sku"]["capacity"],
        3
    );
    let answer = owner.put(&pool, json!({"properties": {"count": 1}})).await;
    assert_eq!(answer.status, 200);
    done(&owner, answer).await;
    assert_eq!(
        of_pool(&scale_sets(&owner).await).unwrap()["sku"]["capacity"],
        1
    );
    let gone = owner.delete(&pool).await;
    assert_eq!(gone.status, 202);
    done(&owner, gone).await;
    assert_eq!(of_pool(&scale_sets(&owner).await), None);
    owner.get(&pool).await.refused(404, "ResourceNotFound");
    owner.delete(&pool).await.is(204);
}

#[tokio::test]
async fn the_last_system_pool_and_odd_names_are_refused() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    made(&owner).await;
    let last = format!("{}/agentPools/system", cluster());
    owner
        .delete(&last)
        .await
        .refused(400, "OperationNotAllowed");
    let odd = format!("{}/agentPools/Apps-1", cluster());
    owner
        .put(&odd, json!({"properties": {}}))
        .await
        .refused(400, "InvalidParameter");
}

#[tokio::test]
async fn a_locked_node_group_refuses_everybody() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let mut wanted = model();
    wanted["properties"]["nodeResourceGroupProfile"] = json!({"restrictionLevel": "ReadOnly"});
    let answer = owner.put(&cluster(), wanted).await;
    done(&owner, answer).await;
    let set = text(&scale_sets(&owner).await[0], "/id").to_owned();
    let denied = owner.patch(&set, json!({"tags": {}})).await;
    denied.refused(403, "DenyAssignmentAuthorizationFailed");
    let list = owner
        .get(&format!(
            "{}/providers/Microsoft.Authorization/denyAssignments",
            node_group()
        ))
        .await
        .is(200);
    assert_eq!(
        text(&list, "/value/0/properties/principals/0/type"),
        "SystemDefined"
    );
    let answer = owner
        .put(&cluster(), json!({"location": "westeurope", "properties": {"nodeResourceGroupProfile": {"restrictionLevel": "Unrestricted"}}}))
        .await;
    done(&owner, answer).await;
    owner.patch(&set, json!({"tags": {}})).await.is(200);
}

#[tokio::test]
async fn credentials() {
    let azure = Azure::start().await;
    let (owner, limited) = (azure.owner(), azure.limited());
    made(&owner).await;
    let user = format!("{}/listClusterUserCredential", cluster());
    let admin = format!("{}/listClusterAdminCredential", cluster());
    let list = owner.post(&user, Value::Null).await.is(200);
    assert_eq!(text(&list, "/kubeconfigs/0/name"), "clusterUser");
    owner
        .grant(LIMITED, "4abbcc35-e782-43d8-92c5-2d3f1bd2253f", &cluster())
        .await;
    limited.post(&user, Value::Null).await.is(200);
    limited
        .post(&admin, Value::Null)
        .await
        .refused(403, "AuthorizationFailed");
    let answer = owner
        .put(
            &cluster(),
            json!({"location": "westeurope", "properties": {"disableLocalAccounts": true}}),
        )
        .await;
    done(&owner, answer).await;
    owner
        .post(&admin, Value::Null)
        .await
        .refused(400, "BadRequest");
}

#[tokio::test]
async fn the_cluster_identity_needs_the_callers_right() {
    let azure = Azure::start().await;
    let (owner, limited) = (azure.owner(), azure.limited());
    owner.identity("control").await;
    owner
        .grant(LIMITED, "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", GROUP)
        .await;
    let mut wanted = model();
    wanted["identity"] =
        json!({"type": "UserAssigned", "userAssignedIdentities": {identity_id("control"): {}}});
    let message = limited
        .put(&cluster(), wanted.clone())
        .await
        .refused(403, "LinkedAuthorizationFailed");
    assert!(
        message.contains("'Microsoft.ContainerService/managedClusters/write'"),
        "{message}"
    );
    let answer = owner.put(&cluster(), wanted).await;
    let body = done(&owner, answer).await;
    let entries = body["identity"]["userAssignedIdentities"]
        .as_object()
        .unwrap();
    assert_eq!(
        text(entries.values().next().unwrap(), "/clientId").len(),
        36
    );
}

#[tokio::test]
async fn refused_models() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let mut no_pools = model();
    no_pools["properties"]["agentPoolProfiles"] = json!([]);
    owner
        .put(&cluster(), no_pools)
        .await
        .refused(400, "InvalidParameter");
    let mut no_identity = model();
    no_identity["identity"] = Value::Null;
    owner
        .put(&cluster(), no_identity)
        .await
        .refused(400, "InvalidParameter");
    let mut early = model();
    early["properties"]["podIdentityProfile"] =
        json!({"enabled": true, "userAssignedIdentities": [{"name": "x"}]});
    owner.put(&cluster(), early).await.refused(
        400,
        "PodIdentityAddonUserAssignedIdentitiesNotAllowedInCreation",
    );
    owner.delete(&cluster()).await.is(204);
}

#[tokio::test]
async fn deletion_takes_the_node_group_along() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    made(&owner).await;
    let gone = owner.delete(&cluster()).await;
    assert_eq!(gone.status, 202);
    owner.finish(gone).await;
    owner.get(&cluster()).await.refused(404, "ResourceNotFound");
    owner
        .get(&node_group())
        .await
        .refused(404, "ResourceGroupNotFound");
}

#[tokio::test]
async fn single_machines_take_identities_the_same_way() {
    let azure = Azure::start().await;
    let owner = azure.owner();
    made(&owner).await;
    owner.identity("app").await;
    let path = format!(
        "{}/providers/Microsoft.Compute/virtualMachines",
        node_group()
    );
    let list = owner.get(&path).await.is(200);
    let machine = text(&list, "/value/0/id").to_owned();
    let wanted = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {identity_id("app"): {}}}});
    let answer = owner.patch(&machine, wanted).await;
    assert_eq!(owner.finish(answer).await["status"], "Succeeded");
    let body = owner.get(&machine).await.is(200);
    let on_it = body["identity"]["userAssignedIdentities"]
        .as_object()
        .unwrap();
    assert_eq!(on_it.len(), 2, "the kubelet's stays: {on_it:?}");
    let ghost = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {identity_id("ghost"): {}}}});
    owner
        .patch(&machine, ghost)
        .await
        .refused(400, "FailedIdentityOperation");
}
