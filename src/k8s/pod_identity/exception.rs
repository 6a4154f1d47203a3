//! `AzurePodIdentityException` objects.

use std::collections::BTreeMap;

use kube::Client;
use kube::api::Api;

use crate::k8s::crd::AzurePodIdentityException;
use crate::k8s::error::Result;
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
    /// Differs after each change.
    pub resource_version: String,
    /// Labels of the pods; one that matches is enough.
    pub pod_labels: BTreeMap<String, String>,
}

impl From<AzurePodIdentityException> for Exception {
    fn from(object: AzurePodIdentityException) -> Self {
        let AzurePodIdentityException { metadata, spec } = object;
        Self {
            namespace: metadata.namespace.unwrap_or_default(),
            name: metadata.name.unwrap_or_default(),
            resource_version: metadata.resource_version.unwrap_or_default(),
            pod_labels: spec.pod_labels,
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
