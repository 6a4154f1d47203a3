//! `podid disable`.

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde_json::json;

use super::arguments::{AddOnArgs, KubernetesArgs};
use super::change::aks::{self, Manner};
use super::change::cluster::{self, Cluster, Way};
use super::change::preflight::{self, Findings};
use crate::context::Context;
use crate::domain::profile::{Edit, Profile};
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::output::table::Table;
use lost::Lost;

mod lost;
mod restore;

/// Turn the pod identity add-on of a cluster off
///
/// AKS then deletes every pod identity and exception of the cluster and the consent to kubenet;
/// pods lose their tokens. What is lost is shown, and a file that `podid apply -f` brings
/// everything back from is written before anything is changed: no file, no change. The command
/// asks on a terminal; elsewhere it needs --yes.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # See what would be lost
  podid disable -g prod --cluster-name prod-aks --dry-run

  # Turn the add-on off, and choose where the restore file goes
  podid disable -g prod --cluster-name prod-aks --yes --restore-file prod-aks.yaml

  # Bring everything back
  podid apply -f prod-aks.yaml")]
pub struct Args {
    #[command(flatten)]
    add_on: AddOnArgs,
    /// File to bring everything back from; podid-restore-CLUSTER-TIME.yaml here when not given
    #[arg(long, value_name = "FILE")]
    restore_file: Option<PathBuf>,
    /// Do not ask
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// Nobody agreed, the restore file cannot be written, the profile changed meanwhile, or AKS refused.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let headers = args.add_on.headers()?;
    let cluster = cluster::read(context, &args.add_on.cluster()?).await?;
    let profile = Profile::of(cluster.managed.pod_identity_profile());
    if !profile.enabled {
        return Ok(report(&cluster, "unchanged", &Lost::default(), None));
    }
    let mut findings = Findings::default();
    preflight::look_at_cluster_role(&mut findings, &cluster).await?;
    findings.end(context)?;
    let restore = restore::text(&cluster, &profile)?;
    let lost = lost::find(context, &cluster, &profile, &args.kubernetes).await;
    lost.tell(context, &cluster);
    if args.add_on.dry_run {
        return Ok(report(&cluster, "wouldDisable", &lost, None));
    }
    if !args.yes {
        ask(context, &cluster).await?;
    }
    let path = restore::write(&cluster, args.restore_file, &restore)?;
    let shown = path.display().to_string();
    context.ui.status(&format!(
        "Wrote {shown}; bring everything back with: podid apply -f {shown}"
    ));
    context.ui.status(&format!(
        "Turning the pod identity add-on of cluster `{}` off",
        cluster.id.name()
    ));
    let manner = Manner {
        no_wait: args.add_on.no_wait,
        headers,
        // What somebody adds from here on would be lost without being in the file.
        only_as_read: true,
        ..Manner::default()
    };
    let done = aks::change(context, &cluster, &[Edit::Disable], &manner).await?;
    let failure = done.into_iter().find_map(|done| done.failure);
    let outcome = match (&failure, args.add_on.no_wait) {
        (Some(failure), _) if failure.kind == Kind::Pending => "pending",
        (Some(_), _) => "failed",
        (None, true) => "accepted",
        (None, false) => "disabled",
    };
    Ok(report(&cluster, outcome, &lost, Some(&shown))
        .failed(failure)
        .next_step(format!("to bring everything back: podid apply -f {shown}")))
}

async fn ask(context: &Context, cluster: &Cluster) -> Result<()> {
    let question = format!("Turn pod identity on cluster `{}` off?", cluster.id.name());
    let ui = context.ui.clone();
    // On a thread of its own: Ctrl-C must not wait for the answer.
    let answered = tokio::task::spawn_blocking(move || ui.confirm(&question)).await;
    let agreed = answered.unwrap_or_else(|ended| {
        Err(Error::new(Kind::Failed, "The answer could not be read").cause(ended.to_string()))
    })?;
    if agreed {
        return Ok(());
    }
    Err(Error::new(Kind::Interrupted, "Nothing was changed").cause("the answer was not yes"))
}

fn report(cluster: &Cluster, outcome: &str, lost: &Lost, file: Option<&str>) -> Report {
    let mut table = Table::new(&["CLUSTER", "GROUP", "OUTCOME", "RESTOREFILE"]);
    let shown = file.unwrap_or_default();
    table.row([cluster.id.name(), cluster.group(), outcome, shown]);
    let value = json!({
        "cluster": cluster.id,
        "outcome": outcome,
        "restoreFile": file,
        "lost": lost,
        "via": Way::Aks.as_str(),
    });
    Report::new(value, table)
}
