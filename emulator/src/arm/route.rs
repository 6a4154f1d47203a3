//! The way of an ARM request: authentication, version, throttling, authorisation, provider.

use http::Method;
use serde_json::Value;

use super::error::ArmError;
use super::operation_status;
use super::request::{Reply, Request};
use super::target::Target;
use super::throttle;
use crate::access;
use crate::entra::keys::SigningKey;
use crate::entra::tokens;
use crate::providers;
use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::directory::Principal;
use crate::world::faults::Action;
use crate::world::stale::Stale;

/// Answers an ARM request; also gives who asked, for the record.
pub fn serve(
    world: &mut World,
    key: &SigningKey,
    incoming: &Incoming,
    fault: &Action,
) -> (Reply, Option<Principal>) {
    let principal = match authenticate(world, key, incoming) {
        Ok(principal) => principal,
        Err(error) => return (error.into_reply(), None),
    };
    let reply =
        authenticated(world, incoming, fault, &principal).unwrap_or_else(ArmError::into_reply);
    (reply, Some(principal))
}

fn authenticate(
    world: &World,
    key: &SigningKey,
    incoming: &Incoming,
) -> Result<Principal, ArmError> {
    let base_url = &incoming.base_url;
    tokens::verify(world, key, incoming.header("authorization"), |audience| {
        tokens::is_arm_audience(audience, base_url)
    })
    .map_err(|refused| {
        let tenant = world.directory.home_tenant();
        let challenge = format!(
            "Bearer authorization_uri=\"{base_url}/{tenant}\", error=\"invalid_token\", error_description=\"{}\"",
            refused.message
        );
        ArmError::new(401, refused.code, refused.message).header("WWW-Authenticate", challenge)
    })
}

fn authenticated(
    world: &mut World,
    incoming: &Incoming,
    fault: &Action,
    principal: &Principal,
) -> Result<Reply, ArmError> {
    let request = request(incoming, principal)?;
    check_version(&request)?;
    let target = Target::parse(&request.method, &request.segments).ok_or_else(|| {
        ArmError::new(
            404,
            "InvalidResourceNamespace",
            format!("The path '{}' names no resource.", request.path),
        )
    })?;
    let remaining = throttle::draw(world, principal, &request.method, &target)?;
    handle(world, &request, &target, fault)
        .map(|reply| reply.with_headers(remaining.clone()))
        .map_err(|mut error| {
            error.headers.extend(remaining);
            error
        })
}

fn request(incoming: &Incoming, principal: &Principal) -> Result<Request, ArmError> {
    let body = if incoming.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&incoming.body).map_err(|error| {
            ArmError::bad_request(
                "InvalidRequestContent",
                format!(
                    "The request content was invalid and could not be deserialized: '{error}'."
                ),
            )
        })?
    };
    Ok(Request {
        method: incoming.method.clone(),
        path: incoming.path.clone(),
        segments: incoming.segments.clone(),
        query: incoming.query.clone(),
        headers: incoming.headers.clone(),
        body,
        base_url: incoming.base_url.clone(),
        principal: principal.clone(),
        request_id: incoming.request_id.clone(),
    })
}

fn check_version(request: &Request) -> Result<(), ArmError> {
    let Some(version) = request
        .query("api-version")
        .filter(|version| !version.is_empty())
    else {
        return Err(ArmError::bad_request(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    };
    let date: Vec<&str> = version.splitn(4, '-').collect();
    let is_number = |part: Option<&&str>, length: usize| {
        part.is_some_and(|p| p.len() == length && p.bytes().all(|b| b.is_ascii_digit()))
    };
    if is_number(date.first(), 4) && is_number(date.get(1), 2) && is_number(date.get(2), 2) {
        return Ok(());
    }
    Err(ArmError::bad_request(
        "InvalidApiVersionParameter",
        format!(
            "The api-version '{version}' is invalid. It must be a date, such as 2024-11-30 or 2024-10-02-preview."
        ),
    ))
}

fn handle(
    world: &mut World,
    request: &Request,
    target: &Target,
    fault: &Action,
) -> Result<Reply, ArmError> {
    if let Some(id) = &target.subscription
        && !world.resources.contains(&format!("/subscriptions/{id}"))
    {
        return Err(ArmError::subscription_not_found(id));
    }
    if operation_status::is_status(target) {
        return operation_status::serve(world, request, target);
    }
    let filtered = match authorize(world, request, target) {
        Ok(()) => false,
        Err(_) if may_list_part(world, request, target) => true,
        Err(error) => return Err(error),
    };
    if request.method == Method::GET
        && let Some(stale) = world.stale_read(&target.id)
    {
        return stale;
    }
    let before = fault.stale_reads.map(|_| read(world, request, target));
    let reply = dispatch(world, request, target, fault)?;
    if let (Some(reply), Some(left)) = (before, fault.stale_reads) {
        world.stale.push(Stale {
            id: target.id.clone(),
            reply,
            left,
        });
    }
    Ok(if filtered {
        keep_allowed(world, request, target, reply)
    } else {
        reply
    })
}

fn dispatch(
    world: &mut World,
    request: &Request,
    target: &Target,
    fault: &Action,
) -> Result<Reply, ArmError> {
    world.operations.forced = fault.outcome();
    world.operations.forced_retry_after = fault.retry_after;
    world.operations.caller = Some(request.principal.object_id.clone());
    let reply = providers::dispatch(world, request, target);
    world.operations.forced = None;
    world.operations.forced_retry_after = None;
    world.operations.caller = None;
    reply
}

fn read(world: &mut World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let mut request = request.clone();
    request.method = Method::GET;
    request.body = Value::Null;
    request.headers.clear();
    providers::dispatch(world, &request, target)
}

fn authorize(world: &World, request: &Request, target: &Target) -> Result<(), ArmError> {
    let reading = matches!(request.method, Method::GET | Method::HEAD);
    let open = [
        "Microsoft.Resources/subscriptions",
        "Microsoft.Resources/tenants",
        "Microsoft.Resources/providers",
        "Microsoft.Resources/subscriptions/providers",
        "Microsoft.Resources/subscriptions/locations",
        "Microsoft.Authorization/permissions",
    ];
    // What a caller sees there depends on its roles; the providers of these types look at them.
    if reading && open.iter().any(|kind| target.is_type(kind)) {
        return Ok(());
    }
    access::authorize(
        world,
        &request.principal,
        &target.action_name(&request.method),
        &target.authorization_scope(),
    )
}

/// A list at subscription scope shows a caller with roles further down what those roles let it see.
fn may_list_part(world: &World, request: &Request, target: &Target) -> bool {
    request.method == Method::GET
        && target.is_collection()
        && target.resource_group.is_none()
        && !target
            .provider
            .eq_ignore_ascii_case("Microsoft.Authorization")
        && access::has_any_below(world, &request.principal, &target.authorization_scope())
}

fn keep_allowed(world: &World, request: &Request, target: &Target, mut reply: Reply) -> Reply {
    let action = target.action_name(&request.method);
    if let Some(items) = reply
        .body
        .as_mut()
        .and_then(|body| body["value"].as_array_mut())
    {
        items.retain(|item| {
            item["id"]
                .as_str()
                .is_some_and(|id| access::is_allowed(world, &request.principal, &action, id))
        });
    }
    reply
}
