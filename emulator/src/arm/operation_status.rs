//! The status URLs of long-running operations.

use serde_json::{Value, json};

use super::error::ArmError;
use super::request::{Reply, Request};
use super::target::Target;
use crate::access;
use crate::world::World;
use crate::world::operations::{Operation, OperationStyle, Status, retry_after_header};

/// Whether a path is a status URL: `.../providers/P/locations/L/operations/ID` or `operationresults`.
pub fn is_status(target: &Target) -> bool {
    let types: Vec<String> = target.types.iter().map(|t| t.to_lowercase()).collect();
    target.names.len() == 2
        && types.len() == 2
        && types[0] == "locations"
        && ["operations", "operationresults"].contains(&types[1].as_str())
}

/// Answers a status URL.
///
/// # Errors
/// 404 for an unknown operation, 403 for callers who may not see the resource, the operation's own error in `Location` style.
pub fn serve(world: &World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let operation = world
        .operations
        .get(target.name())
        .filter(|o| o.provider.eq_ignore_ascii_case(&target.provider))
        .ok_or_else(|| {
            ArmError::new(
                404,
                "OperationNotFound",
                format!("The operation '{}' was not found.", target.name()),
            )
        })?;
    authorize(world, request, target, operation)?;
    match operation.style {
        OperationStyle::AzureAsync => Ok(document(world, request, operation)),
        OperationStyle::Location => location(world, request, operation),
    }
}

/// Who started an operation may follow it; others need the right to read operations, or the resource.
fn authorize(
    world: &World,
    request: &Request,
    target: &Target,
    operation: &Operation,
) -> Result<(), ArmError> {
    let caller = &request.principal;
    let own = operation.started_by.as_deref() == Some(caller.object_id.as_str());
    let reads_resource = operation
        .resource_id
        .split("/providers/")
        .last()
        .is_some_and(|rest| {
            let kind: Vec<&str> = rest.split('/').collect();
            let types: Vec<&str> = kind.iter().skip(1).step_by(2).copied().collect();
            let action = format!(
                "{}/{}/read",
                kind.first().copied().unwrap_or_default(),
                types.join("/")
            );
            access::is_allowed(world, caller, &action, &operation.resource_id)
        });
    if own || reads_resource {
        return Ok(());
    }
    let action = format!("{}/locations/operations/read", target.provider);
    access::authorize(
        world,
        caller,
        &action,
        &format!("/subscriptions/{}", operation.subscription),
    )
}

fn document(world: &World, request: &Request, operation: &Operation) -> Reply {
    let mut body = json!({
        "id": request.path,
        "name": operation.id,
        "startTime": operation.started.to_string(),
    });
    if let Some(ended) = operation.ended {
        body["endTime"] = json!(ended.to_string());
    }
    let status = match &operation.status {
        Status::InProgress => "InProgress",
        Status::Succeeded(_) => "Succeeded",
        Status::Failed(error) => {
            body["error"] = error.body();
            "Failed"
        }
        Status::Canceled(error) => {
            body["error"] = error.body();
            "Canceled"
        }
    };
    body["status"] = json!(status);
    let reply = Reply::ok(body);
    if status == "InProgress" {
        return reply.with_headers(
            retry_after_header(operation.retry_after, world.now())
                .into_iter()
                .collect(),
        );
    }
    reply
}

fn location(world: &World, request: &Request, operation: &Operation) -> Result<Reply, ArmError> {
    match &operation.status {
        Status::InProgress => {
            let here = format!(
                "{}{}?api-version={}",
                request.base_url,
                request.path,
                request.api_version()
            );
            let wait = retry_after_header(operation.retry_after, world.now());
            Ok(Reply::accepted()
                .header("Location", here)
                .with_headers(wait.into_iter().collect()))
        }
        Status::Succeeded(Value::Null) => Ok(Reply::no_content()),
        Status::Succeeded(value) => Ok(Reply::ok(value.clone())),
        Status::Failed(error) | Status::Canceled(error) => Err(error.clone()),
    }
}
