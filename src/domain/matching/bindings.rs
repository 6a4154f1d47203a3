//! Bindings by the selector they carry and by the identity they name.
//!
//! A binding names an identity of its own namespace, and one without a selector fits nobody: it would fit every pod
//! that lacks the label.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Binding, Key};

/// What the cluster says about bindings.
#[derive(Debug, Default)]
pub struct Bindings {
    all: HashMap<Key, Arc<Binding>>,
    /// Selector, then identity: the names of the bindings, which are in the identity's namespace.
    by_selector: HashMap<String, BTreeMap<Key, BTreeSet<String>>>,
    /// Identity: the names of the bindings that name it.
    by_identity: HashMap<Key, BTreeSet<String>>,
}

impl Bindings {
    /// Puts a binding in, or changes it.
    pub fn apply(&mut self, binding: Binding) {
        self.remove(&binding.key);
        if binding.selector.is_empty() {
            return;
        }
        let identity = binding.identity_key();
        self.by_selector
            .entry(binding.selector.clone())
            .or_default()
            .entry(identity.clone())
            .or_default()
            .insert(binding.key.name.clone());
        self.by_identity
            .entry(identity)
            .or_default()
            .insert(binding.key.name.clone());
        self.all.insert(binding.key.clone(), Arc::new(binding));
    }

    /// Takes a binding out.
    pub fn remove(&mut self, key: &Key) {
        let Some(binding) = self.all.remove(key) else {
            return;
        };
        let identity = binding.identity_key();
        if let Some(identities) = self.by_selector.get_mut(&binding.selector) {
            if let Some(names) = identities.get_mut(&identity) {
                names.remove(&key.name);
                if names.is_empty() {
                    identities.remove(&identity);
                }
            }
            if identities.is_empty() {
                self.by_selector.remove(&binding.selector);
            }
        }
        if let Some(names) = self.by_identity.get_mut(&identity) {
            names.remove(&key.name);
            if names.is_empty() {
                self.by_identity.remove(&identity);
            }
        }
    }

    /// Starts from these.
    pub fn replace(&mut self, bindings: impl IntoIterator<Item = Binding>) {
        *self = Self::default();
        for binding in bindings {
            self.apply(binding);
        }
    }

    /// The binding of a name.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<&Arc<Binding>> {
        self.all.get(key)
    }

    /// The names of all bindings, in no order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.all.keys()
    }

    /// The identities that bindings with a selector name, in order, each with the first of these bindings; of one
    /// namespace or of all.
    pub fn with_selector(
        &self,
        selector: &str,
        namespace: Option<&str>,
    ) -> impl Iterator<Item = (&Key, &Arc<Binding>)> {
        let start = Key::new(namespace.unwrap_or_default(), "");
        let identities = self.by_selector.get(selector).into_iter();
        identities
            .flat_map(move |identities| identities.range(start.clone()..))
            .take_while(move |(key, _)| namespace.is_none_or(|own| key.namespace == own))
            .filter_map(|(key, names)| Some((key, self.first_of(&key.namespace, names)?)))
    }

    /// The first binding with a selector that names an identity.
    #[must_use]
    pub fn first(&self, selector: &str, identity: &Key) -> Option<&Arc<Binding>> {
        let names = self.by_selector.get(selector)?.get(identity)?;
        self.first_of(&identity.namespace, names)
    }

    /// The bindings that name an identity, in order.
    pub fn naming(&self, identity: &Key) -> impl Iterator<Item = &Arc<Binding>> {
        let namespace = identity.namespace.clone();
        let names = self.by_identity.get(identity).into_iter().flatten();
        names.filter_map(move |name| self.all.get(&Key::new(&namespace, name)))
    }

    /// The identities that any binding names, in no order.
    pub fn named(&self) -> impl Iterator<Item = &Key> {
        self.by_identity.keys()
    }

    /// How many are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// None is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    fn first_of(&self, namespace: &str, names: &BTreeSet<String>) -> Option<&Arc<Binding>> {
        self.all.get(&Key::new(namespace, names.first()?))
    }
}
