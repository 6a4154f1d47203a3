//! Which providers a subscription is registered for, and which types they have: what az reads before generic calls.

use http::Method;
use serde_json::{Value, json};

use super::subscriptions::location_labels;
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;

/// One type: its namespace, its path in it, the API versions offered.
type Served = (&'static str, &'static str, &'static [&'static str]);

/// Every type the emulator serves.
pub(crate) const TYPES: &[Served] = &[
    (
        "Microsoft.Authorization",
        "denyAssignments",
        &["2022-04-01"],
    ),
    ("Microsoft.Authorization", "permissions", &["2022-04-01"]),
    (
        "Microsoft.Authorization",
        "roleAssignments",
        &["2022-04-01"],
    ),
    (
        "Microsoft.Authorization",
        "roleDefinitions",
        &["2022-04-01", "2022-05-01-preview"],
    ),
    (
        "Microsoft.Compute",
        "virtualMachines",
        &["2026-04-01", "2024-07-01"],
    ),
    (
        "Microsoft.Compute",
        "virtualMachineScaleSets",
        &["2026-04-01", "2024-07-01"],
    ),
    (
        "Microsoft.Compute",
        "virtualMachineScaleSets/virtualMachines",
        &["2026-04-01", "2024-07-01"],
    ),
    (
        "Microsoft.ContainerService",
        "managedClusters",
        &["2026-08-01", "2024-10-02-preview"],
    ),
    (
        "Microsoft.ContainerService",
        "managedClusters/agentPools",
        &["2026-08-01", "2024-10-02-preview"],
    ),
    ("Microsoft.KeyVault", "vaults", &["2023-07-01"]),
    (
        "Microsoft.ManagedIdentity",
        "userAssignedIdentities",
        &["2024-11-30", "2023-01-31"],
    ),
    (
        "Microsoft.ManagedIdentity",
        "userAssignedIdentities/federatedIdentityCredentials",
        &["2024-11-30", "2023-01-31"],
    ),
    (
        "Microsoft.Resources",
        "resourceGroups",
        &["2024-11-01", "2022-09-01"],
    ),
    ("Microsoft.Resources", "subscriptions", &["2022-12-01"]),
];

/// Serves `/subscriptions/S/providers[/NS[/register]]` and `/providers[/NS]`.
pub(crate) fn serve(request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let subscription = target.subscription.as_deref();
    let namespace = match subscription {
        Some(_) => target.names.get(1),
        None => target.names.first(),
    };
    let known: Vec<&str> = namespaces();
    let registers = request.method == Method::POST
        && target
            .action
            .as_deref()
            .is_some_and(|a| a.eq_ignore_ascii_case("register"));
    match namespace {
        None if request.method == Method::GET => {
            let value: Vec<Value> = known.iter().map(|n| shown(subscription, n)).collect();
            Ok(Reply::ok(json!({ "value": value })))
        }
        Some(name) if request.method == Method::GET || registers => known
            .iter()
            .find(|n| n.eq_ignore_ascii_case(name))
            .map(|n| Reply::ok(shown(subscription, n)))
            .ok_or_else(|| {
                ArmError::new(
                    404,
                    "InvalidResourceNamespace",
                    format!("The resource namespace '{name}' is invalid."),
                )
            }),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

fn namespaces() -> Vec<&'static str> {
    let mut names: Vec<&str> = TYPES.iter().map(|(namespace, _, _)| *namespace).collect();
    names.dedup();
    names
}

fn shown(subscription: Option<&str>, namespace: &str) -> Value {
    let types: Vec<Value> = TYPES
        .iter()
        .filter(|(n, _, _)| *n == namespace)
        .map(|(_, kind, versions)| {
            json!({
                "resourceType": kind, "locations": location_labels(), "apiVersions": versions,
                "capabilities": "CrossResourceGroupResourceMove, CrossSubscriptionResourceMove, SupportsTags, \
                                 SupportsLocation",
            })
        })
        .collect();
    let prefix = subscription.map_or_else(String::new, |s| format!("/subscriptions/{s}"));
    json!({
        "id": format!("{prefix}/providers/{namespace}"), "namespace": namespace,
        "registrationState": "Registered", "registrationPolicy": "RegistrationRequired", "resourceTypes": types,
    })
}
