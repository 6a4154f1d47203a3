//! `AzureIdentityBinding` objects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Client;
use serde_json::json;

use super::object::{self, Object};
use super::write::{ApplyOptions, Document, Expected};
use crate::k8s::crd::AzureIdentityBinding;
use crate::k8s::error::Result;

/// An `AzureIdentityBinding` as it is in the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Namespace of the object, and of the identity it names.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Differs for an object of the same name that is made later.
    pub uid: String,
    /// Differs after each change.
    pub resource_version: String,
    /// Name of the `AzureIdentity`; empty when there is none.
    pub identity_name: String,
    /// Value of the pods' label; empty when there is none, which matches no pod.
    pub selector: String,
    /// Labels of the object.
    pub labels: BTreeMap<String, String>,
    /// Annotations of the object.
    pub annotations: BTreeMap<String, String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Deletion was asked for and waits for finalizers.
    pub deleting: bool,
}

impl Binding {
    /// What a write must still find.
    #[must_use]
    pub fn expected(&self) -> Expected {
        Expected::exactly(&self.uid, &self.resource_version)
    }
}

impl From<AzureIdentityBinding> for Binding {
    fn from(object: AzureIdentityBinding) -> Self {
        let AzureIdentityBinding { metadata, spec } = object;
        Self {
            namespace: metadata.namespace.unwrap_or_default(),
            name: metadata.name.unwrap_or_default(),
            uid: metadata.uid.unwrap_or_default(),
            resource_version: metadata.resource_version.unwrap_or_default(),
            identity_name: spec.azure_identity.unwrap_or_default(),
            selector: spec.selector.unwrap_or_default(),
            labels: metadata.labels.unwrap_or_default(),
            annotations: metadata.annotations.unwrap_or_default(),
            created: metadata.creation_timestamp.map(|time| time.0),
            deleting: metadata.deletion_timestamp.is_some(),
        }
    }
}

/// An `AzureIdentityBinding` as it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedBinding {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Name of the `AzureIdentity` in the same namespace.
    pub identity_name: String,
    /// Value of the pods' label `aadpodidbinding`.
    pub selector: String,
    /// Annotations of the object.
    pub annotations: BTreeMap<String, String>,
    /// Labels beside podid's own.
    pub labels: BTreeMap<String, String>,
    /// Change only this object; nothing expected means: make it, or change whatever is there.
    pub expected: Expected,
}

/// Lists the bindings of one namespace, or of all.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn list_bindings(client: &Client, namespace: Option<&str>) -> Result<Vec<Binding>> {
    object::list::<AzureIdentityBinding>(client, namespace).await
}

/// Reads one binding.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn get_binding(client: &Client, namespace: &str, name: &str) -> Result<Option<Binding>> {
    object::get::<AzureIdentityBinding>(client, namespace, name).await
}

/// Makes the binding what it should be, by server-side apply.
///
/// # Errors
/// Another field manager set other values ([`crate::k8s::Error::OwnedByOthers`]), the object changed meanwhile, the
/// namespace or the CRDs are missing, or the API server refuses.
pub async fn apply_binding(
    client: &Client,
    wanted: &WantedBinding,
    options: ApplyOptions,
) -> Result<Binding> {
    let document = Document {
        kind: "AzureIdentityBinding",
        resource: AzureIdentityBinding::RESOURCE,
        namespace: &wanted.namespace,
        name: &wanted.name,
        labels: &wanted.labels,
        annotations: &wanted.annotations,
        expected: &wanted.expected,
        spec: json!({
            "azureIdentity": wanted.identity_name,
            "selector": wanted.selector,
        }),
    };
    object::apply::<AzureIdentityBinding>(client, &document, options).await
}

/// Deletes the binding if it is as expected; false when there is none.
///
/// # Errors
/// It changed meanwhile ([`crate::k8s::Error::is_conflict`]), or the API server refuses.
pub async fn delete_binding(
    client: &Client,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool> {
    object::delete::<AzureIdentityBinding>(client, namespace, name, expected).await
}
