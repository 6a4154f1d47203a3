//! The check Resource Manager makes on identities that a write puts on a resource: the caller must be allowed to
//! assign each of them, and they must belong to the caller's tenant.

use crate::access;
use crate::arm::error::ArmError;
use crate::arm::request::Request;
use crate::providers::id::subscription_of;
use crate::providers::principals;
use crate::world::World;

/// The action that lets a principal put an identity on a resource.
pub(crate) const ASSIGN: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

/// Refuses the write when the caller may not assign one of `added`.
///
/// # Errors
/// `LinkedAuthorizationFailed`.
pub(crate) fn check(
    world: &World,
    request: &Request,
    action: &str,
    scope: &str,
    added: &[String],
) -> Result<(), ArmError> {
    if request.principal.system {
        return Ok(());
    }
    let home = principals::tenant_of(world, subscription_of(scope));
    let foreign = added.iter().find(|id| {
        principals::known_tenant_of(world, subscription_of(id)).is_some_and(|t| t != home)
    });
    if let Some(id) = foreign {
        return Err(ArmError::new(
            403,
            "LinkedAuthorizationFailed",
            format!(
                "{} has permission to perform action '{action}' on scope '{scope}'; however, the current tenant \
                 '{home}' is not authorized to access linked subscription '{}' of '{id}'.",
                principals::client(world, request),
                subscription_of(id)
            ),
        ));
    }
    let refused: Vec<&str> = added
        .iter()
        .filter(|id| !access::is_allowed(world, &request.principal, ASSIGN, id))
        .map(String::as_str)
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(ArmError::new(
        403,
        "LinkedAuthorizationFailed",
        format!(
            "{} has permission to perform action '{action}' on scope '{scope}'; however, it does not have permission \
             to perform action(s) '{ASSIGN}' on the linked scope(s) '{}' (respectively) or the linked scope(s) are \
             invalid.",
            principals::client(world, request),
            refused.join(",")
        ),
    ))
}
