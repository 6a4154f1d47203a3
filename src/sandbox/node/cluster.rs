//! The node as the API server knows it: the Node object, and podid-nmi as `podid install` brings it to a cluster.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::Node as NodeObject;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::network::HOST;
use crate::k8s::node_daemon::{self, InstallOptions, NodeDaemon};
use crate::sandbox::api_server::ApiServer;
use crate::sandbox::azure::Machine;
use crate::sandbox::error::Error;

/// Namespace of podid-nmi.
const NAMESPACE: &str = "kube-system";
const MANAGER: &str = "podid-sandbox";

/// The podid-nmi of a sandbox.
pub(super) fn daemon() -> NodeDaemon {
    NodeDaemon {
        // Never pulled: the sandbox runs the program on this machine.
        image: concat!("podid:", env!("CARGO_PKG_VERSION")).to_owned(),
        namespace: NAMESPACE.to_owned(),
        standard: false,
        allow_service_principals: false,
        startup_taint: None,
    }
}

/// Installs podid-nmi with its account and rights; the kubeconfig of that account.
pub(super) async fn install(server: &ApiServer) -> Result<String, Error> {
    server.ensure_namespace(NAMESPACE).await?;
    let client = server.client().await?;
    node_daemon::install(&client, &daemon(), InstallOptions::default())
        .await
        .map_err(|error| Error::Node(error.to_string()))?;
    let account = format!("system:serviceaccount:{NAMESPACE}:{}", node_daemon::NAME);
    let of_namespace = format!("system:serviceaccounts:{NAMESPACE}");
    server.user_kubeconfig(&account, &["system:serviceaccounts", &of_namespace])
}

/// Tells the cluster that the node is there and podid-nmi runs on it, as kubelet and controllers would.
pub(super) async fn announce(server: &ApiServer, machine: &Machine) -> Result<(), Error> {
    let client = server.client().await?;
    let params = PatchParams::default();
    let nodes: Api<NodeObject> = Api::all(client.clone());
    let name = &machine.node;
    let object = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"kubernetes.io/os": "linux", "kubernetes.io/hostname": name, "agentpool": machine.pool},
        },
        "spec": {"providerID": machine.provider_id()},
    });
    let applied = nodes.patch(name, &apply(), &Patch::Apply(object)).await;
    applied.map_err(Error::kubernetes(format!("register node `{name}`")))?;
    let status = Patch::Merge(json!({"status": {
        "addresses": [{"type": "InternalIP", "address": HOST}, {"type": "Hostname", "address": name}],
        "conditions": [condition("Ready")],
    }}));
    let patched = nodes.patch_status(name, &params, &status).await;
    patched.map_err(Error::kubernetes(format!("report on node `{name}`")))?;

    let sets: Api<DaemonSet> = Api::namespaced(client, NAMESPACE);
    let status = Patch::Merge(json!({"status": {
        "currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberMisscheduled": 0,
        "numberReady": 1, "numberAvailable": 1, "updatedNumberScheduled": 1,
    }}));
    let patched = sets.patch_status(node_daemon::NAME, &params, &status).await;
    patched
        .map(drop)
        .map_err(Error::kubernetes("report on podid-nmi"))
}

/// A condition that holds.
pub(super) fn condition(kind: &str) -> Value {
    json!({
        "type": kind,
        "status": "True",
        "reason": "Sandbox",
        "message": "",
        "lastTransitionTime": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    })
}

fn apply() -> PatchParams {
    PatchParams::apply(MANAGER).force()
}
