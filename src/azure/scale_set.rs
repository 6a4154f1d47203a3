//! Virtual machine scale sets and the identities on them.
//!
//! A PATCH of `identity` is a delta: a key with `{}` adds, a key with `null` removes, what is not
//! named stays. Only the identity is sent, never the scale set: a PUT of the whole would need read
//! access to the image gallery and could undo what others changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::{Call, Client};
use super::error::Error;
use super::operation::{Accepted, Status};
use super::wire::{Tags, or_default, text};
use crate::domain::resource_id::{ResourceId, SCALE_SET};

/// The API version of Microsoft.Compute.
pub const API_VERSION: &str = "2024-11-01";

/// Compute takes at most this many identities in one PATCH.
pub const MAX_IDENTITIES_PER_PATCH: usize = 150;

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

/// The identities a scale set holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Which kinds.
    pub kind: IdentityKind,
    /// The user-assigned ones.
    pub user_assigned: BTreeMap<ResourceId, AssignedIds>,
}

/// What ARM says of an identity that is assigned; nothing of one that was deleted since.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AssignedIds {
    /// Its client id.
    pub client_id: Option<String>,
    /// Its object id.
    pub principal_id: Option<String>,
}

/// Which kinds of identity a resource has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IdentityKind {
    /// One of its own.
    pub system_assigned: bool,
    /// User-assigned ones.
    pub user_assigned: bool,
}

impl IdentityKind {
    /// Reads ARM's word, which may list two with a comma.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let has = |word: &str| {
            text.split(',')
                .any(|part| part.trim().eq_ignore_ascii_case(word))
        };
        Self {
            system_assigned: has("SystemAssigned"),
            user_assigned: has("UserAssigned"),
        }
    }

    /// ARM's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match (self.system_assigned, self.user_assigned) {
            (true, true) => "SystemAssigned, UserAssigned",
            (true, false) => "SystemAssigned",
            (false, true) => "UserAssigned",
            (false, false) => "None",
        }
    }
}

/// A change of the identities on a scale set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// To add.
    pub add: BTreeSet<ResourceId>,
    /// To remove.
    pub remove: BTreeSet<ResourceId>,
}

impl Delta {
    /// Only what would change something on `scale_set`.
    #[must_use]
    pub fn against(&self, scale_set: &ScaleSet) -> Self {
        let held = &scale_set.identity.user_assigned;
        Self {
            add: self
                .add
                .iter()
                .filter(|id| !held.contains_key(id))
                .cloned()
                .collect(),
            remove: self
                .remove
                .iter()
                .filter(|id| held.contains_key(id) && !self.add.contains(id))
                .cloned()
                .collect(),
        }
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty()
    }

    /// The delta in parts that Compute takes, additions first: a pod that needs one gets it before
    /// another is taken away.
    #[must_use]
    pub fn chunks(&self) -> Vec<Self> {
        let changes: Vec<_> = self
            .add
            .iter()
            .map(|id| (id, true))
            .chain(self.remove.iter().map(|id| (id, false)))
            .collect();
        changes
            .chunks(MAX_IDENTITIES_PER_PATCH)
            .map(|chunk| {
                let part = |adds: bool| {
                    chunk
                        .iter()
                        .filter(|(_, add)| *add == adds)
                        .map(|(id, _)| (*id).clone())
                        .collect()
                };
                Self {
                    add: part(true),
                    remove: part(false),
                }
            })
            .collect()
    }
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
        Ok(Self {
            name: id.name().to_owned(),
            location: text(raw, "/location").unwrap_or_default().to_owned(),
            tags,
            etag: text(raw, "/etag")
                .or_else(|| text(raw, "/eTag"))
                .map(str::to_owned),
            provisioning_state: text(raw, "/properties/provisioningState").map(str::to_owned),
            identity: Identity::of(raw)?,
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

    /// Whether it is going away.
    #[must_use]
    pub fn is_deleting(&self) -> bool {
        self.provisioning_state
            .as_deref()
            .is_some_and(|state| state.eq_ignore_ascii_case("Deleting"))
    }

    /// Whether no operation is under way, so that what it holds is what it will hold.
    ///
    /// While one is, ARM may show the identities of before or of after it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let busy = |state: &str| {
            ["Updating", "Creating", "Migrating"]
                .iter()
                .any(|busy| state.eq_ignore_ascii_case(busy))
        };
        !self.provisioning_state.as_deref().is_some_and(busy)
    }

    /// Whether it holds this identity from before it was deleted and made again: without the client
    /// id it has now, or with another one.
    #[must_use]
    pub fn is_stale(&self, identity: &ResourceId, client_id: &str) -> bool {
        let shown = |ids: &AssignedIds| {
            let shown = ids.client_id.as_deref();
            shown.is_some_and(|shown| shown.eq_ignore_ascii_case(client_id))
        };
        let held = self.identity.user_assigned.get(identity);
        held.is_some_and(|ids| !shown(ids))
    }

    /// Whether it holds this identity.
    #[must_use]
    pub fn holds(&self, identity: &ResourceId) -> bool {
        self.identity.user_assigned.contains_key(identity)
    }
}

impl Identity {
    fn of(raw: &Value) -> Result<Self, Error> {
        let assigned = raw
            .pointer("/identity/userAssignedIdentities")
            .and_then(Value::as_object);
        let mut user_assigned = BTreeMap::new();
        for (key, ids) in assigned.into_iter().flatten() {
            let ids = Option::<AssignedIds>::deserialize(ids)
                .ok()
                .flatten()
                .unwrap_or_default();
            user_assigned.insert(ResourceId::parse(key)?, ids);
        }
        Ok(Self {
            kind: IdentityKind::parse(text(raw, "/identity/type").unwrap_or_default()),
            user_assigned,
        })
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
/// With `if_match` it is taken only when nobody changed the scale set since. A PATCH that takes the
/// last identity away is always sent so: it changes the type, which would drop an identity that
/// somebody else has added meanwhile.
///
/// # Errors
/// When the delta is empty or larger than Compute takes; see [`Delta::chunks`].
pub fn patch_call(scale_set: &ScaleSet, delta: &Delta, if_match: bool) -> Result<Call, Error> {
    let size = delta.add.len() + delta.remove.len();
    if size == 0 || size > MAX_IDENTITIES_PER_PATCH {
        return Err(Error::Invalid(format!(
            "one PATCH changes 1 to {MAX_IDENTITIES_PER_PATCH} identities, not {size}"
        )));
    }
    let held = scale_set.identity.user_assigned.keys();
    let keeps_one = !delta.add.is_empty() || held.clone().any(|id| !delta.remove.contains(id));
    let kind = IdentityKind {
        system_assigned: scale_set.identity.kind.system_assigned,
        user_assigned: keeps_one,
    };
    let mut identity = Map::new();
    identity.insert("type".to_owned(), json!(kind.as_str()));
    if keeps_one {
        // ARM finds keys ignoring case but refuses two that differ by case only: one spelling each.
        let removed = delta.remove.iter().filter(|id| !delta.add.contains(*id));
        let changes = (delta.add.iter().map(|id| (id, json!({}))))
            .chain(removed.map(|id| (id, Value::Null)))
            .map(|(id, value)| (id.to_string(), value))
            .collect::<Map<_, _>>();
        identity.insert("userAssignedIdentities".to_owned(), Value::Object(changes));
    }
    let call = Call::patch(&scale_set.id, API_VERSION, json!({"identity": identity}));
    match &scale_set.etag {
        Some(etag) if if_match || !keeps_one => Ok(call.if_match(etag)),
        _ => Ok(call),
    }
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
        let part = part.against(&current);
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
