//! The instance metadata service of simulated nodes, and the App Service style identity endpoint.

pub mod app_service;
pub mod instance;
pub mod node;
pub mod token;

use http::Method;
use serde_json::json;

use crate::arm::request::Reply;
use crate::entra::keys::SigningKey;
use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::settings::BucketSize;

use self::node::Node;

/// An error in IMDS's shape.
pub fn error(status: u16, error: &str, description: &str) -> Reply {
    Reply::with(
        status,
        json!({"error": error, "error_description": description}),
    )
}

/// Answers a request to the metadata service of a node.
pub fn serve(world: &mut World, key: &SigningKey, incoming: &Incoming) -> Reply {
    if incoming
        .segments
        .first()
        .is_some_and(|s| s.eq_ignore_ascii_case("msi"))
    {
        return app_service::serve(world, key, incoming);
    }
    let Some(node) = incoming
        .node
        .as_ref()
        .and_then(|named| Node::find(world, named))
    else {
        return error(
            404,
            "not_found",
            "No such node: neither scale set nor instance exist.",
        );
    };
    if let Some(refused) = refused(incoming) {
        return refused;
    }
    if let Some(busy) = throttle(world, &node) {
        return busy;
    }
    if let Some(refused) = unversioned(incoming) {
        return refused;
    }
    let path = node::metadata_path(incoming);
    match path.trim_end_matches('/') {
        "/metadata/identity/oauth2/token" => token::serve(world, key, incoming, &node),
        "/metadata/identity/info" => Reply::ok(json!({"tenantId": node.tenant(world)})),
        "/metadata/instance" => instance::serve(world, incoming, &node, &[]),
        other => match other.strip_prefix("/metadata/instance/") {
            Some(rest) => {
                instance::serve(world, incoming, &node, &rest.split('/').collect::<Vec<_>>())
            }
            None => error(404, "not_found", "The requested resource was not found."),
        },
    }
}

/// The answer to a request that is none for the metadata service.
fn refused(incoming: &Incoming) -> Option<Reply> {
    if incoming.method != Method::GET {
        return Some(error(405, "method_not_allowed", "Only GET is supported."));
    }
    let metadata = incoming
        .header("metadata")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !metadata {
        return Some(error(
            400,
            "bad_request_102",
            "Required metadata header not specified",
        ));
    }
    // Requests through a proxy are refused: somebody else's request could be forged that way.
    if incoming.header("x-forwarded-for").is_some() {
        return Some(error(
            400,
            "bad_request",
            "Request contains the header 'X-Forwarded-For'",
        ));
    }
    None
}

/// The answer to a request without a version that is served.
fn unversioned(incoming: &Incoming) -> Option<Reply> {
    let text = match incoming.query.get("api-version").map(String::as_str) {
        Some(version) if version >= "2017-03-01" => return None,
        Some(version) => format!(
            "Bad request. api-version is invalid or was not specified in the request: '{version}'."
        ),
        None => "Required query variable 'api-version' is missing".to_owned(),
    };
    Some(error(400, "invalid_request", &text))
}

fn throttle(world: &mut World, node: &Node) -> Option<Reply> {
    if !world.settings.throttling.enabled {
        return None;
    }
    let built_in = BucketSize {
        size: 20.0,
        per_second: 20.0,
    };
    let size = world
        .settings
        .throttling
        .buckets
        .get("imds")
        .copied()
        .unwrap_or(built_in);
    let key = format!("imds|{}|{}", node.scale_set.to_lowercase(), node.instance);
    let now = world.now();
    let (_, empty) = world.buckets.draw(&[(key, size)], now).err()?;
    Some(
        error(429, "too_many_requests", "Too many requests")
            .header("Retry-After", empty.retry_after.to_string()),
    )
}
