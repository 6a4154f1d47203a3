//! `podIdentityProfile` of a managed cluster: what it says ([`Profile`]) and what becomes of it
//! ([`edit()`]).
//!
//! The profile stays the JSON value the service gave. Views read it, edits change what they are
//! about, and fields newer than podid survive both.

mod edit;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

pub use edit::{Change, Edit, Effect, LIMIT, NewIdentity, Refusal, edit};

/// The key of the pod identities in the profile.
pub const IDENTITIES: &str = "userAssignedIdentities";
/// The key of the exceptions in the profile.
pub const EXCEPTIONS: &str = "userAssignedIdentityExceptions";

/// A `podIdentityProfile` as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Whether the add-on is on; `{}` and an absent profile mean off.
    pub enabled: bool,
    /// Whether the cluster's owner accepts pod identity on kubenet.
    pub allow_network_plugin_kubenet: bool,
    /// The pod identities, in the service's order.
    pub identities: Vec<Item>,
    /// The exceptions, in the service's order.
    pub exceptions: Vec<ExceptionItem>,
}

/// A pod identity of the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// Its binding selector; the name when the profile has none.
    pub selector: String,
    /// Resource id of the managed identity.
    pub resource_id: String,
    /// Client id of the managed identity.
    pub client_id: String,
    /// Object id of the managed identity.
    pub object_id: String,
    /// How far the resource provider is with it.
    pub state: ItemState,
    /// Why it failed.
    pub error: Option<ItemError>,
}

/// An exception of the profile: pods that NMI lets through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExceptionItem {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The labels of its pods; a null or absent `podLabels` is an empty set.
    pub labels: BTreeMap<String, String>,
}

/// The state of a pod identity, in the service's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ItemState {
    /// In use.
    Assigned,
    /// Ended as it should.
    Succeeded,
    /// Being put on the scale sets.
    Updating,
    /// Being taken away.
    Deleting,
    /// Not assigned; the item says why.
    Failed,
    /// Cancelled before it was assigned.
    Canceled,
    /// None, or a word newer than podid.
    #[default]
    Unknown,
}

impl ItemState {
    fn of(word: &str) -> Self {
        let known = [
            Self::Assigned,
            Self::Succeeded,
            Self::Updating,
            Self::Deleting,
            Self::Failed,
            Self::Canceled,
        ];
        known
            .into_iter()
            .find(|state| state.to_string().eq_ignore_ascii_case(word))
            .unwrap_or_default()
    }

    /// Whether it did not get where it was to go.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Failed | Self::Canceled)
    }

    /// Whether the resource provider is still at work on it.
    #[must_use]
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Updating | Self::Deleting)
    }
}

impl fmt::Display for ItemState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Why a pod identity failed, from `provisioningInfo`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemError {
    /// The service's code.
    pub code: String,
    /// The service's message.
    pub message: String,
}

impl Profile {
    /// Reads a profile; null or absent is one that is off.
    #[must_use]
    pub fn of(profile: &Value) -> Self {
        Self {
            enabled: flag(profile, "enabled"),
            allow_network_plugin_kubenet: flag(profile, "allowNetworkPluginKubenet"),
            identities: items(profile, IDENTITIES).map(Item::of).collect(),
            exceptions: items(profile, EXCEPTIONS).map(ExceptionItem::of).collect(),
        }
    }

    /// The pod identity of this namespace and name, in whatever state.
    #[must_use]
    pub fn identity(&self, namespace: &str, name: &str) -> Option<&Item> {
        let is = |item: &&Item| item.namespace == namespace && item.name == name;
        self.identities.iter().find(is)
    }

    /// The exception of this namespace and name.
    #[must_use]
    pub fn exception(&self, namespace: &str, name: &str) -> Option<&ExceptionItem> {
        let is = |item: &&ExceptionItem| item.namespace == namespace && item.name == name;
        self.exceptions.iter().find(is)
    }

    /// The pod identities that an operation which is over left behind: failed, cancelled, or
    /// never finished. `settled` says whether no operation is under way on the cluster.
    #[must_use]
    pub fn stuck(&self, settled: bool) -> Vec<&Item> {
        let is_stuck =
            |item: &&Item| item.state.is_failure() || (settled && item.state.is_moving());
        self.identities.iter().filter(is_stuck).collect()
    }
}

impl Item {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    fn of(value: &Value) -> Self {
        let name = word(value, "/name");
        let selector = word(value, "/bindingSelector");
        Self {
            selector: if selector.is_empty() { name } else { selector }.to_owned(),
            name: name.to_owned(),
            namespace: word(value, "/namespace").to_owned(),
            resource_id: word(value, "/identity/resourceId").to_owned(),
            client_id: word(value, "/identity/clientId").to_owned(),
            object_id: word(value, "/identity/objectId").to_owned(),
            state: ItemState::of(word(value, "/provisioningState")),
            error: ItemError::of(value),
        }
    }
}

impl ItemError {
    /// The envelope is nested: `provisioningInfo.error.error`.
    fn of(item: &Value) -> Option<Self> {
        let outer = item.pointer("/provisioningInfo/error")?;
        let inner = outer.get("error").unwrap_or(outer);
        let (code, message) = (word(inner, "/code"), word(inner, "/message"));
        (!code.is_empty() || !message.is_empty()).then(|| Self {
            code: code.to_owned(),
            message: message.to_owned(),
        })
    }
}

impl ExceptionItem {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    fn of(value: &Value) -> Self {
        let labels = value.get("podLabels").and_then(Value::as_object);
        let pair = |(key, value): (&String, &Value)| {
            let value = value.as_str().unwrap_or_default();
            (key.clone(), value.to_owned())
        };
        Self {
            name: word(value, "/name").to_owned(),
            namespace: word(value, "/namespace").to_owned(),
            labels: labels.into_iter().flatten().map(pair).collect(),
        }
    }
}

fn items<'a>(profile: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let list = profile.get(key).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

fn word<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
