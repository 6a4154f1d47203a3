//! `podid plan`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::KubernetesArgs;
use super::desired::saved::Saved;
use super::desired::{FileArgs, PlanningArgs, planned, shown, source};
use crate::context::Context;
use crate::domain::change_plan::Count;
use crate::error::Result;
use crate::output::report::Report;

/// The exit code of `--exit-code` when there are changes.
pub const CHANGES: u8 = 10;

/// Show what has to change so that clusters hold what a file asks for
///
/// Reads the file, the clusters it names, and prints an ordered list of changes; changes nothing.
/// A plan that is saved with --out is carried out by `podid apply` exactly as it was shown, or
/// not at all when something moved meanwhile.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # What would `podid apply` do?
  podid plan -f identities.yaml

  # Save the plan, look at it, carry it out
  podid plan -f identities.yaml --out plan.json
  podid apply plan.json

  # In a pipeline: exit code 10 when something has to change
  podid plan -f identities.yaml --exit-code -o none")]
pub struct Args {
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    planning: PlanningArgs,
    /// Save the plan for `podid apply`; readable for its owner only
    #[arg(long, value_name = "PLAN")]
    out: Option<PathBuf>,
    /// Exit with code 10 when there are changes
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
    let mut report = shown::plan(&source.name, &source.sha256, &changes)
        .when_empty("No changes: the clusters hold what the file asks for");
    if !changes.is_empty() {
        let count = Count::of(&changes);
        context.ui.status(&format!("Plan: {count}"));
        report.exit_code = args.exit_code.then_some(CHANGES);
    }
    if let Some(path) = &args.out {
        Saved::of(&source, args.planning, &planned).write(path)?;
        report = report.next_step(format!("podid apply {}", path.display()));
    }
    Ok(report)
}
