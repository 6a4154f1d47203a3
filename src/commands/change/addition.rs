//! Adds pod identities: claims first, then the scale sets, then the bindings.
//!
//! The order is what makes it safe to kill and to race: an `AzureIdentity` without a binding
//! gives no pod anything but is a claim others see; the record of what podid is about to assign
//! is written before the PATCH; a binding appears only when every node pool holds the identity.
//!
//! Many are added in one go: what fails for one holds up no other, and each is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use self::batch::Batch;
use super::cluster::{Cluster, Pool};
use crate::azure::user_assigned_identity::Identity as ManagedIdentity;
use crate::context::Context;
use crate::domain::assignment::Holdings;
use crate::domain::pod_identity::{Comparison, PodIdentity};
use crate::domain::resource_id::ResourceId;
use crate::error::Error;
use crate::k8s::pod_identity::{Binding, Identity};

mod batch;
mod compare;
mod objects;
mod preview;

pub use compare::compare_all;
pub use preview::preview;

/// A pod identity to add, with its managed identity as ARM knows it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What is wanted.
    pub pod_identity: PodIdentity,
    /// The managed identity.
    pub managed: ManagedIdentity,
    /// How it compares with what the cluster holds.
    pub comparison: Comparison,
    /// The object that it was compared with.
    pub found: Option<Identity>,
    /// The binding that it was compared with.
    pub found_binding: Option<Binding>,
}

/// How an addition is carried out.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Return when ARM has accepted the PATCHes.
    pub no_wait: bool,
    /// Replace what has the same name and other content.
    pub replace: bool,
    /// A role was granted a moment ago.
    pub permissions_may_be_late: bool,
}

impl Wanted {
    /// Whether the objects are as wanted already.
    fn is_written(&self) -> bool {
        self.comparison == Comparison::Same
    }
}

/// What became of one pod identity.
#[derive(Debug)]
pub struct Added {
    /// What was wanted.
    pub wanted: Wanted,
    /// Whether anything was written for it.
    pub changed: bool,
    /// The node pools that hold its managed identity, as far as was seen.
    pub pools: Vec<String>,
    /// The node pools that were to get it and did not.
    pub failed_pools: Vec<String>,
    /// Why it is not complete.
    pub failure: Option<Error>,
}

impl Added {
    /// One that failed before anything was assigned for it.
    #[must_use]
    pub fn failed(wanted: Wanted, failure: Error) -> Self {
        Added {
            wanted,
            changed: true,
            pools: Vec::new(),
            failed_pools: Vec::new(),
            failure: Some(failure),
        }
    }
}

/// What each scale set that can hold identities holds.
#[must_use]
pub fn holdings(pools: &[Pool]) -> Holdings {
    pools
        .iter()
        .filter_map(Pool::target)
        .map(|set| {
            (
                set.id.clone(),
                set.identity.user_assigned.keys().cloned().collect(),
            )
        })
        .collect()
}

/// The scale sets that `identity` is missing on.
#[must_use]
pub fn lacking(identity: &ResourceId, add: &Holdings) -> BTreeSet<ResourceId> {
    add.iter()
        .filter(|(_, missing)| missing.contains(identity))
        .map(|(set, _)| set.clone())
        .collect()
}

/// Adds to `add` the scale sets that hold an identity from before it was deleted and made again;
/// `client_ids` has the client ids of now.
pub fn with_stale(add: &mut Holdings, pools: &[Pool], client_ids: &BTreeMap<ResourceId, String>) {
    for set in pools.iter().filter_map(Pool::target) {
        let stale = client_ids.iter().filter(|(id, now)| set.is_stale(id, now));
        let stale: Vec<ResourceId> = stale.map(|(id, _)| id.clone()).collect();
        if !stale.is_empty() {
            add.entry(set.id.clone()).or_default().extend(stale);
        }
    }
}

/// Adds everything wanted; what failed is in the result.
pub async fn run(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    wanted: Vec<Wanted>,
    manner: Manner,
) -> Vec<Added> {
    Batch::new(context, cluster, client, wanted, manner)
        .run()
        .await
}
