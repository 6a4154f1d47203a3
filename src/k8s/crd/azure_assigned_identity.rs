//! `AzureAssignedIdentity`: MIC's record that one pod uses one identity on one node.

use std::collections::BTreeMap;

use kube::CustomResource;
use serde::{Deserialize, Deserializer, Serialize};

use super::azure_identity::AzureIdentitySpec;
use super::azure_identity_binding::AzureIdentityBindingSpec;
use super::casing::Fields;

/// What an `AzureAssignedIdentity` says.
#[derive(CustomResource, Serialize, Clone, Debug, Default, PartialEq)]
#[kube(
    group = "aadpodidentity.k8s.io",
    version = "v1",
    kind = "AzureAssignedIdentity",
    plural = "azureassignedidentities",
    singular = "azureassignedidentity",
    namespaced,
    schema = "disabled",
    status = "AzureAssignedIdentityStatus",
    derive = "PartialEq"
)]
#[serde(rename_all = "camelCase")]
pub struct AzureAssignedIdentitySpec {
    /// Complete copy of the `AzureIdentity`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_identity_ref: Option<Embedded<AzureIdentitySpec>>,
    /// Complete copy of the `AzureIdentityBinding`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_binding_ref: Option<Embedded<AzureIdentityBindingSpec>>,
    /// Name of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod: Option<String>,
    /// Namespace of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_namespace: Option<String>,
    /// Name of the node; the wire has no capital here.
    #[serde(rename = "nodename", skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
    /// Not used by any component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i64>,
}

impl<'de> Deserialize<'de> for AzureAssignedIdentitySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            azure_identity_ref: fields.object("azureIdentityRef"),
            azure_binding_ref: fields.object("azureBindingRef"),
            pod: fields.text("pod"),
            pod_namespace: fields.text("podNamespace"),
            node_name: fields.text("nodename"),
            replicas: fields.integer("replicas"),
        })
    }
}

/// The parts of an embedded object that matter.
#[derive(Serialize, Clone, Debug, Default, PartialEq)]
pub struct Embedded<S> {
    /// Name, namespace and annotations.
    pub metadata: EmbeddedMetadata,
    /// What the object said when it was copied.
    pub spec: S,
}

impl<'de, S: Default + for<'s> Deserialize<'s>> Deserialize<'de> for Embedded<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            metadata: fields.object("metadata").unwrap_or_default(),
            spec: fields.object("spec").unwrap_or_default(),
        })
    }
}

/// Metadata of an embedded object.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct EmbeddedMetadata {
    /// Name of the original.
    pub name: String,
    /// Namespace of the original.
    pub namespace: String,
    /// Annotations of the original.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for EmbeddedMetadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            name: fields.text("name").unwrap_or_default(),
            namespace: fields.text("namespace").unwrap_or_default(),
            annotations: fields.map("annotations"),
        })
    }
}

/// How far MIC is.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct AzureAssignedIdentityStatus {
    /// `Created`, `Assigned` or `Unassigned`; empty before 1.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// MIC writes 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_replicas: Option<i64>,
    /// Why it is not further: the reason of the condition `Assigned`, which aad-pod-identity does not know.
    #[serde(skip)]
    pub reason: Option<String>,
}

/// One entry of `status.conditions`.
#[derive(Deserialize)]
struct Condition {
    #[serde(default)]
    reason: String,
}

impl<'de> Deserialize<'de> for AzureAssignedIdentityStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            status: fields.text("status"),
            available_replicas: fields.integer("availableReplicas"),
            reason: fields
                .object::<Vec<Condition>>("conditions")
                .and_then(|all| all.into_iter().next())
                .map(|condition| condition.reason),
        })
    }
}

/// State of an `AzureAssignedIdentity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum AssignmentState {
    /// The object exists, the identity is not on the node's scale set yet.
    Created,
    /// The identity is on the node's scale set.
    Assigned,
    /// The identity was taken off; the object goes next.
    Unassigned,
}

impl AssignmentState {
    /// The word of the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Assigned => "Assigned",
            Self::Unassigned => "Unassigned",
        }
    }
}

impl AzureAssignedIdentity {
    /// The state; an empty one counts as assigned, as objects from before 1.5 had none.
    ///
    /// A word that no release wrote counts as created: not known to be usable.
    #[must_use]
    pub fn state(&self) -> AssignmentState {
        let status = self
            .status
            .as_ref()
            .and_then(|status| status.status.as_deref());
        match status.unwrap_or_default() {
            "" | "Assigned" => AssignmentState::Assigned,
            "Unassigned" => AssignmentState::Unassigned,
            _ => AssignmentState::Created,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AssignmentState, AzureAssignedIdentity};
    use serde_json::{Value, json};

    fn parse(value: Value) -> Result<AzureAssignedIdentity, serde_json::Error> {
        serde_json::from_value(value)
    }

    #[test]
    fn embedded_copies_are_read() {
        let object = parse(json!({
            "metadata": {"name": "web-0-shop-reader", "namespace": "default"},
            "spec": {
                "azureIdentityRef": {
                    "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
                    "metadata": {"name": "reader", "namespace": "shop", "creationTimestamp": null,
                        "annotations": {"aadpodidentity.k8s.io/Behavior": "namespaced"}},
                    "spec": {"type": 0, "ResourceID": "/r", "metadata": {"creationTimestamp": null}}
                },
                "azureBindingRef": {"metadata": null, "spec": {"selector": "reader"}},
                "pod": "web-0", "podNamespace": "shop", "nodename": "aks-1", "replicas": null
            },
            "status": {"status": "Created", "availableReplicas": 1}
        }))
        .unwrap();
        let identity = object.spec.azure_identity_ref.clone().unwrap();
        assert_eq!(identity.metadata.namespace, "shop");
        assert_eq!(identity.spec.resource_id.as_deref(), Some("/r"));
        assert_eq!(
            object
                .spec
                .azure_binding_ref
                .clone()
                .unwrap()
                .spec
                .selector
                .as_deref(),
            Some("reader")
        );
        assert_eq!(object.spec.node_name.as_deref(), Some("aks-1"));
        assert_eq!(object.state(), AssignmentState::Created);
    }

    #[test]
    fn a_missing_state_is_assigned() {
        for status in [
            json!(null),
            json!({}),
            json!({"status": ""}),
            json!({"status": "Assigned"}),
        ] {
            let object =
                parse(json!({"metadata": {"name": "a"}, "spec": {}, "status": status})).unwrap();
            assert_eq!(object.state(), AssignmentState::Assigned);
        }
    }
}
