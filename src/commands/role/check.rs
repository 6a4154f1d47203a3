//! `podid role check`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::Scope;
use super::access::{self, Answer, Demand};
use crate::context::Context;
use crate::domain::grant::Need;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::output::table::Table;

/// Check whether the roles are there
///
/// Four outcomes per role: present, missing, denied when a deny assignment forbids what the role
/// allows, and unknown when it could not be read. Only present is success.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # May you assign identity ID to the cluster's scale sets?
  podid role check -g prod --cluster-name prod-aks --identity-resource-id ID")]
pub struct Args {
    #[command(flatten)]
    scope: Scope,
}

/// Runs the command.
///
/// # Errors
/// The cluster may not be read; missing roles are part of the report.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let resolved = super::resolve(context, &args.scope).await?;
    let mut table = Table::new(&["ROLE", "SCOPE", "PRINCIPAL", "RESULT"]);
    let mut items = Vec::new();
    let mut failures = Vec::new();
    let mut missing_any = false;
    let demands: Vec<Demand> = resolved.needs.iter().map(Demand::from).collect();
    let answers = access::check(&resolved.cluster.azure, &resolved.holder, &demands).await;
    for (need, answer) in resolved.needs.iter().zip(answers) {
        let result = match answer {
            Answer::Allowed => "present",
            Answer::Missing(_) => {
                missing_any = true;
                failures.push(missing(need));
                "missing"
            }
            Answer::Denied(name) => {
                missing_any = true;
                failures.push(super::forbidden(need, &name));
                "denied"
            }
            Answer::Unknown(error) => {
                failures.push(error.context(format!("Role `{}` could not be checked", need.role)));
                "unknown"
            }
        };
        table.row([
            need.role.to_string(),
            need.scope.name().to_owned(),
            resolved.holder.object_id.clone(),
            result.to_owned(),
        ]);
        items.push(json!({
            "role": need.role.to_string(),
            "scope": need.scope,
            "principalId": resolved.holder.object_id,
            "result": result,
        }));
    }
    let label = &resolved.holder.label;
    let failure = (!failures.is_empty()).then(|| {
        if missing_any {
            Error::several(format!("Roles of {label} are missing"), failures)
                .hint("grant them with `podid role grant` and the same arguments")
        } else {
            Error::several(format!("Roles of {label} could not be checked"), failures)
        }
    });
    Ok(Report::new(items, table).failed(failure))
}

fn missing(need: &Need) -> Error {
    let scope = &need.scope;
    Error::new(
        Kind::Permission,
        format!("Role `{}` is missing on {scope}", need.role),
    )
    .target(scope.to_string())
}
