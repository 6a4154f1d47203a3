//! `podid exception update`.

use clap::Args as ClapArgs;

use super::arguments::{LabelArgs, TargetArgs};
use super::{reach, shown, way};
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::context::Context;
use crate::domain::exception::{self, Comparison, Reach, WantedException};
use crate::error::Result;
use crate::output::report::Report;

/// Replace the labels of an exception
///
/// The exception then has the labels given and no others. Everything else about it stays.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Let the pods labelled app=collector through, and no longer those the exception named before
  podid exception update -g prod --cluster-name prod-aks --namespace monitoring --name agent --pod-labels app=collector")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    labels: LabelArgs,
    /// Accepted for scripts; this command never asks
    #[arg(long, short = 'y', hide = true)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// Refused input, there is no such exception, or a service refused.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let (namespace, name) = args.target.read()?;
    let wanted = WantedException {
        namespace,
        name,
        pod_labels: args.labels.read()?,
    };
    let (cluster, kubernetes) = (&args.cluster, &args.kubernetes);
    let site = way::open(context, cluster, kubernetes, &args.change, true).await?;
    let (there, pods) = tokio::try_join!(
        site.exceptions(wanted.namespace.as_str()),
        site.pods(wanted.namespace.as_str()),
    )?;
    let Some(before) = there.iter().find(|one| one.key() == wanted.key()) else {
        return Err(
            way::not_found(&site.cluster, &wanted.key()).hint("make it with `podid exception add`")
        );
    };
    let reach = pods.map(|pods| Reach::among(&wanted, &pods));
    let report = |outcome, changes| {
        shown::report(&wanted, outcome, changes, reach.as_ref().ok(), site.via())
    };
    if exception::compare(&wanted, &there) == Comparison::Same {
        return Ok(report("unchanged", Vec::new()));
    }
    site.check(before).await?;
    let change = site.preview(&wanted, true)?;
    reach::tell(context, &wanted.namespace, &reach);
    if args.change.dry_run {
        return Ok(report("wouldChange", vec![change]));
    }
    let outcome = site.set(context, &wanted, true).await?;
    Ok(report(outcome, Vec::new()))
}
