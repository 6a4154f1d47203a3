//! Nodes, as far as the controller needs them.

use k8s_openapi::api::core::v1 as core;
use kube::Client;
use kube::api::{Api, Object};
use kube::core::{ApiResource, NotUsed};
use serde::{Deserialize, Serialize};

/// A node in a shape that holds only what is read of it.
pub type Node = Object<NodeSpec, NotUsed>;

/// What is read of a node's spec.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NodeSpec {
    /// Where its machine is: `azure:///subscriptions/...`.
    #[serde(rename = "providerID", default)]
    pub provider_id: Option<String>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenNode {
    /// Its name.
    pub name: String,
    /// Where its machine is; empty when nobody has said yet.
    pub provider_id: String,
    /// It runs Windows, where NMI does not run.
    pub windows: bool,
}

impl From<Node> for SeenNode {
    fn from(object: Node) -> Self {
        let labels = object.metadata.labels.unwrap_or_default();
        let system = labels.get("kubernetes.io/os");
        Self {
            name: object.metadata.name.unwrap_or_default(),
            provider_id: object.spec.provider_id.unwrap_or_default(),
            windows: system.is_some_and(|name| name == "windows"),
        }
    }
}

/// All nodes.
#[must_use]
pub fn nodes(client: &Client) -> Api<Node> {
    Api::all_with(client.clone(), &ApiResource::erase::<core::Node>(&()))
}
