//! `Microsoft.Authorization/roleAssignments` at any scope.

use http::Method;
use serde_json::{Value, json};

use super::scope::{Filter, author, is_guid, scope_of};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::id::subscription_of;
use crate::providers::json::text;
use crate::providers::paging::page;
use crate::providers::principals;
use crate::providers::refusals::bad_request;
use crate::providers::resource_groups::require_scope;
use crate::world::World;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.Authorization/roleAssignments";

/// Serves one assignment, or the list of a scope.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    let Some(name) = target.names.last() else {
        return match request.method {
            Method::GET => list(world, request, target),
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    };
    match request.method {
        Method::GET => world
            .resources
            .get(&target.id)
            .map(|r| Reply::ok(r.body.clone()))
            .ok_or_else(|| {
                ArmError::new(
                    404,
                    "RoleAssignmentNotFound",
                    format!("The role assignment '{name}' is not found."),
                )
            }),
        Method::PUT => put(world, request, target, name),
        Method::DELETE => Ok(world
            .resources
            .remove(&target.id)
            .map_or_else(Reply::no_content, |r| Reply::ok(r.body))),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

fn list(world: &World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let filter = Filter::read(request)?;
    let items = world
        .resources
        .of_type(KIND)
        .filter(|r| filter.admits_scope(scope_of(&r.body), &target.scope))
        .filter(|r| filter.admits_principal(world, text(&r.body, "/properties/principalId")))
        .map(|r| r.body.clone())
        .collect();
    page(request, items, world.settings.page_size)
}

/// What a PUT asks for, read and completed.
struct Wanted {
    role: String,
    principal: String,
    kind: Option<String>,
}

fn put(
    world: &mut World,
    request: &Request,
    target: &Target,
    name: &str,
) -> Result<Reply, ArmError> {
    if !is_guid(name) {
        return Err(bad_request(
            "InvalidRoleAssignmentId",
            format!(
                "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
            ),
        ));
    }
    require_scope(world, &target.scope)?;
    let wanted = read(world, request, target)?;
    if let Some(existing) = world.resources.get(&target.id) {
        return repeat(existing, &wanted);
    }
    refuse_duplicate(world, &target.scope, &wanted)?;
    let kind = principal_kind(world, request, target, &wanted)?;
    let now = world.now().to_string();
    let extra = |field: &str| {
        request
            .body
            .pointer(&format!("/properties/{field}"))
            .cloned()
            .unwrap_or(Value::Null)
    };
    let author = author(&request.principal);
    let body = json!({
        "id": target.id, "name": name, "type": KIND,
        "properties": {
            "roleDefinitionId": wanted.role,
            "principalId": wanted.principal,
            "principalType": kind,
            "scope": if target.scope.is_empty() { "/" } else { &target.scope },
            "condition": extra("condition"),
            "conditionVersion": extra("conditionVersion"),
            "description": extra("description"),
            "delegatedManagedIdentityResourceId": extra("delegatedManagedIdentityResourceId"),
            "createdOn": now, "updatedOn": now,
            "createdBy": author, "updatedBy": author,
        },
    });
    world.resources.put(Resource::new(&target.id, body.clone()));
    Ok(Reply::created(body))
}

fn read(world: &World, request: &Request, target: &Target) -> Result<Wanted, ArmError> {
    let role = text(&request.body, "/properties/roleDefinitionId");
    let principal = text(&request.body, "/properties/principalId");
    if role.is_empty() || principal.is_empty() {
        return Err(bad_request(
            "InvalidRequestContent",
            "The request content was invalid: 'roleDefinitionId' and 'principalId' are required.",
        ));
    }
    if !is_guid(principal) {
        return Err(bad_request(
            "InvalidPrincipalId",
            format!(
                "A valid principal ID must be provided for role assignment; '{principal}' is not a GUID."
            ),
        ));
    }
    let guid = role.rsplit('/').next().unwrap_or_default();
    if super::role_definitions::find(world, guid).is_none() {
        return Err(bad_request(
            "RoleDefinitionDoesNotExist",
            format!(
                "The specified role definition with ID '{}' does not exist.",
                guid.replace('-', "")
            ),
        ));
    }
    let subscription = subscription_of(&target.scope);
    let prefix = if subscription.is_empty() {
        String::new()
    } else {
        format!("/subscriptions/{subscription}")
    };
    let kind = text(&request.body, "/properties/principalType");
    Ok(Wanted {
        role: format!("{prefix}/providers/Microsoft.Authorization/roleDefinitions/{guid}"),
        principal: principal.to_owned(),
        kind: (!kind.is_empty()).then(|| kind.to_owned()),
    })
}

fn same_role(a: &str, b: &str) -> bool {
    let guid = |id: &str| {
        id.rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    guid(a) == guid(b)
}

fn repeat(existing: &Resource, wanted: &Wanted) -> Result<Reply, ArmError> {
    let same = text(&existing.body, "/properties/principalId")
        .eq_ignore_ascii_case(&wanted.principal)
        && same_role(
            text(&existing.body, "/properties/roleDefinitionId"),
            &wanted.role,
        );
    if same {
        return Ok(Reply::ok(existing.body.clone()));
    }
    Err(bad_request(
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    ))
}

fn refuse_duplicate(world: &World, scope: &str, wanted: &Wanted) -> Result<(), ArmError> {
    let scope = if scope.is_empty() { "/" } else { scope };
    let duplicate = world.resources.of_type(KIND).find(|r| {
        scope_of(&r.body).eq_ignore_ascii_case(scope)
            && text(&r.body, "/properties/principalId").eq_ignore_ascii_case(&wanted.principal)
            && same_role(text(&r.body, "/properties/roleDefinitionId"), &wanted.role)
    });
    match duplicate {
        None => Ok(()),
        Some(existing) => Err(ArmError::new(
            409,
            "RoleAssignmentExists",
            format!(
                "The role assignment already exists. The ID of the conflicting role assignment is {}.",
                text(&existing.body, "/name").replace('-', "")
            ),
        )),
    }
}

/// The principal's type. One that is sent skips the directory, which learns of new principals late.
fn principal_kind(
    world: &World,
    request: &Request,
    target: &Target,
    wanted: &Wanted,
) -> Result<String, ArmError> {
    let known = principals::kind_of(world, &wanted.principal);
    if let Some(sent) = &wanted.kind {
        return match known {
            Some(kind) if !kind.eq_ignore_ascii_case(sent) => Err(bad_request(
                "UnmatchedPrincipalType",
                format!(
                    "The PrincipalId '{}' has type '{kind}', which is different from specified PrincipalType '{sent}'.",
                    wanted.principal.replace('-', "")
                ),
            )),
            Some(kind) => Ok(kind.to_owned()),
            None => Ok(sent.clone()),
        };
    }
    let replicated =
        request.principal.system || principals::is_replicated(world, &wanted.principal);
    match known.filter(|_| replicated) {
        Some(kind) => Ok(kind.to_owned()),
        None => Err(bad_request(
            "PrincipalNotFound",
            format!(
                "Principal {} does not exist in the directory {}. Check that you have the correct principal ID. If you \
                 are creating this principal and then immediately assigning a role, this error might be related to a \
                 replication delay. In this case, set the role assignment principalType property to a value, such as \
                 ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
                wanted.principal.replace('-', ""),
                principals::tenant_of(world, subscription_of(&target.scope))
            ),
        )),
    }
}

/// Assigns a role as the provider itself does it, e.g. for a cluster's identity on its node resource group.
pub(crate) fn assign(world: &mut World, scope: &str, role: &str, principal: &str) {
    let name = uuid::Uuid::new_v5(
        &uuid::Uuid::NAMESPACE_URL,
        format!("{}|{role}|{principal}", scope.to_ascii_lowercase()).as_bytes(),
    );
    let id = format!("{scope}/providers/{KIND}/{name}");
    let now = world.now().to_string();
    let subscription = subscription_of(scope);
    let body = json!({
        "id": id, "name": name.to_string(), "type": KIND,
        "properties": {
            "roleDefinitionId":
                format!("/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            "principalId": principal, "principalType": "ServicePrincipal", "scope": scope,
            "condition": null, "conditionVersion": null, "description": null,
            "delegatedManagedIdentityResourceId": null,
            "createdOn": now, "updatedOn": now, "createdBy": null, "updatedBy": null,
        },
    });
    world.resources.put(Resource::new(&id, body));
}
