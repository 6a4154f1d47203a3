//! Adds pod identities: claims first, then the scale sets, then the bindings.
//!
//! The order is what makes it safe to kill and to race: an `AzureIdentity` without a binding
//! gives no pod anything but is a claim others see; the record of what podid is about to assign
//! is written before the PATCH; a binding appears only when every node pool holds the identity.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, TryStreamExt, stream};

use super::claims::{self, Snapshot};
use super::cluster::{Cluster, Pool};
use super::records::{self, Intent};
use super::scale_sets::{self, Outcome, Wish};
use crate::azure::user_assigned_identity::Identity as ManagedIdentity;
use crate::context::Context;
use crate::domain::assignment::{self, Holdings};
use crate::domain::pod_identity::{Comparison, PodIdentity, Present, compare};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::k8s::pod_identity::{
    self, AKS_MANAGED_BY_LABEL, ApplyOptions, Binding, Expected, Identity, WantedBinding,
    WantedIdentity,
};

/// Objects written side by side.
const PARALLEL: usize = 8;
/// How often a claim that others change at the same time is written.
const CLAIM_TRIES: u32 = 10;

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

/// What became of one pod identity.
#[derive(Debug)]
pub struct Added {
    /// What was wanted.
    pub wanted: Wanted,
    /// Whether anything was written for it.
    pub changed: bool,
    /// The node pools that its managed identity is missing on.
    pub failed_pools: Vec<String>,
    /// Why it is not complete.
    pub failure: Option<Error>,
}

/// Compares everything wanted with the cluster and refuses what must not be overwritten.
///
/// # Errors
/// Each pod identity that exists with other content (unless it may be replaced) or that the
/// add-on owns.
pub fn compare_all(
    wanted: Vec<(PodIdentity, ManagedIdentity)>,
    snapshot: &Snapshot,
    bindings: &[Binding],
    replace: bool,
) -> Result<Vec<Wanted>> {
    let mut compared = Vec::with_capacity(wanted.len());
    let mut refused = Vec::new();
    for (pod_identity, managed) in wanted {
        let (namespace, name) = (pod_identity.namespace.as_str(), pod_identity.name.as_str());
        let object = snapshot.find(namespace, name);
        let binding_name = pod_identity.name.binding();
        let binding = bindings
            .iter()
            .find(|item| item.namespace == namespace && item.name == binding_name);
        let present = Present {
            resource_id: object.map(|object| object.resource_id.clone()),
            client_id: object
                .map(|object| object.client_id.clone())
                .unwrap_or_default(),
            binding: binding
                .map(|binding| (binding.identity_name.clone(), binding.selector.clone())),
        };
        let comparison = compare(&pod_identity, &managed.client_id, &present);
        if object.is_some_and(|object| {
            object
                .labels
                .get(AKS_MANAGED_BY_LABEL)
                .is_some_and(|by| by == "aks")
        }) {
            refused.push(owned_by_add_on(&pod_identity));
        } else if let (Comparison::Different(how), false) = (&comparison, replace) {
            refused.push(different(&pod_identity, how));
        }
        let found = object.cloned();
        compared.push(Wanted {
            pod_identity,
            managed,
            comparison,
            found,
        });
    }
    if refused.is_empty() {
        Ok(compared)
    } else {
        Err(Error::refusals(refused))
    }
}

fn different(wanted: &PodIdentity, how: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("Pod identity `{}` exists with other content", wanted.key()),
    )
    .cause(how)
    .hint("use --replace to change it, or another --name")
    .target(wanted.key())
}

fn owned_by_add_on(wanted: &PodIdentity) -> Error {
    Error::new(
        Kind::Conflict,
        format!(
            "Pod identity `{}` belongs to the pod identity add-on",
            wanted.key()
        ),
    )
    .hint("change it with `az aks pod-identity`, or use another --name")
    .target(wanted.key())
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

/// Adds everything wanted.
///
/// # Errors
/// What failed for all of them; what failed for single ones is in the result.
pub async fn run(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    wanted: Vec<Wanted>,
    manner: Manner,
) -> Result<Vec<Added>> {
    let identities: BTreeSet<ResourceId> = wanted
        .iter()
        .map(|item| item.pod_identity.identity.clone())
        .collect();
    write_claims(client, &wanted, manner).await?;
    let own = own_claims(context, client, &wanted, &identities).await?;
    // Read after the claims: from here on nobody takes these identities away unseen.
    let pools = cluster.settled_pools(context).await?;
    let add = assignment::missing(&identities, &holdings(&pools));
    let intents = record_intents(client, &own, &wanted, &add).await?;
    let wish = Wish {
        add: add.clone(),
        no_wait: manner.no_wait,
        permissions_may_be_late: manner.permissions_may_be_late,
        ..Wish::default()
    };
    let outcomes = scale_sets::converge(context, &cluster.azure, &pools, &wish).await;
    settle_records(client, &intents, &wanted, &outcomes).await?;
    let targets = pools.iter().filter(|pool| pool.target().is_some()).count();
    finish(client, wanted, &outcomes, (&add, targets), manner).await
}

async fn write_claims(client: &kube::Client, wanted: &[Wanted], manner: Manner) -> Result<()> {
    let writes = wanted
        .iter()
        .filter(|item| item.comparison != Comparison::Same)
        .map(|item| write_claim(client, item, manner));
    stream::iter(writes)
        .buffer_unordered(PARALLEL)
        .try_collect::<Vec<_>>()
        .await?;
    Ok(())
}

/// Writes the own object, unless another command gave the same name to another identity since it
/// was compared: both write as podid, so server-side apply alone would see no conflict.
async fn write_claim(client: &kube::Client, item: &Wanted, manner: Manner) -> Result<()> {
    let wanted = &item.pod_identity;
    let is_same = |object: &Identity| {
        object.resource_id.parse::<ResourceId>().ok().as_ref() == Some(&wanted.identity)
    };
    // What `--replace` gave up is gone by now.
    let mut found = item.found.clone().filter(is_same);
    for _ in 0..CLAIM_TRIES {
        let object = WantedIdentity {
            namespace: wanted.namespace.to_string(),
            name: wanted.name.to_string(),
            resource_id: item.managed.id.to_string(),
            client_id: item.managed.client_id.clone(),
            expected: found
                .as_ref()
                .map_or_else(Expected::absent, Identity::expected),
            ..WantedIdentity::default()
        };
        let options = ApplyOptions {
            force: manner.replace,
            ..ApplyOptions::default()
        };
        match pod_identity::apply_identity(client, &object, options).await {
            Ok(_) => return Ok(()),
            Err(k8s::Error::Conflict { .. }) => {}
            Err(error) => return Err(not_added(wanted, error.into())),
        }
        let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
        found = pod_identity::get_identity(client, namespace, name).await?;
        if found.as_ref().is_some_and(|object| !is_same(object)) {
            return Err(overtaken(wanted, "given another managed identity"));
        }
    }
    Err(overtaken(wanted, "changed again and again"))
}

/// The own objects as they are once nobody releases one of `identities` any more.
///
/// A mark that a killed removal left on an own object is cleared, and the claims are looked at
/// again after that: while it was marked the object did not count as a claim.
async fn own_claims(
    context: &Context,
    client: &kube::Client,
    wanted: &[Wanted],
    identities: &BTreeSet<ResourceId>,
) -> Result<Vec<Identity>> {
    loop {
        let snapshot = claims::await_releases(context, client, identities).await?;
        let own = find_own(wanted, &snapshot)?;
        let mut marked = false;
        for object in own
            .iter()
            .filter(|object| object.releasing_until().is_some())
        {
            marked = true;
            records::clear_mark(client, object).await?;
        }
        if !marked {
            return Ok(own);
        }
    }
}

fn find_own(wanted: &[Wanted], snapshot: &Snapshot) -> Result<Vec<Identity>> {
    let found = wanted.iter().map(|item| {
        let wanted = &item.pod_identity;
        let object = snapshot
            .find(wanted.namespace.as_str(), wanted.name.as_str())
            .ok_or_else(|| overtaken(wanted, "removed"))?;
        if object.resource_id.parse::<ResourceId>().ok().as_ref() != Some(&wanted.identity) {
            return Err(overtaken(wanted, "given another managed identity"));
        }
        Ok(object.clone())
    });
    found.collect()
}

/// Another command changed the same pod identity while this one was at work.
fn overtaken(wanted: &PodIdentity, how: &str) -> Error {
    let key = wanted.key();
    Error::new(
        Kind::Conflict,
        format!("Pod identity `{key}` was {how} by another command meanwhile"),
    )
    .hint(
        "see what is there with `podid list`, and run the same command again if you still want it",
    )
    .target(key)
}

/// The scale sets that `identity` is missing on.
#[must_use]
pub fn lacking(identity: &ResourceId, add: &Holdings) -> BTreeSet<ResourceId> {
    add.iter()
        .filter(|(_, missing)| missing.contains(identity))
        .map(|(set, _)| set.clone())
        .collect()
}

async fn record_intents(
    client: &kube::Client,
    own: &[Identity],
    wanted: &[Wanted],
    add: &Holdings,
) -> Result<Vec<Intent>> {
    let writes = own.iter().zip(wanted).map(|(object, item)| async move {
        let identity = &item.pod_identity.identity;
        let intent = records::intend(client, object, identity, lacking(identity, add)).await?;
        intent.ok_or_else(|| overtaken(&item.pod_identity, "removed"))
    });
    stream::iter(writes).buffered(PARALLEL).try_collect().await
}

async fn settle_records(
    client: &kube::Client,
    intents: &[Intent],
    wanted: &[Wanted],
    outcomes: &[Outcome],
) -> Result<()> {
    let writes = intents.iter().zip(wanted).map(|(intent, item)| {
        let identity = &item.pod_identity.identity;
        intent.settle(client, move |set| {
            scale_sets::assigned(outcomes, set, identity)
        })
    });
    stream::iter(writes)
        .buffered(PARALLEL)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(())
}

/// Writes the bindings of what is complete and tells what became of each.
async fn finish(
    client: &kube::Client,
    wanted: Vec<Wanted>,
    outcomes: &[Outcome],
    (add, targets): (&Holdings, usize),
    manner: Manner,
) -> Result<Vec<Added>> {
    let ends = wanted.into_iter().map(|item| async move {
        let identity = &item.pod_identity.identity;
        let assigned = !lacking(identity, add).is_empty();
        // A pool that held it before does not matter, however its other changes went.
        let lacked = |outcome: &&Outcome| {
            add.get(&outcome.scale_set)
                .is_some_and(|missing| missing.contains(identity))
        };
        let failed = outcomes.iter().filter(lacked).filter_map(|outcome| {
            Some((outcome.pool.clone(), outcome.error_for(identity)?.clone()))
        });
        let (failed_pools, failures): (Vec<String>, Vec<Error>) = failed.unzip();
        if !failures.is_empty() {
            let failure = Some(incomplete(&item.pod_identity, failures, targets));
            return Added {
                wanted: item,
                changed: true,
                failed_pools,
                failure,
            };
        }
        let failure = if item.comparison == Comparison::Same {
            None
        } else {
            write_binding(client, &item, manner).await.err()
        };
        let changed = assigned || item.comparison != Comparison::Same;
        Added {
            wanted: item,
            changed,
            failed_pools,
            failure,
        }
    });
    Ok(stream::iter(ends).buffered(PARALLEL).collect().await)
}

async fn write_binding(client: &kube::Client, item: &Wanted, manner: Manner) -> Result<()> {
    let wanted = &item.pod_identity;
    let binding = WantedBinding {
        namespace: wanted.namespace.to_string(),
        name: wanted.name.binding(),
        identity_name: wanted.name.to_string(),
        selector: wanted.selector.to_string(),
        ..WantedBinding::default()
    };
    let options = ApplyOptions {
        force: manner.replace,
        ..ApplyOptions::default()
    };
    let written = pod_identity::apply_binding(client, &binding, options).await;
    let written = written.map_err(|error| not_added(wanted, error.into()))?;
    still_claimed(client, wanted, &written).await
}

/// Takes the binding back when the claim under it went while it was written.
///
/// A removal of the same pod identity marks the claim before it looks for the binding: either it
/// finds the binding, or its mark is found here.
async fn still_claimed(
    client: &kube::Client,
    wanted: &PodIdentity,
    binding: &Binding,
) -> Result<()> {
    let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
    let claim = pod_identity::get_identity(client, namespace, name).await?;
    if claim.is_some_and(|claim| claim.releasing_until().is_none()) {
        return Ok(());
    }
    let expected = pod_identity::Expected {
        uid: Some(binding.uid.clone()),
        resource_version: None,
    };
    pod_identity::delete_binding(client, namespace, &binding.name, &expected).await?;
    Err(overtaken(wanted, "removed"))
}

fn incomplete(wanted: &PodIdentity, failures: Vec<Error>, targets: usize) -> Error {
    let key = wanted.key();
    let pending = failures.iter().all(|error| error.kind == Kind::Pending);
    let count = failures.len();
    let message = if pending {
        format!(
            "Pod identity `{key}` is not complete yet: {count} of {targets} node pools are still being changed"
        )
    } else {
        format!(
            "Pod identity `{key}` was not added: {count} of {targets} node pools lack its managed identity"
        )
    };
    Error::several(message, failures).target(key)
}

fn not_added(wanted: &PodIdentity, error: Error) -> Error {
    error
        .context(format!(
            "Pod identity `{}` was not added completely",
            wanted.key()
        ))
        .hint("run the same command again to continue")
        .target(wanted.key())
}

/// One line per pod identity for a preview: what would be written.
#[must_use]
pub fn preview(
    wanted: &[Wanted],
    pools: &[Pool],
    absent: &[ResourceId],
) -> BTreeMap<String, Vec<String>> {
    let held = holdings(pools);
    let lines = |item: &Wanted| {
        let mut lines = Vec::new();
        if absent.contains(&item.managed.id) {
            lines.push(format!(
                "create managed identity {}",
                item.managed.id.name()
            ));
        }
        if item.comparison != Comparison::Same {
            lines.push(format!("apply AzureIdentity {}", item.pod_identity.key()));
        }
        let missing =
            assignment::missing(&BTreeSet::from([item.pod_identity.identity.clone()]), &held);
        lines.extend(
            missing
                .keys()
                .map(|set| format!("assign to scale set {}", set.name())),
        );
        if item.comparison != Comparison::Same {
            let namespace = &item.pod_identity.namespace;
            lines.push(format!(
                "apply AzureIdentityBinding {namespace}/{}",
                item.pod_identity.name.binding()
            ));
        }
        lines
    };
    wanted
        .iter()
        .map(|item| (item.pod_identity.key(), lines(item)))
        .collect()
}
