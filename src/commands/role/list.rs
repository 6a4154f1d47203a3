//! `podid role list`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::Scope;
use crate::azure::{role_assignment, role_definition};
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// List the role assignments on identities and the node resource group
///
/// Inherited assignments are listed too.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # What may the kubelet identity do with identity ID?
  podid role list -g prod --cluster-name prod-aks --for standard --identity-resource-id ID")]
pub struct Args {
    #[command(flatten)]
    scope: Scope,
}

/// Runs the command.
///
/// # Errors
/// Role assignments may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let resolved = super::resolve(context, &args.scope).await?;
    let azure = &resolved.cluster.azure;
    let mut table = Table::new(&["ROLE", "ASSIGNEDAT", "REACHES", "PRINCIPAL"]);
    let mut items = Vec::new();
    for need in &resolved.needs {
        for assignment in
            role_assignment::list(azure, &need.scope, Some(&resolved.holder.object_id)).await?
        {
            let role = role_definition::get_at(
                azure,
                &need.scope,
                &assignment.properties.role_definition_id,
            )
            .await?
            .properties
            .role_name;
            table.row([
                role.as_str(),
                &assignment.properties.scope,
                need.scope.name(),
                &assignment.properties.principal_id,
            ]);
            items.push(json!({
                "role": role,
                "scope": assignment.properties.scope,
                "reaches": need.scope,
                "principalId": assignment.properties.principal_id,
                "id": assignment.id,
            }));
        }
    }
    let label = &resolved.holder.label;
    Ok(Report::new(items, table)
        .when_empty(format!("No role assignments of {label} on these scopes")))
}
