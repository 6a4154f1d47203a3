//! `AzureIdentity` objects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Client;
use serde_json::{Value, json};

use super::object::{self, Object};
use super::write::{ApplyOptions, Document, Expected};
use super::{BEHAVIOR_ANNOTATION, NAMESPACED, is_of_add_on};
use crate::k8s::crd::AzureIdentity;
use crate::k8s::error::Result;

/// What an `AzureIdentity` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// A user-assigned managed identity (type 0, or none).
    ManagedIdentity,
    /// A service principal with a secret (type 1).
    ServicePrincipal,
    /// A service principal with a certificate (type 2).
    ServicePrincipalCertificate,
    /// A type that no release knows.
    Unknown(i64),
}

/// An `AzureIdentity` as it is in the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Differs for an object of the same name that is made later.
    pub uid: String,
    /// Differs after each change.
    pub resource_version: String,
    /// What it stands for.
    pub kind: IdentityKind,
    /// ARM resource id of the managed identity, as written; empty when there is none.
    pub resource_id: String,
    /// Client id; empty when there is none.
    pub client_id: String,
    /// Tenant of a service principal.
    pub tenant_id: Option<String>,
    /// Labels of the object.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the object.
    pub annotations: BTreeMap<String, String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Deletion was asked for and waits for finalizers.
    pub deleting: bool,
}

impl Identity {
    /// Only pods of the object's own namespace may use it.
    #[must_use]
    pub fn is_namespaced(&self) -> bool {
        self.annotations
            .get(BEHAVIOR_ANNOTATION)
            .is_some_and(|value| value == NAMESPACED)
    }

    /// Whether AKS's add-on keeps it: the resource provider would undo changes.
    #[must_use]
    pub fn is_of_add_on(&self) -> bool {
        is_of_add_on(&self.labels)
    }

    /// What a write must still find.
    #[must_use]
    pub fn expected(&self) -> Expected {
        Expected::exactly(&self.uid, &self.resource_version)
    }
}

impl From<AzureIdentity> for Identity {
    fn from(object: AzureIdentity) -> Self {
        let AzureIdentity { metadata, spec } = object;
        Self {
            namespace: metadata.namespace.unwrap_or_default(),
            name: metadata.name.unwrap_or_default(),
            uid: metadata.uid.unwrap_or_default(),
            resource_version: metadata.resource_version.unwrap_or_default(),
            kind: match spec.kind.unwrap_or(0) {
                0 => IdentityKind::ManagedIdentity,
                1 => IdentityKind::ServicePrincipal,
                2 => IdentityKind::ServicePrincipalCertificate,
                other => IdentityKind::Unknown(other),
            },
            resource_id: spec.resource_id.unwrap_or_default(),
            client_id: spec.client_id.unwrap_or_default(),
            tenant_id: spec.tenant_id.filter(|tenant| !tenant.is_empty()),
            labels: metadata.labels.unwrap_or_default(),
            annotations: metadata.annotations.unwrap_or_default(),
            created: metadata.creation_timestamp.map(|time| time.0),
            deleting: metadata.deletion_timestamp.is_some(),
        }
    }
}

/// An `AzureIdentity` as it should be, for a user-assigned managed identity.
///
/// It serves the pods of its own namespace only, as those of AKS's add-on do, unless
/// [`annotations`](Self::annotations) say otherwise: without the annotation, whoever may label pods in any
/// namespace gets its tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedIdentity {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// ARM resource id of the managed identity.
    pub resource_id: String,
    /// Client id of the managed identity.
    pub client_id: String,
    /// Tenant; left out when none.
    pub tenant_id: Option<String>,
    /// Annotations beside the ownership ones, which are never applied.
    pub annotations: BTreeMap<String, String>,
    /// Labels beside podid's own.
    pub labels: BTreeMap<String, String>,
    /// Change only this object; nothing expected means: make it, or change whatever is there.
    pub expected: Expected,
}

/// Lists the identities of one namespace, or of all.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn list_identities(client: &Client, namespace: Option<&str>) -> Result<Vec<Identity>> {
    object::list::<AzureIdentity>(client, namespace).await
}

/// Reads one identity.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn get_identity(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Option<Identity>> {
    object::get::<AzureIdentity>(client, namespace, name).await
}

/// Makes the identity what it should be, by server-side apply.
///
/// # Errors
/// Another field manager set other values ([`crate::k8s::Error::OwnedByOthers`]), the object changed meanwhile, the
/// namespace or the CRDs are missing, or the API server refuses.
pub async fn apply_identity(
    client: &Client,
    wanted: &WantedIdentity,
    options: ApplyOptions,
) -> Result<Identity> {
    let annotations = annotations(wanted);
    let document = Document {
        kind: "AzureIdentity",
        resource: AzureIdentity::RESOURCE,
        namespace: &wanted.namespace,
        name: &wanted.name,
        labels: &wanted.labels,
        annotations: &annotations,
        expected: &wanted.expected,
        spec: spec(wanted),
    };
    object::apply::<AzureIdentity>(client, &document, options).await
}

pub(super) fn spec(wanted: &WantedIdentity) -> Value {
    let mut spec = json!({
        "type": 0,
        "resourceID": wanted.resource_id,
        "clientID": wanted.client_id,
    });
    if let Some(tenant) = &wanted.tenant_id {
        spec["tenantID"] = json!(tenant);
    }
    spec
}

pub(super) fn annotations(wanted: &WantedIdentity) -> BTreeMap<String, String> {
    let mut annotations = wanted.annotations.clone();
    annotations
        .entry(BEHAVIOR_ANNOTATION.to_owned())
        .or_insert_with(|| NAMESPACED.to_owned());
    annotations
}

/// Deletes the identity if it is as expected; false when there is none.
///
/// # Errors
/// It changed meanwhile ([`crate::k8s::Error::is_conflict`]), or the API server refuses.
pub async fn delete_identity(
    client: &Client,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool> {
    object::delete::<AzureIdentity>(client, namespace, name, expected).await
}
