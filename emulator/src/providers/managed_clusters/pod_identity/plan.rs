//! From the profile that is sent to the profile that is shown while the operation runs: new items `Updating`, removed
//! ones `Deleting`, those that stay as they were.

use serde_json::{Map, Value, json};

use super::{EXCEPTIONS, IDENTITIES, read, same_item};
use crate::access;
use crate::arm::error::ArmError;
use crate::providers::identity::linked_access::ASSIGN;
use crate::providers::json::{list, object, text};
use crate::providers::managed_clusters::principal_of;
use crate::providers::refusals::bad_request;
use crate::world::World;

const PROFILE: &str = "/properties/podIdentityProfile";

/// The code of a missing permission over an identity.
pub(super) const ASSIGNMENT_ERROR: &str = "PodIdentityAddonIdentitiesAssignmentError";

/// The profile of a cluster that is being made: on or off, no identities yet.
pub(crate) fn at_creation(
    cluster: &Value,
    sent: &Value,
    has_identity: bool,
) -> Result<Map<String, Value>, ArmError> {
    let mut properties = Map::new();
    let Some(profile) = sent.pointer(PROFILE).filter(|p| p.is_object()) else {
        return Ok(properties);
    };
    if !list(profile, "/userAssignedIdentities").is_empty() {
        return Err(bad_request(
            "PodIdentityAddonUserAssignedIdentitiesNotAllowedInCreation",
            "Pod identities are not allowed when a managed cluster is created. Please add them afterwards.",
        ));
    }
    let shown = if profile.get("enabled") == Some(&true.into()) {
        check_cluster(cluster, profile, has_identity)?;
        profile_of(profile, Vec::new(), read::exceptions(profile)?)
    } else {
        json!({})
    };
    properties.insert("podIdentityProfile".into(), shown);
    Ok(properties)
}

/// Writes the planned profile into `body` and gives the exceptions that go.
pub(crate) fn plan(
    world: &World,
    body: &mut Value,
    before: &Value,
    sent: &Value,
) -> Result<Value, ArmError> {
    let Some(profile) = sent.pointer(PROFILE).filter(|p| p.is_object()) else {
        return Ok(Value::Null);
    };
    let enabled = profile.get("enabled") == Some(&true.into());
    let (items, exceptions) = if enabled {
        check_cluster(body, profile, before.get("identity").is_some())?;
        (read::identities(profile)?, read::exceptions(profile)?)
    } else {
        (Vec::new(), Vec::new())
    };
    let gone: Vec<Value> = list(before, EXCEPTIONS)
        .iter()
        .filter(|old| !exceptions.iter().any(|new| same_item(new, old)))
        .cloned()
        .collect();
    let mut planned = Vec::with_capacity(items.len());
    for item in items {
        planned.push(planned_item(world, before, item)?);
    }
    for old in list(before, IDENTITIES) {
        if !planned.iter().any(|new| same_item(new, old)) {
            let mut leaving = old.clone();
            leaving["provisioningState"] = "Deleting".into();
            planned.push(leaving);
        }
    }
    let mut shown = profile_of(profile, planned, exceptions);
    if !enabled {
        object_of(&mut shown).remove("enabled");
        object_of(&mut shown).remove("allowNetworkPluginKubenet");
    }
    object(body, "properties").insert("podIdentityProfile".into(), shown);
    Ok(Value::Array(gone))
}

fn object_of(value: &mut Value) -> &mut Map<String, Value> {
    crate::providers::json::as_object(value)
}

/// The profile as it is echoed: no empty lists, no false.
fn profile_of(sent: &Value, identities: Vec<Value>, exceptions: Vec<Value>) -> Value {
    let mut profile = json!({ "enabled": true });
    if sent.get("allowNetworkPluginKubenet") == Some(&true.into()) {
        profile["allowNetworkPluginKubenet"] = true.into();
    }
    if !identities.is_empty() {
        profile["userAssignedIdentities"] = identities.into();
    }
    if !exceptions.is_empty() {
        profile["userAssignedIdentityExceptions"] = exceptions.into();
    }
    profile
}

fn check_cluster(cluster: &Value, profile: &Value, has_identity: bool) -> Result<(), ArmError> {
    if !has_identity {
        return Err(bad_request(
            "BadRequest",
            "PodIdentity addon requires managed identity.",
        ));
    }
    let plugin = text(cluster, "/properties/networkProfile/networkPlugin");
    let consents = profile.get("allowNetworkPluginKubenet") == Some(&true.into());
    if plugin.eq_ignore_ascii_case("kubenet") && !consents {
        return Err(bad_request(
            "BadRequest",
            "Network plugin kubenet is not supported to use with PodIdentity addon.",
        ));
    }
    Ok(())
}

/// An item with its state: as it was when nothing about it changes, else `Updating`.
fn planned_item(world: &World, before: &Value, mut item: Value) -> Result<Value, ArmError> {
    let id = text(&item, "/identity/resourceId").to_owned();
    let old = list(before, IDENTITIES)
        .iter()
        .find(|old| same_item(old, &item));
    complete_identity(world, &mut item, old);
    let same = old.is_some_and(|old| {
        text(old, "/identity/resourceId").eq_ignore_ascii_case(&id)
            && text(old, "/bindingSelector") == text(&item, "/bindingSelector")
            && text(old, "/identity/clientId") == text(&item, "/identity/clientId")
    });
    if same {
        // An item that is there already and can no longer be assigned blocks every other change of the profile.
        if let Some(error) = assignment_error(world, before, &item) {
            return Err(error);
        }
        if old.is_some_and(|old| text(old, "/provisioningState") == "Assigned") {
            item["provisioningState"] = "Assigned".into();
            return Ok(item);
        }
    }
    item["provisioningState"] = "Updating".into();
    Ok(item)
}

/// Fills in the ids of the identity that were not sent: those the item had, or those of the resource.
fn complete_identity(world: &World, item: &mut Value, old: Option<&Value>) {
    let id = text(item, "/identity/resourceId").to_owned();
    let old = old.filter(|old| text(old, "/identity/resourceId").eq_ignore_ascii_case(&id));
    let resource = world.resources.get(&id).map(|r| &r.body);
    for (field, source) in [("clientId", "clientId"), ("objectId", "principalId")] {
        if !text(item, &format!("/identity/{field}")).is_empty() {
            continue;
        }
        let before = old.map(|old| text(old, &format!("/identity/{field}")));
        let now = || resource.map(|body| text(body, &format!("/properties/{source}")));
        if let Some(value) = before.filter(|b| !b.is_empty()).or_else(now) {
            item["identity"][field] = value.into();
        }
    }
}

/// Why the provider may not assign an item's identity: the cluster's identity lacks the right, or nothing is there.
pub(super) fn assignment_error(world: &World, cluster: &Value, item: &Value) -> Option<ArmError> {
    let id = text(item, "/identity/resourceId");
    let allowed = world.resources.contains(id)
        && principal_of(cluster)
            .is_some_and(|principal| access::is_object_allowed(world, &principal, ASSIGN, id));
    if allowed {
        return None;
    }
    Some(bad_request(
        ASSIGNMENT_ERROR,
        format!(
            "Cluster identity has no assignment permission over identity 'resourceId: {id} - clientId: {} - objectId: \
             {}'. Please grant at least 'Managed Identity Operator' permission before assigning pod identity.",
            text(item, "/identity/clientId"),
            text(item, "/identity/objectId")
        ),
    ))
}
