//! Who may do what: role assignments, role definitions and deny assignments, evaluated as Azure RBAC does.

pub mod pattern;
pub mod roles;

use jiff::Timestamp;
use serde_json::Value;

use crate::arm::error::ArmError;
use crate::world::World;
use crate::world::clock::after;
use crate::world::directory::Principal;
use crate::world::resources::is_at_or_below;

/// The resource type of role assignments.
pub const ROLE_ASSIGNMENT: &str = "Microsoft.Authorization/roleAssignments";
/// The resource type of deny assignments.
pub const DENY_ASSIGNMENT: &str = "Microsoft.Authorization/denyAssignments";
/// In a deny assignment: everybody.
pub const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Lets an action on a scope pass or answers 403.
///
/// # Errors
/// `AuthorizationFailed` in ARM's words.
pub fn authorize(
    world: &World,
    principal: &Principal,
    action: &str,
    scope_id: &str,
) -> Result<(), ArmError> {
    if is_allowed(world, principal, action, scope_id) {
        return Ok(());
    }
    if let Some(name) = denied_by(world, principal, action, scope_id) {
        return Err(ArmError::new(
            403,
            "DenyAssignmentAuthorizationFailed",
            format!(
                "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{scope_id}'; \
                 however, the access is denied because of the deny assignment with name '{name}' and Id '{name}' at scope '{scope_id}'.",
                client_name(world, principal),
                principal.object_id,
            ),
        ));
    }
    Err(ArmError::new(
        403,
        "AuthorizationFailed",
        format!(
            "The client '{}' with object id '{}' does not have authorization to perform action '{action}' \
             over scope '{scope_id}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
            client_name(world, principal),
            principal.object_id,
        ),
    ))
}

/// How ARM names the caller in its sentences: the sign-in name or the application id.
pub fn client_name(world: &World, principal: &Principal) -> String {
    if let Some(app_id) = &principal.app_id {
        return app_id.clone();
    }
    world.directory.users.get(&principal.object_id).map_or_else(
        || principal.object_id.clone(),
        |u| u.user_principal_name.clone(),
    )
}

/// Whether a control-plane action on a scope is allowed.
pub fn is_allowed(world: &World, principal: &Principal, action: &str, scope_id: &str) -> bool {
    evaluate(world, principal, action, scope_id, false)
}

/// Whether a data-plane action on a scope is allowed.
pub fn is_data_allowed(world: &World, principal: &Principal, action: &str, scope_id: &str) -> bool {
    evaluate(world, principal, action, scope_id, true)
}

/// Whether a principal, by object id alone, may do an action: for what a resource provider does for an identity.
pub fn is_object_allowed(world: &World, object_id: &str, action: &str, scope_id: &str) -> bool {
    let principal = Principal {
        object_id: object_id.to_owned(),
        system: false,
        ..Principal::system()
    };
    is_allowed(world, &principal, action, scope_id)
}

/// Whether any role assignment of the principal lies below a scope: what makes ARM show the scope at all.
pub fn has_any_below(world: &World, principal: &Principal, scope_id: &str) -> bool {
    principal.system
        || assignments_of(world, principal).any(|properties| {
            let scope = properties["scope"].as_str().unwrap_or_default();
            is_at_or_below(scope, scope_id) || is_at_or_below(scope_id, scope)
        })
}

fn evaluate(
    world: &World,
    principal: &Principal,
    action: &str,
    scope_id: &str,
    data: bool,
) -> bool {
    if principal.system {
        return true;
    }
    let granted = assignments_of(world, principal)
        .filter(|properties| {
            let scope = properties["scope"].as_str().unwrap_or_default();
            !scope.is_empty() && is_at_or_below(scope_id, scope)
        })
        .filter_map(|properties| properties["roleDefinitionId"].as_str())
        .flat_map(|role| roles::permissions(world, role))
        .any(|permission| permission.covers(action, data));
    granted && (data || denied_by(world, principal, action, scope_id).is_none())
}

fn assignments_of<'w>(
    world: &'w World,
    principal: &'w Principal,
) -> impl Iterator<Item = &'w Value> {
    let now = world.now();
    world
        .resources
        .of_type(ROLE_ASSIGNMENT)
        .map(|assignment| &assignment.body["properties"])
        .filter(move |properties| is_principal(principal, properties["principalId"].as_str()))
        .filter(move |properties| is_in_effect(world, properties, now))
}

fn is_in_effect(world: &World, properties: &Value, now: Timestamp) -> bool {
    let delay = world.settings.role_delay_seconds;
    if delay <= 0.0 {
        return true;
    }
    properties["createdOn"]
        .as_str()
        .and_then(|text| text.parse::<Timestamp>().ok())
        .is_none_or(|created| after(created, delay) <= now)
}

fn is_principal(principal: &Principal, id: Option<&str>) -> bool {
    id.is_some_and(|id| {
        id.eq_ignore_ascii_case(&principal.object_id)
            || principal.groups.iter().any(|g| g.eq_ignore_ascii_case(id))
    })
}

fn denied_by(world: &World, principal: &Principal, action: &str, scope_id: &str) -> Option<String> {
    if principal.system {
        return None;
    }
    let ids = |value: &Value| -> Vec<String> {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .filter_map(|p| p["id"].as_str())
            .map(str::to_owned)
            .collect()
    };
    world
        .resources
        .of_type(DENY_ASSIGNMENT)
        .find(|deny| {
            let properties = &deny.body["properties"];
            let scope = properties["scope"].as_str().unwrap_or_default();
            let exact = properties["doNotApplyToChildScopes"].as_bool() == Some(true);
            let here = if exact {
                scope_id.eq_ignore_ascii_case(scope)
            } else {
                !scope.is_empty() && is_at_or_below(scope_id, scope)
            };
            here && ids(&properties["principals"])
                .iter()
                .any(|id| id == EVERYBODY || is_principal(principal, Some(id)))
                && !ids(&properties["excludePrincipals"])
                    .iter()
                    .any(|id| is_principal(principal, Some(id)))
                && roles::permissions_of(&properties["permissions"])
                    .iter()
                    .any(|permission| permission.covers(action, false))
        })
        .map(|deny| deny.name().to_owned())
}

#[cfg(test)]
mod tests;
