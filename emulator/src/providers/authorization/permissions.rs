//! `Microsoft.Authorization/permissions`: what the caller may do at a scope, as actions and notActions of each role
//! that applies there.

use http::Method;
use serde_json::{Value, json};

use super::scope::scope_of;
use super::{role_assignments, role_definitions};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::{list, text};
use crate::world::World;
use crate::world::resources::is_at_or_below;

/// Lists the caller's permissions at the target's scope.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    let caller = &request.principal;
    let mine = |principal: &str| {
        principal.eq_ignore_ascii_case(&caller.object_id)
            || caller
                .groups
                .iter()
                .any(|g| g.eq_ignore_ascii_case(principal))
    };
    let value: Vec<Value> = world
        .resources
        .of_type(role_assignments::KIND)
        .filter(|r| is_at_or_below(&target.scope, scope_of(&r.body)))
        .filter(|r| mine(text(&r.body, "/properties/principalId")))
        .filter_map(|r| {
            let guid = text(&r.body, "/properties/roleDefinitionId")
                .rsplit('/')
                .next()?;
            role_definitions::find(world, guid)
        })
        .flat_map(|definition| list(&definition, "/properties/permissions").to_vec())
        .map(|permission| {
            json!({
                "actions": list(&permission, "/actions"),
                "notActions": list(&permission, "/notActions"),
                "dataActions": list(&permission, "/dataActions"),
                "notDataActions": list(&permission, "/notDataActions"),
            })
        })
        .collect();
    Ok(Reply::ok(json!({ "value": value })))
}
