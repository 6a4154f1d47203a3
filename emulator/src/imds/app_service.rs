//! `/msi/token`: the identity endpoint of App Service, which `az login --identity` speaks too.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::arm::request::Reply;
use crate::entra::keys::SigningKey;
use crate::entra::tokens;
use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::directory::ServicePrincipal;

/// The endpoint's caller secret and identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppService {
    /// The value of `X-IDENTITY-HEADER`.
    pub identity_header: String,
    /// Application ids of the identities; the first is the default.
    pub identities: Vec<String>,
}

/// Answers a token request.
pub fn serve(world: &World, key: &SigningKey, incoming: &Incoming) -> Reply {
    let fail = |status: u16, message: &str| {
        Reply::with(status, json!({"statusCode": status, "message": message}))
    };
    let Some(service) = &world.app_service else {
        return fail(400, "No Managed Identity found for this resource.");
    };
    if incoming.header("x-identity-header") != Some(service.identity_header.as_str()) {
        return fail(401, "The X-IDENTITY-HEADER is missing or wrong.");
    }
    if incoming
        .query
        .get("api-version")
        .is_none_or(|version| version != "2019-08-01")
    {
        return fail(400, "The api-version must be 2019-08-01.");
    }
    let Some(resource) = incoming.query.get("resource").filter(|r| !r.is_empty()) else {
        return fail(400, "The resource is missing.");
    };
    let Some(principal) = select(world, service, incoming) else {
        return fail(
            400,
            "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.",
        );
    };
    match tokens::mint(world, key, principal, resource, &incoming.base_url) {
        Ok(minted) => Reply::ok(json!({
            "access_token": minted.token,
            "client_id": principal.app_id,
            "expires_on": minted.expires_on.to_string(),
            "not_before": minted.not_before.to_string(),
            "resource": resource,
            "token_type": "Bearer",
        })),
        Err(cause) => fail(500, &cause.to_string()),
    }
}

fn select<'w>(
    world: &'w World,
    service: &AppService,
    incoming: &Incoming,
) -> Option<&'w ServicePrincipal> {
    let query = |names: &[&str]| names.iter().find_map(|name| incoming.query.get(*name));
    let mut held = service
        .identities
        .iter()
        .filter_map(|id| world.directory.by_app_id(id));
    if let Some(id) = query(&["client_id"]) {
        return held.find(|p| p.app_id.eq_ignore_ascii_case(id));
    }
    if let Some(id) = query(&["principal_id", "object_id"]) {
        return held.find(|p| p.object_id.eq_ignore_ascii_case(id));
    }
    if let Some(id) = query(&["mi_res_id", "msi_res_id"]) {
        return held.find(|p| {
            p.resource_id
                .as_ref()
                .is_some_and(|r| r.eq_ignore_ascii_case(id))
        });
    }
    held.next()
}
