//! `Microsoft.ManagedIdentity/userAssignedIdentities`. An identity made again under an old name is a new principal.

use http::Method;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::id::subscription_of;
use crate::providers::json::{as_object, object, text};
use crate::providers::paging::page;
use crate::providers::principals;
use crate::providers::refusals::{location_conflict, location_required, resource_not_found};
use crate::providers::resource_groups::require_group;
use crate::world::World;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// Serves one identity, or a list when the target has no name.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if target.names.is_empty() {
        return match request.method {
            Method::GET => list(world, request, target),
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    }
    match request.method {
        Method::GET => world
            .resources
            .get(&target.id)
            .map(|r| Reply::ok(r.body.clone()))
            .ok_or_else(|| resource_not_found(&target.id)),
        Method::PUT => put(world, request, target),
        Method::PATCH => patch(world, request, target),
        Method::DELETE => Ok(delete(world, target)),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

fn list(world: &World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let items = world
        .resources
        .list_under(&target.scope, KIND)
        .into_iter()
        .map(|r| r.body.clone())
        .collect();
    page(request, items, world.settings.page_size)
}

fn put(world: &mut World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let group = require_group(world, target)?;
    if let Some(existing) = world.resources.get(&target.id) {
        let mut updated = existing.clone();
        let here = text(&existing.body, "/location").to_owned();
        let wanted = text(&request.body, "/location");
        if !wanted.is_empty() && !wanted.eq_ignore_ascii_case(&here) {
            return Err(location_conflict(
                text(&existing.body, "/name"),
                &here,
                KIND,
            ));
        }
        if let Some(tags) = request.body.get("tags").filter(|t| t.is_object()) {
            updated.body["tags"] = tags.clone();
        }
        set_isolation(&mut updated.body, &request.body);
        let body = updated.body.clone();
        world.resources.put(updated);
        return Ok(Reply::ok(body));
    }
    let location = text(&request.body, "/location");
    if location.is_empty() {
        return Err(location_required());
    }
    let name = target.names.last().cloned().unwrap_or_default();
    // The provider echoes the group's segment in lower case, unlike every other one.
    let id = format!(
        "/subscriptions/{}/resourcegroups/{group}/providers/{KIND}/{name}",
        target.subscription.as_deref().unwrap_or_default()
    );
    let mut body = json!({
        "id": id, "name": name, "type": KIND, "location": location,
        "tags": request.body.get("tags").filter(|t| t.is_object()).cloned().unwrap_or_else(|| json!({})),
    });
    set_isolation(&mut body, &request.body);
    Ok(Reply::created(create(world, &id, body)))
}

/// Makes an identity and its service principal; used by the cluster provider for kubelet identities as well.
///
/// A seed may have fixed the ids by naming the identity's principal beforehand; else they are drawn at random.
pub(crate) fn create(world: &mut World, id: &str, mut body: Value) -> Value {
    let tenant_id = principals::tenant_of(world, subscription_of(id));
    let (principal_id, client_id) = principals::register(world, id, &tenant_id);
    let properties = object(&mut body, "properties");
    properties.insert("tenantId".into(), tenant_id.into());
    properties.insert("principalId".into(), principal_id.into());
    properties.insert("clientId".into(), client_id.into());
    world.resources.put(Resource::new(id, body.clone()));
    body
}

fn set_isolation(body: &mut Value, wanted: &Value) {
    if let Some(scope) = wanted.pointer("/properties/isolationScope") {
        object(body, "properties").insert("isolationScope".into(), scope.clone());
    }
}

fn patch(world: &mut World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let resource = world
        .resources
        .get(&target.id)
        .ok_or_else(|| resource_not_found(&target.id))?;
    let mut updated = resource.clone();
    if let Some(tags) = request.body.get("tags").filter(|t| t.is_object()) {
        as_object(&mut updated.body).insert("tags".into(), tags.clone());
    }
    set_isolation(&mut updated.body, &request.body);
    let body = updated.body.clone();
    world.resources.put(updated);
    Ok(Reply::ok(body))
}

fn delete(world: &mut World, target: &Target) -> Reply {
    if remove(world, &target.id) {
        Reply::empty(200)
    } else {
        Reply::no_content()
    }
}

/// Removes an identity with its federated credentials, the roles given on it and its service principal; says whether
/// it was there.
pub(crate) fn remove(world: &mut World, id: &str) -> bool {
    let Some(identity) = world.resources.get(id) else {
        return false;
    };
    let principal = text(&identity.body, "/properties/principalId").to_owned();
    principals::unregister(world, &principal);
    world.resources.remove_tree(id);
    true
}
