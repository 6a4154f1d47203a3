//! Carrying out a change of an `identity` block: looks the identities up, makes or removes the resource's own identity
//! in the directory, and writes the block as it is echoed.

use serde_json::{Map, Value, json};

use super::block_change::{BlockChange, Style, stored_ids};
use crate::arm::error::ArmError;
use crate::providers::id::subscription_of;
use crate::providers::json::{as_object, text};
use crate::providers::principals;
use crate::world::World;

/// Refuses a change that names an identity which does not exist: one that is added, or one that is kept although it
/// was deleted meanwhile. The service hands the whole set to the identity provider, so one bad entry blocks every change.
pub(crate) fn check(
    world: &World,
    resource_id: &str,
    change: &BlockChange,
) -> Result<(), ArmError> {
    let missing = change
        .ids
        .iter()
        .find(|id| world.resources.get(id).is_none());
    match missing {
        None => Ok(()),
        Some(id) => Err(ArmError::new(
            400,
            "FailedIdentityOperation",
            format!(
                "Identity operation for resource '{resource_id}' failed with error 'Failed to perform resource \
                 identity operation. Status: 'BadRequest'. Response: \
                 '{{\"error\":{{\"code\":\"BadRequest\",\"message\":\"Resource '{id}' was not found.\"}}}}'.'."
            ),
        )),
    }
}

/// Writes the block a change leads to into the resource's body.
///
/// # Errors
/// Those of [`check`], and what a write may be refused for, since the block may have changed after the request was read.
pub(crate) fn apply(
    world: &mut World,
    resource_id: &str,
    wanted: &Value,
    style: Style,
) -> Result<(), ArmError> {
    let Some(resource) = world.resources.get(resource_id) else {
        return Ok(());
    };
    let current = resource.body.get("identity").cloned();
    let change = BlockChange::read(current.as_ref(), wanted, style)?;
    check(world, resource_id, &change)?;
    let block = write(world, resource_id, current.as_ref(), &change);
    put(world, resource_id, block);
    Ok(())
}

/// Puts back the block that was there before a change.
pub(crate) fn restore(world: &mut World, resource_id: &str, before: Option<Value>) {
    let own =
        |block: Option<&Value>| text(block.unwrap_or(&Value::Null), "/principalId").to_owned();
    let now = world.resources.get(resource_id);
    let made = own(now.and_then(|resource| resource.body.get("identity")));
    if !made.is_empty() && made != own(before.as_ref()) {
        principals::unregister(world, &made);
    }
    put(world, resource_id, before);
}

fn put(world: &mut World, resource_id: &str, block: Option<Value>) {
    if let Some(resource) = world.resources.get_mut(resource_id) {
        match block {
            Some(block) => resource.body["identity"] = block,
            None => {
                as_object(&mut resource.body).remove("identity");
            }
        }
    }
}

/// The block of a resource that is being made.
///
/// # Errors
/// Those of [`BlockChange::read`] and [`check`].
pub(crate) fn create(
    world: &mut World,
    resource_id: &str,
    wanted: &Value,
) -> Result<Option<Value>, ArmError> {
    let change = BlockChange::read(None, wanted, Style::Replace)?;
    check(world, resource_id, &change)?;
    Ok(write(world, resource_id, None, &change))
}

/// Takes the resource's own identity out of the directory; for a resource that is deleted.
pub(crate) fn forget(world: &mut World, body: &Value) {
    let own = text(body, "/identity/principalId");
    if !own.is_empty() {
        principals::unregister(world, own);
    }
}

fn write(
    world: &mut World,
    resource_id: &str,
    current: Option<&Value>,
    change: &BlockChange,
) -> Option<Value> {
    let none = Value::Null;
    let current = current.unwrap_or(&none);
    let own = text(current, "/principalId").to_owned();
    let own = match (own.is_empty(), change.system) {
        (true, true) => Some(principals::register_own(world, resource_id)),
        (false, true) => Some(own),
        (false, false) => {
            principals::unregister(world, &own);
            None
        }
        (true, false) => None,
    };
    let mut block = json!({ "type": change.kind()? });
    if let Some(own) = own {
        block["principalId"] = own.into();
        block["tenantId"] = principals::tenant_of(world, subscription_of(resource_id)).into();
    }
    if !change.ids.is_empty() {
        let old = stored_ids(current);
        let entries: Map<String, Value> = change
            .ids
            .iter()
            .map(|id| {
                let kept = old.iter().any(|old| old.eq_ignore_ascii_case(id));
                let stored = kept.then(|| current["userAssignedIdentities"][id.as_str()].clone());
                (id.clone(), entry(world, id, stored))
            })
            .collect();
        block["userAssignedIdentities"] = entries.into();
    }
    Some(block)
}

/// What is echoed for one identity. An entry that outlived its identity (deleted and made again under the same name)
/// shows no ids any more, as the service does until the entry is removed and added again.
fn entry(world: &World, id: &str, stored: Option<Value>) -> Value {
    let fresh = world.resources.get(id).map(|identity| {
        json!({
            "principalId": text(&identity.body, "/properties/principalId"),
            "clientId": text(&identity.body, "/properties/clientId"),
        })
    });
    match (stored, fresh) {
        (Some(stored), Some(fresh)) if stored == fresh => stored,
        (Some(_), _) => json!({"principalId": null, "clientId": null}),
        (None, fresh) => fresh.unwrap_or_else(|| json!({})),
    }
}
