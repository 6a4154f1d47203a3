//! The resource providers: what each resource type does.

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::world::World;

/// Hands a request to the provider of its type.
///
/// # Errors
/// What the provider answers in place of a reply.
pub fn dispatch(world: &mut World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let _ = (world, request);
    Err(ArmError::unknown_type(
        &target.provider,
        &target.types.join("/"),
    ))
}
