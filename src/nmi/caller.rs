//! Which pod asks: from the address of the socket to the pod.
//!
//! The index answers. An address that it does not know may be that of a pod whose address the API server has only
//! just learned: it is looked up live once, and then waited for a little, because the first request of a container
//! can overtake the report of its pod's address.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout_at};

use super::cluster::Cluster;
use super::refusal::{self, Refusal};
use crate::domain::matching::{Key, NoCaller, Pod, Pods};
use crate::k8s::matching::pods_of_node;

/// How long an unknown address is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two live look-ups: a flood from addresses that are nobody's must not reach the API server.
const BETWEEN_LOOKUPS: Duration = Duration::from_millis(500);
const LOOKUP_LIMIT: Duration = Duration::from_secs(5);

/// Finds callers.
#[derive(Debug, Default)]
pub struct Callers {
    last_lookup: Mutex<Option<Instant>>,
}

impl Callers {
    /// The pod at an address.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn find(&self, cluster: &Cluster, address: IpAddr) -> Result<Arc<Pod>, Refusal> {
        if !cluster.is_synced() {
            return Err(not_ready());
        }
        let known = cluster.pods().at(address);
        match known {
            Ok(pod) => return Ok(pod),
            Err(NoCaller::Unknown) => {}
            Err(reason) => return Err(refused(address, &reason)),
        }
        let deadline = Instant::now() + PATIENCE;
        let mut changes = cluster.changes();
        self.look_up(cluster, address).await;
        loop {
            changes.mark_unchanged();
            let known = cluster.pods().at(address);
            match known {
                Ok(pod) => return Ok(pod),
                Err(NoCaller::Unknown) => {}
                Err(reason) => return Err(refused(address, &reason)),
            }
            if timeout_at(deadline, changes.changed()).await.is_err() {
                return Err(refused(address, &NoCaller::Unknown));
            }
        }
    }

    /// Asks the API server for the pods of this node, unless somebody just has.
    async fn look_up(&self, cluster: &Cluster, address: IpAddr) {
        let mut last = self.last_lookup.lock().await;
        let recent = last.is_some_and(|last| last.elapsed() < BETWEEN_LOOKUPS);
        let found = cluster.pods().at(address);
        if recent || found.is_ok() {
            return;
        }
        // Before and after: whoever hangs up meanwhile does not make the next one come sooner.
        *last = Some(Instant::now());
        // One look-up at a time: the lock is held to its end.
        cluster.change_pods(Pods::begin_look_up);
        let listed =
            tokio::time::timeout(LOOKUP_LIMIT, pods_of_node(&cluster.client, &cluster.node));
        match listed.await {
            Ok(Ok(listed)) => {
                let at_address = |pod: &Pod| {
                    let mut own = pod.addresses.iter();
                    own.any(|own| own.to_canonical() == address.to_canonical())
                };
                let there = listed.into_iter().filter(at_address);
                cluster.change_pods(|pods| pods.end_look_up(there));
            }
            Ok(Err(error)) => tracing::warn!(%error, "a pod could not be looked up"),
            Err(_) => tracing::warn!("a pod could not be looked up in time"),
        }
        *last = Some(Instant::now());
    }
}

/// The daemon has not heard everything yet.
#[must_use]
pub fn not_ready() -> Refusal {
    Refusal::new(
        refusal::NOT_READY,
        "podid-nmi has just started and is still reading the cluster's objects",
    )
}

fn refused(address: IpAddr, reason: &NoCaller) -> Refusal {
    match reason {
        NoCaller::Unknown => Refusal::new(
            refusal::UNKNOWN_CALLER,
            format!("no pod of this node has the address {address}"),
        ),
        NoCaller::HostNetwork(pod) => Refusal::new(
            refusal::HOST_NETWORK,
            format!(
                "{address} is the address of pod {pod}, which is on the host's network: so is anybody else on this node"
            ),
        ),
        NoCaller::Ended(pod) => Refusal::new(
            refusal::ENDED,
            format!("pod {pod}, which had the address {address}, has ended"),
        ),
        NoCaller::Shared(pods) => Refusal::new(
            refusal::SHARED_ADDRESS,
            format!("{address} is the address of {}", list(pods)),
        ),
    }
}

/// Names of objects in one line.
#[must_use]
pub fn list(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(Key::to_string).collect();
    names.join(", ")
}
