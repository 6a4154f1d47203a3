//! `podid sandbox down`.

use clap::Args as ClapArgs;

use super::NameArgs;
use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Stop a sandbox
///
/// Returns when all its processes are gone and its files are removed.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Stop the sandbox
  podid sandbox down")]
pub struct Args {
    #[command(flatten)]
    name: NameArgs,
    /// Succeed when it is not up
    #[arg(long)]
    ignore_not_found: bool,
}

/// Runs the command.
///
/// # Errors
/// The sandbox is not up, or does not stop in time.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let place = args.name.place()?;
    let stopped = place.stop(context.timeout()).await?;
    // What a killed server left; a stopped one has removed it.
    place.remove_unless_taken()?;
    if !stopped && !args.ignore_not_found {
        return Err(Error::new(
            Kind::NotFound,
            format!("Sandbox `{}` is not up", place.name()),
        )
        .hint("see what runs with `podid sandbox status`")
        .target("--name"));
    }
    if stopped {
        context
            .ui
            .status(&format!("Sandbox `{}` is down", place.name()));
    }
    Ok(Report::nothing())
}
