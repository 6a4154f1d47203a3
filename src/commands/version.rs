//! `podid version`.

use clap::Args as ClapArgs;
use serde_json::json;

use crate::azure::{managed_cluster, role_definition, scale_set, user_assigned_identity};
use crate::error::Result;
use crate::k8s::crd;
use crate::output::report::Report;
use crate::output::table::Table;

/// Print the version of podid and of the APIs it speaks
#[derive(Debug, ClapArgs)]
pub struct Args {}

/// Runs the command.
///
/// # Errors
/// None.
pub fn run(_args: Args) -> Result<Report> {
    let version = env!("CARGO_PKG_VERSION");
    let apis = [
        (
            "Microsoft.ContainerService/managedClusters",
            managed_cluster::API_VERSION,
        ),
        (
            "Microsoft.Compute/virtualMachineScaleSets",
            scale_set::API_VERSION,
        ),
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities",
            user_assigned_identity::API_VERSION,
        ),
        (
            "Microsoft.Authorization/roleAssignments",
            role_definition::API_VERSION,
        ),
        (crd::GROUP, crd::VERSION),
    ];
    let mut table = Table::new(&["COMPONENT", "VERSION"]);
    table.row(["podid", version]);
    for (name, version) in apis {
        table.row([name, version]);
    }
    let apis: serde_json::Map<String, serde_json::Value> = apis
        .iter()
        .map(|(name, version)| ((*name).to_owned(), json!(version)))
        .collect();
    Ok(Report::new(
        json!({"podid": version, "apiVersions": apis}),
        table,
    ))
}
