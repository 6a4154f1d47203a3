//! `podid role revoke`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::Scope;
use super::holder::Holder;
use crate::azure::{self, role_assignment};
use crate::context::Context;
use crate::domain::grant::Need;
use crate::error::{Error, Result};
use crate::output::report::Report;
use crate::output::table::Table;

/// Take back the roles that podid granted
///
/// podid knows its own assignments by their names and its mark in their description; a role that
/// somebody else granted stays. What cannot be revoked is told, and the rest is revoked.
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
    let mut table = Table::new(&["ROLE", "SCOPE", "PRINCIPAL", "OUTCOME"]);
    let mut items = Vec::new();
    let mut failures = Vec::new();
    for need in &resolved.needs {
        let outcome = match revoke(
            &resolved.cluster.azure,
            &resolved.holder,
            need,
            args.dry_run,
        )
        .await
        {
            Ok(outcome) => outcome.as_str(),
            Err(error) => {
                failures.push(error);
                "failed"
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
    let failure =
        (!failures.is_empty()).then(|| Error::several("Not every role could be revoked", failures));
    Ok(Report::new(items, table).failed(failure))
}

/// What became of a role that may be podid's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Revoked {
    /// It is gone.
    Done,
    /// It would go.
    WouldRevoke,
    /// There is none, or somebody else granted it.
    NotGrantedByPodid,
}

impl Revoked {
    /// The word in the result.
    pub(in crate::commands) fn as_str(self) -> &'static str {
        match self {
            Revoked::Done => "revoked",
            Revoked::WouldRevoke => "wouldRevoke",
            Revoked::NotGrantedByPodid => "notGrantedByPodid",
        }
    }
}

/// Takes back the role of `need` from `holder`, if podid granted it.
///
/// # Errors
/// The assignments may not be read, or the assignment not be removed; the error says who can.
pub(in crate::commands) async fn revoke(
    azure: &azure::Client,
    holder: &Holder,
    need: &Need,
    dry_run: bool,
) -> Result<Revoked> {
    let role = need.role;
    let failed = |error: azure::Error| {
        let scope = &need.scope;
        Error::from(error)
            .context(format!(
                "Role `{}` on `{}` was not revoked from {}",
                need.role,
                scope.name(),
                holder.label
            ))
            .target(scope.to_string())
    };
    let assigned = role_assignment::list(azure, &need.scope, Some(&holder.object_id));
    let assigned = match assigned.await {
        Ok(assigned) => assigned,
        // The role went with its scope.
        Err(error) if error.is_not_found() => return Ok(Revoked::NotGrantedByPodid),
        Err(error) => return Err(failed(error)),
    };
    let own = assigned
        .iter()
        .find(|item| item.is_podids(&need.scope, role, &holder.object_id));
    match (own, dry_run) {
        (None, _) => Ok(Revoked::NotGrantedByPodid),
        (Some(_), true) => Ok(Revoked::WouldRevoke),
        (Some(own), false) => {
            role_assignment::delete(azure, &own.id)
                .await
                .map_err(|error| {
                    failed(error).hint(format!(
                        "ask an owner of {}, or have them run: az role assignment delete --ids {}",
                        need.scope, own.id
                    ))
                })?;
            Ok(Revoked::Done)
        }
    }
}
