//! `podid role revoke`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::Scope;
use crate::azure::role_assignment;
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// Take back the roles that podid granted
///
/// podid knows its own assignments by their names; a role that somebody else granted stays.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Take back what `podid role grant` gave MIC on identity ID
  podid role revoke -g prod --cluster-name prod-aks --for standard --identity-resource-id ID")]
pub struct Args {
    #[command(flatten)]
    scope: Scope,
    /// Show what would be revoked, revoke nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
///
/// # Errors
/// The signed-in principal may not remove role assignments.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let resolved = super::resolve(context, &args.scope).await?;
    let azure = &resolved.cluster.azure;
    let mut table = Table::new(&["ROLE", "SCOPE", "PRINCIPAL", "OUTCOME"]);
    let mut items = Vec::new();
    for need in &resolved.needs {
        let id = role_assignment::assignment_id(
            &need.scope,
            super::built_in(need.role),
            &resolved.holder.object_id,
        );
        let assigned =
            role_assignment::list(azure, &need.scope, Some(&resolved.holder.object_id)).await?;
        let own = assigned
            .iter()
            .any(|item| item.id.eq_ignore_ascii_case(&id));
        let outcome = match (own, args.dry_run) {
            (false, _) => "notGrantedByPodid",
            (true, true) => "wouldRevoke",
            (true, false) => {
                role_assignment::delete(azure, &id).await?;
                "revoked"
            }
        };
        table.row([
            need.role.to_string(),
            need.scope.name().to_owned(),
            resolved.holder.object_id.clone(),
            outcome.to_owned(),
        ]);
        items.push(json!({
            "role": need.role.to_string(),
            "scope": need.scope,
            "principalId": resolved.holder.object_id,
            "outcome": outcome,
        }));
    }
    Ok(Report::new(items, table))
}
