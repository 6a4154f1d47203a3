//! Pods by name, by selector and by node.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{BoundPod, Key};

/// The pods that may want an identity.
#[derive(Debug, Default)]
pub(super) struct BoundPods {
    all: HashMap<Key, Arc<BoundPod>>,
    by_selector: HashMap<String, BTreeSet<Key>>,
    by_node: HashMap<String, BTreeSet<Key>>,
}

impl BoundPods {
    /// Puts a pod in, or in the place of what was known under its name.
    pub(super) fn insert(&mut self, pod: BoundPod) {
        self.remove(&pod.key);
        for (index, value) in [
            (&mut self.by_selector, &pod.selector),
            (&mut self.by_node, &pod.node),
        ] {
            index
                .entry(value.clone())
                .or_default()
                .insert(pod.key.clone());
        }
        self.all.insert(pod.key.clone(), Arc::new(pod));
    }

    /// Takes a pod out.
    pub(super) fn remove(&mut self, key: &Key) {
        let Some(pod) = self.all.remove(key) else {
            return;
        };
        for (index, value) in [
            (&mut self.by_selector, &pod.selector),
            (&mut self.by_node, &pod.node),
        ] {
            if let Some(keys) = index.get_mut(value) {
                keys.remove(key);
                if keys.is_empty() {
                    index.remove(value);
                }
            }
        }
    }

    /// The pod of a name.
    pub(super) fn get(&self, key: &Key) -> Option<&Arc<BoundPod>> {
        self.all.get(key)
    }

    /// The names of all pods, in no order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        self.all.keys()
    }

    /// The pods of a node, in order.
    pub(super) fn of_node(&self, node: &str) -> impl Iterator<Item = &Key> {
        self.by_node.get(node).into_iter().flatten()
    }

    /// The pods with a selector, in order; of one namespace or of all.
    pub(super) fn with_selector<'a>(
        &'a self,
        selector: &str,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Key> + use<'a> {
        let start = Key::new(namespace.unwrap_or_default(), "");
        let keys = self.by_selector.get(selector).into_iter();
        keys.flat_map(move |keys| keys.range(start.clone()..))
            .take_while(move |key| namespace.is_none_or(|own| key.namespace == own))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }
}
