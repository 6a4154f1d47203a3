//! What the objects of a pod identity have in common: the one way to list, read, apply, change and
//! delete them.

use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::write::{self, ApplyOptions, Document, Expected};
use crate::k8s::crd::{
    AzureAssignedIdentity, AzureIdentity, AzureIdentityBinding, AzurePodIdentityException,
};
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;
use crate::k8s::paging;

/// An object as the API server has it, and what podid makes of it.
pub(super) trait Object:
    Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned
{
    /// Plural name and group.
    const RESOURCE: &'static str;
    /// What podid makes of it.
    type Seen: From<Self>;
}

macro_rules! objects {
    ($($object:ty, $plural:literal, $seen:ty;)*) => {$(
        impl Object for $object {
            const RESOURCE: &'static str = concat!($plural, ".aadpodidentity.k8s.io");
            type Seen = $seen;
        }
    )*};
}

objects! {
    AzureAssignedIdentity, "azureassignedidentities", super::AssignedIdentity;
    AzureIdentity, "azureidentities", super::Identity;
    AzureIdentityBinding, "azureidentitybindings", super::Binding;
    AzurePodIdentityException, "azurepodidentityexceptions", super::Exception;
}

/// Lists those of one namespace, or of all.
pub(super) async fn list<K: Object>(
    client: &Client,
    namespace: Option<&str>,
) -> Result<Vec<K::Seen>> {
    let api: Api<K> = match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let operation = Operation::list(K::RESOURCE, namespace);
    let objects = paging::list_all(&api, None, operation).await?;
    Ok(objects.into_iter().map(K::Seen::from).collect())
}

/// Reads one; none when it is not there.
pub(super) async fn get<K: Object>(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Option<K::Seen>> {
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let read = api
        .get(name)
        .await
        .explain(|| Operation::object("get", K::RESOURCE, namespace, name));
    match read {
        Ok(object) => Ok(Some(object.into())),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes one what the document says, by server-side apply.
pub(super) async fn apply<K: Object>(
    client: &Client,
    document: &Document<'_>,
    options: ApplyOptions,
) -> Result<K::Seen> {
    let api: Api<K> = Api::namespaced(client.clone(), document.namespace);
    write::apply(&api, document, options)
        .await
        .map(K::Seen::from)
}

/// Changes one by a merge patch; the resource version in it makes that a compare-and-swap.
pub(super) async fn merge<K: Object>(
    client: &Client,
    (namespace, name): (&str, &str),
    manager: &str,
    patch: Value,
) -> Result<K::Seen> {
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let params = PatchParams {
        field_manager: Some(manager.to_owned()),
        ..PatchParams::default()
    };
    api.patch(name, &params, &Patch::Merge(patch))
        .await
        .explain(|| Operation::object("patch", K::RESOURCE, namespace, name))
        .map(K::Seen::from)
}

/// Deletes one if it is as expected; false when there is none.
pub(super) async fn delete<K: Object>(
    client: &Client,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool> {
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    write::delete(&api, K::RESOURCE, namespace, name, expected).await
}
