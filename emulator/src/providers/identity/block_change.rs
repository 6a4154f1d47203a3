//! What a write asks of a resource's `identity` block. Pure: reads the old block and the request, names no world.
//!
//! A PATCH is a delta: a key with an object adds, a key with null removes, a key left out stays. Keys are resource ids
//! and compare ignoring case; the casing already stored wins. A PUT replaces the block it carries.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::user_assigned_identities::KIND;
use crate::arm::error::ArmError;
use crate::providers::id::ResourceId;
use crate::providers::json::text;
use crate::providers::refusals::{bad_request, invalid_parameter};

/// The most keys one request may carry.
pub(crate) const MAX_KEYS: usize = 150;

const TARGET: &str = "identity.userAssignedIdentities";

/// Whether a write changes the identities it names, or names all there shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// PATCH
    Delta,
    /// PUT
    Replace,
}

/// The block a write leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlockChange {
    /// Whether the resource has an identity of its own.
    pub(crate) system: bool,
    /// The user-assigned identities afterwards, as their ids are to be echoed.
    pub(crate) ids: Vec<String>,
    /// Those of `ids` that were not there before.
    pub(crate) added: Vec<String>,
    /// Whether the write changes anything.
    pub(crate) changes: bool,
}

impl BlockChange {
    /// Reads a write against the block the resource has now.
    ///
    /// # Errors
    /// `InvalidParameter` or `LinkedInvalidPropertyId`, as the services say it.
    pub(crate) fn read(
        current: Option<&Value>,
        wanted: &Value,
        style: Style,
    ) -> Result<Self, ArmError> {
        let none = Value::Null;
        let current = current.unwrap_or(&none);
        let (was_system, was_user) = parse_type(text(current, "/type"))?;
        let (system, user) = match wanted.get("type") {
            None | Some(Value::Null) if style == Style::Delta => (was_system, was_user),
            Some(Value::String(kind)) => parse_type(kind)?,
            None | Some(Value::Null) => {
                return Err(invalid_parameter(
                    "identity.type",
                    "Required parameter 'identity.type' is missing (null).",
                ));
            }
            Some(other) => return Err(invalid_type(&other.to_string())),
        };
        let before = stored_ids(current);
        let keys = requested_keys(wanted)?;
        check_values(current, wanted)?;
        if !user && keys.iter().any(|(_, adds)| *adds) {
            return Err(invalid_parameter(
                TARGET,
                "The value of parameter identity.userAssignedIdentities is invalid: identities are given but the \
                 identity type does not include 'UserAssigned'.",
            ));
        }
        let ids = result_ids(&before, &keys, user, style);
        if user && ids.is_empty() {
            return Err(invalid_parameter(
                TARGET,
                "The value of parameter identity.userAssignedIdentities is invalid: the identity type includes \
                 'UserAssigned' but no user assigned identity would be left.",
            ));
        }
        let old: BTreeSet<String> = before.iter().map(|id| id.to_ascii_lowercase()).collect();
        let new: BTreeSet<String> = ids.iter().map(|id| id.to_ascii_lowercase()).collect();
        let added = ids
            .iter()
            .filter(|id| !old.contains(&id.to_ascii_lowercase()))
            .cloned()
            .collect();
        let changes = old != new || system != was_system;
        Ok(Self {
            system,
            ids,
            added,
            changes,
        })
    }

    /// The `type` of the block; `None` when no identity is left.
    pub(crate) fn kind(&self) -> Option<&'static str> {
        match (self.system, !self.ids.is_empty()) {
            (true, true) => Some("SystemAssigned, UserAssigned"),
            (true, false) => Some("SystemAssigned"),
            (false, true) => Some("UserAssigned"),
            (false, false) => None,
        }
    }
}

/// The ids in a stored block.
pub(crate) fn stored_ids(block: &Value) -> Vec<String> {
    block
        .get("userAssignedIdentities")
        .and_then(Value::as_object)
        .map(|map| map.keys().cloned().collect())
        .unwrap_or_default()
}

/// (system, user) of a type, which may be written with or without the space and in any casing.
fn parse_type(kind: &str) -> Result<(bool, bool), ArmError> {
    let bare: String = kind
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase();
    match bare.as_str() {
        "" | "none" => Ok((false, false)),
        "systemassigned" => Ok((true, false)),
        "userassigned" => Ok((false, true)),
        "systemassigned,userassigned" | "userassigned,systemassigned" => Ok((true, true)),
        _ => Err(invalid_type(kind)),
    }
}

fn invalid_type(kind: &str) -> ArmError {
    invalid_parameter(
        "identity.type",
        format!("The value '{kind}' of parameter identity.type is not valid."),
    )
}

/// The request's keys and whether each adds; refuses too many, unreadable and repeated ones.
fn requested_keys(wanted: &Value) -> Result<Vec<(String, bool)>, ArmError> {
    let empty = Map::new();
    let map = match wanted.get("userAssignedIdentities") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(map)) => map,
        Some(_) => {
            return Err(invalid_parameter(
                TARGET,
                "The value of parameter identity.userAssignedIdentities is invalid: an object is expected.",
            ));
        }
    };
    if map.len() > MAX_KEYS {
        return Err(invalid_parameter(
            TARGET,
            format!(
                "The value of parameter identity.userAssignedIdentities is invalid: it has {} entries and one request \
                 may carry at most {MAX_KEYS}.",
                map.len()
            ),
        ));
    }
    let mut seen = BTreeSet::new();
    let mut keys = Vec::with_capacity(map.len());
    for (key, value) in map {
        let known = ResourceId::parse(key).is_some_and(|id| id.is_a(KIND));
        if !known {
            return Err(bad_request(
                "LinkedInvalidPropertyId",
                format!(
                    "Property id '{key}' at path '{TARGET}' is invalid. Expect fully qualified resource Id that start \
                     with '/subscriptions/{{subscriptionId}}' or '/providers/{{resourceProviderNamespace}}/'."
                ),
            ));
        }
        if !seen.insert(key.to_ascii_lowercase()) {
            return Err(invalid_parameter(
                TARGET,
                format!(
                    "The value of parameter identity.userAssignedIdentities is invalid: the identity '{key}' cannot be \
                     duplicated."
                ),
            ));
        }
        keys.push((key.clone(), !value.is_null()));
    }
    Ok(keys)
}

/// A value is empty, null, or what the resource shows for that identity: ids cannot be written.
fn check_values(current: &Value, wanted: &Value) -> Result<(), ArmError> {
    let entries = |block: &Value| {
        let map = block
            .get("userAssignedIdentities")
            .and_then(Value::as_object);
        map.cloned().unwrap_or_default()
    };
    let shown = entries(current);
    for (key, value) in entries(wanted) {
        let is_shown =
            |(id, stored): (&String, &Value)| id.eq_ignore_ascii_case(&key) && *stored == value;
        let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
        if !empty && !shown.iter().any(is_shown) {
            return Err(bad_request(
                "InvalidIdentityValues",
                format!(
                    "Invalid value for the identities '{key}'. The 'UserAssignedIdentities' property keys should only \
                     be empty json objects, null or the resource exisiting property."
                ),
            ));
        }
    }
    Ok(())
}

fn result_ids(before: &[String], keys: &[(String, bool)], user: bool, style: Style) -> Vec<String> {
    if !user {
        return Vec::new();
    }
    let stored = |key: &str| before.iter().find(|id| id.eq_ignore_ascii_case(key));
    let asked = |id: &str| keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(id));
    let kept = before.iter().filter(|id| match asked(id) {
        Some((_, adds)) => *adds,
        None => style == Style::Delta,
    });
    let fresh = keys
        .iter()
        .filter(|(key, adds)| *adds && stored(key).is_none())
        .map(|(key, _)| key);
    kept.chain(fresh).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const A: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a";
    const B: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/b";

    fn patch(current: &Value, wanted: &Value) -> Result<BlockChange, ArmError> {
        BlockChange::read(Some(current), wanted, Style::Delta)
    }

    #[test]
    fn adds_keep_the_casing_that_is_stored() {
        let now = json!({"type": "UserAssigned", "userAssignedIdentities": {A: {}}});
        let key = A.to_ascii_uppercase();
        let change = patch(&now, &json!({"userAssignedIdentities": {key: {}, B: {}}})).unwrap();
        assert_eq!(change.ids, [A, B]);
        assert_eq!(change.added, [B]);
        assert_eq!(change.kind(), Some("UserAssigned"));
    }

    #[test]
    fn the_last_identity_cannot_leave_without_a_type() {
        let now = json!({"type": "UserAssigned", "userAssignedIdentities": {A: {}}});
        let error = patch(&now, &json!({"userAssignedIdentities": {A: null}})).unwrap_err();
        assert_eq!(error.code, "InvalidParameter");
        let change = patch(
            &now,
            &json!({"type": "None", "userAssignedIdentities": {A: null}}),
        );
        assert_eq!(change.unwrap().kind(), None);
    }

    #[test]
    fn a_put_replaces() {
        let now = json!({"type": "UserAssigned", "userAssignedIdentities": {A: {}}});
        let wanted = json!({"type": "UserAssigned", "userAssignedIdentities": {B: {}}});
        let change = BlockChange::read(Some(&now), &wanted, Style::Replace).unwrap();
        assert_eq!(change.ids, [B]);
    }

    #[test]
    fn ids_cannot_be_written() {
        let now = json!({"type": "UserAssigned", "userAssignedIdentities": {A: {"clientId": "c", "principalId": "p"}}});
        let same = json!({"userAssignedIdentities": {A: {"principalId": "p", "clientId": "c"}}});
        assert!(!patch(&now, &same).unwrap().changes);
        let other = json!({"userAssignedIdentities": {A: {"clientId": "other"}}});
        assert_eq!(
            patch(&now, &other).unwrap_err().code,
            "InvalidIdentityValues"
        );
    }

    #[test]
    fn nothing_new_is_no_change() {
        let now =
            json!({"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {A: {}}});
        let change = patch(
            &now,
            &json!({"type": "systemassigned,userassigned", "userAssignedIdentities": {A: {}, B: null}}),
        );
        assert!(!change.unwrap().changes);
    }
}
