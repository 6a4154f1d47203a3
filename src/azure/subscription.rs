//! Subscriptions.

use serde::Deserialize;

use super::client::{Call, Client};
use super::error::Error;
use super::wire::{read, read_all};
use crate::domain::resource_id::ResourceId;

/// The API version of subscriptions.
pub const API_VERSION: &str = "2022-12-01";

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Subscription {
    /// Its GUID.
    #[serde(rename = "subscriptionId")]
    pub id: String,
    /// Its name.
    #[serde(rename = "displayName")]
    pub name: String,
    /// Its tenant.
    #[serde(rename = "tenantId", default)]
    pub tenant_id: Option<String>,
    /// `Enabled`, `Disabled`, `Warned` ...
    #[serde(default)]
    pub state: Option<String>,
}

/// All subscriptions the signed-in principal can see.
///
/// # Errors
/// See [`Error`].
pub async fn list(client: &Client) -> Result<Vec<Subscription>, Error> {
    let call = Call::get("/subscriptions", API_VERSION);
    read_all(&call, client.list(&call).await?)
}

/// One subscription, by its GUID.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, subscription: &str) -> Result<Subscription, Error> {
    let id = ResourceId::subscription_id(subscription)?;
    let call = Call::get(id.as_str(), API_VERSION);
    read(&call, client.send(&call).await?.body)
}

/// One subscription, by its GUID or by its name, as `--subscription NAME_OR_ID` takes it.
///
/// # Errors
/// When no subscription, or more than one, has this name; else see [`Error`].
pub async fn find(client: &Client, name_or_id: &str) -> Result<Subscription, Error> {
    if uuid::Uuid::parse_str(name_or_id).is_ok() {
        return get(client, name_or_id).await;
    }
    let mut found: Vec<_> = list(client)
        .await?
        .into_iter()
        .filter(|subscription| subscription.name.eq_ignore_ascii_case(name_or_id))
        .collect();
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (Some(_), others) => Err(Error::Invalid(format!(
            "{} subscriptions are named `{name_or_id}`: use the id",
            others + 1
        ))),
        (None, _) => Err(Error::Invalid(format!(
            "no subscription is named `{name_or_id}`, or you cannot see it"
        ))),
    }
}
