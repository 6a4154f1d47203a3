//! Which pod asks, and which identities it may have: pods x bindings x identities.
//!
//! [`pods`] finds the pod that an address belongs to, [`catalogue`] holds what the cluster says about identities
//! and finds those bound to a pod ([`bindings`] are looked up by selector), [`choice`] picks the one a request means. All of it is a function of the
//! objects seen so far, and all look-ups are by index: their cost does not grow with the cluster.

pub mod bindings;
pub mod catalogue;
pub mod choice;
pub mod pods;
#[cfg(test)]
pub(crate) mod property;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;

pub use bindings::Bindings;
pub use catalogue::{Bound, Catalogue, Scope, Unbound};
pub use choice::{Choice, Refusal, choose};
pub use pods::{NoCaller, Pods};

/// Name of an object and its namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Key {
    /// The key of an object.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A pod of this node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pod {
    /// Namespace and name.
    pub key: Key,
    /// Differs for a pod of the same name that is made later.
    pub uid: String,
    /// All labels; exceptions may name any of them.
    pub labels: BTreeMap<String, String>,
    /// Value of the label that names the binding selector; none when empty.
    pub selector: Option<String>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// It shares the node's addresses.
    pub host_network: bool,
    /// Its containers have ended for good.
    pub ended: bool,
}

/// Where the tokens of an identity come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Source {
    /// A user-assigned managed identity: the node's metadata service.
    #[default]
    Managed,
    /// A service principal with a secret.
    Secret,
    /// A service principal with a certificate.
    Certificate,
    /// A type that no release knows.
    Unknown(i64),
}

/// An identity that pods may be bound to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Namespace and name.
    pub key: Key,
    /// Differs for an object of the same name that is made later.
    pub uid: String,
    /// Where its tokens come from.
    pub source: Source,
    /// Client id, as written; empty when there is none.
    pub client_id: String,
    /// Azure resource id, as written; empty when there is none.
    pub resource_id: String,
    /// Tenant of a service principal.
    pub tenant: Option<String>,
    /// More tenants of a service principal.
    pub auxiliary_tenants: Vec<String>,
    /// Entra's address for a service principal.
    pub authority: Option<String>,
    /// The Secret of a service principal.
    pub secret: Option<Key>,
    /// Only pods of its own namespace may use it, whatever else is allowed.
    pub namespaced: bool,
}

/// Binds pods with a label value to an identity of the binding's namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Binding {
    /// Namespace and name.
    pub key: Key,
    /// Name of the identity.
    pub identity: String,
    /// Value of the pods' label; empty matches no pod.
    pub selector: String,
}

impl Binding {
    /// Namespace and name of the identity.
    #[must_use]
    pub fn identity_key(&self) -> Key {
        Key::new(&self.key.namespace, &self.identity)
    }
}

/// Pods of a namespace that are passed through to the metadata service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exception {
    /// Namespace and name.
    pub key: Key,
    /// One of these labels is enough.
    pub labels: BTreeMap<String, String>,
}

/// One pod's use of one identity on this node, as recorded in the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Assignment {
    /// Namespace and name of the record.
    pub key: Key,
    /// The pod.
    pub pod: Key,
    /// The identity.
    pub identity: Key,
    /// Resource id of the identity when it was recorded.
    pub resource_id: String,
    /// The node's machine holds the identity.
    pub assigned: bool,
}
