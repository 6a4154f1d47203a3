//! `podid nodepool unassign`.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args as ClapArgs;

use super::Selection;
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::commands::change::claims::Snapshot;
use crate::commands::change::cluster::Cluster;
use crate::commands::change::leave::Leave;
use crate::commands::change::scale_sets::{self, Outcome, Wish};
use crate::commands::change::{addition, claims, cluster, records};
use crate::context::Context;
use crate::domain::assignment::Holdings;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Take identities off the scale sets of node pools
///
/// Refuses an identity that a pod identity of the cluster still refers to, and the cluster's own
/// identities. Unlike `podid remove` it takes away what others assigned: it does what it is told.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Take identity ID off every node pool
  podid nodepool unassign -g prod --cluster-name prod-aks --identity-resource-id ID")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    selection: Selection,
    /// Take it off though a pod identity still refers to it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// An identity is still needed, or a service refused; failures of single pools are part of the
/// report.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let identities = args.selection.identities()?;
    let (cluster, connection) =
        cluster::read_both(context, &args.cluster, &args.kubernetes).await?;
    cluster.check_single_pools(args.change.via.unwrap_or_default())?;
    cluster.check_unlocked()?;
    let (pools, snapshot) = tokio::try_join!(
        cluster.usable_pools(context),
        claims::snapshot(&connection.client)
    )?;
    let pools = args.selection.pools(context, &cluster, pools)?;
    snapshot.check_records(&identities)?;
    check(&cluster, &snapshot, &identities, args.force)?;
    let held = addition::holdings(&pools);
    let remove: Holdings = held
        .into_iter()
        .map(|(set, held)| {
            (
                set,
                held.intersection(&identities)
                    .cloned()
                    .collect::<BTreeSet<_>>(),
            )
        })
        .filter(|(_, leaving)| !leaving.is_empty())
        .collect();
    if args.change.dry_run {
        return Ok(super::preview(&pools, &remove, "wouldUnassign"));
    }
    cluster.announce(context, cluster::Way::Direct);
    let client = &connection.client;
    let wish = Wish {
        remove,
        no_wait: args.change.no_wait,
        leave: (!args.force).then(|| Leave::unclaimed(client)),
        ..Wish::default()
    };
    let mut outcomes = scale_sets::converge(context, &cluster.azure, &pools, &wish).await;
    // Listed after the last PATCH: whoever claims an identity later sees that it is gone.
    let snapshot = claims::snapshot(client).await?;
    if !args.force {
        put_back(context, &cluster, &snapshot, &mut outcomes).await?;
    }
    forget(client, &snapshot, &outcomes).await?;
    Ok(super::report(&pools, outcomes, "unassigned"))
}

/// Puts back what was taken off and is claimed by now: a pod identity that was added meanwhile
/// saw its identity in place.
///
/// # Errors
/// The scale sets cannot be read again.
async fn put_back(
    context: &Context,
    cluster: &Cluster,
    snapshot: &Snapshot,
    outcomes: &mut [Outcome],
) -> Result<()> {
    let mut wish = Wish::default();
    let mut needed = BTreeMap::new();
    for outcome in outcomes.iter_mut() {
        let claims = snapshot.claims.iter().filter_map(|claim| {
            let identity = claim.identity.clone()?;
            outcome
                .removed
                .contains(&identity)
                .then(|| (identity, claim.key()))
        });
        let claims: BTreeMap<ResourceId, String> = claims.collect();
        if claims.is_empty() {
            continue;
        }
        let back: BTreeSet<ResourceId> = claims.keys().cloned().collect();
        outcome.removed.retain(|identity| !back.contains(identity));
        wish.add.insert(outcome.scale_set.clone(), back);
        needed.insert(outcome.scale_set.clone(), claims);
    }
    if needed.is_empty() {
        return Ok(());
    }
    let pools = cluster.settled_pools(context).await?;
    for ended in scale_sets::converge(context, &cluster.azure, &pools, &wish).await {
        let outcome = outcomes
            .iter_mut()
            .find(|one| one.scale_set == ended.scale_set);
        let Some((outcome, claims)) = outcome.zip(needed.get(&ended.scale_set)) else {
            continue;
        };
        let names: Vec<&str> = claims.keys().map(ResourceId::name).collect();
        let keys: Vec<&str> = claims.values().map(String::as_str).collect();
        let mut overtaken = Error::new(
            Kind::Conflict,
            format!(
                "Identity {} on node pool `{}` is needed by pod identity {}, which was added meanwhile",
                quoted(&names),
                outcome.pool,
                quoted(&keys)
            ),
        )
        .hint("remove it first with `podid remove`, or use --force")
        .target(outcome.scale_set.to_string());
        overtaken = if ended.is_complete() {
            overtaken.cause("it was put back")
        } else {
            let failures = ended.failure.into_iter().chain(ended.refused.into_values());
            overtaken
                .cause("it could not be put back")
                .hint("complete it with `podid add`")
                .details(failures.collect())
        };
        outcome.failure = Some(overtaken);
    }
    Ok(())
}

fn quoted(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// Refuses what must stay on the scale sets.
fn check(
    cluster: &Cluster,
    snapshot: &Snapshot,
    identities: &BTreeSet<ResourceId>,
    force: bool,
) -> Result<()> {
    for id in identities {
        if cluster.is_own_identity(id) {
            return Err(
                Error::usage(format!("Identity `{}` is the cluster's own", id.name()))
                    .cause("its nodes would lose their registry, disks and network")
                    .target(id.to_string()),
            );
        }
        if let Some(claim) = snapshot
            .claims
            .iter()
            .find(|claim| claim.identity.as_ref() == Some(id))
            && !force
        {
            return Err(Error::new(
                Kind::Conflict,
                format!(
                    "Identity `{}` is still needed by pod identity `{}`",
                    id.name(),
                    claim.key()
                ),
            )
            .hint("remove that first with `podid remove`, or use --force")
            .target(id.to_string()));
        }
    }
    Ok(())
}

/// Takes the scale sets that identities left off the records of what podid assigned.
async fn forget(client: &kube::Client, snapshot: &Snapshot, outcomes: &[Outcome]) -> Result<()> {
    let removed: BTreeSet<&ResourceId> = outcomes.iter().flat_map(|one| &one.removed).collect();
    for (object, claim) in snapshot.identities.iter().zip(&snapshot.claims) {
        for id in claim.record.keys().filter(|id| removed.contains(id)) {
            let left = outcomes.iter().filter(|one| one.removed.contains(id));
            let left = left.map(|outcome| outcome.scale_set.clone()).collect();
            records::forget(client, object, id, &left).await?;
        }
    }
    Ok(())
}
