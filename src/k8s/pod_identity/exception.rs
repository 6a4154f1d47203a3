//! `AzurePodIdentityException` objects.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::AKS_MANAGED_BY_LABEL;
use super::write::{self, ApplyOptions, Document, Expected};
use crate::k8s::FIELD_MANAGER;
use crate::k8s::crd::AzurePodIdentityException;
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;
use crate::k8s::paging;

const RESOURCE: &str = "azurepodidentityexceptions.aadpodidentity.k8s.io";

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
        Expected {
            uid: Some(self.uid.clone()),
            resource_version: Some(self.resource_version.clone()),
        }
    }

    /// Whether AKS's add-on keeps it: the resource provider would undo changes.
    #[must_use]
    pub fn is_of_add_on(&self) -> bool {
        self.labels
            .get(AKS_MANAGED_BY_LABEL)
            .is_some_and(|by| by == "aks")
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
    let api: Api<AzurePodIdentityException> = match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let objects = paging::list_all(&api, None, Operation::list(RESOURCE, namespace)).await?;
    Ok(objects.into_iter().map(Exception::from).collect())
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
    let api: Api<AzurePodIdentityException> = Api::namespaced(client.clone(), namespace);
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

/// Makes an exception by server-side apply, if there is none of this name.
///
/// # Errors
/// There is one meanwhile ([`Error::is_conflict`]), the namespace or the CRDs are missing, or the API
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
        resource: RESOURCE,
        namespace,
        name,
        labels: &none,
        annotations: &none,
        expected: &Expected::absent(),
        spec: json!({"podLabels": pod_labels}),
    };
    let api: Api<AzurePodIdentityException> = Api::namespaced(client.clone(), namespace);
    write::apply(&api, &document, ApplyOptions::default())
        .await
        .map(Exception::from)
}

/// Gives an exception these labels and no others, if it is still as it was read.
///
/// A compare-and-swap patch and not an apply: of a map, an apply takes away only what podid itself
/// put there, and any label of somebody else that stayed would go on letting pods through.
///
/// # Errors
/// It changed or was deleted meanwhile ([`Error::is_conflict`], `is_not_found`), or the API server
/// refuses.
pub async fn replace_pod_labels(
    client: &Client,
    exception: &Exception,
    pod_labels: &BTreeMap<String, String>,
) -> Result<Exception> {
    let api: Api<AzurePodIdentityException> = Api::namespaced(client.clone(), &exception.namespace);
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
    let params = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    api.patch(&exception.name, &params, &Patch::Merge(patch))
        .await
        .explain(|| Operation::object("patch", RESOURCE, &exception.namespace, &exception.name))
        .map(Exception::from)
}

/// Deletes the exception if it is as expected; false when there is none.
///
/// # Errors
/// It changed meanwhile ([`Error::is_conflict`]), or the API server refuses.
pub async fn delete_exception(
    client: &Client,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool> {
    let api: Api<AzurePodIdentityException> = Api::namespaced(client.clone(), namespace);
    write::delete(&api, RESOURCE, namespace, name, expected).await
}
