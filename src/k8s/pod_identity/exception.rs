//! `AzurePodIdentityException` objects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Client;
use serde_json::{Value, json};

use super::is_of_add_on;
use super::object::{self, Object};
use super::write::{ApplyOptions, Document, Expected};
use crate::k8s::FIELD_MANAGER;
use crate::k8s::crd::AzurePodIdentityException;
use crate::k8s::error::Result;

/// An `AzurePodIdentityException` as it is in the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Namespace of the object, and of the pods.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
    /// Differs for an object of the same name that is made later.
    pub uid: String,
    /// Differs after each change.
    pub resource_version: String,
    /// Labels of the pods; one that matches is enough.
    pub pod_labels: BTreeMap<String, String>,
    /// Labels of the object.
    pub labels: BTreeMap<String, String>,
    /// When it was made.
    pub created: Option<Timestamp>,
}

impl Exception {
    /// What a write must still find.
    #[must_use]
    pub fn expected(&self) -> Expected {
        Expected::exactly(&self.uid, &self.resource_version)
    }

    /// Whether AKS's add-on keeps it: the resource provider would undo changes.
    #[must_use]
    pub fn is_of_add_on(&self) -> bool {
        is_of_add_on(&self.labels)
    }
}

impl From<AzurePodIdentityException> for Exception {
    fn from(object: AzurePodIdentityException) -> Self {
        let AzurePodIdentityException { metadata, spec } = object;
        Self {
            namespace: metadata.namespace.unwrap_or_default(),
            name: metadata.name.unwrap_or_default(),
            uid: metadata.uid.unwrap_or_default(),
            resource_version: metadata.resource_version.unwrap_or_default(),
            pod_labels: spec.pod_labels,
            labels: metadata.labels.unwrap_or_default(),
            created: metadata.creation_timestamp.map(|time| time.0),
        }
    }
}

/// Lists the exceptions of one namespace, or of all.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn list_exceptions(client: &Client, namespace: Option<&str>) -> Result<Vec<Exception>> {
    object::list::<AzurePodIdentityException>(client, namespace).await
}

/// Reads one exception.
///
/// # Errors
/// The CRDs are missing, a permission is missing, or the API server does not answer.
pub async fn get_exception(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Option<Exception>> {
    object::get::<AzurePodIdentityException>(client, namespace, name).await
}

/// Makes an exception by server-side apply, if there is none of this name.
///
/// # Errors
/// There is one meanwhile ([`crate::k8s::Error::is_conflict`]), the namespace or the CRDs are missing, or the API
/// server refuses.
pub async fn create_exception(
    client: &Client,
    namespace: &str,
    name: &str,
    pod_labels: &BTreeMap<String, String>,
) -> Result<Exception> {
    let none = BTreeMap::new();
    let document = Document {
        kind: "AzurePodIdentityException",
        resource: AzurePodIdentityException::RESOURCE,
        namespace,
        name,
        labels: &none,
        annotations: &none,
        expected: &Expected::absent(),
        spec: json!({"podLabels": pod_labels}),
    };
    object::apply::<AzurePodIdentityException>(client, &document, ApplyOptions::default()).await
}

/// Gives an exception these labels and no others, if it is still as it was read.
///
/// A compare-and-swap patch and not an apply: of a map, an apply takes away only what podid itself
/// put there, and any label of somebody else that stayed would go on letting pods through.
///
/// # Errors
/// It changed or was deleted meanwhile ([`crate::k8s::Error::is_conflict`], `is_not_found`), or the API server
/// refuses.
pub async fn replace_pod_labels(
    client: &Client,
    exception: &Exception,
    pod_labels: &BTreeMap<String, String>,
) -> Result<Exception> {
    let gone = exception.pod_labels.keys().map(|key| (key, Value::Null));
    let mut labels: BTreeMap<&String, Value> = gone.collect();
    labels.extend(pod_labels.iter().map(|(key, value)| (key, json!(value))));
    let patch = json!({
        "metadata": {
            "uid": exception.uid,
            "resourceVersion": exception.resource_version,
        },
        "spec": {"podLabels": labels},
    });
    let place = (exception.namespace.as_str(), exception.name.as_str());
    object::merge::<AzurePodIdentityException>(client, place, FIELD_MANAGER, patch).await
}

/// Deletes the exception if it is as expected; false when there is none.
///
/// # Errors
/// It changed meanwhile ([`crate::k8s::Error::is_conflict`]), or the API server refuses.
pub async fn delete_exception(
    client: &Client,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool> {
    object::delete::<AzurePodIdentityException>(client, namespace, name, expected).await
}
