//! `podid nodepool unassign`.

use std::collections::BTreeSet;

use clap::Args as ClapArgs;

use super::Selection;
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::commands::change::claims::Snapshot;
use crate::commands::change::cluster::Cluster;
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
    cluster.check_single_pools(args.change.via)?;
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
    let wish = Wish {
        remove: remove.clone(),
        no_wait: args.change.no_wait,
        ..Wish::default()
    };
    let outcomes = scale_sets::converge(context, &cluster.azure, &pools, &wish).await;
    forget(
        &connection.client,
        &snapshot,
        &identities,
        &remove,
        &outcomes,
    )
    .await?;
    Ok(super::report(&pools, outcomes, "unassigned"))
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

/// Takes the scale sets that `identities` left off the records of what podid assigned.
async fn forget(
    client: &kube::Client,
    snapshot: &Snapshot,
    identities: &BTreeSet<ResourceId>,
    removed: &Holdings,
    outcomes: &[Outcome],
) -> Result<()> {
    for (object, claim) in snapshot.identities.iter().zip(&snapshot.claims) {
        let Some(id) = claim.identity.as_ref().filter(|id| identities.contains(id)) else {
            continue;
        };
        let gone: BTreeSet<&ResourceId> = outcomes
            .iter()
            .filter(|outcome| outcome.failure.is_none())
            .map(|outcome| &outcome.scale_set)
            .filter(|set| {
                removed
                    .get(*set)
                    .is_some_and(|leaving| leaving.contains(id))
            })
            .collect();
        records::edit(client, object, |record| {
            record.retain(|set| !gone.contains(set));
        })
        .await?;
    }
    Ok(())
}
