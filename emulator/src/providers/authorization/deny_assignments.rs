//! `Microsoft.Authorization/denyAssignments`: read by clients, written only by the provider that locks a node
//! resource group.

use http::Method;
use serde_json::json;

use super::scope::{Filter, scope_of};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::{list as json_list, text};
use crate::providers::paging::page;
use crate::world::World;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.Authorization/denyAssignments";

/// Everyone, as a deny assignment names them.
const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

/// Serves one deny assignment, or the list of a scope.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    if let Some(name) = target.names.last() {
        return world
            .resources
            .get(&target.id)
            .map(|r| Reply::ok(r.body.clone()))
            .ok_or_else(|| {
                ArmError::new(
                    404,
                    "DenyAssignmentNotFound",
                    format!(
                        "The deny assignment with ID '{}' is not found.",
                        name.replace('-', "")
                    ),
                )
            });
    }
    let filter = Filter::read(request)?;
    let items = world
        .resources
        .of_type(KIND)
        .filter(|r| filter.admits_scope(scope_of(&r.body), &target.scope))
        .filter(|r| {
            json_list(&r.body, "/properties/principals")
                .iter()
                .any(|p| {
                    text(p, "/id") == EVERYONE || filter.admits_principal(world, text(p, "/id"))
                })
        })
        .map(|r| r.body.clone())
        .collect();
    page(request, items, world.settings.page_size)
}

/// Locks a node resource group: everybody but `excluded` may only read in it.
pub(crate) fn lock(world: &mut World, group_id: &str, excluded: &str) {
    let name = uuid::Uuid::new_v5(
        &uuid::Uuid::NAMESPACE_URL,
        group_id.to_ascii_lowercase().as_bytes(),
    );
    let id = format!("{group_id}/providers/{KIND}/{name}");
    let body = json!({
        "id": id, "name": name.to_string(), "type": KIND,
        "properties": {
            "denyAssignmentName": "AKS node resource group lockdown",
            "description": "Deny assignment for resources created by Azure Kubernetes Service.",
            "permissions": [{
                "actions": ["*/write", "*/delete", "*/action"],
                "notActions": [], "dataActions": [], "notDataActions": [],
            }],
            "scope": group_id,
            "doNotApplyToChildScopes": false,
            "principals": [{"id": EVERYONE, "type": "SystemDefined"}],
            "excludePrincipals": [{"id": excluded, "type": "ServicePrincipal"}],
            "isSystemProtected": true,
        },
    });
    world.resources.put(Resource::new(&id, body));
}

/// Takes the lock of a node resource group away.
pub(crate) fn unlock(world: &mut World, group_id: &str) {
    let locks: Vec<String> = world
        .resources
        .list_under(group_id, KIND)
        .into_iter()
        .filter(|r| scope_of(&r.body).eq_ignore_ascii_case(group_id))
        .map(|r| r.id.clone())
        .collect();
    for lock in locks {
        world.resources.remove(&lock);
    }
}
