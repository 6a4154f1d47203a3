//! `podid exception remove`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::arguments::TargetArgs;
use super::way;
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::context::Context;
use crate::domain::label;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// Remove an exception from a cluster
///
/// From then on NMI answers the pods again: those without a binding get no tokens.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Remove exception agent of namespace monitoring
  podid exception remove -g prod --cluster-name prod-aks --namespace monitoring --name agent

  # In a script that may run twice
  podid exception remove -g prod --cluster-name prod-aks --namespace monitoring --name agent --ignore-not-found")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// Succeed when there is no such exception
    #[arg(long)]
    ignore_not_found: bool,
    /// Accepted for scripts; a single removal never asks
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
/// There is no such exception, AKS keeps it, or a service refused.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let (namespace, name) = args.target.read()?;
    let key = format!("{namespace}/{name}");
    let (cluster, kubernetes) = (&args.cluster, &args.kubernetes);
    let site = way::open_without_pods(context, cluster, kubernetes, &args.change).await?;
    let there = site.exceptions(namespace.as_str()).await?;
    let report = |outcome: &str, pod_labels: Option<&label::Labels>| {
        let mut table = Table::new(&["NAMESPACE", "NAME", "POD-LABELS", "OUTCOME"]);
        table.row([
            namespace.to_string(),
            name.to_string(),
            pod_labels.map(label::shown).unwrap_or_default(),
            outcome.to_owned(),
        ]);
        let value = json!({
            "name": name,
            "namespace": namespace,
            "podLabels": pod_labels,
            "outcome": outcome,
            "via": site.via(),
        });
        Report::new(value, table)
    };
    let Some(before) = there.iter().find(|one| one.key() == key) else {
        if args.ignore_not_found {
            return Ok(report("notFound", None));
        }
        return Err(way::not_found(&site.cluster, &key).hint("add --ignore-not-found in scripts"));
    };
    site.check(before).await?;
    if args.change.dry_run {
        return Ok(report("wouldRemove", Some(&before.pod_labels)));
    }
    let outcome = site.delete(context, before).await?;
    let report = report(outcome, Some(&before.pod_labels));
    if before.pod_labels.is_empty() {
        return Ok(report);
    }
    let again = way::add_command(
        &site.cluster,
        &before.namespace,
        Some(&before.name),
        &before.pod_labels,
    );
    Ok(report.next_step(format!("to restore it: {again}")))
}
