//! `/metadata/identity/oauth2/token`.

use serde_json::json;

use super::error;
use super::node::Node;
use crate::arm::request::Reply;
use crate::entra::keys::SigningKey;
use crate::entra::tokens;
use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::directory::ServicePrincipal;

/// Answers a token request of a node.
pub fn serve(world: &mut World, key: &SigningKey, incoming: &Incoming, node: &Node) -> Reply {
    let Some(resource) = incoming.query.get("resource").filter(|r| !r.is_empty()) else {
        return error(
            400,
            "invalid_request",
            "Required query variable 'resource' is missing",
        );
    };
    let principal = match select(world, incoming, node) {
        Ok(principal) => principal,
        Err(reply) => return reply,
    };
    let client_id = principal.app_id.clone();
    let of = (principal.object_id.clone(), resource.clone());
    let now = world.now().as_second();
    let known = world.kept_tokens.get(&of);
    let minted = match known.filter(|minted| minted.expires_on > now) {
        Some(known) => known.clone(),
        None => match tokens::mint(world, key, principal, resource, &incoming.base_url) {
            Ok(minted) => minted,
            Err(cause) => return error(500, "unknown", &cause.to_string()),
        },
    };
    let left = (minted.expires_on - now).to_string();
    let reply = Reply::ok(json!({
        "access_token": minted.token,
        "refresh_token": "",
        "client_id": client_id,
        "expires_in": left,
        "expires_on": minted.expires_on.to_string(),
        "ext_expires_in": left,
        "not_before": minted.not_before.to_string(),
        "resource": resource,
        "token_type": "Bearer",
    }));
    if world.settings.imds_keeps_tokens {
        world.kept_tokens.insert(of, minted);
    }
    reply
}

fn select<'w>(
    world: &'w World,
    incoming: &Incoming,
    node: &Node,
) -> Result<&'w ServicePrincipal, Reply> {
    let held = node.user_assigned(world);
    let system = node.system_assigned(world);
    let wanted = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| incoming.query.get(*name).filter(|value| !value.is_empty()))
    };
    let same = |value: &String, other: &str| value.eq_ignore_ascii_case(other);
    let not_found = || error(400, "invalid_request", "Identity not found");
    let candidates = || held.iter().copied().chain(system);
    if let Some(id) = wanted(&["client_id"]) {
        return candidates()
            .find(|p| same(id, &p.app_id))
            .ok_or_else(not_found);
    }
    if let Some(id) = wanted(&["object_id", "principal_id"]) {
        return candidates()
            .find(|p| same(id, &p.object_id))
            .ok_or_else(not_found);
    }
    if let Some(id) = wanted(&["msi_res_id", "mi_res_id"]) {
        return held
            .iter()
            .copied()
            .find(|p| p.resource_id.as_ref().is_some_and(|r| same(id, r)))
            .ok_or_else(not_found);
    }
    match (system, held.as_slice()) {
        (Some(system), _) => Ok(system),
        (None, [only]) => Ok(only),
        (None, []) => Err(not_found()),
        (None, _) => Err(error(
            400,
            "invalid_request",
            "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request",
        )),
    }
}
