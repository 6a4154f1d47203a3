//! Wants against a model that knows no index, over any sequence of events.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::tests::{binding, identity, pod, resource};
use super::*;
use crate::domain::uses::Uses;

/// One thing that happens in a small cluster.
#[derive(Debug, Clone)]
enum Event {
    Pod(BoundPod),
    PodGone(Key),
    Pods(Vec<BoundPod>),
    Identity(Identity),
    IdentityGone(Key),
    Identities(Vec<Identity>),
    Binding(Binding),
    BindingGone(Key),
    Bindings(Vec<Binding>),
    /// A node is found on a host, is found on another, or goes.
    Node(usize, Option<usize>),
}

const SELECTORS: [&str; 3] = ["", "s1", "s2"];

/// Slot 0 and 1 are in namespace a, 2 and 3 in b; two names each.
fn key(slot: usize, prefix: &str) -> Key {
    Key::new(["a", "b"][slot / 2], format!("{prefix}{}", slot % 2))
}

fn node(number: usize) -> String {
    format!("node-{number}")
}

fn host(number: usize) -> ResourceId {
    let subscription = "00000000-0000-0000-0000-000000000001";
    ResourceId::scale_set(subscription, "nodes", &format!("host-{number}")).unwrap()
}

fn some_pod() -> impl Strategy<Value = BoundPod> {
    (0..4usize, 0..2u8, 0..3usize, 0..3usize).prop_map(|(slot, uid, on, selector)| {
        let at = key(slot, "pod");
        BoundPod {
            uid: uid.to_string(),
            node: node(on),
            ..pod(&at.namespace, &at.name, SELECTORS[selector])
        }
    })
}

fn some_identity() -> impl Strategy<Value = Identity> {
    let kind = prop_oneof![3 => Just(Source::Managed), 1 => Just(Source::Secret)];
    (0..4usize, any::<bool>(), 0..2u8, 0..2usize, kind).prop_map(
        |(slot, namespaced, uid, resource_name, source)| {
            let at = key(slot, "id");
            Identity {
                namespaced,
                source,
                uid: uid.to_string(),
                resource_id: resource(["one", "two"][resource_name]).as_str().to_owned(),
                ..identity(&at.namespace, &at.name)
            }
        },
    )
}

fn some_binding() -> impl Strategy<Value = Binding> {
    (0..4usize, 0..2usize, 0..3usize).prop_map(|(slot, identity, selector)| {
        let at = key(slot, "bind");
        binding(
            &at.namespace,
            &at.name,
            &format!("id{identity}"),
            SELECTORS[selector],
        )
    })
}

/// A list as the API server gives it: every name once.
fn several<T: std::fmt::Debug>(
    one: impl Strategy<Value = T>,
    key: fn(&T) -> Key,
) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(one, 0..5).prop_map(move |all| {
        let unique: BTreeMap<Key, T> = all.into_iter().map(|one| (key(&one), one)).collect();
        unique.into_values().collect()
    })
}

fn event() -> impl Strategy<Value = Event> {
    let gone = |prefix| (0..4usize).prop_map(move |slot| key(slot, prefix));
    prop_oneof![
        4 => some_pod().prop_map(Event::Pod),
        1 => gone("pod").prop_map(Event::PodGone),
        1 => several(some_pod(), |one| one.key.clone()).prop_map(Event::Pods),
        3 => some_identity().prop_map(Event::Identity),
        1 => gone("id").prop_map(Event::IdentityGone),
        1 => several(some_identity(), |one| one.key.clone()).prop_map(Event::Identities),
        3 => some_binding().prop_map(Event::Binding),
        1 => gone("bind").prop_map(Event::BindingGone),
        1 => several(some_binding(), |one| one.key.clone()).prop_map(Event::Bindings),
        2 => (0..3usize, prop::option::weighted(0.8, 0..2usize)).prop_map(|(on, at)| Event::Node(on, at)),
    ]
}

/// The same facts as plain lists.
#[derive(Default)]
struct Model {
    across: bool,
    pods: BTreeMap<Key, BoundPod>,
    identities: BTreeMap<Key, Identity>,
    bindings: BTreeMap<Key, Binding>,
    nodes: BTreeMap<String, ResourceId>,
}

/// What a pod wants, identity by identity.
type Wants = BTreeMap<Key, (BoundPod, Binding, Identity)>;

impl Model {
    fn happen(&mut self, event: &Event) {
        match event.clone() {
            Event::Pod(pod) => drop(self.pods.insert(pod.key.clone(), pod)),
            Event::PodGone(key) => drop(self.pods.remove(&key)),
            Event::Pods(all) => {
                self.pods = all.into_iter().map(|one| (one.key.clone(), one)).collect();
            }
            Event::Identity(one) => drop(self.identities.insert(one.key.clone(), one)),
            Event::IdentityGone(key) => drop(self.identities.remove(&key)),
            Event::Identities(all) => {
                self.identities = all.into_iter().map(|one| (one.key.clone(), one)).collect();
            }
            Event::Binding(one) => drop(self.bindings.insert(one.key.clone(), one)),
            Event::BindingGone(key) => drop(self.bindings.remove(&key)),
            Event::Bindings(all) => {
                self.bindings = all.into_iter().map(|one| (one.key.clone(), one)).collect();
            }
            Event::Node(on, Some(at)) => drop(self.nodes.insert(node(on), host(at))),
            Event::Node(on, None) => drop(self.nodes.remove(&node(on))),
        }
    }

    fn wants(&self, pod: &BoundPod) -> Wants {
        let mut wants = Wants::new();
        for binding in self.bindings.values() {
            let at = Key::new(&binding.key.namespace, &binding.identity);
            let Some(identity) = self.identities.get(&at) else {
                continue;
            };
            let own = at.namespace == pod.key.namespace;
            let fits = !binding.selector.is_empty() && binding.selector == pod.selector;
            if fits && (own || (self.across && !identity.namespaced)) {
                let want = || (pod.clone(), binding.clone(), identity.clone());
                wants.entry(at).or_insert_with(want);
            }
        }
        wants
    }

    /// What every pod wants, as far as readers can tell.
    fn all_wants(&self) -> BTreeMap<Key, Wants> {
        let mut all: BTreeMap<Key, Wants> = BTreeMap::new();
        for pod in self.pods.values() {
            let mut wants = self.wants(pod);
            for (_, _, identity) in wants.values_mut() {
                identity.uid.clear();
            }
            if !wants.is_empty() {
                all.insert(pod.key.clone(), wants);
            }
        }
        all
    }

    /// Who uses which managed identity on which host.
    fn users(&self) -> BTreeMap<ResourceId, BTreeMap<ResourceId, BTreeSet<(Key, String)>>> {
        let mut all: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
        for pod in self.pods.values() {
            let Some(host) = self.nodes.get(&pod.node) else {
                continue;
            };
            for (_, _, identity) in self.wants(pod).into_values() {
                if identity.source == Source::Managed {
                    let id = ResourceId::parse(&identity.resource_id).unwrap();
                    let users = all.entry(host.clone()).or_default().entry(id).or_default();
                    users.insert((pod.key.clone(), pod.uid.clone()));
                }
            }
        }
        all
    }

    fn reasons(&self, id: &ResourceId, nodes: &BTreeSet<String>) -> Vec<Reason> {
        let mut reasons = BTreeSet::new();
        for pod in self.pods.values().filter(|pod| nodes.contains(&pod.node)) {
            for (_, binding, identity) in self.wants(pod).into_values() {
                if identity.source == Source::Managed && identity.resource_id == id.as_str() {
                    let (pod, binding, identity) = (pod.key.clone(), binding.key, identity.key);
                    reasons.insert(Reason {
                        pod,
                        binding,
                        identity,
                    });
                }
            }
        }
        reasons.into_iter().collect()
    }
}

/// The model and what is tested, wired as the controller does.
struct World {
    model: Model,
    wanted: Wanted,
    uses: Uses,
}

impl World {
    fn new(across: bool) -> Self {
        Self {
            model: Model {
                across,
                ..Model::default()
            },
            wanted: Wanted::new(across),
            uses: Uses::default(),
        }
    }

    /// Tells everybody; the pods and the hosts that were touched.
    fn happen(&mut self, event: &Event) -> (Touched, BTreeSet<ResourceId>) {
        self.model.happen(event);
        let wanted = &mut self.wanted;
        let touched = match event.clone() {
            Event::Pod(pod) => wanted.apply_pod(pod),
            Event::PodGone(key) => wanted.remove_pod(&key),
            Event::Pods(all) => wanted.replace_pods(all),
            Event::Identity(one) => wanted.apply_identity(one),
            Event::IdentityGone(key) => wanted.remove_identity(&key),
            Event::Identities(all) => wanted.replace_identities(all),
            Event::Binding(one) => wanted.apply_binding(one),
            Event::BindingGone(key) => wanted.remove_binding(&key),
            Event::Bindings(all) => wanted.replace_bindings(all),
            Event::Node(on, at) => {
                let changed = self.uses.set_node(&node(on), at.map(host));
                return (Touched::new(), changed);
            }
        };
        let mut changed = BTreeSet::new();
        for pod in &touched {
            changed.extend(self.follow(pod));
        }
        (touched, changed)
    }

    fn follow(&mut self, key: &Key) -> BTreeSet<ResourceId> {
        let wants = self.wanted.of(key);
        let Some(first) = wants.first() else {
            return self.uses.remove_pod(key);
        };
        let managed = wants
            .iter()
            .filter(|want| want.identity.source == Source::Managed);
        let ids = managed.map(|want| ResourceId::parse(&want.identity.resource_id).unwrap());
        let ids = ids.collect();
        self.uses.set_pod(key, &first.pod.node, &first.pod.uid, ids)
    }

    fn check_wants(&self) -> Result<(), TestCaseError> {
        for slot in 0..4 {
            let key = key(slot, "pod");
            let expected = self.model.pods.get(&key).map(|pod| self.model.wants(pod));
            let expected: Vec<_> = expected.unwrap_or_default().into_values().collect();
            let wants = self.wanted.of(&key).into_iter();
            let wants: Vec<_> = wants
                .map(|want| {
                    (
                        (*want.pod).clone(),
                        (*want.binding).clone(),
                        (*want.identity).clone(),
                    )
                })
                .collect();
            prop_assert_eq!(wants, expected, "{}", key);
        }
        for on in 0..3 {
            let pods = self.model.pods.values().filter(|pod| pod.node == node(on));
            let expected: Vec<&Key> = pods.map(|pod| &pod.key).collect();
            let on = self.wanted.pods_of_node(&node(on)).collect::<Vec<_>>();
            prop_assert_eq!(on, expected);
        }
        let bound = |one: &&Identity| {
            let mut bindings = self.model.bindings.values();
            let named = bindings.any(|binding| {
                !binding.selector.is_empty()
                    && one.key == Key::new(&binding.key.namespace, &binding.identity)
            });
            named && one.source == Source::Managed
        };
        let expected: Vec<&Identity> = self.model.identities.values().filter(bound).collect();
        let all = self.wanted.bound_identities();
        prop_assert_eq!(all.iter().map(|one| &**one).collect::<Vec<_>>(), expected);
        Ok(())
    }

    fn check_hosts(&self) -> Result<(), TestCaseError> {
        let users = self.model.users();
        for at in (0..2).map(host) {
            let here = users.get(&at).cloned().unwrap_or_default();
            let needed: BTreeSet<ResourceId> = here.keys().cloned().collect();
            prop_assert_eq!(self.uses.needed(&at), needed);
            let nodes = self.model.nodes.iter().filter(|(_, host)| **host == at);
            let nodes: BTreeSet<String> = nodes.map(|(node, _)| node.clone()).collect();
            prop_assert_eq!(
                self.uses
                    .nodes_of(&at)
                    .map(str::to_owned)
                    .collect::<BTreeSet<_>>(),
                nodes.clone()
            );
            for id in ["one", "two"].map(resource) {
                let expected = here.get(&id).cloned().unwrap_or_default();
                let users: BTreeSet<_> = self.uses.users(&at, &id).cloned().collect();
                prop_assert_eq!(users, expected);
                prop_assert_eq!(
                    self.wanted.explain(&id, &nodes),
                    self.model.reasons(&id, &nodes)
                );
            }
        }
        let hosts: BTreeSet<&ResourceId> = self.model.nodes.values().collect();
        prop_assert_eq!(self.uses.hosts().collect::<BTreeSet<_>>(), hosts);
        Ok(())
    }
}

/// The keys whose value differs.
fn differing<K: Ord + Clone, V: PartialEq>(
    before: &BTreeMap<K, V>,
    after: &BTreeMap<K, V>,
) -> BTreeSet<K> {
    let keys = before.keys().chain(after.keys());
    let differing = keys.filter(|key| before.get(key) != after.get(key));
    differing.cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// After every event the wants and the needs of hosts are what the objects say, and exactly the pods and hosts
    /// with a difference were told.
    #[test]
    fn every_event_changes_what_it_must_and_tells_no_more(
        events in prop::collection::vec(event(), 1..60),
        across in any::<bool>(),
    ) {
        let mut world = World::new(across);
        for event in events {
            let before = (world.model.all_wants(), needs(&world.model));
            let (touched, changed) = world.happen(&event);
            let after = (world.model.all_wants(), needs(&world.model));
            prop_assert_eq!(&touched, &differing(&before.0, &after.0), "{:?}", &event);
            world.check_wants()?;
            world.check_hosts()?;
            let must = differing(&before.1, &after.1);
            // Several pods of one event may exchange an identity on a host: told, and then nothing to do.
            let several = touched.len() > 1;
            prop_assert!(changed == must || (several && changed.is_superset(&must)), "{:?}", &event);
        }
    }
}

/// What every host needs, without the hosts that need nothing.
fn needs(model: &Model) -> BTreeMap<ResourceId, BTreeSet<ResourceId>> {
    let users = model.users().into_iter();
    users
        .map(|(host, ids)| (host, ids.into_keys().collect()))
        .collect()
}
