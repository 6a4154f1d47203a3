//! The seed that the sandbox starts from holds what its documentation promises, and survives a dump.

mod provider_support;

use provider_support::{Azure, Caller, GROUP, SUBSCRIPTION, text};
use serde_json::{Value, json};

const DEMO: &str = include_str!("../seeds/demo.yaml");

fn node_group() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/MC_demo_demo_westeurope")
}

async fn cluster(caller: &Caller) -> Value {
    let path = format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/demo");
    caller.get(&path).await.is(200)
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
async fn the_operator_can_do_the_main_job() {
    let azure = Azure::start_with(DEMO, "operator-secret").await;
    let operator = azure.owner();
    let body = cluster(&operator).await;
    assert_eq!(text(&body, "/properties/provisioningState"), "Succeeded");
    let principal = "/identity/userAssignedIdentities";
    let entries = body.pointer(principal).unwrap().as_object().unwrap();
    assert_eq!(
        text(entries.values().next().unwrap(), "/principalId"),
        "30000000-0000-0000-0000-000000000002"
    );
    assert_eq!(
        text(
            &body,
            "/properties/identityProfile/kubeletidentity/objectId"
        ),
        "30000000-0000-0000-0000-000000000003"
    );
    let pools: Vec<String> = scale_sets(&operator)
        .await
        .iter()
        .map(|set| text(set, "/tags/aks-managed-poolName").to_owned())
        .collect();
    assert_eq!(pools, ["apps", "system", "win"]);
    let reader = operator.identity("reader").await;
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
    let azure = Azure::start_with(DEMO, "operator-secret").await;
    let (before, sets) = (
        cluster(&azure.owner()).await,
        scale_sets(&azure.owner()).await,
    );
    let copy = Azure::start_with(&azure.dump(), "operator-secret").await;
    assert_eq!(cluster(&copy.owner()).await, before);
    assert_eq!(scale_sets(&copy.owner()).await, sets);
}
