//! Tokens for pods that have just been scheduled here, before they ask: their first request finds its token in the cache.
//!
//! For which resources: those that an operator names, and those that the pod's identity was asked for on this node
//! before. Guarantees: all of it together takes from the metadata service what one pod more would; nothing is tried
//! again, a pod that asks does so itself; what is remembered is bounded. Whether a pod may have an identity is
//! decided when it asks, as ever: here tokens only come into the cache.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream;

use super::cluster::Cluster;
use super::metrics::Metrics;
use super::tokens::{Tokens, Want};
use crate::domain::matching::{Identity, Key, Pod};

/// How long a pod counts as new: an identity may be assigned a while after it was scheduled.
const NEW: Duration = Duration::from_mins(10);
/// Between two looks at the pods, however much changes.
const BREATH: Duration = Duration::from_millis(50);
/// Tokens that are asked for at once.
const AT_ONCE: usize = 4;
/// Identities of one pod, and resources of one identity, at most.
const IDENTITIES: usize = 8;
const RESOURCES: usize = 4;
/// Identities whose resources are remembered, and the longest resource that is.
const REMEMBERED: usize = 1024;
const LONGEST: usize = 256;

/// What tokens are for.
#[derive(Debug)]
pub struct Prefetch {
    named: Vec<String>,
    asked: Mutex<HashMap<Key, Vec<String>>>,
}

/// A pod that is or was new.
struct Seen {
    since: Instant,
    /// It was here before this instance was.
    old: bool,
    fetched: HashSet<Key>,
}

impl Prefetch {
    /// For the resources that an operator names, besides those that are asked for.
    #[must_use]
    pub fn new(named: Vec<String>) -> Arc<Self> {
        let asked = Mutex::default();
        Arc::new(Self { named, asked })
    }

    /// A pod has got a token of the identity for a resource: the next pod will want one, too.
    pub fn asked(&self, identity: &Key, resource: &str) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = all.get_mut(identity) {
            let room = own.len() < RESOURCES && resource.len() <= LONGEST;
            if room && !own.iter().any(|known| known == resource) {
                own.push(resource.to_owned());
            }
        } else if all.len() < REMEMBERED && resource.len() <= LONGEST {
            all.insert(identity.clone(), vec![resource.to_owned()]);
        }
    }

    fn resources(&self, identity: &Key) -> Vec<String> {
        let all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = all.get(identity).into_iter().flatten();
        let asked = asked.filter(|resource| !self.named.contains(resource));
        self.named.iter().chain(asked).cloned().collect()
    }

    /// Follows the pods of the node until dropped.
    pub async fn run(
        self: Arc<Self>,
        cluster: Arc<Cluster>,
        tokens: Arc<Tokens>,
        metrics: Arc<Metrics>,
    ) {
        let mut changes = cluster.changes();
        let mut seen = HashMap::new();
        let mut first = true;
        loop {
            changes.mark_unchanged();
            if cluster.is_synced() {
                let wants = self.wants(&due(&cluster, &mut seen, first));
                first = false;
                let fetch = |want: Want| async {
                    if let Some(outcome) = tokens.ahead(want).await {
                        metrics.prefetched(outcome);
                    }
                };
                stream::iter(wants)
                    .for_each_concurrent(AT_ONCE, fetch)
                    .await;
            }
            if changes.changed().await.is_err() {
                return;
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    fn wants(&self, identities: &[Arc<Identity>]) -> Vec<Want> {
        let mut wants = Vec::new();
        for identity in identities {
            for resource in self.resources(&identity.key) {
                let others = identity.auxiliary_tenants.iter().cloned().map(Some);
                wants.extend(std::iter::once(None).chain(others).map(|tenant| Want {
                    identity: Arc::clone(identity),
                    resource: resource.clone(),
                    tenant,
                }));
            }
        }
        wants
    }
}

/// The identities that new pods can use and whose tokens were not yet asked for on their behalf.
fn due(cluster: &Cluster, seen: &mut HashMap<String, Seen>, first: bool) -> Vec<Arc<Identity>> {
    let pods: Vec<Arc<Pod>> = cluster.pods().all().cloned().collect();
    let here: HashSet<&str> = pods.iter().map(|pod| pod.uid.as_str()).collect();
    seen.retain(|uid, _| here.contains(uid.as_str()));
    let mut due = Vec::new();
    for pod in &pods {
        let own = seen.entry(pod.uid.clone()).or_insert_with(|| Seen {
            since: Instant::now(),
            old: first && !pod.addresses.is_empty(),
            fetched: HashSet::new(),
        });
        if own.old || pod.ended || pod.host_network || own.since.elapsed() > NEW {
            continue;
        }
        let ready = cluster.bound(pod).map(|bound| bound.ready);
        for identity in ready.into_iter().flatten().take(IDENTITIES) {
            if own.fetched.len() < IDENTITIES && own.fetched.insert(identity.key.clone()) {
                due.push(identity);
            }
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let prefetch = Prefetch::new(vec!["named".to_owned()]);
        let loud = Key::new("a", "loud");
        for n in 0..100 {
            prefetch.asked(&loud, &format!("r{n}"));
        }
        prefetch.asked(&loud, &"x".repeat(LONGEST + 1));
        assert_eq!(prefetch.resources(&loud), ["named", "r0", "r1", "r2", "r3"]);
        for n in 0..2 * REMEMBERED {
            prefetch.asked(&Key::new("a", n.to_string()), "r");
        }
        assert_eq!(prefetch.asked.lock().unwrap().len(), REMEMBERED);
        assert_eq!(prefetch.resources(&Key::new("b", "never")), ["named"]);
    }

    #[test]
    fn a_resource_that_is_named_and_asked_for_is_wanted_once() {
        let prefetch = Prefetch::new(vec!["r".to_owned()]);
        let identity = Identity {
            key: Key::new("a", "i"),
            auxiliary_tenants: vec!["t".to_owned()],
            ..Identity::default()
        };
        prefetch.asked(&identity.key, "r");
        let wants = prefetch.wants(&[Arc::new(identity)]);
        let tenants: Vec<_> = wants.iter().map(|want| want.tenant.as_deref()).collect();
        assert_eq!(tenants, [None, Some("t")]);
    }
}
