//! `podid diff`.

use clap::Args as ClapArgs;

use super::arguments::KubernetesArgs;
use super::desired::{FileArgs, PlanningArgs, planned, shown, source};
use super::plan::CHANGES;
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;

/// Compare clusters with what a file asks for
///
/// Prints a unified diff of every object and scale set that `podid apply` would change, on a
/// terminal or not; -o json and -o yaml print them as values.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # What differs?
  podid diff -f identities.yaml

  # In a pipeline: exit code 10 when something differs
  podid diff -f identities.yaml --exit-code")]
pub struct Args {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    planning: PlanningArgs,
    /// Exit with code 10 when something differs
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// The file is refused, a cluster cannot be reached, or something is in the way.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let source = source::load(context, &args.file.file).await?;
    let planned = planned::plan(context, &source, args.planning, &args.kubernetes).await?;
    let changes = planned.changes();
    let mut report = shown::diff(&changes)?
        .when_empty("No differences: the clusters hold what the file asks for");
    if !changes.is_empty() && args.exit_code {
        report.exit_code = Some(CHANGES);
    }
    Ok(report)
}
