//! Hands a request to its service.

use std::collections::BTreeMap;

use http::Method;
use serde_json::json;

use super::Shared;
use super::handler::answers;
use super::incoming::{Incoming, Service};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, parse_query};
use crate::arm::route;
use crate::entra::discovery;
use crate::entra::errors::EntraError;
use crate::entra::token_endpoint::{self, TokenRequest};
use crate::imds;
use crate::vault;
use crate::world::faults::Action;

/// Answers a request and completes its record in the same moment.
pub async fn answer(shared: &Shared, incoming: &Incoming, fault: &Action, n: u64) -> Reply {
    if answers(fault)
        && let Some(error) = fault.error()
    {
        let reply = trouble(shared, incoming, error);
        shared.world().calls.end(n, reply.status, None);
        return reply;
    }
    if let Some(request) = token_request(incoming) {
        let result = token_endpoint::serve(shared, &request).await;
        let mut world = shared.world();
        let reply =
            result.unwrap_or_else(|error| error.into_reply(world.now(), correlation(incoming)));
        world
            .calls
            .end(n, reply.status, request.form.get("client_id").cloned());
        return reply;
    }
    let mut world = shared.world();
    // Time passed while the request waited, in a delay or held.
    world.tick();
    let (reply, principal) = match incoming.service {
        Service::Arm | Service::Control => route::serve(&mut world, &shared.key, incoming, fault),
        Service::Vault => vault::serve(&world, &shared.key, incoming),
        Service::Imds => (imds::serve(&mut world, &shared.key, incoming), None),
        Service::Entra => {
            let reply = entra(shared, &world, incoming)
                .unwrap_or_else(|error| error.into_reply(world.now(), correlation(incoming)));
            (reply, None)
        }
        Service::Discovery => {
            let version = incoming.query.get("api-version").map(String::as_str);
            let reply = discovery::endpoints(version, &incoming.base_url);
            (reply.unwrap_or_else(ArmError::into_reply), None)
        }
    };
    // An operation that takes no time is over before anybody asks, but not before its reply is made.
    world
        .calls
        .end(n, reply.status, principal.map(|p| p.object_id));
    reply
}

fn entra(
    shared: &Shared,
    world: &crate::world::World,
    incoming: &Incoming,
) -> Result<Reply, EntraError> {
    let segments: Vec<String> = incoming.segments.iter().map(|s| s.to_lowercase()).collect();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let base = &incoming.base_url;
    match parts.as_slice() {
        [tenant, "v2.0", ".well-known", "openid-configuration"] => {
            discovery::openid_configuration(world, tenant, true, base)
        }
        [tenant, ".well-known", "openid-configuration"] => {
            discovery::openid_configuration(world, tenant, false, base)
        }
        [_, "discovery", "instance"] => {
            let endpoint = incoming.query.get("authorization_endpoint");
            Ok(discovery::instance(endpoint.map(String::as_str), base))
        }
        [_, "discovery", "keys"] | [_, "discovery", "v2.0", "keys"] => {
            Ok(discovery::jwks(&shared.key))
        }
        _ => Err(EntraError {
            status: 404,
            error: "invalid_request",
            code: 900_561,
            message: "The endpoint does not exist or does not accept this method.".into(),
        }),
    }
}

fn token_request(incoming: &Incoming) -> Option<TokenRequest> {
    if incoming.service != Service::Entra || incoming.method != Method::POST {
        return None;
    }
    let parts: Vec<String> = incoming.segments.iter().map(|s| s.to_lowercase()).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let v2 = match parts.as_slice() {
        [_, "oauth2", "v2.0", "token"] => true,
        [_, "oauth2", "token"] => false,
        _ => return None,
    };
    let form: BTreeMap<String, String> = parse_query(&String::from_utf8_lossy(&incoming.body));
    Some(TokenRequest {
        tenant: incoming.segments[0].clone(),
        v2,
        form,
        authorization: incoming.header("authorization").map(str::to_owned),
        base_url: incoming.base_url.clone(),
    })
}

fn correlation(incoming: &Incoming) -> &str {
    incoming
        .header("client-request-id")
        .unwrap_or(&incoming.request_id)
}

/// A fault's error in the shape of the service it hits.
fn trouble(shared: &Shared, incoming: &Incoming, error: ArmError) -> Reply {
    let headers = error.headers.clone();
    match incoming.service {
        Service::Imds => {
            imds::error(error.status, &error.code, &error.message).with_headers(headers)
        }
        Service::Entra => {
            let now = shared.world().now();
            let code = error
                .code
                .trim_start_matches("AADSTS")
                .parse()
                .unwrap_or(90_033);
            let entra = EntraError {
                status: error.status,
                error: "temporarily_unavailable",
                code,
                message: error.message,
            };
            entra
                .into_reply(now, correlation(incoming))
                .with_headers(headers)
        }
        Service::Vault => {
            Reply::with(error.status, json!({"error": error.body()})).with_headers(headers)
        }
        _ => error.into_reply(),
    }
}
