//! What identities are assigned to: a virtual machine scale set, or a single virtual machine.
//!
//! Both take the same PATCH of `identity`, which is a delta: a key with `{}` adds, a key with `null`
//! removes, what is not named stays. Only the identity is sent, never the host: a PUT of the whole
//! would need read access to the image gallery and could undo what others changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::{Call, Client};
use super::error::Error;
use super::wire::text;
use crate::domain::resource_id::{MACHINE, ResourceId, SCALE_SET};

mod named;

pub use named::named;

/// The API version of Microsoft.Compute.
pub const API_VERSION: &str = "2024-11-01";

/// Compute takes at most this many identities in one PATCH.
pub const MAX_IDENTITIES_PER_PATCH: usize = 150;

/// A scale set or a single machine, as far as its identities go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Its id.
    pub id: ResourceId,
    /// Its ETag.
    pub etag: Option<String>,
    /// The state of its last operation.
    pub provisioning_state: Option<String>,
    /// The identities it holds.
    pub identity: Identity,
}

/// The identities a host holds.
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

/// A change of the identities on a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// To add.
    pub add: BTreeSet<ResourceId>,
    /// To remove.
    pub remove: BTreeSet<ResourceId>,
}

impl Delta {
    /// Only what would change something on a host with this `identity`.
    #[must_use]
    pub fn against(&self, identity: &Identity) -> Self {
        let held = &identity.user_assigned;
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

impl Host {
    /// A host from the service's document.
    ///
    /// # Errors
    /// When the document has no id, or that of something else.
    pub fn from_value(raw: &Value) -> Result<Self, Error> {
        let id =
            text(raw, "/id").ok_or_else(|| Error::Invalid("a host without an id".to_owned()))?;
        let id = ResourceId::parse(id)?;
        let id = if id.is_type(MACHINE) {
            id
        } else {
            id.expect_type(SCALE_SET)?
        };
        Ok(Self {
            etag: text(raw, "/etag")
                .or_else(|| text(raw, "/eTag"))
                .map(str::to_owned),
            provisioning_state: text(raw, "/properties/provisioningState").map(str::to_owned),
            identity: Identity::of(raw)?,
            id,
        })
    }

    /// Whether it is going away.
    #[must_use]
    pub fn is_deleting(&self) -> bool {
        is_deleting(self.provisioning_state.as_deref())
    }

    /// Whether no operation is under way, so that what it holds is what it will hold.
    ///
    /// While one is, ARM may show the identities of before or of after it.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        is_settled(self.provisioning_state.as_deref())
    }
}

/// Whether a host in this state is going away.
pub(super) fn is_deleting(state: Option<&str>) -> bool {
    state.is_some_and(|state| state.eq_ignore_ascii_case("Deleting"))
}

/// Whether no operation is under way on a host in this state.
pub(super) fn is_settled(state: Option<&str>) -> bool {
    let busy = |state: &str| {
        ["Updating", "Creating", "Migrating"]
            .iter()
            .any(|busy| state.eq_ignore_ascii_case(busy))
    };
    !state.is_some_and(busy)
}

/// Reads one host.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, id: &ResourceId) -> Result<Host, Error> {
    Host::from_value(&client.get(id, API_VERSION).await?)
}

impl Identity {
    /// Whether this identity is among them.
    #[must_use]
    pub fn holds(&self, identity: &ResourceId) -> bool {
        self.user_assigned.contains_key(identity)
    }

    /// Whether this identity is among them from before it was deleted and made again: without the
    /// client id it has now, or with another one.
    #[must_use]
    pub fn is_stale(&self, identity: &ResourceId, client_id: &str) -> bool {
        let shown = |ids: &AssignedIds| {
            let shown = ids.client_id.as_deref();
            shown.is_some_and(|shown| shown.eq_ignore_ascii_case(client_id))
        };
        let held = self.user_assigned.get(identity);
        held.is_some_and(|ids| !shown(ids))
    }

    /// Reads the block of a resource.
    pub(super) fn of(raw: &Value) -> Result<Self, Error> {
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

/// The PATCH for `delta` on `host` as it was read.
///
/// With `if_match` it is taken only when nobody changed the scale set since. A PATCH that takes the
/// last identity away is always sent so: it changes the type, which would drop an identity that
/// somebody else has added meanwhile.
///
/// # Errors
/// When the delta is empty or larger than Compute takes; see [`Delta::chunks`].
pub fn patch_call(host: &Host, delta: &Delta, if_match: bool) -> Result<Call, Error> {
    let size = delta.add.len() + delta.remove.len();
    if size == 0 || size > MAX_IDENTITIES_PER_PATCH {
        return Err(Error::Invalid(format!(
            "one PATCH changes 1 to {MAX_IDENTITIES_PER_PATCH} identities, not {size}"
        )));
    }
    let held = host.identity.user_assigned.keys();
    let keeps_one = !delta.add.is_empty() || held.clone().any(|id| !delta.remove.contains(id));
    let kind = IdentityKind {
        system_assigned: host.identity.kind.system_assigned,
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
    let call = Call::patch(&host.id, API_VERSION, json!({"identity": identity}));
    match &host.etag {
        Some(etag) if if_match || !keeps_one => Ok(call.if_match(etag)),
        _ => Ok(call),
    }
}
