//! `podid remove`.

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;
use serde_json::json;

use super::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use super::change::claims;
use super::change::cluster::{self, Cluster, Reached, Way};
use super::change::removal::{self, Effect, Found};
use super::complete;
use crate::context::Context;
use crate::domain::claim::{self, Release};
use crate::domain::name::{Namespace, PodIdentityName};
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::k8s::pod_identity::{self, Identity};
use crate::output::report::Report;
use crate::output::table::Table;
use revoke::{Others, Roles};

mod aks;
mod revoke;

/// Remove a pod identity from a cluster
///
/// Deletes the binding and the AzureIdentity, and takes the managed identity off the scale sets
/// that podid put it on, unless another pod identity still needs it. What Terraform, AKS or a
/// person assigned stays. A run that was cut short is continued by the same command. On a cluster
/// whose pod identity add-on is on it edits the cluster's podIdentityProfile instead, and waits
/// until the add-on has taken the item away.
///
/// A managed identity that was deleted before its pod identity leaves an item behind that AKS can
/// neither assign nor forget, and that blocks every other change: --repair finds and removes such
/// items, all in one request.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Remove pod identity reader of namespace billing
  podid remove -g prod --cluster-name prod-aks --namespace billing --name reader

  # In a script that may run twice
  podid remove -g prod --cluster-name prod-aks --namespace billing --name reader --ignore-not-found

  # Take back the roles that `podid add --grant` gave, too
  podid remove -g prod --cluster-name prod-aks --namespace billing --name reader --revoke

  # Find and remove the items that the add-on is stuck with
  podid remove -g prod --cluster-name prod-aks --repair")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Namespace of the pod identity
    #[arg(long, value_name = "NAMESPACE", required_unless_present = "repair", requires = "name", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: Option<String>,
    /// Name of the pod identity
    #[arg(long, short = 'n', value_name = "NAME", required_unless_present = "repair", requires = "namespace", add = ArgValueCompleter::new(complete::pod_identities))]
    name: Option<String>,
    /// Remove what is stuck in the add-on's profile: the one named, or every item that failed, never ended, or lost its managed identity
    #[arg(long)]
    repair: bool,
    /// Succeed when there is no such pod identity
    #[arg(long)]
    ignore_not_found: bool,
    /// Take back the roles that podid granted, once no other pod identity of the cluster needs them
    #[arg(long, conflicts_with_all = ["repair", "no_wait"])]
    revoke: bool,
    /// Remove it though other bindings still refer to it
    #[arg(long)]
    force: bool,
    /// Do not ask before --repair removes what it found; a single removal never asks
    #[arg(long, short = 'y')]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// There is no such pod identity, others need it, or a service refused.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let headers = args.change.headers()?;
    let named = match (&args.namespace, &args.name) {
        (Some(namespace), Some(name)) => Some((
            namespace.parse::<Namespace>()?,
            name.parse::<PodIdentityName>()?,
        )),
        _ => None,
    };
    let reached = cluster::reach(
        context,
        &args.cluster,
        &args.kubernetes,
        args.change.via(context),
    );
    match (reached.await?, named) {
        (Reached::Aks(cluster), named) => aks::run(context, &args, &cluster, named, headers).await,
        (Reached::Direct(cluster, connection), Some((namespace, name))) if !args.repair => {
            direct(context, &args, &cluster, &connection, &namespace, &name).await
        }
        (Reached::Direct(cluster, _), _) => Err(Error::usage(format!(
            "There is nothing to repair in cluster `{}`",
            cluster.id.name()
        ))
        .cause("--repair is about items of podIdentityProfile, and the pod identity add-on is off")
        .hint("run the command that was cut short again; `podid list` shows what needs it")
        .target("--repair")),
    }
}

async fn direct(
    context: &Context,
    args: &Args,
    cluster: &Cluster,
    connection: &k8s::Connection,
    namespace: &Namespace,
    name: &PodIdentityName,
) -> Result<Report> {
    let client = &connection.client;
    let (snapshot, bindings) = tokio::try_join!(claims::snapshot(client), async {
        Ok(pod_identity::list_bindings(client, None).await?)
    })?;
    let found = removal::find(namespace.as_str(), name.as_str(), &snapshot, &bindings);
    if !found.is_something() {
        if args.ignore_not_found {
            return Ok(report(&found, "notFound", None));
        }
        return Err(not_found(cluster, &found.key()));
    }
    check(&found, args.force)?;
    snapshot.check_records(&found.managed_identity())?;
    if leaves_scale_sets(&found, &snapshot) {
        cluster.check_unlocked()?;
    }
    if args.change.dry_run {
        let mut changes = removal::preview(cluster, &found, &snapshot).await?;
        if let Some(roles) = roles(args, cluster, &found, &snapshot).await? {
            changes.extend(roles.lines());
        }
        return Ok(preview(&found, &changes));
    }
    cluster.announce(context, Way::Direct);
    let restore = restore_command(cluster, &found);
    let effect = removal::run(context, cluster, client, &found, args.change.no_wait).await?;
    if let Effect::StillNeeded(other) = &effect {
        context.ui.status(&format!(
            "The managed identity stays on the scale sets: pod identity `{other}` needs it"
        ));
    }
    let outcome = if args.change.no_wait {
        "accepted"
    } else {
        "removed"
    };
    let mut report = report(&found, outcome, Some(&effect));
    // Who needs the roles is asked anew: others may have come meanwhile.
    let snapshot = claims::snapshot(client).await?;
    if let Some(roles) = roles(args, cluster, &found, &snapshot).await? {
        report = roles.tell(context, report);
    }
    Ok(match restore {
        Some(command) => report.next_step(format!("to restore it: {command}")),
        None => report,
    })
}

/// What becomes of the roles that were granted for it, with `--revoke`.
async fn roles(
    args: &Args,
    cluster: &Cluster,
    found: &Found,
    snapshot: &claims::Snapshot,
) -> Result<Option<Roles>> {
    let Some(identity) = found.managed_identity().filter(|_| args.revoke) else {
        return Ok(None);
    };
    let group = cluster.node_resource_group()?;
    let others = Others::of_claims(snapshot, &found.namespace, &found.name, &identity, &group);
    let dry_run = args.change.dry_run;
    let roles = Roles::take_back(cluster, Way::Direct, &identity, others, dry_run);
    roles.await.map(Some)
}

fn not_found(cluster: &Cluster, key: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!(
            "Cluster `{}` has no pod identity `{key}`",
            cluster.id.name()
        ),
    )
    .hint("see what there is with `podid list`, or add --ignore-not-found")
    .target(key)
}

fn check(found: &Found, force: bool) -> Result<()> {
    let identity = found.identity.as_ref();
    let add_on = identity.is_some_and(Identity::is_of_add_on);
    if add_on {
        return Err(Error::new(
            Kind::Conflict,
            format!(
                "Pod identity `{}` belongs to the pod identity add-on",
                found.key()
            ),
        )
        .hint("remove it with `az aks pod-identity delete`")
        .target(found.key()));
    }
    if !force && !found.foreign_bindings.is_empty() {
        let names = found.foreign_bindings.join(", ");
        return Err(Error::new(
            Kind::Conflict,
            format!("Pod identity `{}` is used by other bindings", found.key()),
        )
        .cause(format!(
            "azureidentitybindings {names} in namespace `{}` refer to it",
            found.namespace
        ))
        .hint("delete them first with `kubectl delete azureidentitybinding`, or use --force")
        .target(found.key()));
    }
    Ok(())
}

/// Whether the removal would take the managed identity off scale sets, as recorded.
fn leaves_scale_sets(found: &Found, snapshot: &claims::Snapshot) -> bool {
    let Some(managed) = found.managed_identity() else {
        return false;
    };
    let released = claim::release(&snapshot.claims, &managed, &found.namespace, &found.name);
    matches!(released, Release::Unassign(sets) if !sets.is_empty())
}

fn restore_command(cluster: &Cluster, found: &Found) -> Option<String> {
    let identity = found.managed_identity()?;
    let selector = found
        .binding
        .as_ref()
        .map(|binding| binding.selector.clone())?;
    Some(format!(
        "podid add -g {} --cluster-name {} --namespace {} --name {} --identity-resource-id {identity} --binding-selector {selector}",
        cluster.group(),
        cluster.id.name(),
        found.namespace,
        found.name
    ))
}

fn preview(found: &Found, changes: &[String]) -> Report {
    let mut table = Table::new(&["NAMESPACE", "NAME", "OUTCOME"]);
    table.row([
        found.namespace.clone(),
        found.name.clone(),
        format!("wouldRemove: {}", changes.join("; ")),
    ]);
    let value = json!({
        "name": found.name,
        "namespace": found.namespace,
        "outcome": "wouldRemove",
        "changes": changes,
        "via": "direct",
    });
    Report::new(value, table)
}

fn report(found: &Found, outcome: &str, effect: Option<&Effect>) -> Report {
    let (pools, needed) = match effect {
        Some(Effect::Unassigned(pools)) => (pools.clone(), None),
        Some(Effect::StillNeeded(other)) => (Vec::new(), Some(other.clone())),
        _ => (Vec::new(), None),
    };
    let mut table = Table::new(&["NAMESPACE", "NAME", "OUTCOME", "UNASSIGNED"]);
    table.row([
        found.namespace.clone(),
        found.name.clone(),
        outcome.to_owned(),
        pools.join(","),
    ]);
    let value = json!({
        "name": found.name,
        "namespace": found.namespace,
        "outcome": outcome,
        "unassignedPools": pools,
        "stillNeededBy": needed,
        "via": "direct",
    });
    Report::new(value, table)
}
