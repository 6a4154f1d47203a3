//! Which identity a pod's request gets, and the wait for one that is on its way.
//!
//! The caller is looked up anew after every change: a pod that went away while it waited is not answered in the name
//! of its address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::caller::list;
use super::cluster::Cluster;
use super::refusal::{self, Refusal};
use crate::domain::matching::{self, Choice, Key, Pod, Unbound, choose};
use crate::domain::token_request::WantedIdentity;

/// Who asks: an address, or a pod named by the host.
#[derive(Debug, Clone)]
pub enum Asker {
    /// The peer of a connection.
    Address(IpAddr),
    /// A pod that the host asks for.
    Named(Key),
}

impl Asker {
    /// The pod as it is known now, if it still is the one with this uid.
    #[must_use]
    pub fn still(&self, cluster: &Cluster, uid: &str) -> Option<Arc<Pod>> {
        let pod = match self {
            Self::Address(address) => cluster.pods().at(*address).ok(),
            Self::Named(key) => cluster.pods().named(key).filter(|pod| !pod.ended),
        };
        pod.filter(|pod| pod.uid == uid)
    }
}

/// The identity a request means; waits for one that is bound and not yet on the node's machine.
///
/// # Errors
/// Why there is none, or that the wait is over.
pub async fn select(
    cluster: &Cluster,
    asker: &Asker,
    pod: &Arc<Pod>,
    wanted: &WantedIdentity,
    patience: Duration,
) -> Result<Choice, Refusal> {
    let deadline = Instant::now() + patience;
    let mut changes = cluster.changes();
    loop {
        changes.mark_unchanged();
        let pod = asker.still(cluster, &pod.uid).ok_or_else(|| {
            let gone = format!("pod {} is gone", pod.key);
            Refusal::new(refusal::ENDED, gone).of(pod)
        })?;
        let bound = cluster
            .bound(&pod)
            .map_err(|reason| unbound(&pod, &reason))?;
        tracing::debug!(
            pod = %pod.key, selector = pod.selector, ready = ?names(&bound.ready), pending = ?names(&bound.pending),
            ?wanted, "explain: label -> bindings -> identities"
        );
        let pending = match choose(wanted, &bound) {
            Ok(choice) => return Ok(choice),
            Err(matching::Refusal::Pending(pending)) => pending,
            Err(reason) => return Err(refused(&pod, wanted, &reason, &names(&bound.ready))),
        };
        if timeout_at(deadline, changes.changed()).await.is_err() {
            let waiting = names(&pending).join(", ");
            let detail = format!(
                "{waiting} is bound to pod {} but not yet assigned to node {}",
                pod.key, cluster.node
            );
            return Err(Refusal::new(refusal::NOT_ASSIGNED, detail).of(&pod));
        }
    }
}

/// Whether the pod may still have the identity: it may have lost it while its token was fetched.
///
/// # Errors
/// That it may not.
pub fn confirm(
    cluster: &Cluster,
    asker: &Asker,
    pod: &Arc<Pod>,
    identity: &matching::Identity,
) -> Result<(), Refusal> {
    let now = asker.still(cluster, &pod.uid);
    let bound = now.and_then(|pod| cluster.bound(&pod).ok());
    let kept = bound.is_some_and(|bound| bound.ready.iter().any(|one| **one == *identity));
    if kept {
        return Ok(());
    }
    let detail = format!("{} is no longer bound to pod {}", identity.key, pod.key);
    Err(Refusal::new(refusal::NOT_BOUND, detail).of(pod))
}

fn names(identities: &[Arc<matching::Identity>]) -> Vec<String> {
    let names = identities.iter().map(|identity| identity.key.to_string());
    names.collect()
}

fn unbound(pod: &Arc<Pod>, reason: &Unbound) -> Refusal {
    let key = &pod.key;
    let (code, detail) = match reason {
        Unbound::NoLabel => (
            refusal::NO_LABEL,
            format!("pod {key} has no label aadpodidbinding, so no identity is bound to it"),
        ),
        Unbound::NoBinding { selector } => (
            refusal::NO_BINDING,
            format!(
                "no AzureIdentityBinding in namespace {} has the selector {selector} of pod {key}",
                key.namespace
            ),
        ),
        Unbound::NoIdentity { missing } => (
            refusal::NO_IDENTITY,
            format!(
                "the AzureIdentityBindings of pod {key} name {}, which does not exist",
                list(missing)
            ),
        ),
    };
    Refusal::new(code, detail).of(pod)
}

fn refused(
    pod: &Arc<Pod>,
    wanted: &WantedIdentity,
    reason: &matching::Refusal,
    ready: &[String],
) -> Refusal {
    let asked = asked(wanted);
    let has = if ready.is_empty() {
        "none is".to_owned()
    } else {
        format!("{} is", ready.join(", "))
    };
    match reason {
        matching::Refusal::Contradiction => Refusal::new(
            refusal::CONTRADICTION,
            format!("{asked} are ids of different identities"),
        ),
        _ => Refusal::new(
            refusal::NOT_BOUND,
            format!(
                "no identity with {asked} is bound to pod {}; {has}",
                pod.key
            ),
        ),
    }
    .of(pod)
}

/// The ids of a request in one line.
#[must_use]
pub fn asked(wanted: &WantedIdentity) -> String {
    let ids = [
        ("client_id", &wanted.client_id),
        ("object_id", &wanted.object_id),
        ("msi_res_id", &wanted.resource_id),
    ];
    let named: Vec<String> = ids
        .into_iter()
        .filter_map(|(name, id)| id.as_ref().map(|id| format!("{name} {id}")))
        .collect();
    if named.is_empty() {
        return "any id".to_owned();
    }
    named.join(" and ")
}
