//! Federated credentials of user-assigned identities.
//!
//! The service takes one write at a time per identity (409 otherwise) and at most 20 credentials;
//! the client's budgets keep the writes to one identity four seconds apart.

use serde::Deserialize;
use serde_json::json;

use super::client::{Call, Client};
use super::error::Error;
use super::user_assigned_identity::API_VERSION;
use super::wire::{or_default, read, read_all};
use crate::domain::resource_id::ResourceId;

const CHILD: &str = "federatedIdentityCredentials";

/// The audience Entra expects of exchanged tokens.
pub const DEFAULT_AUDIENCE: &str = "api://AzureADTokenExchange";

/// A federated credential.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FederatedCredential {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// What it matches.
    pub properties: Subject,
}

/// Which tokens a federated credential accepts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subject {
    /// The issuer of the tokens, byte for byte.
    pub issuer: String,
    /// Whom they are for, e.g. `system:serviceaccount:namespace:name`.
    #[serde(default, deserialize_with = "or_default")]
    pub subject: String,
    /// Their audience.
    #[serde(default, deserialize_with = "or_default")]
    pub audiences: Vec<String>,
}

/// One federated credential of `identity`.
///
/// # Errors
/// See [`Error`].
pub async fn get(
    client: &Client,
    identity: &ResourceId,
    name: &str,
) -> Result<FederatedCredential, Error> {
    let call = Call::get(identity.child(CHILD, name)?, API_VERSION);
    read(&call, client.send(&call).await?.body)
}

/// The federated credentials of `identity`.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    identity: &ResourceId,
) -> Result<Vec<FederatedCredential>, Error> {
    let call = Call::get(format!("{identity}/{CHILD}"), API_VERSION);
    read_all(&call, client.list(&call).await?)
}

/// Creates or replaces a federated credential of `identity`.
///
/// # Errors
/// See [`Error`]; 409 when the identity is being written to by someone else.
pub async fn put(
    client: &Client,
    identity: &ResourceId,
    name: &str,
    subject: &Subject,
) -> Result<FederatedCredential, Error> {
    let body = json!({"properties": {
        "issuer": subject.issuer,
        "subject": subject.subject,
        "audiences": subject.audiences,
    }});
    let call = Call::put(identity.child(CHILD, name)?, API_VERSION, body);
    read(&call, client.send(&call).await?.body)
}

/// Deletes a federated credential of `identity`; says whether it was there.
///
/// # Errors
/// See [`Error`].
pub async fn delete(client: &Client, identity: &ResourceId, name: &str) -> Result<bool, Error> {
    let call = Call::delete(identity.child(CHILD, name)?, API_VERSION);
    match client.send(&call).await {
        Ok(response) => Ok(response.status != 204),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}
