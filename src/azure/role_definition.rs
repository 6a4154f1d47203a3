//! Role definitions, and the built-in roles podid deals with.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;
use super::wire::{or_default, read, read_all};
use crate::domain::permission::Permission;
use crate::domain::resource_id::ResourceId;
pub use crate::domain::role::{Role, definition_id};

/// The API version of Microsoft.Authorization.
pub const API_VERSION: &str = "2022-04-01";

/// A role definition.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoleDefinition {
    /// Its id.
    pub id: String,
    /// Its GUID.
    pub name: String,
    /// What it is.
    pub properties: Properties,
}

/// What a role definition is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Properties {
    /// The name people know it by.
    pub role_name: String,
    /// `BuiltInRole` or `CustomRole`.
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub role_type: String,
    /// What it allows.
    #[serde(default, deserialize_with = "or_default")]
    pub permissions: Vec<Permission>,
}

/// One role definition, by its id.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, id: &str) -> Result<RoleDefinition, Error> {
    let call = Call::get(id, API_VERSION);
    read(&call, client.send(&call).await?.body)
}

/// The built-in or custom role with this id or GUID, read at `scope`.
///
/// Whoever may read a scope may read the definitions there, while reading them at the subscription
/// takes a role on the subscription.
///
/// # Errors
/// See [`Error`].
pub async fn get_at(
    client: &Client,
    scope: &ResourceId,
    id_or_guid: &str,
) -> Result<RoleDefinition, Error> {
    let guid = id_or_guid.rsplit('/').next().unwrap_or_default();
    get(
        client,
        &format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{guid}"),
    )
    .await
}

/// The role definitions that can be assigned at `scope`; only those named `role_name` when given.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &ResourceId,
    role_name: Option<&str>,
) -> Result<Vec<RoleDefinition>, Error> {
    let path = format!("{scope}/providers/Microsoft.Authorization/roleDefinitions");
    let mut call = Call::get(path, API_VERSION);
    if let Some(role_name) = role_name {
        // A quote in an OData string is written twice.
        let role_name = role_name.replace('\'', "''");
        call = call.query("$filter", &format!("roleName eq '{role_name}'"));
    }
    read_all(&call, client.list(&call).await?)
}
