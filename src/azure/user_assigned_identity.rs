//! User-assigned managed identities.

use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Call, Client};
use super::error::Error;
use super::wire::{Tags, or_default, read, read_all};
use crate::domain::resource_id::ResourceId;

/// The API version of Microsoft.ManagedIdentity.
pub const API_VERSION: &str = "2024-11-30";

/// A user-assigned managed identity.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct Identity {
    /// Its id.
    pub id: ResourceId,
    /// Its client id, which pods ask for.
    pub client_id: String,
    /// Its object id, which role assignments name.
    pub principal_id: String,
    /// Its tenant.
    pub tenant_id: String,
    /// Where it is.
    pub location: String,
    /// Its tags.
    pub tags: Tags,
}

impl Identity {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.id.name()
    }
}

#[derive(Deserialize)]
struct Wire {
    id: ResourceId,
    #[serde(default)]
    location: String,
    #[serde(default, deserialize_with = "or_default")]
    tags: Tags,
    #[serde(default, deserialize_with = "or_default")]
    properties: Ids,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    #[serde(rename = "clientId", deserialize_with = "or_default")]
    client: String,
    #[serde(rename = "principalId", deserialize_with = "or_default")]
    principal: String,
    #[serde(rename = "tenantId", deserialize_with = "or_default")]
    tenant: String,
}

impl From<Wire> for Identity {
    fn from(wire: Wire) -> Self {
        Self {
            id: wire.id,
            client_id: wire.properties.client,
            principal_id: wire.properties.principal,
            tenant_id: wire.properties.tenant,
            location: wire.location,
            tags: wire.tags,
        }
    }
}

/// One identity.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, id: &ResourceId) -> Result<Identity, Error> {
    let call = Call::get(id, API_VERSION);
    read(&call, client.send(&call).await?.body)
}

/// The identities of a resource group.
///
/// # Errors
/// See [`Error`].
pub async fn list_by_group(
    client: &Client,
    subscription: &str,
    resource_group: &str,
) -> Result<Vec<Identity>, Error> {
    let group = ResourceId::resource_group_id(subscription, resource_group)?;
    list_under(client, &group).await
}

/// The identities of a subscription.
///
/// # Errors
/// See [`Error`].
pub async fn list_by_subscription(
    client: &Client,
    subscription: &str,
) -> Result<Vec<Identity>, Error> {
    list_under(client, &ResourceId::subscription_id(subscription)?).await
}

async fn list_under(client: &Client, scope: &ResourceId) -> Result<Vec<Identity>, Error> {
    let path = format!("{scope}/providers/Microsoft.ManagedIdentity/userAssignedIdentities");
    let call = Call::get(path, API_VERSION);
    read_all(&call, client.list(&call).await?)
}

/// The call that creates an identity, as `--dry-run` shows it.
#[must_use]
pub fn create_call(id: &ResourceId, location: &str, tags: &Tags) -> Call {
    let mut body = json!({"location": location});
    if !tags.is_empty() {
        body["tags"] = json!(tags);
    }
    Call::put(id, API_VERSION, body)
}

/// Creates an identity; one that exists gets these tags instead of its own.
///
/// # Errors
/// See [`Error`]; the service refuses to move an identity that exists in another location.
pub async fn create(
    client: &Client,
    id: &ResourceId,
    location: &str,
    tags: &Tags,
) -> Result<Identity, Error> {
    let call = create_call(id, location, tags);
    read(&call, client.send(&call).await?.body)
}

/// Whether an identity may have this name.
///
/// # Errors
/// Says which rule of Azure it breaks.
pub fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric();
    if !(3..=128).contains(&name.chars().count()) {
        return Err("it must have 3 to 128 characters".to_owned());
    }
    if !name.starts_with(plain) {
        return Err("it must start with a letter or digit".to_owned());
    }
    match name.chars().find(|&c| !plain(c) && c != '-' && c != '_') {
        Some(c) => Err(format!(
            "it may contain letters, digits, `-` and `_`, but not {c:?}"
        )),
        None => Ok(()),
    }
}

/// Deletes an identity; says whether it was there.
///
/// # Errors
/// See [`Error`].
pub async fn delete(client: &Client, id: &ResourceId) -> Result<bool, Error> {
    match client.send(&Call::delete(id, API_VERSION)).await {
        Ok(response) => Ok(response.status != 204),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}

/// An identity read from a document that somebody else fetched.
///
/// # Errors
/// When the document is not one of an identity.
pub fn from_value(value: Value) -> Result<Identity, Error> {
    serde_json::from_value(value)
        .map_err(|error| Error::Invalid(format!("not a managed identity: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_read_with_nulls_and_odd_casing() {
        let identity = from_value(json!({
            "id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/ids/providers/microsoft.managedidentity/userAssignedIdentities/reader",
            "location": "westeurope", "tags": null,
            "properties": {"clientId": "c", "principalId": "p", "tenantId": "t", "isolationScope": "None"},
        }))
        .unwrap();
        assert_eq!(
            (identity.name(), identity.client_id.as_str()),
            ("reader", "c")
        );
        assert!(identity.tags.is_empty());
        assert!(from_value(json!({"id": "reader"})).is_err());
    }

    #[test]
    fn names_follow_azures_rules() {
        assert_eq!(check_name("reader-1_x"), Ok(()));
        for name in ["ab", "-abc", "a.b", "a b c", "ümläut"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name(&"x".repeat(129)).is_err());
    }

    #[test]
    fn a_creation_sends_tags_only_when_there_are_some() {
        let id = ResourceId::subscription_id("11111111-2222-3333-4444-555555555555").unwrap();
        let call = create_call(&id, "westeurope", &Tags::new());
        assert_eq!(call.body(), Some(&json!({"location": "westeurope"})));
    }
}
