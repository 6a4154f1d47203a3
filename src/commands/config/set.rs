//! `podid config set`.

use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::report::Report;
use crate::settings::file::Values;
use crate::settings::{Key, edit};

/// Keep a default in the configuration file
///
/// Settings: resourceGroup, clusterName, subscription, output, timeout, color, credential, cloud,
/// errorFormat, via. Comments in the file stay. Secrets are refused: podid stores none.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Mean this cluster from now on
  podid config set resourceGroup prod
  podid config set clusterName prod-aks")]
pub struct Args {
    /// Name of the setting
    #[arg(value_name = "SETTING", value_parser = super::key)]
    key: Key,
    /// Its value
    #[arg(value_name = "VALUE")]
    value: String,
}

/// Runs the command.
///
/// # Errors
/// The setting does not take this value, or the file cannot be written.
pub(super) fn run(context: &Context, args: &Args) -> Result<Report> {
    Values::default()
        .set(args.key, &args.value)
        .map_err(|reason| {
            Error::usage(format!("`{}` is no value for `{}`", args.value, args.key))
                .cause(reason)
                .target(args.key.name())
        })?;
    let place = super::place()?;
    let text = edit::changed(&super::text(&place)?, args.key, Some(&args.value));
    edit::write(&place.path, &text)?;
    context.ui.status(&format!(
        "`{}` is `{}` in {}",
        args.key,
        args.value,
        place.path.display()
    ));
    Ok(Report::nothing())
}
