//! The end of an operation that changes the profile: identities on and off the scale sets, objects into the cluster,
//! states of the items.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::plan::assignment_error;
use super::{IDENTITIES, in_state, objects};
use crate::arm::error::ArmError;
use crate::providers::identity::block;
use crate::providers::identity::block_change::{Style, stored_ids};
use crate::providers::json::{as_object, text};
use crate::providers::managed_clusters::{pools, set_state};
use crate::world::World;

/// Where a scale set keeps which identities the provider put on it: others are never taken off.
const OURS: &str = "podIdentities";

/// Does what the profile asks for and ends the operation, which waits for the Kubernetes API when one is attached.
pub(crate) fn carry_out(world: &mut World, cluster_id: &str) {
    let Some(cluster) = world.resources.get(cluster_id).cloned() else {
        return;
    };
    let mut body = cluster.body.clone();
    decide(world, &mut body);
    if let Err(error) = assign_all(world, &body) {
        fail_updating(&mut body, &error);
    }
    for item in items_mut(&mut body) {
        if text(item, "/provisioningState") == "Updating" {
            item["provisioningState"] = "Assigned".into();
        }
    }
    let gone = cluster.hidden["removedExceptions"].clone();
    let steps = objects::steps(&body, &gone);
    let written = body.clone();
    let finish = move |world: &mut World, id: &str, result: Result<(), String>| {
        end(world, id, written, result);
    };
    objects::write(world, cluster_id, steps, finish);
}

/// Ends an operation that failed: what was under way is `Failed`.
pub(crate) fn fail(world: &mut World, cluster_id: &str, error: &ArmError) {
    let Some(mut cluster) = world.resources.get(cluster_id).cloned() else {
        return;
    };
    for item in items_mut(&mut cluster.body) {
        if matches!(text(item, "/provisioningState"), "Updating" | "Deleting") {
            set_failed(item, error);
        }
    }
    set_state(&mut cluster.body, "Failed");
    pools::set_all_states(&mut cluster.body, "Failed");
    world.resources.put(cluster);
}

/// Puts the identities in use on the scale set of a new pool.
pub(crate) fn assign_to_new(world: &mut World, cluster: &Value, scale_set: &str) {
    let wanted = wanted(cluster);
    // A stale identity must not keep a pool from being made: the item's own state tells of it.
    if assign(world, scale_set, &wanted).is_err() {
        tracing::warn!(
            scale_set,
            "pod identities could not be put on a new scale set"
        );
    }
}

/// Says of every new item whether the provider may assign it.
fn decide(world: &World, body: &mut Value) {
    let cluster = body.clone();
    for item in items_mut(body) {
        if text(item, "/provisioningState") != "Updating" {
            continue;
        }
        if let Some(error) = assignment_error(world, &cluster, item) {
            set_failed(item, &error);
        }
    }
}

fn wanted(cluster: &Value) -> BTreeSet<String> {
    in_state(cluster, "Assigned")
        .chain(in_state(cluster, "Updating"))
        .map(|item| text(item, "/identity/resourceId").to_owned())
        .collect()
}

fn assign_all(world: &mut World, cluster: &Value) -> Result<(), ArmError> {
    let wanted = wanted(cluster);
    let mut result = Ok(());
    for scale_set in pools::linux_scale_sets(world, cluster) {
        let one = assign(world, &scale_set, &wanted);
        result = result.and(one);
    }
    result
}

/// Brings the provider's identities on one scale set to `wanted`.
fn assign(world: &mut World, scale_set: &str, wanted: &BTreeSet<String>) -> Result<(), ArmError> {
    let Some(resource) = world.resources.get(scale_set) else {
        return Ok(());
    };
    let present = stored_ids(resource.body.get("identity").unwrap_or(&Value::Null));
    let ours: Vec<String> =
        serde_json::from_value(resource.hidden[OURS].clone()).unwrap_or_default();
    let has = |list: &[String], id: &str| list.iter().any(|other| other.eq_ignore_ascii_case(id));
    let new: Vec<&String> = wanted.iter().filter(|id| !has(&present, id)).collect();
    let wanted_list: Vec<String> = wanted.iter().cloned().collect();
    let old: Vec<&String> = ours
        .iter()
        .filter(|id| !has(&wanted_list, id) && has(&present, id))
        .collect();
    if new.is_empty() && old.is_empty() {
        return Ok(());
    }
    let kept: Vec<String> = ours
        .iter()
        .filter(|id| has(&wanted_list, id))
        .chain(new.iter().copied())
        .cloned()
        .collect();
    let entries: Map<String, Value> = new
        .iter()
        .map(|id| ((*id).clone(), json!({})))
        .chain(old.iter().map(|id| ((*id).clone(), Value::Null)))
        .collect();
    let change = json!({"userAssignedIdentities": entries});
    block::apply(world, scale_set, &change, Style::Delta)?;
    if let Some(resource) = world.resources.get_mut(scale_set) {
        resource.hidden[OURS] = json!(kept);
    }
    world.resources.touch(scale_set);
    Ok(())
}

fn fail_updating(body: &mut Value, error: &ArmError) {
    for item in items_mut(body) {
        if text(item, "/provisioningState") == "Updating" {
            set_failed(item, error);
        }
    }
}

fn set_failed(item: &mut Value, error: &ArmError) {
    item["provisioningState"] = "Failed".into();
    item["provisioningInfo"] = json!({"error": {"error": error.body()}});
}

fn items_mut(body: &mut Value) -> impl Iterator<Item = &mut Value> {
    body.pointer_mut(IDENTITIES)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// The last step: the profile without what left, and every state.
fn end(world: &mut World, cluster_id: &str, mut body: Value, result: Result<(), String>) {
    if let Err(message) = result {
        let error = ArmError::new(500, "KubernetesAPICallFailed", message);
        for item in items_mut(&mut body) {
            if text(item, "/provisioningState") == "Assigned" {
                set_failed(item, &error);
            }
        }
    }
    tidy(&mut body);
    let Some(mut cluster) = world.resources.get(cluster_id).cloned() else {
        return;
    };
    // Only the profile is written back: the rest of the cluster may have changed while the Kubernetes API was asked.
    if let Some(profile) = body.pointer("/properties/podIdentityProfile") {
        cluster.body["properties"]["podIdentityProfile"] = profile.clone();
    }
    cluster.hidden["removedExceptions"] = Value::Null;
    set_state(&mut cluster.body, "Succeeded");
    pools::set_all_states(&mut cluster.body, "Succeeded");
    world.resources.put(cluster);
}

/// Drops what is deleted, and the list when it is empty.
fn tidy(body: &mut Value) {
    let Some(profile) = body.pointer_mut("/properties/podIdentityProfile") else {
        return;
    };
    let profile = as_object(profile);
    if let Some(Value::Array(items)) = profile.get_mut("userAssignedIdentities") {
        items.retain(|item| text(item, "/provisioningState") != "Deleting");
        if items.is_empty() {
            profile.remove("userAssignedIdentities");
        }
    }
}
