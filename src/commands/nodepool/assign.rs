//! `podid nodepool assign`.

use clap::Args as ClapArgs;
use futures::future::try_join_all;

use super::Selection;
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::commands::change::scale_sets::{self, Wish};
use crate::commands::change::{addition, claims, cluster, records};
use crate::context::Context;
use crate::domain::assignment;
use crate::domain::resource_id::ResourceId;
use crate::error::Result;
use crate::k8s::pod_identity::Identity;
use crate::output::report::Report;

/// Assign identities to the scale sets of node pools
///
/// For a node pool that was added after `podid add`, or to assign ahead of it. When a pod
/// identity of the cluster refers to the identity, the assignment is recorded on it, so that
/// `podid remove` takes it away again.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Assign identity ID to a new node pool
  podid nodepool assign -g prod --cluster-name prod-aks --nodepool-name gpu --identity-resource-id ID")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// Refused input, or a service refused; failures of single pools are part of the report.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let identities = args.selection.identities()?;
    let (cluster, connection) =
        cluster::read_both(context, &args.cluster, &args.kubernetes).await?;
    cluster.check_single_pools(args.change.via.unwrap_or_default())?;
    cluster.check_unlocked()?;
    let client = &connection.client;
    let snapshot = claims::await_releases(context, client, &identities).await?;
    let pools = cluster.usable_pools(context).await?;
    let pools = args.selection.pools(context, &cluster, pools)?;
    let add = assignment::missing(&identities, &addition::holdings(&pools));
    if args.change.dry_run {
        let outcome = "wouldAssign";
        return Ok(super::preview(&pools, &add, outcome));
    }
    cluster.announce(context, cluster::Way::Direct);
    // The first claim of each identity carries the record; which one does not matter.
    let claimed: Vec<(&ResourceId, &Identity)> = identities
        .iter()
        .filter_map(|id| {
            let claim = snapshot
                .claims
                .iter()
                .position(|claim| claim.identity.as_ref() == Some(id))?;
            Some((id, &snapshot.identities[claim]))
        })
        .collect();
    let intents = try_join_all(
        claimed
            .iter()
            .map(|(id, object)| records::intend(client, object, id, addition::lacking(id, &add))),
    )
    .await?;
    let wish = Wish {
        add,
        no_wait: args.change.no_wait,
        ..Wish::default()
    };
    let outcomes = scale_sets::converge(context, &cluster.azure, &pools, &wish).await;
    let assigned = intents.iter().zip(&claimed);
    try_join_all(assigned.filter_map(|(intent, (id, _))| {
        let intent = intent.as_ref()?;
        Some(intent.settle(client, |set| scale_sets::assigned(&outcomes, set, id)))
    }))
    .await?;
    Ok(super::report(&pools, outcomes, "assigned"))
}
