//! `podid uninstall`.

use clap::Args as ClapArgs;
use kube::Client;
use serde_json::json;

use crate::context::Context;
use crate::domain::name::Namespace;
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::k8s::cluster::NmiState;
use crate::k8s::node_daemon::{self, Removal, Removed};
use crate::output::report::Report;
use crate::output::table::Table;

/// Objects that an error names.
const NAMED: usize = 5;

/// Remove what `podid install` has installed in a cluster
///
/// Deletes podid-nmi's DaemonSet, then its rights and its account. With --crds it then deletes the
/// custom resource definitions, and with them every object of theirs: it refuses while there are
/// any, unless --yes is given, and always while one waits for a finalizer that nobody would clear.
/// Identities on scale sets and roles stay; `podid remove` takes them back, so do that first.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Remove podid-nmi
  podid uninstall

  # Remove the custom resource definitions, too
  podid uninstall --crds")]
pub struct Args {
    /// Delete the custom resource definitions, too
    #[arg(long)]
    crds: bool,
    /// With --crds: delete every object of theirs
    #[arg(long, short = 'y', requires = "crds")]
    yes: bool,
    /// Namespace of podid-nmi
    #[arg(long, value_name = "NAMESPACE", default_value = "kube-system")]
    namespace: Namespace,
    /// Show what would be deleted, delete nothing
    #[arg(long)]
    dry_run: bool,
    /// Kubeconfig file; else KUBECONFIG, else ~/.kube/config
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<std::path::PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// The API server does not answer or refuses, or the definitions are still in use.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let options = k8s::ConnectOptions {
        kubeconfig: args.kubeconfig,
        context: args.context,
        timeout: Some(context.timeout()),
        ..k8s::ConnectOptions::default()
    };
    let client = k8s::connect(&options).await?.client;
    let namespace = args.namespace.as_str();
    if args.crds {
        check_unused(&client, namespace, args.yes).await?;
    }
    let mut all = node_daemon::remove(&client, namespace, args.dry_run).await?;
    let daemon_gone = all.iter().any(|one| one.removal == Removal::Deleted);
    if daemon_gone && !args.dry_run {
        context.ui.warn(
            "the packet rules of podid-nmi stay on the nodes, and pods there are refused, until `podid-nmi cleanup` runs there or they start anew",
        );
    }
    let mut failure = all.iter().find_map(not_removed);
    if args.crds && failure.is_none() {
        let crds = node_daemon::remove_crds(&client, args.dry_run, context.timeout()).await?;
        failure = crds.iter().find_map(not_removed);
        all.extend(crds);
    }
    Ok(report(&all, args.dry_run).failed(failure))
}

/// Asked before anything is deleted.
async fn check_unused(client: &Client, namespace: &str, yes: bool) -> Result<()> {
    if let NmiState::NotReady(found) | NmiState::Running(found) =
        k8s::cluster::nmi_running(client).await?
        && let Some(other) = found
            .iter()
            .find(|set| set.name != node_daemon::NAME || set.namespace != namespace)
    {
        let name = format!("{}/{}", other.namespace, other.name);
        return Err(Error::new(
            Kind::Conflict,
            format!("The definitions are in use by another NMI: DaemonSet `{name}`"),
        )
        .hint("remove it first, or leave --crds out")
        .target(name));
    }
    let stored = node_daemon::stored(client).await?;
    let held: Vec<&str> = stored
        .iter()
        .filter(|object| !object.finalizers.is_empty())
        .map(|object| object.name.as_str())
        .collect();
    if !held.is_empty() {
        return Err(Error::new(
            Kind::Conflict,
            "Objects wait for finalizers that nobody would clear",
        )
        .cause(names(&held))
        .hint("have whoever set them (MIC) take them off, or remove `metadata.finalizers` by hand; then run the same command again"));
    }
    if !stored.is_empty() && !yes {
        let all: Vec<&str> = stored.iter().map(|object| object.name.as_str()).collect();
        return Err(Error::new(
            Kind::Conflict,
            format!("The definitions have {} objects", all.len()),
        )
        .cause(names(&all))
        .hint("remove them with `podid remove`, which takes their identities off the scale sets, or delete them all with --yes"));
    }
    Ok(())
}

fn names(all: &[&str]) -> String {
    let mut text = all[..all.len().min(NAMED)].join(", ");
    if all.len() > NAMED {
        text.push_str(" and others");
    }
    text
}

fn not_removed(removed: &Removed) -> Option<Error> {
    let error = match removed.removal {
        Removal::Deleted | Removal::NotFound => return None,
        Removal::NotOurs => Error::new(Kind::Conflict, format!("{} was not deleted", removed.name))
            .cause("it has not the label `app.kubernetes.io/managed-by: podid`")
            .hint("if it may go, delete it with kubectl"),
        Removal::Pending => Error::new(
            Kind::Pending,
            format!("{} is being deleted and not gone yet", removed.name),
        )
        .hint("run the same command again"),
    };
    Some(error.target(removed.name.clone()))
}

fn report(all: &[Removed], dry_run: bool) -> Report {
    let mut table = Table::new(&["OBJECT", "OUTCOME"]);
    let mut items = Vec::new();
    for Removed { name, removal } in all {
        let word = match (removal, dry_run) {
            (Removal::Deleted, true) => "wouldDelete",
            (Removal::Deleted, false) => "deleted",
            (Removal::NotFound, _) => "notFound",
            (Removal::NotOurs, _) => "managedByOthers",
            (Removal::Pending, _) => "pending",
        };
        table.row([name.as_str(), word]);
        items.push(json!({"name": name, "outcome": word}));
    }
    Report::new(items, table)
}
