//! The control API under `/_control/TOKEN`: the record, faults, time, settings, attached clusters, seed and dump.
//!
//! The token is made at the start and known only to whoever started the emulator: with this API anybody on the machine
//! could read secrets of the seed and attach a Kubernetes API server of their own.

pub mod clusters;
pub mod nodes;

use std::pin::Pin;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::Reply;
use crate::entra::issuers::Issuer;
use crate::seed::{self, Seed};
use crate::server::Shared;
use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::faults::Fault;
use crate::world::operations::Status;
use crate::world::settings::Settings;

/// Answers a control request. Boxed, because one of the requests starts a listener, whose future contains this one.
pub fn serve<'a>(
    shared: &'a Arc<Shared>,
    incoming: &'a Incoming,
) -> Pin<Box<dyn Future<Output = Reply> + Send + 'a>> {
    Box::pin(answer(shared, incoming))
}

async fn answer(shared: &Arc<Shared>, incoming: &Incoming) -> Reply {
    if incoming.segments.get(1) != Some(&shared.control_token) {
        return refused().into_reply();
    }
    let what = incoming.segments.get(2..).unwrap_or_default().join("/");
    let result = match (incoming.method.as_str(), what.as_str()) {
        ("POST", "nodes/listen") => nodes::listen(shared, incoming).await,
        ("POST", "release") => {
            shared.releases.send_modify(|count| *count += 1);
            Ok(Reply::no_content())
        }
        (method, what) => with_world(&mut shared.world(), incoming, method, what),
    };
    result.unwrap_or_else(ArmError::into_reply)
}

/// Says nothing about how close a guess was.
fn refused() -> ArmError {
    ArmError::new(
        403,
        "ControlTokenMissing",
        "The control API is under /_control/TOKEN; whoever started the emulator knows the token.",
    )
}

fn with_world(
    world: &mut World,
    incoming: &Incoming,
    method: &str,
    what: &str,
) -> Result<Reply, ArmError> {
    world.tick();
    match (method, what) {
        ("GET", "calls") => {
            let since = incoming
                .query
                .get("since")
                .and_then(|n| n.parse().ok())
                .unwrap_or(0);
            Ok(Reply::ok(json!(world.calls.since(since))))
        }
        ("DELETE", "calls") => {
            world.calls.clear();
            Ok(Reply::no_content())
        }
        ("POST", "faults") => {
            let fault: Fault = body(incoming)?;
            world.faults.add(fault);
            Ok(Reply::no_content())
        }
        ("GET", "faults") => Ok(Reply::ok(json!({
            "faults": world.faults.list(), "hanging": world.faults.hanging,
        }))),
        ("DELETE", "faults") => {
            world.faults.clear();
            Ok(Reply::no_content())
        }
        ("POST", "clock") => clock(world, incoming),
        ("GET", "clock") => Ok(Reply::ok(json!({"now": world.now().to_string()}))),
        ("GET", "settings") => Ok(Reply::ok(json!(world.settings))),
        ("PUT", "settings") => settings(world, incoming),
        ("GET", "operations") => Ok(Reply::ok(operations(world))),
        ("PUT", "clusters") => clusters::attach(world, &body(incoming)?),
        ("PUT", "issuers") => {
            let issuer: Issuer = body(incoming)?;
            world.issuers.insert(issuer.issuer.clone(), issuer);
            Ok(Reply::no_content())
        }
        ("POST", "seed") => {
            let text = String::from_utf8_lossy(&incoming.body);
            let seed = Seed::from_yaml(&text).map_err(|e| invalid(&e))?;
            seed::apply(world, &seed).map_err(|e| invalid(&e))?;
            Ok(Reply::no_content())
        }
        ("GET", "dump") => dump(world),
        _ => Err(ArmError::new(
            404,
            "NotFound",
            format!("The control API has no {method} {what}."),
        )),
    }
}

fn clock(world: &mut World, incoming: &Incoming) -> Result<Reply, ArmError> {
    let body: Value = body(incoming)?;
    let seconds = body["advanceSeconds"]
        .as_f64()
        .filter(|seconds| (0.0..=1e9).contains(seconds))
        .ok_or_else(|| {
            ArmError::bad_request(
                "InvalidRequest",
                "advanceSeconds must be a number, not negative.",
            )
        })?;
    world.clock.advance(seconds);
    world.tick();
    Ok(Reply::ok(json!({"now": world.now().to_string()})))
}

/// Changes the settings named in the body, at any depth; the others stay.
fn settings(world: &mut World, incoming: &Incoming) -> Result<Reply, ArmError> {
    let change: Value = body(incoming)?;
    let mut merged = json!(world.settings);
    merge(&mut merged, &change);
    let settings: Settings = serde_json::from_value(merged).map_err(|e| invalid(&e))?;
    world.settings = settings;
    world.buckets.clear();
    Ok(Reply::ok(json!(world.settings)))
}

fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                let slot = into.entry(key).or_insert(Value::Null);
                // A choice between alternatives, not a set of settings.
                if key == "retryAfter" {
                    *slot = Value::Null;
                }
                merge(slot, value);
            }
        }
        (into, change) => *into = change.clone(),
    }
}

fn operations(world: &World) -> Value {
    world
        .operations
        .iter()
        .map(|operation| {
            let status = match operation.status {
                Status::InProgress => "InProgress",
                Status::Succeeded(_) => "Succeeded",
                Status::Failed(_) => "Failed",
                Status::Canceled(_) => "Canceled",
            };
            json!({
                "id": operation.id, "kind": operation.kind, "resourceId": operation.resource_id,
                "status": status, "due": operation.due.to_string(),
            })
        })
        .collect()
}

fn dump(world: &World) -> Result<Reply, ArmError> {
    if world
        .operations
        .iter()
        .any(|o| o.status == Status::InProgress)
    {
        return Err(ArmError::conflict(
            "OperationsUnderWay",
            "Operations are under way; a dump would freeze their resources half done. Wait for them or advance the clock.",
        ));
    }
    let text = seed::dump(world).map_err(|e| invalid(&e))?;
    Ok(Reply::ok(text.into()).header("Content-Type", "application/yaml"))
}

fn body<T: DeserializeOwned>(incoming: &Incoming) -> Result<T, ArmError> {
    serde_json::from_slice(&incoming.body).map_err(|error| invalid(&error))
}

fn invalid(error: &dyn std::fmt::Display) -> ArmError {
    ArmError::bad_request("InvalidRequest", error.to_string())
}
