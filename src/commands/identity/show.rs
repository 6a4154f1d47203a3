//! `podid identity show`.

use clap::Args as ClapArgs;

use crate::azure::user_assigned_identity;
use crate::commands::arguments;
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::env;
use crate::error::Result;
use crate::output::report::Report;

/// Show a managed identity
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Print the client id of identity reader
  podid identity show -g ids -n reader --query clientId -o tsv")]
pub struct Args {
    /// Resource group of the identity
    #[arg(long, short = 'g', value_name = "GROUP", env = env::PODID_RESOURCE_GROUP, hide_env_values = true)]
    resource_group: Option<String>,
    /// Name of the identity
    #[arg(long, short = 'n', value_name = "NAME")]
    name: String,
}

/// Runs the command.
///
/// # Errors
/// The identity does not exist, or may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let group = arguments::resource_group(context, args.resource_group.as_ref())?;
    let id = ResourceId::user_assigned_identity(context.subscription().await?, &group, &args.name)?;
    let identity = user_assigned_identity::get(context.azure().await?, &id)
        .await
        .map_err(|error| super::failed(error, &id, "could not be read"))?;
    Ok(super::one(identity))
}
