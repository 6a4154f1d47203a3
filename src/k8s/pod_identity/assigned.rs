//! `AzureAssignedIdentity` objects, which MIC writes.

use kube::Client;

use super::object;
use crate::k8s::crd::{AssignmentState, AzureAssignedIdentity};
use crate::k8s::error::Result;

/// One pod's use of one identity, as MIC recorded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignedIdentity {
    /// Namespace of the object; often `default`, not the pod's.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Name of the pod.
    pub pod: String,
    /// Namespace of the pod.
    pub pod_namespace: String,
    /// Name of the pod's node.
    pub node: String,
    /// Namespace of the `AzureIdentity` that was copied.
    pub identity_namespace: String,
    /// Name of the `AzureIdentity` that was copied.
    pub identity_name: String,
    /// Resource id of the managed identity when it was copied.
    pub resource_id: String,
    /// How far MIC is.
    pub state: AssignmentState,
}

impl From<AzureAssignedIdentity> for AssignedIdentity {
    fn from(object: AzureAssignedIdentity) -> Self {
        let state = object.state();
        let AzureAssignedIdentity { metadata, spec, .. } = object;
        let identity = spec.azure_identity_ref.unwrap_or_default();
        Self {
            namespace: metadata.namespace.unwrap_or_default(),
            name: metadata.name.unwrap_or_default(),
            pod: spec.pod.unwrap_or_default(),
            pod_namespace: spec.pod_namespace.unwrap_or_default(),
            node: spec.node_name.unwrap_or_default(),
            identity_namespace: identity.metadata.namespace,
            identity_name: identity.metadata.name,
            resource_id: identity.spec.resource_id.unwrap_or_default(),
            state,
        }
    }
}

/// Lists the assigned identities of all namespaces; there are none without MIC.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn list_assigned(client: &Client) -> Result<Vec<AssignedIdentity>> {
    object::list::<AzureAssignedIdentity>(client, None).await
}
