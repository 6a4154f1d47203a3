//! Starting operations. What the emulator does for itself (a seed, a provider inside another) is done at once.

use serde_json::Value;

use super::id::subscription_of;
use crate::arm::error::ArmError;
use crate::arm::request::Request;
use crate::world::World;
use crate::world::operations::{NewOperation, OperationStyle, Outcome};

/// What is to be done, apart from the doing.
pub(crate) struct Job {
    /// The kind, for settings and faults.
    pub(crate) kind: &'static str,
    /// How long it takes in Azure.
    pub(crate) default_seconds: f64,
    /// The namespace of the status URL.
    pub(crate) provider: &'static str,
    /// The location of the status URL.
    pub(crate) location: String,
    /// The resource worked on.
    pub(crate) resource_id: String,
    /// How clients follow it.
    pub(crate) tracking: OperationStyle,
}

/// Starts an operation and gives the headers that let the client follow it; none when it is done already.
///
/// # Errors
/// What `complete` answers when it runs at once.
pub(crate) fn run(
    world: &mut World,
    request: &Request,
    job: Job,
    complete: impl FnOnce(&mut World, Outcome) -> Result<Value, ArmError> + Send + 'static,
) -> Result<Vec<(String, String)>, ArmError> {
    if request.principal.system {
        complete(world, Outcome::Succeeded)?;
        return Ok(Vec::new());
    }
    let handle = world.start_operation(NewOperation {
        subscription: subscription_of(&job.resource_id).to_owned(),
        location: job.location,
        resource_id: job.resource_id,
        kind: job.kind.to_owned(),
        provider: job.provider.to_owned(),
        duration_s: job.default_seconds,
        style: job.tracking,
        complete: Box::new(complete),
    });
    Ok(handle.headers(&request.base_url, request.api_version()))
}

/// The error an outcome stands for.
pub(crate) fn result_of(outcome: Outcome) -> Result<(), ArmError> {
    match outcome {
        Outcome::Succeeded => Ok(()),
        Outcome::Failed(error) | Outcome::Canceled(error) => Err(error),
    }
}
