//! What the cluster says about identities, and which of them are bound to a pod.
//!
//! A pod is bound to an identity when its label's value is the selector of a binding that names the identity.
//! In standard mode the record that the node's machine holds the identity comes on top: it decides when, never
//! whether. A binding that is taken away ends the use at once in both modes, and a pod that takes over the name of
//! another does not take over its identities.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Assignment, Binding, Bindings, Exception, Identity, Key, Pod, Source};
use crate::domain::exception::lets_through;
use crate::domain::token_request::resource_id_form;

/// How far matching reaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scope {
    /// Wait for the record that the node's machine holds an identity.
    pub needs_assignment: bool,
    /// Bindings of any namespace match, except for identities that keep to their own.
    pub across_namespaces: bool,
}

/// The identities bound to a pod, each list in the order of namespace and name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bound {
    /// Can be used now.
    pub ready: Vec<Arc<Identity>>,
    /// Bound, and not yet on the node's machine.
    pub pending: Vec<Arc<Identity>>,
}

/// Why no identity is bound to a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unbound {
    /// The pod has no label that names a selector.
    NoLabel,
    /// No binding has the selector.
    NoBinding {
        /// The selector.
        selector: String,
    },
    /// The bindings name identities that are not there.
    NoIdentity {
        /// What the bindings name.
        missing: Vec<Key>,
    },
}

/// What the cluster says about identities.
#[derive(Debug, Default)]
pub struct Catalogue {
    scope: Scope,
    identities: HashMap<Key, Arc<Identity>>,
    bindings: Bindings,
    exceptions: HashMap<String, BTreeMap<String, Exception>>,
    assignments: HashMap<Key, Assignment>,
    /// Pod: the keys of its records.
    by_pod: HashMap<Key, BTreeSet<Key>>,
}

impl Catalogue {
    /// An empty one.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        Self {
            scope,
            ..Self::default()
        }
    }

    /// Puts an identity in, or changes it.
    pub fn apply_identity(&mut self, identity: Identity) {
        self.identities
            .insert(identity.key.clone(), Arc::new(identity));
    }

    /// Takes an identity out.
    pub fn remove_identity(&mut self, key: &Key) {
        self.identities.remove(key);
    }

    /// Starts from these identities.
    pub fn replace_identities(&mut self, identities: impl IntoIterator<Item = Identity>) {
        self.identities.clear();
        for identity in identities {
            self.apply_identity(identity);
        }
    }

    /// Puts a binding in, or changes it.
    pub fn apply_binding(&mut self, binding: Binding) {
        self.bindings.apply(binding);
    }

    /// Takes a binding out.
    pub fn remove_binding(&mut self, key: &Key) {
        self.bindings.remove(key);
    }

    /// Starts from these bindings.
    pub fn replace_bindings(&mut self, bindings: impl IntoIterator<Item = Binding>) {
        self.bindings.replace(bindings);
    }

    /// Puts an exception in, or changes it.
    pub fn apply_exception(&mut self, exception: Exception) {
        self.exceptions
            .entry(exception.key.namespace.clone())
            .or_default()
            .insert(exception.key.name.clone(), exception);
    }

    /// Takes an exception out.
    pub fn remove_exception(&mut self, key: &Key) {
        if let Some(named) = self.exceptions.get_mut(&key.namespace) {
            named.remove(&key.name);
            if named.is_empty() {
                self.exceptions.remove(&key.namespace);
            }
        }
    }

    /// Starts from these exceptions.
    pub fn replace_exceptions(&mut self, exceptions: impl IntoIterator<Item = Exception>) {
        self.exceptions.clear();
        for exception in exceptions {
            self.apply_exception(exception);
        }
    }

    /// Puts a record in, or changes it.
    pub fn apply_assignment(&mut self, assignment: Assignment) {
        self.remove_assignment(&assignment.key);
        self.by_pod
            .entry(assignment.pod.clone())
            .or_default()
            .insert(assignment.key.clone());
        self.assignments.insert(assignment.key.clone(), assignment);
    }

    /// Takes a record out.
    pub fn remove_assignment(&mut self, key: &Key) {
        let Some(assignment) = self.assignments.remove(key) else {
            return;
        };
        if let Some(keys) = self.by_pod.get_mut(&assignment.pod) {
            keys.remove(key);
            if keys.is_empty() {
                self.by_pod.remove(&assignment.pod);
            }
        }
    }

    /// Starts from these records.
    pub fn replace_assignments(&mut self, assignments: impl IntoIterator<Item = Assignment>) {
        self.assignments.clear();
        self.by_pod.clear();
        for assignment in assignments {
            self.apply_assignment(assignment);
        }
    }

    /// The exception of the pod's namespace that fits the pod: one equal label is enough, values ignoring case, as
    /// operators know it from aad-pod-identity.
    #[must_use]
    pub fn exception(&self, pod: &Pod) -> Option<&Exception> {
        self.exceptions
            .get(&pod.key.namespace)?
            .values()
            .find(|exception| lets_through(&exception.labels, &pod.labels))
    }

    /// The identities bound to a pod.
    ///
    /// # Errors
    /// Why there are none.
    pub fn bound(&self, pod: &Pod) -> Result<Bound, Unbound> {
        let selector = pod.selector.as_deref().filter(|text| !text.is_empty());
        let selector = selector.ok_or(Unbound::NoLabel)?;
        let namespace = (!self.scope.across_namespaces).then_some(pod.key.namespace.as_str());
        let mut named = self
            .bindings
            .with_selector(selector, namespace)
            .map(|(identity, _)| identity)
            .peekable();
        if named.peek().is_none() {
            return Err(Unbound::NoBinding {
                selector: selector.to_owned(),
            });
        }
        let mut bound = Bound::default();
        let mut missing = Vec::new();
        for key in named {
            let own = key.namespace == pod.key.namespace;
            match self.identities.get(key) {
                Some(identity) if !own && identity.namespaced => {}
                Some(identity) if self.is_ready(pod, identity) => {
                    bound.ready.push(Arc::clone(identity));
                }
                Some(identity) => bound.pending.push(Arc::clone(identity)),
                None => missing.push(key.clone()),
            }
        }
        if bound == Bound::default() {
            if missing.is_empty() {
                // All of them keep to another namespace, which is none of this pod's business.
                return Err(Unbound::NoBinding {
                    selector: selector.to_owned(),
                });
            }
            return Err(Unbound::NoIdentity { missing });
        }
        Ok(bound)
    }

    fn is_ready(&self, pod: &Pod, identity: &Identity) -> bool {
        if !self.scope.needs_assignment {
            return true;
        }
        let records = self.by_pod.get(&pod.key).into_iter().flatten();
        records
            .filter_map(|key| self.assignments.get(key))
            .any(|record| {
                // A record from before the identity was edited speaks of another managed identity.
                let same = identity.source != Source::Managed
                    || resource_id_form(&record.resource_id)
                        == resource_id_form(&identity.resource_id);
                record.assigned && record.identity == identity.key && same
            })
    }

    /// How many identities and bindings are known.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize) {
        (self.identities.len(), self.bindings.len())
    }
}
