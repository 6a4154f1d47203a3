//! Which pod wants which identity on its node, kept up to date event by event.
//!
//! Every event answers with the pods whose wants it changed, and costs what these pods and bindings are, whatever
//! the size of the cluster. An edit that changes nothing that matters touches nobody.

mod pods;
#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use pods::BoundPods;

use super::matching::{Binding, Bindings, Identity, Key, Source};
use super::resource_id::ResourceId;
use super::token_request::resource_id_form;

/// A pod that has a node, the label that names a selector, and has not ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BoundPod {
    /// Namespace and name.
    pub key: Key,
    /// Differs for a pod of the same name that is made later.
    pub uid: String,
    /// Its node.
    pub node: String,
    /// Value of the label that names the binding selector.
    pub selector: String,
}

/// A pod, an identity it wants, and the binding that says so: the first by name when there are several.
#[derive(Debug, Clone)]
pub struct Want {
    /// The pod.
    pub pod: Arc<BoundPod>,
    /// The identity.
    pub identity: Arc<Identity>,
    /// The binding.
    pub binding: Arc<Binding>,
}

/// Why an identity is wanted on a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// The pod that runs there.
    pub pod: Key,
    /// The binding that fits its label.
    pub binding: Key,
    /// What the binding names.
    pub identity: Key,
}

/// How much is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Pods.
    pub pods: usize,
    /// Identities.
    pub identities: usize,
    /// Bindings with a selector.
    pub bindings: usize,
}

/// Pods whose wants an event has changed.
pub type Touched = BTreeSet<Key>;

/// What the pods of a cluster want.
#[derive(Debug, Default)]
pub struct Wanted {
    across_namespaces: bool,
    pods: BoundPods,
    identities: HashMap<Key, Arc<Identity>>,
    bindings: Bindings,
}

impl Wanted {
    /// An empty one; bindings of other namespaces match only when asked for, and never for identities that keep to
    /// their own.
    #[must_use]
    pub fn new(across_namespaces: bool) -> Self {
        Self {
            across_namespaces,
            ..Self::default()
        }
    }

    /// Puts a pod in, or in the place of what was known under its name.
    pub fn apply_pod(&mut self, pod: BoundPod) -> Touched {
        let key = pod.key.clone();
        if self.pods.get(&key).is_some_and(|known| **known == pod) {
            return Touched::new();
        }
        let before = self.of(&key);
        self.pods.insert(pod);
        if same_wants(&before, &self.of(&key)) {
            return Touched::new();
        }
        Touched::from([key])
    }

    /// Takes a pod out: it is gone, has ended or lost its label.
    pub fn remove_pod(&mut self, key: &Key) -> Touched {
        let wanted = !self.of(key).is_empty();
        self.pods.remove(key);
        wanted.then(|| key.clone()).into_iter().collect()
    }

    /// Starts from these pods.
    pub fn replace_pods(&mut self, pods: impl IntoIterator<Item = BoundPod>) -> Touched {
        let mut gone: BTreeSet<Key> = self.pods.keys().cloned().collect();
        let mut touched = Touched::new();
        for pod in pods {
            gone.remove(&pod.key);
            touched.extend(self.apply_pod(pod));
        }
        touched.extend(gone.iter().flat_map(|key| self.remove_pod(key)));
        touched
    }

    /// Puts an identity in, or changes it.
    pub fn apply_identity(&mut self, identity: Identity) -> Touched {
        let new = Arc::new(identity);
        let old = self.identities.insert(new.key.clone(), Arc::clone(&new));
        if old.as_ref().is_some_and(|old| same_identity(old, &new)) {
            return Touched::new();
        }
        let mut touched = self.reached_by(&new);
        if let Some(old) = old {
            touched.extend(self.reached_by(&old));
        }
        touched
    }

    /// Takes an identity out.
    pub fn remove_identity(&mut self, key: &Key) -> Touched {
        let old = self.identities.remove(key);
        old.map(|old| self.reached_by(&old)).unwrap_or_default()
    }

    /// Starts from these identities.
    pub fn replace_identities(&mut self, all: impl IntoIterator<Item = Identity>) -> Touched {
        let mut gone: BTreeSet<Key> = self.identities.keys().cloned().collect();
        let mut touched = Touched::new();
        for identity in all {
            gone.remove(&identity.key);
            touched.extend(self.apply_identity(identity));
        }
        touched.extend(gone.iter().flat_map(|key| self.remove_identity(key)));
        touched
    }

    /// Puts a binding in, or changes it.
    pub fn apply_binding(&mut self, binding: Binding) -> Touched {
        let key = binding.key.clone();
        self.change_binding(&key, Some(binding))
    }

    /// Takes a binding out.
    pub fn remove_binding(&mut self, key: &Key) -> Touched {
        self.change_binding(key, None)
    }

    /// Starts from these bindings.
    pub fn replace_bindings(&mut self, all: impl IntoIterator<Item = Binding>) -> Touched {
        let mut gone: BTreeSet<Key> = self.bindings.keys().cloned().collect();
        let mut touched = Touched::new();
        for binding in all {
            gone.remove(&binding.key);
            touched.extend(self.apply_binding(binding));
        }
        touched.extend(gone.iter().flat_map(|key| self.remove_binding(key)));
        touched
    }

    /// What a pod wants: every identity once, in the order of namespace and name.
    #[must_use]
    pub fn of(&self, key: &Key) -> Vec<Want> {
        let Some(pod) = self.pods.get(key) else {
            return Vec::new();
        };
        let namespace = (!self.across_namespaces).then_some(key.namespace.as_str());
        let named = self.bindings.with_selector(&pod.selector, namespace);
        named
            .filter_map(|(identity, binding)| Some((self.identities.get(identity)?, binding)))
            .filter(|(identity, _)| !identity.namespaced || identity.key.namespace == key.namespace)
            .map(|(identity, binding)| Want {
                pod: Arc::clone(pod),
                identity: Arc::clone(identity),
                binding: Arc::clone(binding),
            })
            .collect()
    }

    /// A pod by its name.
    #[must_use]
    pub fn pod(&self, key: &Key) -> Option<&Arc<BoundPod>> {
        self.pods.get(key)
    }

    /// An identity by its name.
    #[must_use]
    pub fn identity(&self, key: &Key) -> Option<&Arc<Identity>> {
        self.identities.get(key)
    }

    /// The bindings that name an identity, in order.
    pub fn bindings_of(&self, identity: &Key) -> impl Iterator<Item = &Arc<Binding>> {
        self.bindings.naming(identity)
    }

    /// The pods of a node, in order.
    pub fn pods_of_node(&self, node: &str) -> impl Iterator<Item = &Key> {
        self.pods.of_node(node)
    }

    /// The managed identities that a binding names, whether a pod uses them or not, in order.
    #[must_use]
    pub fn bound_identities(&self) -> Vec<Arc<Identity>> {
        let named = self.bindings.named();
        let mut bound: Vec<Arc<Identity>> = named
            .filter_map(|key| self.identities.get(key))
            .filter(|identity| identity.source == Source::Managed)
            .map(Arc::clone)
            .collect();
        bound.sort_by(|one, other| one.key.cmp(&other.key));
        bound
    }

    /// Why a managed identity is wanted on these nodes, in order.
    #[must_use]
    pub fn explain(&self, identity: &ResourceId, nodes: &BTreeSet<String>) -> Vec<Reason> {
        let wanted = resource_id_form(identity.as_str());
        let meant = self.identities.values().filter(|one| {
            one.source == Source::Managed && resource_id_form(&one.resource_id) == wanted
        });
        let mut reasons = BTreeSet::new();
        for identity in meant {
            for pod in self.reached_by(identity) {
                let known = self.pods.get(&pod).filter(|pod| nodes.contains(&pod.node));
                let binding =
                    known.and_then(|pod| self.bindings.first(&pod.selector, &identity.key));
                reasons.extend(binding.map(|binding| Reason {
                    pod,
                    binding: binding.key.clone(),
                    identity: identity.key.clone(),
                }));
            }
        }
        reasons.into_iter().collect()
    }

    /// How much is known.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        Sizes {
            pods: self.pods.len(),
            identities: self.identities.len(),
            bindings: self.bindings.len(),
        }
    }

    fn change_binding(&mut self, key: &Key, new: Option<Binding>) -> Touched {
        let old = self.bindings.get(key).cloned();
        if old.as_deref() == new.as_ref() {
            return Touched::new();
        }
        // A pod may keep its want through another binding with the same selector, which only then comes first.
        let through = [old.as_deref(), new.as_ref()];
        let spots: BTreeSet<(String, Key)> = through
            .into_iter()
            .flatten()
            .map(|binding| (binding.selector.clone(), binding.identity_key()))
            .collect();
        let first = |bindings: &Bindings| -> Vec<Option<Arc<Binding>>> {
            let firsts = spots
                .iter()
                .map(|(selector, identity)| bindings.first(selector, identity));
            firsts.map(Option::<&Arc<Binding>>::cloned).collect()
        };
        let before = first(&self.bindings);
        match new {
            Some(binding) => self.bindings.apply(binding),
            None => self.bindings.remove(key),
        }
        let after = first(&self.bindings);
        let changes = spots.iter().zip(before.iter().zip(&after));
        changes
            .filter(|(_, (before, after))| before != after)
            .filter_map(|((selector, identity), _)| {
                Some((selector, self.identities.get(identity)?))
            })
            .flat_map(|(selector, identity)| self.within_reach(selector, identity))
            .cloned()
            .collect()
    }

    /// The pods that want an identity.
    fn reached_by(&self, identity: &Identity) -> Touched {
        let bindings = self.bindings.naming(&identity.key);
        let selectors: BTreeSet<&str> = bindings.map(|binding| binding.selector.as_str()).collect();
        let pods = selectors
            .into_iter()
            .flat_map(|selector| self.within_reach(selector, identity));
        pods.cloned().collect()
    }

    /// The pods with a selector that may see an identity.
    fn within_reach<'a>(
        &'a self,
        selector: &str,
        identity: &'a Identity,
    ) -> impl Iterator<Item = &'a Key> + use<'a> {
        let own = !self.across_namespaces || identity.namespaced;
        let namespace = own.then_some(identity.key.namespace.as_str());
        self.pods.with_selector(selector, namespace)
    }
}

fn same_wants(one: &[Want], other: &[Want]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| {
            one.pod == other.pod
                && one.binding == other.binding
                && same_identity(&one.identity, &other.identity)
        })
}

/// Equal in all that a reader of an assignment sees: an identity that was made again as it was is the same.
fn same_identity(one: &Identity, other: &Identity) -> bool {
    let Identity {
        key,
        uid: _,
        source,
        client_id,
        resource_id,
        tenant,
        auxiliary_tenants,
        authority,
        secret,
        namespaced,
    } = one;
    *key == other.key
        && *source == other.source
        && *client_id == other.client_id
        && *resource_id == other.resource_id
        && *tenant == other.tenant
        && *auxiliary_tenants == other.auxiliary_tenants
        && *authority == other.authority
        && *secret == other.secret
        && *namespaced == other.namespaced
}
