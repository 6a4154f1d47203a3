//! Virtual machine scale sets and the identities on them; how those are changed says [`host`].

use serde_json::Value;

use super::client::{Call, Client};
use super::error::Error;
use super::host::{self, Host};
use super::operation::{Accepted, Status};
use super::wire::{Tags, or_default, text};
use crate::domain::resource_id::{ResourceId, SCALE_SET};

pub use super::host::{
    API_VERSION, AssignedIds, Delta, Identity, IdentityKind, MAX_IDENTITIES_PER_PATCH,
};

/// The tag by which AKS says which node pool a scale set belongs to.
pub const POOL_TAG: &str = "aks-managed-poolName";

/// A virtual machine scale set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScaleSet {
    /// Its id.
    pub id: ResourceId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub location: String,
    /// Its tags.
    pub tags: Tags,
    /// Its ETag.
    pub etag: Option<String>,
    /// The state of its last operation.
    pub provisioning_state: Option<String>,
    /// The identities it holds.
    pub identity: Identity,
}

impl ScaleSet {
    /// A scale set from the service's document.
    ///
    /// # Errors
    /// When the document has no id of a scale set.
    pub fn from_value(raw: &Value) -> Result<Self, Error> {
        let id = text(raw, "/id")
            .ok_or_else(|| Error::Invalid("a scale set without an id".to_owned()))?;
        let id = ResourceId::parse(id)?.expect_type(SCALE_SET)?;
        let tags = match raw.get("tags") {
            Some(tags) => or_default(tags).unwrap_or_default(),
            None => Tags::new(),
        };
        let host = Host::from_value(raw)?;
        Ok(Self {
            name: id.name().to_owned(),
            location: text(raw, "/location").unwrap_or_default().to_owned(),
            tags,
            etag: host.etag,
            provisioning_state: host.provisioning_state,
            identity: host.identity,
            id,
        })
    }

    /// The AKS node pool it belongs to.
    #[must_use]
    pub fn pool_name(&self) -> Option<&str> {
        // Tag names are compared ignoring case, as ARM does.
        self.tags
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(POOL_TAG))
            .map(|(_, value)| value.as_str())
    }

    /// The scale set as what identities are assigned to.
    #[must_use]
    pub fn host(&self) -> Host {
        Host {
            id: self.id.clone(),
            etag: self.etag.clone(),
            provisioning_state: self.provisioning_state.clone(),
            identity: self.identity.clone(),
        }
    }

    /// Whether it is going away.
    #[must_use]
    pub fn is_deleting(&self) -> bool {
        host::is_deleting(self.provisioning_state.as_deref())
    }

    /// See [`Host::is_settled`].
    #[must_use]
    pub fn is_settled(&self) -> bool {
        host::is_settled(self.provisioning_state.as_deref())
    }

    /// See [`Identity::is_stale`].
    #[must_use]
    pub fn is_stale(&self, identity: &ResourceId, client_id: &str) -> bool {
        self.identity.is_stale(identity, client_id)
    }

    /// Whether it holds this identity.
    #[must_use]
    pub fn holds(&self, identity: &ResourceId) -> bool {
        self.identity.holds(identity)
    }
}

/// One scale set.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, id: &ResourceId) -> Result<ScaleSet, Error> {
    ScaleSet::from_value(&client.get(id, API_VERSION).await?)
}

/// The scale sets of a resource group.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    subscription: &str,
    resource_group: &str,
) -> Result<Vec<ScaleSet>, Error> {
    let group = ResourceId::resource_group_id(subscription, resource_group)?;
    let call = Call::get(format!("{group}/providers/{SCALE_SET}"), API_VERSION);
    let sets = client.list(&call).await?;
    sets.iter().map(ScaleSet::from_value).collect()
}

/// The PATCH for `delta` on `scale_set` as it was read, as `--dry-run` shows it.
///
/// # Errors
/// See [`host::patch_call`].
pub fn patch_call(scale_set: &ScaleSet, delta: &Delta, if_match: bool) -> Result<Call, Error> {
    host::patch_call(&scale_set.host(), delta, if_match)
}

/// Starts one PATCH of the identities; what is left to do is in the answer's operation.
///
/// A 409 (another operation goes on) or 412 (changed meanwhile) is the caller's to solve: read
/// again, plan again.
///
/// # Errors
/// See [`Error`] and [`patch_call`].
pub async fn patch_identity(
    client: &Client,
    scale_set: &ScaleSet,
    delta: &Delta,
    if_match: bool,
) -> Result<Accepted, Error> {
    client.start(&patch_call(scale_set, delta, if_match)?).await
}

/// Brings a delta of any size to the end: part by part, each on what the one before left.
///
/// # Errors
/// See [`Error`]; parts before the one that failed stay done.
pub async fn apply(
    client: &Client,
    scale_set: &ScaleSet,
    delta: &Delta,
    if_match: bool,
    on_status: &mut (dyn FnMut(&Status) + Send),
) -> Result<ScaleSet, Error> {
    let mut current = scale_set.clone();
    for part in delta.chunks() {
        let part = part.against(&current.identity);
        if part.is_empty() {
            continue;
        }
        let accepted = patch_identity(client, &current, &part, if_match).await?;
        let body = match &accepted.operation {
            Some(operation) => client.wait(operation, on_status).await?,
            None => Some(accepted.body),
        };
        current = match body {
            Some(body) if body.is_object() => ScaleSet::from_value(&body)?,
            _ => get(client, &scale_set.id).await?,
        };
    }
    Ok(current)
}

#[cfg(test)]
mod tests;
