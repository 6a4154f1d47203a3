//! Resource groups.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;
use super::wire::{Tags, or_default, read, read_all};
use crate::domain::resource_id::ResourceId;

/// The API version of resource groups.
pub const API_VERSION: &str = "2021-04-01";

/// A resource group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceGroup {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub location: String,
    /// Its tags.
    #[serde(default, deserialize_with = "or_default")]
    pub tags: Tags,
    /// The resource that owns it; set on the node resource groups of AKS.
    #[serde(default)]
    pub managed_by: Option<String>,
}

/// One resource group.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, subscription: &str, name: &str) -> Result<ResourceGroup, Error> {
    let id = ResourceId::resource_group_id(subscription, name)?;
    let call = Call::get(&id, API_VERSION);
    read(&call, client.send(&call).await?.body)
}

/// Where a resource group is, which is where new resources in it go unless told otherwise.
///
/// # Errors
/// See [`Error`].
pub async fn location(client: &Client, subscription: &str, name: &str) -> Result<String, Error> {
    Ok(get(client, subscription, name).await?.location)
}

/// The resource groups of a subscription.
///
/// # Errors
/// See [`Error`].
pub async fn list(client: &Client, subscription: &str) -> Result<Vec<ResourceGroup>, Error> {
    let id = ResourceId::subscription_id(subscription)?;
    let call = Call::get(format!("{id}/resourcegroups"), API_VERSION);
    read_all(&call, client.list(&call).await?)
}
