//! `podid role grant`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::access::{self, Answer, Demand};
use super::{Outcome, Scope, forbidden, grant_needs};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::report::Report;
use crate::output::table::Table;

/// Grant the roles that are needed
///
/// Managed Identity Operator on each identity and, for direct and standard, Virtual Machine
/// Contributor on the node resource group. What inherited or broader roles cover already is left
/// as it is. The names of the assignments are made from scope, role and principal, so granting
/// twice writes once.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Let yourself assign identity ID to the cluster's scale sets
  podid role grant -g prod --cluster-name prod-aks --identity-resource-id ID

  # Let MIC do it
  podid role grant -g prod --cluster-name prod-aks --for standard --identity-resource-id ID")]
pub struct Args {
    #[command(flatten)]
    scope: Scope,
    /// Show what would be granted, grant nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
///
/// # Errors
/// The signed-in principal may not grant roles.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let resolved = super::resolve(context, &args.scope).await?;
    let mut failures = Vec::new();
    let mut outcomes = Vec::new();
    if args.dry_run {
        let demands: Vec<Demand> = resolved.needs.iter().map(Demand::from).collect();
        let answers = access::check(&resolved.cluster.azure, &resolved.holder, &demands).await;
        for (need, answer) in resolved.needs.iter().zip(answers) {
            outcomes.push(match answer {
                Answer::Allowed => "present",
                Answer::Missing(_) | Answer::Unknown(_) => "wouldGrant",
                Answer::Denied(name) => {
                    failures.push(forbidden(need, &name));
                    "failed"
                }
            });
        }
    } else {
        for outcome in grant_needs(&resolved.cluster, &resolved.holder, &resolved.needs).await {
            outcomes.push(match outcome {
                Ok(Outcome::Present) => "present",
                Ok(Outcome::Granted) => "granted",
                Err(error) => {
                    failures.push(error);
                    "failed"
                }
            });
        }
    }
    let mut table = Table::new(&["ROLE", "SCOPE", "PRINCIPAL", "OUTCOME"]);
    let mut items = Vec::new();
    for (need, outcome) in resolved.needs.iter().zip(outcomes) {
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
    let failure =
        (!failures.is_empty()).then(|| Error::several("Not every role could be granted", failures));
    Ok(Report::new(items, table).failed(failure))
}
