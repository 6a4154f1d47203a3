//! `podid identity delete`.

use clap::Args as ClapArgs;
use serde_json::json;

use crate::azure::user_assigned_identity;
use crate::commands::arguments;
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::output::table::Table;

/// Delete a managed identity
///
/// Remove its pod identities first (`podid remove`): an identity that is deleted while scale
/// sets and pod identities still refer to it blocks later changes of the cluster.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Delete identity reader
  podid identity delete -g ids -n reader")]
pub struct Args {
    /// Resource group of the identity
    #[arg(long, short = 'g', value_name = "GROUP", env = env::PODID_RESOURCE_GROUP, hide_env_values = true)]
    resource_group: Option<String>,
    /// Name of the identity
    #[arg(long, short = 'n', value_name = "NAME")]
    name: String,
    /// Succeed when there is no such identity
    #[arg(long)]
    ignore_not_found: bool,
    /// Show what would be deleted, delete nothing
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
///
/// # Errors
/// The identity does not exist, or may not be deleted.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let group = arguments::resource_group(context, args.resource_group.as_ref())?;
    let azure = context.azure().await?;
    let id = ResourceId::user_assigned_identity(context.subscription().await?, &group, &args.name)?;
    let existed = if args.dry_run {
        match user_assigned_identity::get(azure, &id).await {
            Ok(_) => true,
            Err(error) if error.is_not_found() => false,
            Err(error) => return Err(super::failed(error, &id, "could not be read")),
        }
    } else {
        user_assigned_identity::delete(azure, &id)
            .await
            .map_err(|error| super::failed(error, &id, "was not deleted"))?
    };
    if !existed && !args.ignore_not_found {
        return Err(Error::new(
            Kind::NotFound,
            format!(
                "Identity `{}` was not found in resource group `{group}`",
                args.name
            ),
        )
        .hint("see what there is with `podid identity list`")
        .target(id.to_string()));
    }
    let outcome = match (existed, args.dry_run) {
        (false, _) => "notFound",
        (true, true) => "wouldDelete",
        (true, false) => "deleted",
    };
    let mut table = Table::new(&["NAME", "OUTCOME"]);
    table.row([args.name.as_str(), outcome]);
    Ok(Report::new(json!({"id": id, "outcome": outcome}), table))
}
