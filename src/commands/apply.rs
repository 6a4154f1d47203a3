//! `podid apply`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::KubernetesArgs;
use super::desired::saved::Saved;
use super::desired::source::Source;
use super::desired::{PlanningArgs, access, carry_out, planned, shown, source};
use crate::context::Context;
use crate::domain::change_plan::Count;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Make clusters hold what a file asks for
///
/// With -f it plans, shows the changes, asks, and carries them out; where nobody can be asked it
/// needs --yes. With a saved plan it carries out exactly that plan, or refuses with exit code 5
/// when something moved since it was made. Whatever the number of identities, each scale set gets
/// one PATCH and each cluster with the add-on one PUT; clusters are changed side by side. What
/// the file does not name stays, unless --prune is given and podid made it. A run that was cut
/// short is continued by the same command.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Plan, ask, apply
  podid apply -f identities.yaml

  # In a pipeline
  podid apply -f identities.yaml --yes

  # Exactly what was planned
  podid plan -f identities.yaml --out plan.json
  podid apply plan.json")]
pub struct Args {
    /// Plan saved with `podid plan --out`
    #[arg(value_name = "PLAN", required_unless_present = "file", conflicts_with_all = ["file", "prune", "replace"])]
    plan: Option<PathBuf>,
    /// YAML or JSON file of pod identities; `-` reads stdin
    #[arg(long, short = 'f', value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    planning: PlanningArgs,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
    /// Show what would be changed, change nothing
    #[arg(long)]
    dry_run: bool,
    /// Return when Azure has accepted the changes
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// The file or plan is refused, nobody agreed, or everything failed; single failures are part of
/// the report.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let asks = args.plan.is_none() && !args.yes && !args.dry_run;
    if asks && !context.ui.can_ask() {
        // Before anything is read: a pipeline should not fail only on the day something changes.
        return Err(
            Error::usage("The changes have to be confirmed and nobody can be asked here")
                .hint("add --yes when not running interactively, or apply a plan saved with `podid plan --out`")
                .target("--yes"),
        );
    }
    let saved = match &args.plan {
        Some(path) => Some(Saved::read(path).await?),
        None => None,
    };
    let (source, options) = read(context, &args, saved.as_ref()).await?;
    let planned = planned::plan(context, &source, options, &args.kubernetes).await?;
    if let Some(saved) = &saved {
        saved.check(&planned)?;
    }
    let changes = planned.changes();
    let nothing = "No changes: the clusters hold what the file asks for";
    if args.dry_run {
        return Ok(shown::plan(&source.name, &source.sha256, &changes).when_empty(nothing));
    }
    if changes.is_empty() {
        return Ok(shown::outcomes(&[]).when_empty(nothing));
    }
    if asks {
        context.ui.changes(&shown::lines(&changes));
        let question = format!("{}. Apply?", Count::of(&changes));
        if !context.ui.confirm(&question)? {
            return Err(Error::new(Kind::Interrupted, "Nothing was changed").cause("you said no"));
        }
    }
    access::check(context, &planned).await?;
    let how = carry_out::How {
        no_wait: args.no_wait,
        as_shown: asks || saved.is_some(),
    };
    let applied = carry_out::run(context, planned, how).await?;
    Ok(shown::outcomes(&applied.rows).failed(applied.failure()))
}

async fn read(
    context: &Context,
    args: &Args,
    saved: Option<&Saved>,
) -> Result<(Source, PlanningArgs)> {
    match (saved, &args.file) {
        (Some(saved), _) => Ok((saved.source(context)?, saved.options())),
        (None, Some(path)) => Ok((source::load(context, path).await?, args.planning)),
        (None, None) => Err(Error::usage("No file is given").target("--file")),
    }
}
