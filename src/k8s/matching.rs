//! The objects that matching is about, from the wire to the domain.
//!
//! Pods are read in a shape of their own that holds only what matters: a node has up to 250 of them, each of
//! several kilobytes.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1 as core;
use kube::Client;
use kube::api::{Api, ListParams, Object};
use kube::core::{ApiResource, ObjectMeta};
use serde::{Deserialize, Serialize};

use super::crd::{
    AssignmentState, AzureAssignedIdentity, AzureIdentity, AzureIdentityBinding, AzureIdentitySpec,
    AzurePodIdentityException,
};
use super::error::Result;
use super::error_mapping::Explain;
use super::operation::Operation;
use super::pod_identity::{BEHAVIOR_ANNOTATION, NAMESPACED, SELECTOR_LABEL};
use crate::domain::matching::{Assignment, Binding, Exception, Identity, Key, Pod, Source};
use crate::domain::wanted::BoundPod;

/// A pod, as far as matching needs it.
pub type NodePod = Object<NodePodSpec, NodePodStatus>;

/// What is read of a pod's spec.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodePodSpec {
    /// It shares the node's network.
    #[serde(default)]
    pub host_network: bool,
    /// The node it runs on, once there is one.
    #[serde(default)]
    pub node_name: Option<String>,
}

/// What is read of a pod's status.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodePodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: Option<String>,
    /// The first address.
    #[serde(rename = "podIP")]
    pub pod_ip: Option<String>,
    /// All addresses.
    #[serde(rename = "podIPs")]
    pub pod_ips: Option<Vec<Address>>,
    /// How the containers are.
    pub container_statuses: Option<Vec<ContainerStatus>>,
}

/// One address of a pod.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The address.
    pub ip: String,
}

/// How a container is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContainerStatus {
    /// One of its keys says what it does.
    pub state: BTreeMap<String, serde_json::Value>,
}

/// The pods of all namespaces.
#[must_use]
pub fn pods(client: &Client) -> Api<NodePod> {
    Api::all_with(client.clone(), &ApiResource::erase::<core::Pod>(&()))
}

/// The pods of a node as they are now.
///
/// # Errors
/// A permission is missing, or the API server does not answer.
pub async fn pods_of_node(client: &Client, node: &str) -> Result<Vec<Pod>> {
    let params = ListParams::default().fields(&format!("spec.nodeName={node}"));
    let list = pods(client).list(&params).await;
    let list = list.explain(|| Operation::list("pods", None))?;
    Ok(list.items.into_iter().map(Pod::from).collect())
}

fn key(metadata: &mut ObjectMeta) -> Key {
    Key {
        namespace: metadata.namespace.take().unwrap_or_default(),
        name: metadata.name.take().unwrap_or_default(),
    }
}

impl From<NodePod> for Pod {
    fn from(object: NodePod) -> Self {
        let mut metadata = object.metadata;
        let status = object.status.unwrap_or_default();
        let labels = metadata.labels.take().unwrap_or_default();
        let listed = status.pod_ips.unwrap_or_default();
        let all = listed.into_iter().map(|one| one.ip).chain(status.pod_ip);
        let phase = status.phase.as_deref().unwrap_or_default();
        let containers = status.container_statuses.unwrap_or_default();
        // A pod that is being deleted gives its address back before its object is gone; the next pod may have it.
        let stopped = metadata.deletion_timestamp.is_some()
            && !containers.is_empty()
            && containers
                .iter()
                .all(|one| one.state.contains_key("terminated"));
        Self {
            uid: metadata.uid.take().unwrap_or_default(),
            selector: labels
                .get(SELECTOR_LABEL)
                .filter(|value| !value.is_empty())
                .cloned(),
            labels,
            addresses: all.filter_map(|text| text.parse().ok()).collect(),
            host_network: object.spec.host_network,
            ended: matches!(phase, "Succeeded" | "Failed") || stopped,
            key: key(&mut metadata),
        }
    }
}

/// A pod as the controller sees it: bound to a node and a selector, or of no interest (any more).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scheduled {
    /// It runs, or is about to, and has the label.
    Bound(BoundPod),
    /// It has no node, no label, or has ended.
    Idle(Key),
}

impl From<NodePod> for Scheduled {
    fn from(object: NodePod) -> Self {
        let node = object.spec.node_name.clone().unwrap_or_default();
        let Pod {
            key,
            uid,
            selector,
            ended,
            ..
        } = object.into();
        match selector {
            Some(selector) if !ended && !node.is_empty() => Self::Bound(BoundPod {
                key,
                uid,
                node,
                selector,
            }),
            _ => Self::Idle(key),
        }
    }
}

impl From<AzureIdentity> for Identity {
    fn from(object: AzureIdentity) -> Self {
        let AzureIdentity { mut metadata, spec } = object;
        let annotations = metadata.annotations.take().unwrap_or_default();
        let key = key(&mut metadata);
        let uid = metadata.uid.take().unwrap_or_default();
        Self {
            uid,
            ..identity(key, &annotations, spec)
        }
    }
}

/// An identity from its spec, also from a copy of it.
pub(super) fn identity(
    key: Key,
    annotations: &BTreeMap<String, String>,
    spec: AzureIdentitySpec,
) -> Identity {
    let text = |value: Option<String>| value.map(|text| text.trim().to_owned());
    let some = |value: Option<String>| text(value).filter(|text| !text.is_empty());
    let secret = spec.client_password.and_then(|reference| {
        let namespace = some(reference.namespace).unwrap_or_else(|| key.namespace.clone());
        Some(Key::new(namespace, some(reference.name)?))
    });
    Identity {
        uid: String::new(),
        source: match spec.kind.unwrap_or(0) {
            0 => Source::Managed,
            1 => Source::Secret,
            2 => Source::Certificate,
            other => Source::Unknown(other),
        },
        client_id: text(spec.client_id).unwrap_or_default(),
        resource_id: text(spec.resource_id).unwrap_or_default(),
        tenant: some(spec.tenant_id),
        auxiliary_tenants: spec.auxiliary_tenant_ids,
        authority: some(spec.ad_endpoint),
        secret,
        namespaced: annotations
            .get(BEHAVIOR_ANNOTATION)
            .is_some_and(|value| value == NAMESPACED),
        key,
    }
}

impl From<AzureIdentityBinding> for Binding {
    fn from(object: AzureIdentityBinding) -> Self {
        let AzureIdentityBinding { mut metadata, spec } = object;
        Self {
            key: key(&mut metadata),
            identity: spec.azure_identity.unwrap_or_default(),
            selector: spec.selector.unwrap_or_default(),
        }
    }
}

impl From<AzurePodIdentityException> for Exception {
    fn from(object: AzurePodIdentityException) -> Self {
        let AzurePodIdentityException { mut metadata, spec } = object;
        Self {
            key: key(&mut metadata),
            labels: spec.pod_labels,
        }
    }
}

impl From<AzureAssignedIdentity> for Assignment {
    fn from(object: AzureAssignedIdentity) -> Self {
        let assigned = object.state() == AssignmentState::Assigned;
        let AzureAssignedIdentity {
            mut metadata, spec, ..
        } = object;
        let identity = spec.azure_identity_ref.unwrap_or_default();
        Self {
            key: key(&mut metadata),
            pod: Key::new(
                spec.pod_namespace.unwrap_or_default(),
                spec.pod.unwrap_or_default(),
            ),
            identity: Key::new(identity.metadata.namespace, identity.metadata.name),
            resource_id: identity.spec.resource_id.unwrap_or_default(),
            assigned,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pod(value: Value) -> Pod {
        serde_json::from_value::<NodePod>(value).unwrap().into()
    }

    #[test]
    fn reads_addresses_label_and_end_of_a_pod() {
        let read = pod(json!({
            "metadata": {"namespace": "a", "name": "web", "uid": "u", "labels": {"aadpodidbinding": "reader"}},
            "spec": {"hostNetwork": true, "containers": [{"name": "x"}]},
            "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]},
        }));
        assert_eq!(read.selector.as_deref(), Some("reader"));
        assert!(read.host_network && !read.ended);
        assert!(read.addresses.contains(&"fd00::1".parse().unwrap()));
        let bare = pod(
            json!({"metadata": {"name": "web", "labels": {"aadpodidbinding": ""}}, "spec": {}}),
        );
        assert_eq!((bare.selector, bare.ended), (None, false));
        for phase in ["Succeeded", "Failed"] {
            let over = json!({"metadata": {}, "spec": {}, "status": {"phase": phase}});
            assert!(pod(over).ended);
        }
    }

    #[test]
    fn a_deleted_pod_lives_as_long_as_one_of_its_containers() {
        let with = |states: Value| {
            pod(json!({
                "metadata": {"name": "web", "deletionTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {}, "status": {"phase": "Running", "containerStatuses": states},
            }))
        };
        let (running, over) = (
            json!({"state": {"running": {}}}),
            json!({"state": {"terminated": {}}}),
        );
        assert!(!with(json!([running, over])).ended);
        assert!(!with(json!([])).ended);
        assert!(with(json!([over, over])).ended);
    }

    #[test]
    fn a_secret_without_a_namespace_is_in_the_identitys_own() {
        let object = json!({
            "metadata": {"namespace": "a", "name": "id"},
            "spec": {"type": 1, "clientPassword": {"name": "s"}, "tenantID": ""},
        });
        let identity: Identity = serde_json::from_value::<AzureIdentity>(object)
            .unwrap()
            .into();
        assert_eq!(identity.secret, Some(Key::new("a", "s")));
        assert_eq!((identity.source, identity.tenant), (Source::Secret, None));
    }
}
