//! Identities onto and off scale sets: one PATCH per scale set, all side by side.
//!
//! Every PATCH carries the scale set's ETag. Whatever changed meanwhile (another podid, MIC,
//! the AKS resource provider, a person) makes ARM answer 412 or 409; the scale set is then read
//! again and only what is still needed is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use futures::future::join_all;

use self::worker::Worker;
use super::cluster::Pool;
use super::leave::Leave;
use crate::azure;
use crate::context::Context;
use crate::domain::assignment::Holdings;
use crate::domain::claim::Objection;
use crate::domain::resource_id::ResourceId;
use crate::error::Error;

mod worker;

/// What is wished of scale sets.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Identities a scale set must hold.
    pub add: Holdings,
    /// Identities a scale set must lose.
    pub remove: Holdings,
    /// The client ids that ARM must show beside identities to add. One that it shows with another
    /// was deleted and made again; it is taken off and then assigned anew.
    pub client_ids: BTreeMap<ResourceId, String>,
    /// Return when ARM has accepted the PATCH.
    pub no_wait: bool,
    /// A role was granted a moment ago: missing permissions may only be late.
    pub permissions_may_be_late: bool,
    /// No PATCH is sent after this moment; `--timeout` from now when not set.
    pub deadline: Option<Instant>,
    /// Asked before each PATCH that takes off what is in `remove`.
    pub leave: Option<Leave>,
}

/// What became of one scale set.
#[derive(Debug)]
pub struct Outcome {
    /// Name of the node pool.
    pub pool: String,
    /// The scale set.
    pub scale_set: ResourceId,
    /// Identities podid itself put there (or may have: an answer that was lost counts).
    pub added: BTreeSet<ResourceId>,
    /// Identities podid itself took off (or may have).
    pub removed: BTreeSet<ResourceId>,
    /// Identities ARM refused one by one; the others were not held up by them.
    pub refused: BTreeMap<ResourceId, Error>,
    /// Why the scale set as a whole did not get what was wished.
    pub failure: Option<Error>,
    /// Why nothing was taken off any more, when that is the failure.
    pub objection: Option<Objection>,
}

impl Outcome {
    /// Whether the scale set is as it was wished.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failure.is_none() && self.refused.is_empty()
    }

    /// Why `identity` is not on this scale set, if it is not.
    #[must_use]
    pub fn error_for(&self, identity: &ResourceId) -> Option<&Error> {
        self.refused.get(identity).or(self.failure.as_ref())
    }
}

/// Whether podid itself put `identity` on `scale_set` (or may have), as these outcomes tell.
#[must_use]
pub fn assigned(outcomes: &[Outcome], scale_set: &ResourceId, identity: &ResourceId) -> bool {
    outcomes
        .iter()
        .any(|outcome| outcome.scale_set == *scale_set && outcome.added.contains(identity))
}

/// Fulfils `wish` on the scale sets of `pools`, side by side.
///
/// Pools without a wish are left out of the result.
pub async fn converge(
    context: &Context,
    client: &azure::Client,
    pools: &[Pool],
    wish: &Wish,
) -> Vec<Outcome> {
    let work = pools.iter().filter_map(|pool| {
        let set = pool.scale_set.as_ref()?;
        let add = wish.add.get(&set.id).cloned().unwrap_or_default();
        let remove = wish.remove.get(&set.id).cloned().unwrap_or_default();
        if add.is_empty() && remove.is_empty() {
            return None;
        }
        let deadline = wish
            .deadline
            .unwrap_or_else(|| Instant::now() + context.timeout());
        let step = context.ui.step(&format!("Node pool `{}`", pool.name));
        let outcome = Outcome {
            pool: pool.name.clone(),
            scale_set: set.id.clone(),
            added: BTreeSet::new(),
            removed: BTreeSet::new(),
            refused: BTreeMap::new(),
            failure: None,
            objection: None,
        };
        let worker = Worker::new(client, wish, (add, remove), (step, deadline), outcome);
        Some(worker.run(set.clone()))
    });
    join_all(work).await
}
