//! What is known, and what follows from it: a function of what was seen so far, without I/O.
//!
//! Everything is looked up by index: an event costs what it touches. What has to be done is kept as two sets, pods whose
//! records may have to change and hosts whose needs changed; the engine takes them away and acts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::args::Mode;
use super::steps::{self, Place, Step};
use super::workers::{Needed, Told};
use crate::domain::matching::{Binding, Identity, Key, Source};
use crate::domain::provider_id;
use crate::domain::resource_id::ResourceId;
use crate::domain::uses::Uses;
use crate::domain::wanted::{Touched, Want, Wanted};
use crate::k8s::assignment::Recorded;
use crate::k8s::matching::Scheduled;
use crate::k8s::node::SeenNode;

/// All there are, one that is new or changed, or one that is gone.
#[derive(Debug)]
pub enum Seen<T> {
    /// These are all.
    All(Vec<T>),
    /// This one is so now.
    One(T),
    /// This one is gone.
    Gone(T),
}

/// Something was seen in the cluster.
// Of these none lives longer than it takes to take it in.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
pub enum Sight {
    /// Pods with the label.
    Pods(Seen<Scheduled>),
    /// Nodes.
    Nodes(Seen<SeenNode>),
    /// Identities.
    Identities(Seen<Identity>),
    /// Bindings.
    Bindings(Seen<Binding>),
    /// Assigned identities.
    Records(Seen<Recorded>),
}

/// What is known.
pub struct State {
    mode: Mode,
    wanted: Wanted,
    uses: Uses,
    /// Nodes without a host, and why.
    homeless: HashMap<String, String>,
    nodes: BTreeSet<String>,
    records: HashMap<Key, Recorded>,
    by_pod: HashMap<Key, BTreeSet<Key>>,
    /// Records by the word of their state.
    counts: BTreeMap<&'static str, usize>,
    hosts: HashMap<ResourceId, Told>,
    /// Pods whose records may have to change.
    pub pods_due: BTreeSet<Key>,
    /// Hosts whose needs may have changed.
    pub hosts_due: BTreeSet<ResourceId>,
}

impl State {
    /// Nothing is known.
    #[must_use]
    pub fn new(mode: Mode, across_namespaces: bool) -> Self {
        Self {
            mode,
            wanted: Wanted::new(across_namespaces),
            uses: Uses::default(),
            homeless: HashMap::new(),
            nodes: BTreeSet::new(),
            records: HashMap::new(),
            by_pod: HashMap::new(),
            counts: BTreeMap::new(),
            hosts: HashMap::new(),
            pods_due: BTreeSet::new(),
            hosts_due: BTreeSet::new(),
        }
    }

    /// Takes in what was seen.
    pub fn see(&mut self, sight: Sight) {
        match sight {
            Sight::Pods(seen) => self.see_pods(seen),
            Sight::Nodes(seen) => self.see_nodes(seen),
            Sight::Identities(seen) => {
                let touched = match seen {
                    Seen::All(all) => self.wanted.replace_identities(all),
                    Seen::One(one) => self.wanted.apply_identity(one),
                    Seen::Gone(one) => self.wanted.remove_identity(&one.key),
                };
                self.touch(touched);
            }
            Sight::Bindings(seen) => {
                let touched = match seen {
                    Seen::All(all) => self.wanted.replace_bindings(all),
                    Seen::One(one) => self.wanted.apply_binding(one),
                    Seen::Gone(one) => self.wanted.remove_binding(&one.key),
                };
                self.touch(touched);
            }
            Sight::Records(Seen::All(all)) => {
                let before: Vec<Key> = self.records.drain().map(|(_, one)| one.pod).collect();
                self.pods_due.extend(before);
                self.by_pod.clear();
                self.counts.clear();
                for one in all {
                    self.record(one);
                }
            }
            Sight::Records(Seen::One(one)) => self.record(one),
            Sight::Records(Seen::Gone(one)) => self.forget(&one.key, &one.uid),
        }
    }

    fn see_pods(&mut self, seen: Seen<Scheduled>) {
        let touched = match seen {
            Seen::All(all) => {
                self.wanted
                    .replace_pods(all.into_iter().filter_map(|pod| match pod {
                        Scheduled::Bound(pod) => Some(pod),
                        Scheduled::Idle(_) => None,
                    }))
            }
            Seen::One(Scheduled::Bound(pod)) => self.wanted.apply_pod(pod),
            Seen::One(Scheduled::Idle(key)) => self.wanted.remove_pod(&key),
            Seen::Gone(pod) => {
                let (Scheduled::Idle(key)
                | Scheduled::Bound(crate::domain::wanted::BoundPod { key, .. })) = pod;
                self.wanted.remove_pod(&key)
            }
        };
        self.touch(touched);
    }

    fn see_nodes(&mut self, seen: Seen<SeenNode>) {
        match seen {
            Seen::All(all) => {
                let names: BTreeSet<String> = all.iter().map(|node| node.name.clone()).collect();
                let gone: Vec<String> = self.nodes.difference(&names).cloned().collect();
                for name in gone {
                    self.set_node(&name, Err(String::new()));
                }
                for node in &all {
                    self.see_node(node);
                }
            }
            Seen::One(node) => self.see_node(&node),
            Seen::Gone(node) => {
                self.nodes.remove(&node.name);
                self.set_node(&node.name, Err(String::new()));
            }
        }
    }

    fn see_node(&mut self, node: &SeenNode) {
        self.nodes.insert(node.name.clone());
        let host = provider_id::host(&node.provider_id).map_err(|problem| problem.to_string());
        let host = if node.windows {
            Err("Windows nodes do not run NMI".to_owned())
        } else {
            host
        };
        self.set_node(&node.name, host);
    }

    /// Says where a node's identities are; an empty problem: the node is gone.
    fn set_node(&mut self, name: &str, host: Result<ResourceId, String>) {
        let (host, problem) = match host {
            Ok(host) => (Some(host), None),
            Err(problem) => (None, Some(problem).filter(|problem| !problem.is_empty())),
        };
        let known =
            self.uses.host_of(name) == host.as_ref() && self.homeless.get(name) == problem.as_ref();
        if known {
            return;
        }
        match problem {
            Some(problem) => self.homeless.insert(name.to_owned(), problem),
            None => self.homeless.remove(name),
        };
        self.hosts_due.extend(host.clone());
        self.hosts_due.extend(self.uses.set_node(name, host));
        self.pods_due
            .extend(self.wanted.pods_of_node(name).cloned());
    }

    /// Pods whose wants changed.
    fn touch(&mut self, touched: Touched) {
        if self.mode == Mode::Preassign {
            self.hosts_due.extend(self.uses.hosts().cloned());
            return;
        }
        for key in &touched {
            let wants = self.wanted.of(key);
            let changed = match self.wanted.pod(key) {
                Some(pod) if !wants.is_empty() => {
                    let ids = wants
                        .iter()
                        .filter_map(|want| managed(&want.identity))
                        .collect();
                    self.uses.set_pod(key, &pod.node, &pod.uid, ids)
                }
                _ => self.uses.remove_pod(key),
            };
            self.hosts_due.extend(changed);
        }
        self.pods_due.extend(touched);
    }

    /// Takes in an object that was read, or written.
    pub fn record(&mut self, one: Recorded) {
        // What was written is known before it is seen; what is seen late is old.
        let known = self.records.get(&one.key);
        if known.is_some_and(|known| known.uid == one.uid && known.version > one.version) {
            return;
        }
        let moved = known
            .map(|known| known.pod.clone())
            .filter(|pod| *pod != one.pod);
        if let Some(pod) = moved {
            self.unlink(&pod, &one.key);
            self.pods_due.insert(pod);
        }
        self.by_pod
            .entry(one.pod.clone())
            .or_default()
            .insert(one.key.clone());
        self.pods_due.insert(one.pod.clone());
        *self.counts.entry(one.state.word()).or_insert(0) += 1;
        let before = self.records.insert(one.key.clone(), one);
        self.uncount(before.as_ref());
    }

    /// Forgets an object that is gone.
    pub fn forget(&mut self, key: &Key, uid: &str) {
        if self.records.get(key).is_none_or(|known| known.uid != uid) {
            return;
        }
        if let Some(one) = self.records.remove(key) {
            self.uncount(Some(&one));
            self.unlink(&one.pod, key);
            self.pods_due.insert(one.pod);
        }
    }

    fn uncount(&mut self, gone: Option<&Recorded>) {
        let count = gone.and_then(|one| self.counts.get_mut(one.state.word()));
        if let Some(count) = count {
            *count -= 1;
        }
    }

    fn unlink(&mut self, pod: &Key, record: &Key) {
        if let Some(keys) = self.by_pod.get_mut(pod) {
            keys.remove(record);
            if keys.is_empty() {
                self.by_pod.remove(pod);
            }
        }
    }

    /// Takes in how a host is.
    pub fn told(&mut self, told: Told) {
        let before = self.hosts.get(&told.host);
        let mut changed: BTreeSet<&ResourceId> =
            told.held.iter().chain(told.refused.keys()).collect();
        if let Some(before) = before {
            changed.extend(before.held.iter().chain(before.refused.keys()));
            let same = |id: &&ResourceId| {
                before.held.contains(id) == told.held.contains(id)
                    && before.refused.get(id).map(|one| &one.code)
                        == told.refused.get(id).map(|one| &one.code)
            };
            if before.problem.as_ref().map(|one| &one.code)
                == told.problem.as_ref().map(|one| &one.code)
            {
                changed.retain(|id| !same(id));
            } else {
                changed.clear();
                let nodes: Vec<&str> = self.uses.nodes_of(&told.host).collect();
                for node in nodes {
                    self.pods_due
                        .extend(self.wanted.pods_of_node(node).cloned());
                }
            }
        } else {
            for node in self.uses.nodes_of(&told.host) {
                self.pods_due
                    .extend(self.wanted.pods_of_node(node).cloned());
            }
        }
        for identity in changed {
            let users = self.uses.users(&told.host, identity);
            self.pods_due.extend(users.map(|(pod, _)| pod.clone()));
        }
        self.hosts.insert(told.host.clone(), told);
    }

    /// All that a host needs.
    #[must_use]
    pub fn needed(&self, host: &ResourceId) -> Needed {
        if self.mode == Mode::Preassign {
            let bound = self.wanted.bound_identities();
            return bound
                .iter()
                .filter_map(|one| Some((managed(one)?, client_id(one))))
                .collect();
        }
        let with_client = |id: ResourceId| {
            let user = self
                .uses
                .users(host, &id)
                .next()
                .map(|(pod, _)| self.wanted.of(pod));
            let wants = user.into_iter().flatten();
            let client = wants.filter(|want| managed(&want.identity).as_ref() == Some(&id));
            let client = client
                .map(|want| client_id(&want.identity))
                .next()
                .flatten();
            (id, client)
        };
        self.uses
            .needed(host)
            .into_iter()
            .map(with_client)
            .collect()
    }

    /// What has to be done about the records of one pod.
    #[must_use]
    pub fn steps(&self, pod: &Key) -> Vec<Step> {
        if self.mode == Mode::Preassign {
            return Vec::new();
        }
        let wants = self.wanted.of(pod);
        let keys = self.by_pod.get(pod).into_iter().flatten();
        let records: Vec<&Recorded> = keys.filter_map(|key| self.records.get(key)).collect();
        steps::of(&wants, &records, |want| self.place(want))
    }

    /// Where the identity of a want stands.
    fn place(&self, want: &Want) -> Place<'_> {
        if want.identity.source != Source::Managed {
            return Place::NeedsNoHost;
        }
        let Some(identity) = managed(&want.identity) else {
            return Place::Malformed;
        };
        let Some(host) = self.uses.host_of(&want.pod.node) else {
            let problem = self.homeless.get(&want.pod.node).map(String::as_str);
            return Place::NoHost(problem.unwrap_or("the node is not known"));
        };
        let Some(told) = self.hosts.get(host) else {
            return Place::Unread;
        };
        if told.held.contains(&identity) {
            return Place::Held;
        }
        if let Some(refused) = told.refused.get(&identity) {
            return Place::Refused(&refused.code, &refused.message);
        }
        told.problem.as_ref().map_or(Place::Pending, |problem| {
            Place::Refused(&problem.code, &problem.message)
        })
    }

    /// The hosts that nodes run on.
    pub fn hosts(&self) -> impl Iterator<Item = &ResourceId> {
        self.uses.hosts()
    }

    /// How many records are in a state, by its word.
    #[must_use]
    pub fn count(&self, state: &str) -> usize {
        self.counts.get(state).copied().unwrap_or_default()
    }

    /// How many identities hosts refuse.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.hosts.values().map(|told| told.refused.len()).sum()
    }
}

/// The managed identity that an object names.
fn managed(identity: &Identity) -> Option<ResourceId> {
    let is_managed = identity.source == Source::Managed;
    let id = is_managed.then(|| ResourceId::parse(&identity.resource_id).ok())??;
    id.expect_type(crate::domain::resource_id::USER_ASSIGNED_IDENTITY)
        .ok()
}

fn client_id(identity: &Identity) -> Option<String> {
    Some(identity.client_id.clone()).filter(|id| !id.is_empty())
}
