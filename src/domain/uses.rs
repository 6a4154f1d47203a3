//! Which scale set or virtual machine needs which managed identities, and for whom.
//!
//! A node leads from a pod to the host that carries its identities. Every change answers with the hosts whose needed
//! identities it changed, and costs what the pod or the node holds. An identity is needed while any pod of the host
//! uses it: pods count by namespace, name and uid.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::matching::Key;
use super::resource_id::ResourceId;

/// Hosts whose needed identities have changed.
pub type Changed = BTreeSet<ResourceId>;

/// A pod that uses an identity, by name and uid.
pub type User = (Key, String);

#[derive(Debug)]
struct PodUse {
    node: String,
    uid: String,
    identities: BTreeSet<ResourceId>,
}

#[derive(Debug, Default)]
struct Host {
    nodes: BTreeSet<String>,
    users: BTreeMap<ResourceId, BTreeSet<User>>,
}

/// The uses of managed identities by host.
#[derive(Debug, Default)]
pub struct Uses {
    host_of: HashMap<String, ResourceId>,
    hosts: BTreeMap<ResourceId, Host>,
    pods: HashMap<Key, PodUse>,
    by_node: HashMap<String, BTreeSet<Key>>,
}

impl Uses {
    /// Says which host a node belongs to; none when the node is gone or its host is unknown.
    pub fn set_node(&mut self, node: &str, host: Option<ResourceId>) -> Changed {
        let old = self.host_of.get(node).cloned();
        if old == host {
            return Changed::new();
        }
        let pods = self.by_node.get(node).into_iter().flatten();
        let moving: Vec<(User, BTreeSet<ResourceId>)> = pods
            .filter_map(|key| {
                let pod = self.pods.get(key)?;
                Some(((key.clone(), pod.uid.clone()), pod.identities.clone()))
            })
            .collect();
        let mut changed = Changed::new();
        if let Some(host) = &host {
            self.host_of.insert(node.to_owned(), host.clone());
            let entry = self.hosts.entry(host.clone()).or_default();
            entry.nodes.insert(node.to_owned());
            for (user, identities) in &moving {
                changed.extend(self.begin(host, user, identities));
            }
        } else {
            self.host_of.remove(node);
        }
        if let Some(host) = &old {
            for (user, identities) in &moving {
                changed.extend(self.end(host, user, identities));
            }
            if let Some(entry) = self.hosts.get_mut(host) {
                entry.nodes.remove(node);
                if entry.nodes.is_empty() {
                    self.hosts.remove(host);
                }
            }
        }
        changed
    }

    /// Says which identities a pod uses on its node.
    pub fn set_pod(
        &mut self,
        pod: &Key,
        node: &str,
        uid: &str,
        identities: BTreeSet<ResourceId>,
    ) -> Changed {
        let old = self.take(pod);
        let mut changed = Changed::new();
        let user = (pod.clone(), uid.to_owned());
        let host = self.host_of.get(node).cloned();
        // What stays in use must not look unused in between: the new uses first.
        if let Some(host) = &host {
            changed.extend(self.begin(host, &user, &identities));
        }
        if let Some(mut old) = old {
            let before = self.host_of.get(&old.node).cloned();
            if before == host && old.uid == uid {
                old.identities
                    .retain(|identity| !identities.contains(identity));
            }
            if let Some(before) = before {
                changed.extend(self.end(&before, &(pod.clone(), old.uid), &old.identities));
            }
        }
        if !identities.is_empty() {
            self.by_node
                .entry(node.to_owned())
                .or_default()
                .insert(pod.clone());
            let (node, uid) = (node.to_owned(), uid.to_owned());
            self.pods.insert(
                pod.clone(),
                PodUse {
                    node,
                    uid,
                    identities,
                },
            );
        }
        changed
    }

    /// Says that a pod uses nothing any more.
    pub fn remove_pod(&mut self, pod: &Key) -> Changed {
        let Some(old) = self.take(pod) else {
            return Changed::new();
        };
        let Some(host) = self.host_of.get(&old.node).cloned() else {
            return Changed::new();
        };
        self.end(&host, &(pod.clone(), old.uid), &old.identities)
            .into_iter()
            .collect()
    }

    /// The identities that pods of a host use.
    #[must_use]
    pub fn needed(&self, host: &ResourceId) -> BTreeSet<ResourceId> {
        let host = self.hosts.get(host);
        host.map(|host| host.users.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// The host of a node.
    #[must_use]
    pub fn host_of(&self, node: &str) -> Option<&ResourceId> {
        self.host_of.get(node)
    }

    /// The nodes of a host, in order.
    pub fn nodes_of(&self, host: &ResourceId) -> impl Iterator<Item = &str> {
        let nodes = self.hosts.get(host).map(|host| &host.nodes);
        nodes.into_iter().flatten().map(String::as_str)
    }

    /// The hosts that have nodes, in order.
    pub fn hosts(&self) -> impl Iterator<Item = &ResourceId> {
        self.hosts.keys()
    }

    /// The pods of a host that use an identity, in order.
    pub fn users(&self, host: &ResourceId, identity: &ResourceId) -> impl Iterator<Item = &User> {
        let users = self
            .hosts
            .get(host)
            .and_then(|host| host.users.get(identity));
        users.into_iter().flatten()
    }

    fn take(&mut self, pod: &Key) -> Option<PodUse> {
        let old = self.pods.remove(pod)?;
        if let Some(pods) = self.by_node.get_mut(&old.node) {
            pods.remove(pod);
            if pods.is_empty() {
                self.by_node.remove(&old.node);
            }
        }
        Some(old)
    }

    /// Adds a user; the host when an identity is needed that was not before.
    fn begin(
        &mut self,
        host: &ResourceId,
        user: &User,
        identities: &BTreeSet<ResourceId>,
    ) -> Option<ResourceId> {
        let entry = self.hosts.get_mut(host)?;
        let mut changed = false;
        for identity in identities {
            let users = entry.users.entry(identity.clone()).or_default();
            changed |= users.is_empty();
            users.insert(user.clone());
        }
        changed.then(|| host.clone())
    }

    /// Removes a user; the host when an identity is not needed any more.
    fn end(
        &mut self,
        host: &ResourceId,
        user: &User,
        identities: &BTreeSet<ResourceId>,
    ) -> Option<ResourceId> {
        let entry = self.hosts.get_mut(host)?;
        let mut changed = false;
        for identity in identities {
            if let Some(users) = entry.users.get_mut(identity) {
                users.remove(user);
                if users.is_empty() {
                    entry.users.remove(identity);
                    changed = true;
                }
            }
        }
        changed.then(|| host.clone())
    }
}
