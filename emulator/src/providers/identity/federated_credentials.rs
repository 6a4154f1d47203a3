//! `userAssignedIdentities/federatedIdentityCredentials`: at most 20 for an identity, exactly one audience each, issuer
//! and subject unique together, and one write at a time.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::{list as json_list, text};
use crate::providers::paging::page;
use crate::providers::refusals::{bad_request, parent_not_found, resource_not_found};
use crate::world::World;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/// The most credentials an identity may have.
const LIMIT: usize = 20;

/// Where the end of a write under way is kept, on the identity.
const BUSY_UNTIL: &str = "federatedWriteUntil";

/// Serves one credential, or the list of an identity's.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    let parent = parent_id(target);
    if world.resources.get(&parent).is_none() {
        return Err(match request.method {
            Method::GET | Method::DELETE => resource_not_found(&parent),
            _ => parent_not_found(
                "userAssignedIdentities/federatedIdentityCredentials",
                &parent,
            ),
        });
    }
    if target.names.len() < 2 {
        return match request.method {
            Method::GET => {
                let items = credentials(world, &parent);
                page(request, items, world.settings.page_size)
            }
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    }
    match request.method {
        Method::GET => world
            .resources
            .get(&target.id)
            .map(|r| Reply::ok(r.body.clone()))
            .ok_or_else(|| resource_not_found(&target.id)),
        Method::PUT => put(world, request, target, &parent),
        Method::DELETE => delete(world, request, target, &parent),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

fn parent_id(target: &Target) -> String {
    let mut parts: Vec<&str> = target.id.split('/').collect();
    parts.truncate(9);
    parts.join("/")
}

fn credentials(world: &World, parent: &str) -> Vec<Value> {
    world
        .resources
        .list_under(parent, KIND)
        .into_iter()
        .map(|r| r.body.clone())
        .collect()
}

fn put(
    world: &mut World,
    request: &Request,
    target: &Target,
    parent: &str,
) -> Result<Reply, ArmError> {
    let name = target.names.last().map(String::as_str).unwrap_or_default();
    check_name(name)?;
    let (issuer, subject, audience) = read(&request.body)?;
    let others: Vec<Value> = credentials(world, parent)
        .into_iter()
        .filter(|c| !text(c, "/name").eq_ignore_ascii_case(name))
        .collect();
    let taken = others.iter().any(|c| {
        text(c, "/properties/issuer") == issuer && text(c, "/properties/subject") == subject
    });
    if taken {
        return Err(ArmError::new(
            409,
            "Conflict",
            "Issuer and subject combination already exists for this Managed Identity.",
        ));
    }
    if others.len() >= LIMIT {
        return Err(bad_request(
            "BadRequest",
            format!(
                "The maximum number of federated identity credentials ({LIMIT}) for the managed identity '{parent}' is \
                 reached."
            ),
        ));
    }
    let delay = take_turn(world, request, parent)?;
    let existed = world.resources.get(&target.id).is_some();
    let id = world.resources.get(parent).map_or_else(
        || target.id.clone(),
        |p| format!("{}/federatedIdentityCredentials/{name}", p.id),
    );
    let body = json!({
        "id": id, "name": name, "type": KIND,
        "properties": {"issuer": issuer, "subject": subject, "audiences": [audience]},
    });
    world.resources.put(Resource::new(&id, body.clone()));
    let reply = if existed {
        Reply::ok(body)
    } else {
        Reply::created(body)
    };
    Ok(reply.after(delay))
}

fn delete(
    world: &mut World,
    request: &Request,
    target: &Target,
    parent: &str,
) -> Result<Reply, ArmError> {
    if world.resources.get(&target.id).is_none() {
        return Ok(Reply::no_content());
    }
    let delay = take_turn(world, request, parent)?;
    world.resources.remove(&target.id);
    Ok(Reply::empty(200).after(delay))
}

/// Claims the identity for the time a write takes; the reply is held back as long.
fn take_turn(world: &mut World, request: &Request, parent: &str) -> Result<Duration, ArmError> {
    let seconds = if request.principal.system {
        0.0
    } else {
        world.settings.federated_write_seconds * world.settings.time_scale
    };
    let now = world.now();
    let Some(identity) = world.resources.get_mut(parent) else {
        return Ok(Duration::ZERO);
    };
    let busy = text(&identity.hidden, &format!("/{BUSY_UNTIL}"))
        .parse::<jiff::Timestamp>()
        .is_ok_and(|until| until > now);
    if busy {
        return Err(ArmError::new(
            409,
            "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
            format!(
                "Too many Federated Identity Credentials are written concurrently for the managed identity '{parent}'. \
                 Concurrent Federated Identity Credentials writes under the same managed identity are not supported."
            ),
        ));
    }
    let delay = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    if !delay.is_zero() {
        let until = now.checked_add(delay).unwrap_or(now);
        identity.hidden[BUSY_UNTIL] = until.to_string().into();
    }
    Ok(delay)
}

fn check_name(name: &str) -> Result<(), ArmError> {
    let first = name
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric());
    let rest = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if first && rest && (3..=120).contains(&name.len()) {
        return Ok(());
    }
    Err(bad_request(
        "InvalidResourceName",
        format!(
            "The federated identity credential name '{name}' is invalid. It must match \
             '^[a-zA-Z0-9]{{1}}[a-zA-Z0-9-_]{{2,119}}$'."
        ),
    ))
}

fn read(body: &Value) -> Result<(&str, &str, &Value), ArmError> {
    let issuer = text(body, "/properties/issuer");
    let subject = text(body, "/properties/subject");
    for (name, value) in [("issuer", issuer), ("subject", subject)] {
        if value.is_empty() {
            return Err(bad_request(
                "BadRequest",
                format!(
                    "The required property '{name}' of the federated identity credential is missing."
                ),
            ));
        }
    }
    if url::Url::parse(issuer).is_err() {
        return Err(bad_request(
            "BadRequest",
            format!(
                "The issuer '{issuer}' of the federated identity credential is not a valid URL."
            ),
        ));
    }
    match json_list(body, "/properties/audiences") {
        [audience] if audience.as_str().is_some_and(|a| !a.is_empty()) => {
            Ok((issuer, subject, audience))
        }
        other => Err(bad_request(
            "BadRequest",
            format!(
                "The federated identity credential must have exactly one audience, but has {}.",
                other.len()
            ),
        )),
    }
}
