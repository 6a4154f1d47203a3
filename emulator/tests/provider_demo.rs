//! The seed that the sandbox starts from holds what its documentation promises, and survives a dump.
#![allow(clippy::unwrap_used)]

mod provider_support;

use provider_support::{Azure, Caller, text};
use serde_json::{Value, json};

const DEMO: &str = include_str!("../seeds/demo.yaml");
const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-00000000c001/resourceGroups/demo";
const NODE_GROUP: &str =
    "/subscriptions/00000000-0000-0000-0000-00000000c001/resourceGroups/MC_demo_demo_westeurope";

async fn start(seed: &str) -> Azure {
    let tenant = "00000000-0000-0000-0000-00000000d001";
    let app = "00000000-0000-0000-0000-00000000a001";
    Azure::start_with(seed, tenant, app, "demo-operator-secret").await
}

async fn cluster(caller: &Caller) -> Value {
    let path = format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/demo");
    caller.get(&path).await.is(200)
}

async fn scale_sets(caller: &Caller) -> Vec<Value> {
    let path = format!("{NODE_GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets");
    let list = caller.get(&path).await.is(200);
    list["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_operator_can_do_the_main_job() {
    let azure = start(DEMO).await;
    let operator = azure.owner();
    let body = cluster(&operator).await;
    assert_eq!(text(&body, "/properties/provisioningState"), "Succeeded");
    let principal = "/identity/userAssignedIdentities";
    let entries = body.pointer(principal).unwrap().as_object().unwrap();
    assert_eq!(
        text(entries.values().next().unwrap(), "/principalId"),
        "00000000-0000-0000-0000-00000000b002"
    );
    assert_eq!(
        text(
            &body,
            "/properties/identityProfile/kubeletidentity/objectId"
        ),
        "00000000-0000-0000-0000-00000000b003"
    );
    let pools: Vec<String> = scale_sets(&operator)
        .await
        .iter()
        .map(|set| text(set, "/tags/aks-managed-poolName").to_owned())
        .collect();
    assert_eq!(pools, ["apps", "system", "win"]);
    let path = format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader");
    let reader = operator
        .put(&path, json!({"location": "westeurope"}))
        .await
        .is(201);
    operator
        .grant(
            text(&reader, "/properties/principalId"),
            "4633458b-17de-408a-b874-0445c86b69e6",
            &format!("{GROUP}/providers/Microsoft.KeyVault/vaults/demo-vault"),
        )
        .await;
    let set = text(&scale_sets(&operator).await[0], "/id").to_owned();
    let wanted = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {text(&reader, "/id"): {}}}});
    let answer = operator.patch(&set, wanted).await;
    assert_eq!(operator.finish(answer).await["status"], "Succeeded");
}

#[tokio::test]
async fn a_dump_is_the_same_world() {
    let azure = start(DEMO).await;
    let (before, sets) = (
        cluster(&azure.owner()).await,
        scale_sets(&azure.owner()).await,
    );
    let copy = start(&azure.dump()).await;
    assert_eq!(cluster(&copy.owner()).await, before);
    assert_eq!(scale_sets(&copy.owner()).await, sets);
}
