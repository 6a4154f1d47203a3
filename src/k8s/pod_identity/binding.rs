//! `AzureIdentityBinding` objects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Client;
use kube::api::Api;
use serde_json::json;

use super::write::{self, ApplyOptions, Document, Expected};
use crate::k8s::crd::AzureIdentityBinding;
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;
use crate::k8s::paging;

const RESOURCE: &str = "azureidentitybindings.aadpodidentity.k8s.io";

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
        Expected {
            uid: Some(self.uid.clone()),
            resource_version: Some(self.resource_version.clone()),
        }
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
    let api: Api<AzureIdentityBinding> = match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let objects = paging::list_all(&api, None, Operation::list(RESOURCE, namespace)).await?;
    Ok(objects.into_iter().map(Binding::from).collect())
}

/// Reads one binding.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn get_binding(client: &Client, namespace: &str, name: &str) -> Result<Option<Binding>> {
    let api: Api<AzureIdentityBinding> = Api::namespaced(client.clone(), namespace);
    let read = api
        .get(name)
        .await
        .explain(|| Operation::object("get", RESOURCE, namespace, name));
    match read {
        Ok(object) => Ok(Some(object.into())),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes the binding what it should be, by server-side apply.
///
/// # Errors
/// Another field manager set other values ([`Error::OwnedByOthers`]), the object changed meanwhile, the
/// namespace or the CRDs are missing, or the API server refuses.
pub async fn apply_binding(
    client: &Client,
    wanted: &WantedBinding,
    options: ApplyOptions,
) -> Result<Binding> {
    let document = Document {
        kind: "AzureIdentityBinding",
        resource: RESOURCE,
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
    let api: Api<AzureIdentityBinding> = Api::namespaced(client.clone(), &wanted.namespace);
    write::apply(&api, &document, options)
        .await
        .map(Binding::from)
}

/// Deletes the binding if it is as expected; false when there is none.
///
/// # Errors
/// It changed meanwhile ([`Error::is_conflict`]), or the API server refuses.
pub async fn delete_binding(
    client: &Client,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool> {
    let api: Api<AzureIdentityBinding> = Api::namespaced(client.clone(), namespace);
    write::delete(&api, RESOURCE, namespace, name, expected).await
}
