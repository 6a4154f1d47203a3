//! The directory as resource providers use it: whose tenant, which principal, how new.

use jiff::Timestamp;

use super::id::subscription_of;
use super::json::text;
use crate::access;
use crate::arm::request::Request;
use crate::world::World;
use crate::world::clock::after;
use crate::world::directory::PrincipalKind;

/// Adds the service principal of a managed identity, unless a seed has; gives its object id and client id.
pub(crate) fn register(world: &mut World, resource_id: &str, tenant_id: &str) -> (String, String) {
    if let Some(known) = world.directory.by_resource_id(resource_id) {
        return (known.object_id.clone(), known.app_id.clone());
    }
    let created = world.now();
    let made = world
        .directory
        .register_identity(resource_id, tenant_id, created);
    (made.object_id, made.app_id)
}

/// Adds the service principal of a resource's own identity and gives its object id.
pub(crate) fn register_own(world: &mut World, resource_id: &str) -> String {
    let tenant = tenant_of(world, subscription_of(resource_id));
    register(world, resource_id, &tenant).0
}

/// Removes a service principal.
pub(crate) fn unregister(world: &mut World, object_id: &str) {
    world.directory.remove(object_id);
}

/// The tenant of a subscription, when the subscription is known.
pub(crate) fn known_tenant_of(world: &World, subscription: &str) -> Option<String> {
    world
        .resources
        .get(&format!("/subscriptions/{subscription}"))
        .map(|s| text(&s.body, "/tenantId").to_owned())
        .filter(|tenant| !tenant.is_empty())
}

/// The tenant of a subscription; the home tenant when the subscription names none.
pub(crate) fn tenant_of(world: &World, subscription: &str) -> String {
    known_tenant_of(world, subscription).unwrap_or_else(|| world.directory.home_tenant())
}

/// `User` or `ServicePrincipal`, when the directory knows the principal.
pub(crate) fn kind_of(world: &World, object_id: &str) -> Option<&'static str> {
    world.directory.find(object_id).map(|(kind, _)| match kind {
        PrincipalKind::User => "User",
        PrincipalKind::ServicePrincipal => "ServicePrincipal",
    })
}

/// Whether the principal is old enough to be seen by the authorisation service.
pub(crate) fn is_replicated(world: &World, object_id: &str) -> bool {
    let delay = world.settings.principal_not_found_seconds;
    let made = world
        .directory
        .find(object_id)
        .map_or(Timestamp::UNIX_EPOCH, |(_, created)| created);
    delay <= 0.0 || after(made, delay) <= world.now()
}

/// The groups a principal is in.
pub(crate) fn groups_of(world: &World, object_id: &str) -> Vec<String> {
    if let Some(principal) = world.directory.by_object_id(object_id) {
        return principal.groups.clone();
    }
    world
        .directory
        .users
        .values()
        .find(|user| user.object_id.eq_ignore_ascii_case(object_id))
        .map(|user| user.groups.clone())
        .unwrap_or_default()
}

/// `The client 'X' with object id 'Y'`, as authorisation errors begin.
pub(crate) fn client(world: &World, request: &Request) -> String {
    format!(
        "The client '{}' with object id '{}'",
        access::client_name(world, &request.principal),
        request.principal.object_id
    )
}
