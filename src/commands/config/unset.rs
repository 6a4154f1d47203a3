//! `podid config unset`.

use clap::Args as ClapArgs;

use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;
use crate::settings::{Key, edit};

/// Take a default out of the configuration file
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Ask for the cluster each time again
  podid config unset clusterName")]
pub struct Args {
    /// Name of the setting
    #[arg(value_name = "SETTING", value_parser = super::key)]
    key: Key,
}

/// Runs the command.
///
/// # Errors
/// The file cannot be written.
pub(super) fn run(context: &Context, args: &Args) -> Result<Report> {
    let place = super::place()?;
    let old = super::text(&place)?;
    let new = edit::changed(&old, args.key, None);
    if new == old {
        context
            .ui
            .status(&format!("`{}` is not set in the file", args.key));
        return Ok(Report::nothing());
    }
    edit::write(&place.path, &new)?;
    context
        .ui
        .status(&format!("`{}` is no longer set in the file", args.key));
    Ok(Report::nothing())
}
