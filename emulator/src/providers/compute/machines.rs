//! The endpoints of scale sets and of single machines, which differ only in their type.

use http::Method;
use serde_json::{Value, json};

use super::resource::{is_busy, reply, set_state, shown};
use super::{MACHINE, SCALE_SET, machine_identity};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::identity::{
    block, block_change::BlockChange, block_change::Style, linked_access,
};
use crate::providers::json::{as_object, merge, object, text};
use crate::providers::long_running::{self, Job, result_of};
use crate::providers::paging::page;
use crate::providers::refusals::{location_conflict, location_required, resource_not_found};
use crate::providers::resource_groups::require_group;
use crate::world::World;
use crate::world::operations::OperationStyle as Tracking;
use crate::world::resources::Resource;

/// Serves one resource of `kind`, or a list of them.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &'static str,
) -> Result<Reply, ArmError> {
    if target.names.is_empty() {
        return match request.method {
            Method::GET => {
                let items = world
                    .resources
                    .list_under(&target.scope, kind)
                    .into_iter()
                    .map(shown)
                    .collect();
                page(request, items, world.settings.page_size)
            }
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    }
    match request.method {
        Method::GET => world
            .resources
            .get(&target.id)
            .map(reply)
            .ok_or_else(|| resource_not_found(&target.id)),
        Method::PATCH => machine_identity::patch(world, request, target, kind),
        Method::PUT => put(world, request, target, kind),
        Method::DELETE => delete(world, request, target, kind),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

/// The action name of a write, for linked access checks.
pub(crate) fn write_action(kind: &str) -> String {
    format!("{kind}/write")
}

/// The operation of a write.
pub(crate) fn job(kind: &str, id: &str, location: &str, tracking: Tracking) -> Job {
    Job {
        kind: if kind == MACHINE {
            "vm-identity"
        } else {
            "vmss-identity"
        },
        default_seconds: 45.0,
        provider: "Microsoft.Compute",
        location: location.to_owned(),
        resource_id: id.to_owned(),
        tracking,
    }
}

/// Refuses a write while another runs.
pub(crate) fn refuse_if_busy(body: &Value, kind: &str) -> Result<(), ArmError> {
    if !is_busy(body) {
        return Ok(());
    }
    let what = if kind == SCALE_SET {
        "VM scale set"
    } else {
        "VM"
    };
    Err(ArmError::new(
        409,
        "OperationNotAllowed",
        format!(
            "The request failed due to conflict with a concurrent request: another operation is in progress on the \
             {what} '{}'. To resolve it, please refer to https://aka.ms/activitylog to get more details on the \
             conflicting requests.",
            text(body, "/name")
        ),
    ))
}

fn put(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &'static str,
) -> Result<Reply, ArmError> {
    let existing = world.resources.get(&target.id).cloned();
    request.check_etag(existing.as_ref().map(|r| r.etag.as_str()))?;
    match existing {
        None => create(world, request, target, kind),
        Some(existing) => {
            let here = text(&existing.body, "/location");
            let wanted = text(&request.body, "/location");
            if !wanted.is_empty() && !wanted.eq_ignore_ascii_case(here) {
                return Err(location_conflict(text(&existing.body, "/name"), here, kind));
            }
            machine_identity::replace(world, request, &existing, kind)
        }
    }
}

fn create(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &'static str,
) -> Result<Reply, ArmError> {
    let group = require_group(world, target)?;
    let location = text(&request.body, "/location").to_owned();
    if location.is_empty() {
        return Err(location_required());
    }
    let name = target.names.last().cloned().unwrap_or_default();
    let subscription = target.subscription.clone().unwrap_or_default();
    let id =
        format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{kind}/{name}");
    let wanted = request.body.get("identity").filter(|i| !i.is_null());
    let mut body = request.body.clone();
    let document = as_object(&mut body);
    document.remove("identity");
    for (field, value) in [
        ("id", json!(id)),
        ("name", json!(name)),
        ("type", json!(kind)),
    ] {
        document.insert(field.to_owned(), value);
    }
    if let Some(wanted) = wanted {
        let change = BlockChange::read(None, wanted, Style::Replace)?;
        linked_access::check(world, request, &write_action(kind), &id, &change.added)?;
        if let Some(identity) = block::create(world, &id, wanted)? {
            body["identity"] = identity;
        }
    }
    object(&mut body, "properties").insert("provisioningState".into(), "Creating".into());
    world.resources.put(Resource::new(&id, body));
    let done = id.clone();
    let headers = long_running::run(
        world,
        request,
        job(kind, &id, &location, Tracking::AzureAsync),
        move |world, outcome| finish(world, &done, result_of(outcome)),
    )?;
    let reply = world
        .resources
        .get(&id)
        .map_or_else(|| Reply::created(Value::Null), |r| Reply::created(shown(r)));
    Ok(reply.with_headers(headers))
}

/// Ends an operation on `id`: the state follows the result, and the body is the operation's.
pub(crate) fn finish(
    world: &mut World,
    id: &str,
    result: Result<(), ArmError>,
) -> Result<Value, ArmError> {
    let state = if result.is_ok() {
        "Succeeded"
    } else {
        "Failed"
    };
    set_state(world, id, state);
    result?;
    Ok(world.resources.get(id).map_or(Value::Null, shown))
}

fn delete(
    world: &mut World,
    request: &Request,
    target: &Target,
    kind: &'static str,
) -> Result<Reply, ArmError> {
    let Some(existing) = world.resources.get(&target.id).cloned() else {
        return Ok(Reply::no_content());
    };
    request.check_etag(Some(&existing.etag))?;
    refuse_if_busy(&existing.body, kind)?;
    set_state(world, &existing.id, "Deleting");
    let id = existing.id.clone();
    let location = text(&existing.body, "/location").to_owned();
    let headers = long_running::run(
        world,
        request,
        job(kind, &existing.id, &location, Tracking::Location),
        move |world, outcome| {
            if let Err(error) = result_of(outcome) {
                return finish(world, &id, Err(error));
            }
            remove(world, &id);
            Ok(Value::Null)
        },
    )?;
    Ok(Reply::empty(202).with_headers(headers))
}

/// Removes a scale set or machine with the roles given on it and its own identity.
pub(crate) fn remove(world: &mut World, id: &str) {
    if let Some(resource) = world.resources.remove(id) {
        world.resources.remove_tree(id);
        block::forget(world, &resource.body);
    }
}

/// Lays what a PATCH may change beside the identity over the body.
pub(crate) fn merge_model(body: &mut Value, patch: &Value) {
    for field in ["sku", "plan", "properties"] {
        if let Some(change) = patch.get(field).filter(|c| c.is_object()) {
            let mut change = change.clone();
            if field == "properties" {
                let properties = as_object(&mut change);
                for read_only in ["provisioningState", "uniqueId", "timeCreated", "vmId"] {
                    properties.remove(read_only);
                }
            }
            merge(as_object(body).entry(field).or_insert(json!({})), &change);
        }
    }
    if let Some(tags) = patch.get("tags").filter(|t| t.is_object()) {
        body["tags"] = tags.clone();
    }
}
