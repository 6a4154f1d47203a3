//! `podid identity list`.

use clap::Args as ClapArgs;

use crate::azure::user_assigned_identity;
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;

use super::Shown;

/// List managed identities
///
/// Without a resource group, those of the whole subscription.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # All identities of a resource group
  podid identity list -g ids")]
pub struct Args {
    /// Resource group to list; the whole subscription when not given
    // The variable of the cluster's group would narrow the list without being asked to.
    #[arg(long, short = 'g', value_name = "GROUP")]
    resource_group: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// The group does not exist, or may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let azure = context.azure().await?;
    let subscription = context.subscription().await?;
    let found = match &args.resource_group {
        Some(group) => user_assigned_identity::list_by_group(azure, subscription, group).await?,
        None => user_assigned_identity::list_by_subscription(azure, subscription).await?,
    };
    let shown: Vec<Shown> = found.into_iter().map(Shown::from).collect();
    let table = super::table(&shown);
    Ok(Report::new(shown, table).when_empty("No managed identities found"))
}
