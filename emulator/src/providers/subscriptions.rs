//! Tenants and subscriptions: what a caller sees after signing in.

use http::Method;
use serde_json::{Value, json};

use crate::access;
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::text;
use crate::world::World;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.Resources/subscriptions";

/// The regions a subscription offers here.
const LOCATIONS: &[(&str, &str)] = &[
    ("eastus", "East US"),
    ("northeurope", "North Europe"),
    ("westeurope", "West Europe"),
    ("westus2", "West US 2"),
];

/// Serves `/subscriptions` and `/subscriptions/S`.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    match (&request.method, target.names.first()) {
        (&Method::GET, None) => {
            let value: Vec<Value> = world
                .resources
                .of_type(KIND)
                .filter(|s| access::has_any_below(world, &request.principal, &s.id))
                .map(shown)
                .collect();
            let count = json!({"type": "Total", "value": value.len()});
            Ok(Reply::ok(json!({"value": value, "count": count})))
        }
        (&Method::GET, Some(name)) => world
            .resources
            .get(&target.id)
            .filter(|s| access::has_any_below(world, &request.principal, &s.id))
            .map(|s| Reply::ok(shown(s)))
            .ok_or_else(|| ArmError::subscription_not_found(name)),
        // Subscriptions are made outside Resource Manager; only a seed comes this way.
        (&Method::PUT, Some(name)) if request.principal.system => {
            let tenant = text(&request.body, "/tenantId");
            let label = text(&request.body, "/displayName");
            let created = create(world, name, tenant, label);
            Ok(Reply::created(created))
        }
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

/// Makes a subscription.
pub fn create(world: &mut World, id: &str, tenant: &str, name: &str) -> Value {
    let tenant = if tenant.is_empty() {
        world.directory.home_tenant()
    } else {
        tenant.to_owned()
    };
    let body = json!({
        "id": format!("/subscriptions/{id}"), "type": KIND, "subscriptionId": id, "tenantId": tenant,
        "displayName": if name.is_empty() { id } else { name }, "state": "Enabled",
    });
    world
        .resources
        .put(Resource::new(format!("/subscriptions/{id}"), body.clone()));
    body
}

fn shown(subscription: &Resource) -> Value {
    let mut body = subscription.body.clone();
    if let Some(document) = body.as_object_mut() {
        document.remove("type");
    }
    body["authorizationSource"] = "RoleBased".into();
    body["managedByTenants"] = json!([]);
    body["tags"] = json!({});
    body["subscriptionPolicies"] = json!({
        "locationPlacementId": "Public_2014-09-01", "quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off",
    });
    body
}

/// Serves `/tenants`.
pub(crate) fn tenants(world: &World, request: &Request) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    let value: Vec<Value> = world
        .directory
        .tenants
        .values()
        .filter(|t| {
            request.principal.system
                || t.tenant_id
                    .eq_ignore_ascii_case(&request.principal.tenant_id)
        })
        .map(|t| {
            json!({
                "id": format!("/tenants/{}", t.tenant_id), "tenantId": t.tenant_id,
                "displayName": t.display_name, "defaultDomain": t.default_domain,
                "domains": [t.default_domain], "tenantCategory": "Home", "tenantType": "AAD",
            })
        })
        .collect();
    Ok(Reply::ok(json!({ "value": value })))
}

/// Serves `/subscriptions/S/locations`.
pub(crate) fn locations(request: &Request, target: &Target) -> Result<Reply, ArmError> {
    if request.method != Method::GET {
        return Err(ArmError::method_not_allowed(request.method.as_str()));
    }
    let value: Vec<Value> = LOCATIONS
        .iter()
        .map(|(name, label)| {
            json!({
                "id": format!("{}/locations/{name}", target.scope), "name": name, "type": "Region",
                "displayName": label, "regionalDisplayName": label, "metadata": {"regionType": "Physical"},
            })
        })
        .collect();
    Ok(Reply::ok(json!({ "value": value })))
}

/// The names of the regions.
pub(crate) fn location_labels() -> Vec<&'static str> {
    LOCATIONS.iter().map(|(_, label)| *label).collect()
}
