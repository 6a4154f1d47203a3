//! The file of `podid plan`, `apply`, `diff` and `export`: its shape, and what is refused in it.
//!
//! A text becomes a tree of nodes that know their place ([`node`]), the tree is held against the
//! JSON Schema of [`File`] ([`schema`]), and what a schema cannot say is checked on the values
//! ([`check`]). Every fault names line and column, and all faults are found at once.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub mod check;
pub mod export;
pub mod node;
pub mod schema;
mod wanted;

pub use wanted::{Binding, ClusterKey, RoleScope, RoleWish, Wanted, WantedCluster};

use node::Node;

/// The value of `apiVersion`.
pub const API_VERSION: &str = "podid.dev/v1";
/// The value of `kind`.
pub const KIND: &str = "PodIdentities";

/// What a file of pod identities may hold
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct File {
    /// Always `podid.dev/v1`
    pub api_version: ApiVersion,
    /// Always `PodIdentities`
    pub kind: FileKind,
    /// Managed identities that are created when they do not exist
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed_identities: Vec<ManagedIdentity>,
    /// What each cluster is to hold
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<Cluster>,
}

impl File {
    /// A file of these clusters.
    #[must_use]
    pub fn of(clusters: Vec<Cluster>) -> Self {
        File {
            api_version: ApiVersion::V1,
            kind: FileKind::PodIdentities,
            managed_identities: Vec::new(),
            clusters,
        }
    }
}

/// The version of the file's shape
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum ApiVersion {
    /// The only one so far.
    #[serde(rename = "podid.dev/v1")]
    V1,
}

/// What the file holds
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum FileKind {
    /// Pod identities.
    PodIdentities,
}

/// A user-assigned managed identity
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedIdentity {
    /// Its resource id
    pub resource_id: String,
    /// Create it when it does not exist; one that exists is left as it is
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<Create>,
}

/// How a managed identity is created
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Create {
    /// Region; its resource group's when not given
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Tags of the new identity
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// A cluster and what it is to hold
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cluster {
    /// Subscription id; the one in force when not given
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Resource group of the cluster
    pub resource_group: String,
    /// Name of the AKS cluster
    pub name: String,
    /// Who changes the cluster: podid itself (direct), the add-on (aks), or the add-on when it is on (auto)
    #[serde(default, skip_serializing_if = "is_auto")]
    pub via: Way,
    /// Context of the kubeconfig; only for direct
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kube_context: Option<String>,
    /// Whether the pod identity add-on is on; left as it is when not given
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Consent to the add-on on a kubenet cluster, where pods can spoof addresses
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_network_plugin_kubenet: Option<bool>,
    /// Pod identities: a managed identity and the label of the pods that may use it
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pod_identities: Vec<PodIdentityEntry>,
    /// Further bindings of these pod identities; only for direct
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bindings: Vec<BindingEntry>,
    /// Pods that NMI lets through to the metadata service
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionEntry>,
    /// Roles that pod identity needs
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleEntry>,
    /// Which node pools get the identities; all that can hold identities when not given; only for direct
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pools: Option<Pools>,
}

/// Who changes the cluster
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Way {
    /// The add-on when it is on, else podid itself.
    #[default]
    Auto,
    /// podid itself.
    Direct,
    /// The add-on.
    Aks,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_auto(way: &Way) -> bool {
    *way == Way::Auto
}

/// A pod identity with its own binding, as in `podid add --from-file`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodIdentityEntry {
    /// Namespace of the pods
    pub namespace: String,
    /// Name of the pod identity; the managed identity's when not given
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Resource id of the user-assigned managed identity
    pub identity_resource_id: String,
    /// Value of the pods' label aadpodidbinding; the name when not given
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding_selector: Option<String>,
}

/// A further binding of a pod identity
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BindingEntry {
    /// Namespace of the binding and of the pod identity
    pub namespace: String,
    /// Name of the binding
    pub name: String,
    /// Name of the pod identity
    pub identity: String,
    /// Value of the pods' label aadpodidbinding
    pub selector: String,
}

/// Pods that NMI lets through to the metadata service
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionEntry {
    /// Namespace of the pods
    pub namespace: String,
    /// Name of the exception
    pub name: String,
    /// Labels of the pods
    #[schemars(extend("minProperties" = 1))]
    pub pod_labels: BTreeMap<String, String>,
}

/// A role that pod identity needs; name either a scope or an identity
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleEntry {
    /// Name of the role
    pub role: RoleName,
    /// Resource id of the scope, or `nodeResourceGroup`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Resource id of the managed identity that is the scope
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_resource_id: Option<String>,
    /// Who gets the role
    pub principal: Principal,
}

/// A role that pod identity needs
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum RoleName {
    /// May assign managed identities.
    #[serde(rename = "Managed Identity Operator")]
    ManagedIdentityOperator,
    /// May change scale sets.
    #[serde(rename = "Virtual Machine Contributor")]
    VirtualMachineContributor,
}

/// Who gets a role
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Principal {
    /// Whoever runs podid.
    Operator,
    /// The cluster's control-plane identity, for the add-on.
    ControlPlane,
    /// The kubelet identity, for MIC.
    Kubelet,
}

/// Which node pools get the identities
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pools {
    /// Names of the node pools
    #[schemars(extend("minItems" = 1))]
    pub include: Vec<String>,
}

/// A fault of a file, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} column {column}: {message}")]
pub struct Fault {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
    /// What is wrong.
    pub message: String,
}

/// A file that was read and found good.
#[derive(Debug, Clone)]
pub struct Read {
    /// Its content as written.
    pub file: File,
    /// What it asks for.
    pub wanted: Wanted,
    /// What is allowed and deserves a look.
    pub warnings: Vec<Fault>,
    root: Node,
}

impl Read {
    /// A fault at the value that `pointer` (RFC 6901) names, for what only a service can tell.
    #[must_use]
    pub fn fault(&self, pointer: &str, message: impl Into<String>) -> Fault {
        self.root.fault(pointer, message)
    }
}

/// Reads a file's text.
///
/// # Errors
/// Every fault it has, in the order of lines; one only when it is no YAML.
pub fn read(text: &str) -> Result<Read, Vec<Fault>> {
    let root = Node::parse(text).map_err(|fault| vec![fault])?;
    let mut faults = schema::faults(&root);
    if faults.is_empty() {
        match File::deserialize(root.to_json()) {
            Ok(file) => match check::check(&file, &root) {
                Ok((wanted, warnings)) => {
                    return Ok(Read {
                        file,
                        wanted,
                        warnings,
                        root,
                    });
                }
                Err(found) => faults = found,
            },
            // The schema is made from the same types; whatever it let through is told here.
            Err(error) => faults.push(root.fault("", error.to_string())),
        }
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    Err(faults)
}
