//! Resource groups, and the checks every write below one begins with.

use http::Method;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::compute;
use crate::providers::id::{ResourceId, group_id};
use crate::providers::identity::user_assigned_identities;
use crate::providers::json::{set_property, text};
use crate::providers::long_running::{self, Job, result_of};
use crate::providers::managed_clusters;
use crate::providers::paging::page;
use crate::providers::refusals::{location_conflict, location_required, resource_not_found};
use crate::world::World;
use crate::world::operations::OperationStyle;
use crate::world::resources::Resource;

/// The `type` of the document; in a path it is `subscriptions/resourceGroups`.
pub(crate) const KIND: &str = "Microsoft.Resources/resourceGroups";

/// Serves `/subscriptions/S/resourceGroups[/G]`.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    let Some(name) = target.names.get(1) else {
        return match request.method {
            Method::GET => {
                let items = world
                    .resources
                    .list_under(&target.scope, KIND)
                    .into_iter()
                    .map(|g| g.body.clone())
                    .collect();
                page(request, items, world.settings.page_size)
            }
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    };
    let existing = world.resources.get(&target.id);
    match request.method {
        Method::GET => existing
            .map(|g| Reply::ok(g.body.clone()))
            .ok_or_else(|| ArmError::group_not_found(name)),
        Method::HEAD => Ok(Reply::empty(if existing.is_some() { 204 } else { 404 })),
        Method::PUT => put(world, request, target, name),
        Method::PATCH => patch(world, request, target, name),
        Method::DELETE => delete(world, request, target, name),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

fn put(
    world: &mut World,
    request: &Request,
    target: &Target,
    name: &str,
) -> Result<Reply, ArmError> {
    let subscription = target.subscription.as_deref().unwrap_or_default();
    require_subscription(world, subscription)?;
    let location = text(&request.body, "/location");
    if let Some(existing) = world.resources.get(&target.id) {
        let mut changed = existing.clone();
        let here = existing.location();
        if !location.is_empty() && !location.eq_ignore_ascii_case(here) {
            return Err(location_conflict(name, here, KIND));
        }
        if let Some(tags) = request.body.get("tags").filter(|t| t.is_object()) {
            changed.body["tags"] = tags.clone();
        }
        return Ok(Reply::ok(world.resources.put(changed).body.clone()));
    }
    if location.is_empty() {
        return Err(location_required());
    }
    let id = group_id(subscription, name);
    let body = create(
        world,
        &id,
        location,
        request.body.get("tags").cloned(),
        None,
    );
    Ok(Reply::created(body))
}

/// Makes a resource group.
pub(crate) fn create(
    world: &mut World,
    id: &str,
    location: &str,
    tags: Option<Value>,
    managed_by: Option<&str>,
) -> Value {
    let mut body = json!({
        "id": id, "name": id.rsplit('/').next().unwrap_or_default(), "type": KIND,
        "location": location.to_ascii_lowercase().replace(' ', ""),
        "properties": {"provisioningState": "Succeeded"},
    });
    if let Some(tags) = tags.filter(Value::is_object) {
        body["tags"] = tags;
    }
    if let Some(owner) = managed_by {
        body["managedBy"] = owner.into();
    }
    world.resources.put(Resource::new(id, body.clone()));
    body
}

fn patch(
    world: &mut World,
    request: &Request,
    target: &Target,
    name: &str,
) -> Result<Reply, ArmError> {
    let mut changed = world
        .resources
        .get(&target.id)
        .cloned()
        .ok_or_else(|| ArmError::group_not_found(name))?;
    if let Some(tags) = request.body.get("tags").filter(|t| t.is_object()) {
        changed.body["tags"] = tags.clone();
    }
    Ok(Reply::ok(world.resources.put(changed).body.clone()))
}

fn delete(
    world: &mut World,
    request: &Request,
    target: &Target,
    name: &str,
) -> Result<Reply, ArmError> {
    let mut group = world
        .resources
        .get(&target.id)
        .cloned()
        .ok_or_else(|| ArmError::group_not_found(name))?;
    set_property(&mut group.body, "provisioningState", "Deleting");
    let id = group.id.clone();
    let job = Job {
        kind: "resource-group",
        default_seconds: 60.0,
        provider: "Microsoft.Resources",
        location: group.location().to_owned(),
        resource_id: id.clone(),
        tracking: OperationStyle::Location,
    };
    world.resources.put(group);
    let headers = long_running::run(world, request, job, move |world, outcome| {
        if let Err(error) = result_of(outcome) {
            if let Some(group) = world.resources.get_mut(&id) {
                set_property(&mut group.body, "provisioningState", "Succeeded");
            }
            return Err(error);
        }
        remove(world, &id);
        Ok(Value::Null)
    })?;
    Ok(Reply::accepted().with_headers(headers))
}

/// Removes a group with all that is in it: clusters with their node resource groups, principals of identities.
pub(crate) fn remove(world: &mut World, id: &str) {
    let ids = |world: &World, kind: &str| -> Vec<String> {
        let inside = world.resources.list_under(id, kind);
        inside.into_iter().map(|r| r.id.clone()).collect()
    };
    for cluster in ids(world, managed_clusters::KIND) {
        managed_clusters::delete::remove(world, &cluster);
    }
    for kind in [compute::SCALE_SET, compute::MACHINE] {
        for machine in ids(world, kind) {
            compute::machines::remove(world, &machine);
        }
    }
    for identity in ids(world, user_assigned_identities::KIND) {
        user_assigned_identities::remove(world, &identity);
    }
    world.resources.remove_tree(id);
}

/// The group of a write's target in the casing it was made with.
///
/// # Errors
/// When the subscription or the group does not exist.
pub(crate) fn require_group(world: &World, target: &Target) -> Result<String, ArmError> {
    let subscription = target.subscription.as_deref().unwrap_or_default();
    require_subscription(world, subscription)?;
    let group = target.resource_group.as_deref().unwrap_or_default();
    world
        .resources
        .get(&group_id(subscription, group))
        .map(|g| g.name().to_owned())
        .ok_or_else(|| ArmError::group_not_found(group))
}

/// Refuses a scope that does not exist: a subscription, a group or a resource.
///
/// # Errors
/// 404 naming what is missing.
pub(crate) fn require_scope(world: &World, scope: &str) -> Result<(), ArmError> {
    if scope == "/" || scope.is_empty() || world.resources.contains(scope) {
        return Ok(());
    }
    let parts: Vec<&str> = scope.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        [_, subscription] => Err(ArmError::subscription_not_found(subscription)),
        [_, _, groups, group] if groups.eq_ignore_ascii_case("resourcegroups") => {
            Err(ArmError::group_not_found(group))
        }
        _ => match ResourceId::parse(scope) {
            // A type nobody serves here may still be a scope, as long as its group exists.
            Some(id) if !super::serves(&id.full_type()) => {
                require_scope(world, &group_id(&id.subscription, &id.group))
            }
            _ => Err(resource_not_found(scope)),
        },
    }
}

fn require_subscription(world: &World, subscription: &str) -> Result<(), ArmError> {
    if world
        .resources
        .contains(&format!("/subscriptions/{subscription}"))
    {
        return Ok(());
    }
    Err(ArmError::subscription_not_found(subscription))
}
