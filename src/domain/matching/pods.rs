//! The pods of a node by address.
//!
//! Guarantee: an address leads to a pod only while exactly one pod of this node lives at it. Two pods at one
//! address, the node's own address and pods that have ended lead to nobody, each with its reason.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::{Key, Pod};

/// Why an address leads to no pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCaller {
    /// No pod of this node has the address.
    Unknown,
    /// A pod on the host's network has it: it is the node's, and anybody's on the node.
    HostNetwork(Key),
    /// The pod that had it has ended.
    Ended(Key),
    /// Several pods have it.
    Shared(Vec<Key>),
}

/// The pods of a node.
#[derive(Debug, Default)]
pub struct Pods {
    by_key: HashMap<Key, Arc<Pod>>,
    by_address: HashMap<IpAddr, Vec<Key>>,
    /// What was told since a look-up began; nothing while there is none.
    told: Option<Told>,
}

/// Pods that are remembered while a list is on its way.
const MOST_TOLD: usize = 1024;

/// What was told while a list was on its way.
#[derive(Debug)]
enum Told {
    /// Of these pods.
    Of(HashSet<Key>),
    /// Of all pods.
    All,
}

impl Pods {
    /// A list is about to be asked for.
    pub fn begin_look_up(&mut self) {
        self.told = Some(Told::Of(HashSet::new()));
    }

    /// Adds those pods of the list that were not known or had no address. The list can be older than what was told
    /// while it was on its way, and must not undo that: a pod that is gone would come back for good, at an address that
    /// is another's by now.
    pub fn end_look_up(&mut self, listed: impl IntoIterator<Item = Pod>) {
        let Some(Told::Of(told)) = self.told.take() else {
            return;
        };
        for pod in listed {
            let known = self.by_key.get(&pod.key);
            let lacks = known.is_none_or(|known| known.addresses.is_empty());
            if lacks && !told.contains(&pod.key) {
                self.put(pod);
            }
        }
    }

    /// Puts a pod in, or in the place of what was known under its name.
    pub fn apply(&mut self, pod: Pod) {
        self.tell(&pod.key);
        self.put(pod);
    }

    fn put(&mut self, mut pod: Pod) {
        self.take(&pod.key.clone());
        for address in &mut pod.addresses {
            *address = address.to_canonical();
        }
        pod.addresses.sort_unstable();
        pod.addresses.dedup();
        for address in &pod.addresses {
            self.by_address
                .entry(*address)
                .or_default()
                .push(pod.key.clone());
        }
        self.by_key.insert(pod.key.clone(), Arc::new(pod));
    }

    /// Takes a pod out, unless another one has its name by now.
    pub fn remove(&mut self, key: &Key, uid: &str) {
        self.tell(key);
        if self.by_key.get(key).is_some_and(|pod| pod.uid == uid) {
            self.take(key);
        }
    }

    /// Forgets everything and starts from these.
    pub fn replace(&mut self, pods: impl IntoIterator<Item = Pod>) {
        self.by_key.clear();
        self.by_address.clear();
        for pod in pods {
            self.put(pod);
        }
        if self.told.is_some() {
            self.told = Some(Told::All);
        }
    }

    /// The one pod that lives at an address.
    ///
    /// # Errors
    /// Why there is none.
    pub fn at(&self, address: IpAddr) -> Result<Arc<Pod>, NoCaller> {
        let keys = self.by_address.get(&address.to_canonical());
        let pods: Vec<&Arc<Pod>> = keys
            .into_iter()
            .flatten()
            .filter_map(|key| self.by_key.get(key))
            .collect();
        if let Some(pod) = pods.iter().find(|pod| pod.host_network) {
            return Err(NoCaller::HostNetwork(pod.key.clone()));
        }
        let mut living = pods.iter().filter(|pod| !pod.ended);
        match (living.next(), living.next()) {
            (Some(pod), None) => Ok(Arc::clone(pod)),
            (None, _) => Err(pods
                .first()
                .map_or(NoCaller::Unknown, |pod| NoCaller::Ended(pod.key.clone()))),
            (Some(_), Some(_)) => {
                let living = pods.iter().filter(|pod| !pod.ended);
                let mut keys: Vec<Key> = living.map(|pod| pod.key.clone()).collect();
                keys.sort();
                Err(NoCaller::Shared(keys))
            }
        }
    }

    /// The pod of a name.
    #[must_use]
    pub fn named(&self, key: &Key) -> Option<Arc<Pod>> {
        self.by_key.get(key).map(Arc::clone)
    }

    /// All pods, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Pod>> {
        self.by_key.values()
    }

    /// How many pods are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// No pod is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    fn tell(&mut self, key: &Key) {
        match &mut self.told {
            Some(Told::Of(told)) if told.len() < MOST_TOLD => {
                told.insert(key.clone());
            }
            // Too much to tell apart; or a look-up that nobody ended.
            Some(told) => *told = Told::All,
            None => {}
        }
    }

    fn take(&mut self, key: &Key) {
        let Some(pod) = self.by_key.remove(key) else {
            return;
        };
        for address in &pod.addresses {
            if let Some(keys) = self.by_address.get_mut(address) {
                keys.retain(|other| other != key);
                if keys.is_empty() {
                    self.by_address.remove(address);
                }
            }
        }
    }
}
