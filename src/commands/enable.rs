//! `podid enable`.

use clap::Args as ClapArgs;
use serde_json::json;

use super::arguments::AddOnArgs;
use super::change::aks::{self, Done, Manner};
use super::change::cluster::{self, Cluster, Way};
use super::change::preflight::{self, Findings};
use crate::context::Context;
use crate::domain::preflight::Actor;
use crate::domain::profile::{Edit, Effect, Profile};
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// Turn the pod identity add-on of a cluster on
///
/// AKS then runs NMI on every Linux node and assigns identities itself; `podid add` edits the
/// cluster's podIdentityProfile. What speaks against it is told before anything is changed. On a
/// cluster where it is on already, nothing is sent and the profile stays as it is.
///
/// On kubenet a pod can pretend to be another pod by ARP spoofing and take its tokens
/// (CVE-2021-1677). Keep the capability NET_RAW from pods, then accept the rest of the risk with
/// --allow-network-plugin-kubenet; a cluster that was enabled without it can be given the consent
/// later, and loses nothing.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Turn the add-on on
  podid enable -g prod --cluster-name prod-aks

  # On a kubenet cluster whose pods have no NET_RAW
  podid enable -g prod --cluster-name prod-aks --allow-network-plugin-kubenet")]
pub struct Args {
    #[command(flatten)]
    add_on: AddOnArgs,
    /// Accept the add-on on kubenet, where pods can spoof addresses
    #[arg(long, visible_alias = "enable-pod-identity-with-kubenet")]
    allow_network_plugin_kubenet: bool,
}

/// Runs the command.
///
/// # Errors
/// What speaks against the add-on, or what AKS refused.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let headers = args.add_on.headers()?;
    let cluster = cluster::read(context, &args.add_on.cluster()?).await?;
    let kubenet = cluster.managed.is_kubenet();
    if args.allow_network_plugin_kubenet && !kubenet {
        context.ui.warn(
            "--allow-network-plugin-kubenet has no effect: the network plugin is not kubenet",
        );
    }
    let consent = args.allow_network_plugin_kubenet && kubenet;
    let edits = [Edit::Enable {
        allow_network_plugin_kubenet: consent,
    }];
    let change = aks::plan(&cluster, &edits, false)?;
    if change.is_nothing() {
        tell_missing_consent(context, &cluster);
        return Ok(report(&cluster, "unchanged", None));
    }
    let mut findings = Findings::default();
    preflight::look_at_cluster(&mut findings, &cluster, Actor::AddOn, consent);
    preflight::look_at_cluster_role(&mut findings, &cluster).await?;
    findings.end(context)?;
    if args.add_on.dry_run {
        return Ok(report(&cluster, would(change.effects[0]), None));
    }
    context.ui.status(&format!(
        "Turning the pod identity add-on of cluster `{}` on",
        cluster.id.name()
    ));
    let manner = Manner {
        no_wait: args.add_on.no_wait,
        headers,
        ..Manner::default()
    };
    let done = aks::change(context, &cluster, &edits, &manner).await?;
    let outcome = match (done.first().map(|done| done.effect), args.add_on.no_wait) {
        (Some(Effect::Unchanged) | None, _) => "unchanged",
        (_, true) => "accepted",
        (Some(Effect::Replaced), false) => "acknowledged",
        (Some(_), false) => "enabled",
    };
    let next = format!("podid add {} --help", cluster.flags());
    Ok(report(&cluster, outcome, done.into_iter().next()).next_step(next))
}

fn would(effect: Effect) -> &'static str {
    if effect == Effect::Replaced {
        "wouldAcknowledge"
    } else {
        "wouldEnable"
    }
}

/// A kubenet cluster that was enabled by a template may lack the consent; AKS refuses changes then.
fn tell_missing_consent(context: &Context, cluster: &Cluster) {
    if cluster.managed.is_kubenet() && !cluster.managed.kubenet_accepted() {
        context.ui.warn(&format!(
            "the add-on is on, but nobody accepted kubenet: AKS refuses changes until `podid enable {} --allow-network-plugin-kubenet`; that loses nothing",
            cluster.flags()
        ));
    }
}

fn report(cluster: &Cluster, outcome: &str, done: Option<Done>) -> Report {
    let view = Profile::of(cluster.managed.pod_identity_profile());
    let failure = done.and_then(|done| done.failure);
    let outcome = if failure.is_some() { "failed" } else { outcome };
    let mut table = Table::new(&["CLUSTER", "GROUP", "OUTCOME"]);
    table.row([cluster.id.name(), cluster.group(), outcome]);
    let value = json!({
        "cluster": cluster.id,
        "outcome": outcome,
        "podIdentities": view.identities.len(),
        "exceptions": view.exceptions.len(),
        "via": Way::Aks.as_str(),
    });
    Report::new(value, table).failed(failure)
}
