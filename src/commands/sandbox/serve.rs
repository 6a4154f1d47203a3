//! `podid sandbox serve`: the process behind `podid sandbox up`.

use clap::Args as ClapArgs;

use super::{NameArgs, StartArgs, progress};
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;
use crate::sandbox::serve::serve;

/// Serve a sandbox until it is told to stop
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(flatten)]
    name: NameArgs,
    #[command(flatten)]
    start: StartArgs,
}

/// Runs the command.
///
/// # Errors
/// The name is taken, or the sandbox did not start.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let options = args.start.options(progress(context))?;
    serve(&args.name.place()?, options).await?;
    Ok(Report::nothing())
}
