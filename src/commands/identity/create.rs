//! `podid identity create`.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;

use crate::azure::{resource_group, user_assigned_identity};
use crate::commands::arguments;
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::env;
use crate::error::{Error, Result};
use crate::output::report::Report;

/// Create a managed identity
///
/// An identity that exists already is shown unchanged.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Create identity reader in resource group ids
  podid identity create -g ids -n reader

  # Print only its resource id
  podid identity create -g ids -n reader --query id -o tsv")]
pub struct Args {
    /// Resource group of the identity
    #[arg(long, short = 'g', value_name = "GROUP", env = env::PODID_RESOURCE_GROUP, hide_env_values = true)]
    resource_group: Option<String>,
    /// Name of the identity
    #[arg(long, short = 'n', value_name = "NAME")]
    name: String,
    /// Region; the resource group's when not given
    #[arg(long, short = 'l', value_name = "REGION")]
    location: Option<String>,
    /// Tags
    #[arg(long, value_name = "KEY=VALUE", num_args = 0.., value_parser = tag)]
    tags: Vec<(String, String)>,
}

fn tag(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

/// Runs the command.
///
/// # Errors
/// The name is refused, the group does not exist, or a permission is missing.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let group = arguments::resource_group(context, args.resource_group.as_ref())?;
    user_assigned_identity::check_name(&args.name).map_err(|reason| {
        Error::usage(format!("`{}` is not a valid identity name", args.name))
            .cause(reason)
            .target("--name")
    })?;
    let azure = context.azure().await?;
    let subscription = context.subscription().await?;
    let id = ResourceId::user_assigned_identity(subscription, &group, &args.name)?;
    let tags: BTreeMap<String, String> = args.tags.into_iter().collect();
    // A PUT over an identity that exists would replace its tags.
    match user_assigned_identity::get(azure, &id).await {
        Ok(identity) if tags.is_empty() => {
            context.ui.status(&format!(
                "Identity `{}` exists already, unchanged",
                args.name
            ));
            return Ok(super::one(identity));
        }
        Ok(_) => {
            return Err(Error::new(
                crate::error::Kind::Conflict,
                format!(
                    "Identity `{}` exists already, its tags would be replaced",
                    args.name
                ),
            )
            .hint("leave --tags away to use it as it is"));
        }
        Err(error) if error.is_not_found() => {}
        Err(error) => return Err(super::failed(error, &id, "could not be read")),
    }
    let location = match args.location {
        Some(location) => location,
        None => resource_group::location(azure, subscription, &group).await?,
    };
    let identity = user_assigned_identity::create(azure, &id, &location, &tags)
        .await
        .map_err(|error| super::failed(error, &id, "was not created"))?;
    Ok(super::one(identity).next_step(format!(
        "podid role grant --for direct --identity-resource-id {id}"
    )))
}
