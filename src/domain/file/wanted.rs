//! What a file asks for, in domain types.

use std::collections::{BTreeMap, BTreeSet};

use super::{Create, Principal, Way};
use crate::domain::exception::WantedException;
use crate::domain::grant::Role;
use crate::domain::name::{BindingSelector, Namespace, PodIdentityName};
use crate::domain::pod_identity::PodIdentity;
use crate::domain::resource_id::ResourceId;

/// What a file asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Managed identities that are created when they do not exist.
    pub create: BTreeMap<ResourceId, Create>,
    /// Where each managed identity is named first, as a pointer into the file.
    pub named: BTreeMap<ResourceId, String>,
    /// The clusters.
    pub clusters: Vec<WantedCluster>,
}

/// Which cluster is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClusterKey {
    /// Subscription id; the one in force when none.
    pub subscription: Option<String>,
    /// Resource group.
    pub resource_group: String,
    /// Name.
    pub name: String,
}

/// What a cluster is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedCluster {
    /// Which one.
    pub key: ClusterKey,
    /// Who changes it.
    pub via: Way,
    /// Context of the kubeconfig.
    pub kube_context: Option<String>,
    /// Whether the add-on is on.
    pub enabled: Option<bool>,
    /// Consent to the add-on on kubenet.
    pub allow_network_plugin_kubenet: Option<bool>,
    /// Pod identities, each with its own binding.
    pub pod_identities: Vec<PodIdentity>,
    /// Further bindings.
    pub bindings: Vec<Binding>,
    /// Exceptions.
    pub exceptions: Vec<WantedException>,
    /// Roles.
    pub roles: Vec<RoleWish>,
    /// The node pools that get the identities; all when none.
    pub pools: Option<BTreeSet<String>>,
}

impl WantedCluster {
    /// The managed identities, each once.
    #[must_use]
    pub fn identities(&self) -> BTreeSet<ResourceId> {
        self.pod_identities
            .iter()
            .map(|item| item.identity.clone())
            .collect()
    }
}

/// A further binding of a pod identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Namespace of both objects.
    pub namespace: Namespace,
    /// Name of the binding.
    pub name: String,
    /// Name of the pod identity.
    pub identity: PodIdentityName,
    /// Value of the pods' label.
    pub selector: BindingSelector,
}

/// A role somebody is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleWish {
    /// The role.
    pub role: Role,
    /// Where.
    pub scope: RoleScope,
    /// Who.
    pub principal: Principal,
}

/// Where a role is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleScope {
    /// A resource.
    Resource(ResourceId),
    /// The node resource group of the cluster.
    NodeResourceGroup,
}
