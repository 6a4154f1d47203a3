//! Lets go of managed identities: hands their record to another claim, or takes them off the
//! scale sets that podid put them on.

use std::collections::{BTreeMap, BTreeSet};

use super::Effect;
use crate::azure::scale_set;
use crate::commands::change::addition;
use crate::commands::change::claims::{self, Snapshot};
use crate::commands::change::cluster::{Cluster, Pool};
use crate::commands::change::records;
use crate::commands::change::scale_sets::{self, Outcome, Wish};
use crate::context::Context;
use crate::domain::assignment::{self, Holdings};
use crate::domain::claim::{self, Objection, Release};
use crate::domain::resource_id::{ResourceId, SCALE_SET};
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::Identity;

/// One removal at work.
pub(super) struct Removal<'a> {
    pub(super) context: &'a Context,
    pub(super) cluster: &'a Cluster,
    pub(super) client: &'a kube::Client,
    pub(super) wish: Wish,
}

impl Removal<'_> {
    /// Lets go of everything `own` holds, as the claims in `snapshot` ask for. `false` when the
    /// claims changed meanwhile: they are to be read again.
    ///
    /// # Errors
    /// A scale set could not be changed, or a service refused.
    pub(super) async fn release(
        &self,
        own: &Identity,
        snapshot: &Snapshot,
    ) -> Result<(Effect, bool)> {
        // Its own record, even when it does not say which identity the object is about.
        claims::recorded(own)?;
        let mut effect = Effect::Nothing;
        let claim = snapshot.claim(&own.namespace, &own.name);
        for managed in claim.map(claim::Claim::identities).unwrap_or_default() {
            let release = claim::release(&snapshot.claims, &managed, &own.namespace, &own.name);
            match release {
                Release::HandOver {
                    namespace,
                    name,
                    record,
                    complete,
                } => {
                    if !complete
                        && let Some(heir) = snapshot.find(&namespace, &name)
                        && !records::replace(self.client, heir, &record).await?
                    {
                        return Ok((effect, false));
                    }
                    effect = effect.and(Effect::StillNeeded(format!("{namespace}/{name}")));
                }
                Release::Unassign(owned) => {
                    let (done, complete) = self.unassign(own, &managed, owned).await?;
                    effect = effect.and(done);
                    if !complete {
                        return Ok((effect, false));
                    }
                }
            }
        }
        Ok((effect, true))
    }

    /// Takes `managed` off the scale sets in `owned` that hold it.
    async fn unassign(
        &self,
        own: &Identity,
        managed: &ResourceId,
        owned: BTreeSet<ResourceId>,
    ) -> Result<(Effect, bool)> {
        if owned.is_empty() || self.cluster.is_own_identity(managed) {
            return Ok((Effect::Nothing, true));
        }
        let pools = self.cluster.settled_pools(self.context).await?;
        let pools = holders(self.cluster, pools, &owned).await?;
        let mut wish = self.wish.clone();
        wish.remove = leaving(self.cluster, managed, &owned, &pools);
        let outcomes = scale_sets::converge(self.context, &self.cluster.azure, &pools, &wish).await;
        let removed = outcomes
            .iter()
            .filter(|outcome| !outcome.removed.is_empty());
        let effect = match removed
            .map(|outcome| outcome.pool.clone())
            .collect::<Vec<_>>()
        {
            none if none.is_empty() => Effect::Nothing,
            names => Effect::Unassigned(names),
        };
        if outcomes.iter().all(|outcome| outcome.failure.is_none()) {
            return Ok((effect, true));
        }
        // What is done is not podid's any more, whoever assigns it next.
        let left = outcomes
            .iter()
            .filter(|outcome| outcome.failure.is_none() || outcome.removed.contains(managed));
        let left: BTreeSet<ResourceId> = left.map(|outcome| outcome.scale_set.clone()).collect();
        records::forget(self.client, own, managed, &left).await?;
        self.stopped(own, managed, outcomes).await?;
        Ok((effect, false))
    }

    /// Tells why an unassignment stopped; fine when another command changed the claims in a way
    /// that a new look at them settles.
    async fn stopped(
        &self,
        own: &Identity,
        managed: &ResourceId,
        outcomes: Vec<Outcome>,
    ) -> Result<()> {
        let look_again = |objection: &Option<Objection>| {
            matches!(objection, Some(Objection::Needed(_) | Objection::Gone))
        };
        let failures = outcomes.iter().filter(|outcome| outcome.failure.is_some());
        if !failures
            .clone()
            .all(|outcome| look_again(&outcome.objection))
        {
            let failures = outcomes.into_iter().filter_map(|outcome| outcome.failure);
            return Err(Error::several(
                format!(
                    "Identity `{}` could not be taken off every node pool",
                    managed.name()
                ),
                failures.collect(),
            ));
        }
        let gone = failures.filter(|outcome| outcome.objection == Some(Objection::Gone));
        for outcome in gone {
            let set = &outcome.scale_set;
            let read = scale_set::get(&self.cluster.azure, set).await;
            match read {
                // Another removal of the same pod identity has taken it off.
                Ok(now) if !now.holds(managed) => {}
                Err(error) if error.has_code("ResourceNotFound") => {}
                Ok(_) => return Err(deserted(own, managed, &outcome.pool)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The object went while podid was at work, and nobody took its identity off.
fn deserted(own: &Identity, managed: &ResourceId, pool: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!(
            "AzureIdentity `{}/{}` was deleted by somebody else meanwhile",
            own.namespace, own.name
        ),
    )
    .cause(format!(
        "identity `{}` is still on node pool `{pool}`",
        managed.name()
    ))
    .hint(format!(
        "if nobody needs it there, take it off with `podid nodepool unassign --identity-resource-id {managed}`"
    ))
}

/// `pools`, and with them the scale sets in `owned` that belong to none of them any more: their
/// pool was deleted, or left without them.
///
/// Only those in the cluster's node resource group count. The record is an annotation: whoever may
/// edit it must not be able to name the scale sets of others.
pub(super) async fn holders(
    cluster: &Cluster,
    mut pools: Vec<Pool>,
    owned: &BTreeSet<ResourceId>,
) -> Result<Vec<Pool>> {
    pools.retain(|pool| pool.target().is_some());
    let group = cluster.node_resource_group()?;
    for id in owned {
        let known = pools
            .iter()
            .any(|pool| pool.scale_set.as_ref().is_some_and(|set| set.id == *id));
        if known || !id.is_type(SCALE_SET) || !group.contains(id) {
            continue;
        }
        match scale_set::get(&cluster.azure, id).await {
            Ok(set) if set.is_deleting() => {}
            Ok(set) => pools.push(Pool::stray(set)),
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                return Err(Error::from(error)
                    .context(format!("Scale set `{}` could not be read", id.name()))
                    .target(id.to_string()));
            }
        }
    }
    Ok(pools)
}

/// What leaves which scale set: of `identity`, what podid assigned and is still there.
pub(super) fn leaving(
    cluster: &Cluster,
    identity: &ResourceId,
    owned: &BTreeSet<ResourceId>,
    pools: &[Pool],
) -> Holdings {
    if cluster.is_own_identity(identity) {
        return Holdings::new();
    }
    let owned = BTreeMap::from([(identity.clone(), owned.clone())]);
    let unwanted = BTreeSet::from([identity.clone()]);
    let mut leaving = assignment::removable(&unwanted, &owned, &addition::holdings(pools));
    // What it holds while an operation is under way says nothing; it is looked at again after that.
    let busy = pools.iter().filter_map(Pool::target);
    for set in busy.filter(|set| !set.is_settled() && owned[identity].contains(&set.id)) {
        leaving.insert(set.id.clone(), unwanted.clone());
    }
    leaving
}
