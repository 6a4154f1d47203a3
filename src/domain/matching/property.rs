//! Matching against a model that knows no index, over any sequence of events.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use proptest::prelude::*;

use super::tests::{binding, identity};
use super::*;
use crate::domain::token_request::WantedIdentity;

/// One thing that happens in a small cluster.
#[derive(Debug, Clone)]
enum Event {
    Pod(Pod),
    PodGone(Key),
    Identity(Identity),
    IdentityGone(Key),
    Binding(Binding),
    BindingGone(Key),
    Record(Assignment),
    RecordGone(Key),
    /// A watch that starts again lists everything there is.
    Relist,
}

const SELECTORS: [&str; 3] = ["", "s1", "s2"];

/// Slot 0 and 1 are in namespace a, 2 and 3 in b; two names each.
fn key(slot: usize, prefix: &str) -> Key {
    Key::new(["a", "b"][slot / 2], format!("{prefix}{}", slot % 2))
}

fn some_pod() -> impl Strategy<Value = Pod> {
    let flags = (any::<bool>(), prop::bool::weighted(0.1));
    (0..4usize, 0..3usize, 0..3u8, flags).prop_map(
        |(slot, selector, last, (ended, host_network))| Pod {
            key: key(slot, "pod"),
            selector: Some(SELECTORS[selector].to_owned()),
            addresses: vec![Ipv4Addr::new(10, 0, 0, last).into()],
            ended,
            host_network,
            ..Pod::default()
        },
    )
}

fn some_identity() -> impl Strategy<Value = Identity> {
    (0..4usize, any::<bool>()).prop_map(|(slot, namespaced)| {
        let at = key(slot, "id");
        Identity {
            namespaced,
            ..identity(&at.namespace, &at.name)
        }
    })
}

fn some_binding() -> impl Strategy<Value = Binding> {
    (0..4usize, 0..2usize, 0..3usize).prop_map(|(slot, identity, selector)| {
        let at = key(slot, "bind");
        let identity = format!("id{identity}");
        binding(&at.namespace, &at.name, &identity, SELECTORS[selector])
    })
}

fn some_record() -> impl Strategy<Value = Assignment> {
    (0..4usize, 0..4usize, any::<bool>()).prop_map(|(pod, slot, assigned)| {
        let at = key(slot, "id");
        Assignment {
            key: Key::new("default", format!("r{pod}{slot}")),
            pod: key(pod, "pod"),
            resource_id: identity(&at.namespace, &at.name).resource_id,
            identity: at,
            assigned,
        }
    })
}

fn event() -> impl Strategy<Value = Event> {
    let gone = |prefix| (0..4usize).prop_map(move |slot| key(slot, prefix));
    prop_oneof![
        some_pod().prop_map(Event::Pod),
        gone("pod").prop_map(Event::PodGone),
        some_identity().prop_map(Event::Identity),
        gone("id").prop_map(Event::IdentityGone),
        some_binding().prop_map(Event::Binding),
        gone("bind").prop_map(Event::BindingGone),
        some_record().prop_map(Event::Record),
        some_record().prop_map(|record| Event::RecordGone(record.key)),
        Just(Event::Relist),
    ]
}

/// The same facts as plain lists.
#[derive(Default)]
struct Model {
    pods: BTreeMap<Key, Pod>,
    identities: BTreeMap<Key, Identity>,
    bindings: BTreeMap<Key, Binding>,
    records: BTreeMap<Key, Assignment>,
}

impl Model {
    /// Whether whoever calls from `address` may have `identity`, from first principles.
    fn may(&self, address: IpAddr, identity: &Identity, scope: Scope) -> bool {
        let here = || {
            let pods = self.pods.values();
            pods.filter(|pod| pod.addresses.contains(&address))
        };
        let living: Vec<&Pod> = here().filter(|pod| !pod.ended).collect();
        let [pod] = living.as_slice() else {
            return false;
        };
        if here().any(|pod| pod.host_network) {
            return false;
        }
        let own = identity.key.namespace == pod.key.namespace;
        let reach = own || (scope.across_namespaces && !identity.namespaced);
        let bound = self.bindings.values().any(|binding| {
            binding.key.namespace == identity.key.namespace
                && binding.identity == identity.key.name
                && !binding.selector.is_empty()
                && pod.selector.as_ref() == Some(&binding.selector)
        });
        let recorded = !scope.needs_assignment
            || self.records.values().any(|record| {
                record.pod == pod.key && record.identity == identity.key && record.assigned
            });
        reach && bound && recorded
    }
}

/// Everything at once: the model and what is tested.
#[derive(Default)]
struct World {
    model: Model,
    pods: Pods,
    all: Catalogue,
    uid: u32,
}

impl World {
    fn happen(&mut self, event: Event) {
        let (model, all) = (&mut self.model, &mut self.all);
        match event {
            Event::Pod(mut pod) => {
                self.uid += 1;
                pod.uid = self.uid.to_string();
                self.pods.apply(pod.clone());
                model.pods.insert(pod.key.clone(), pod);
            }
            Event::PodGone(key) => {
                if let Some(pod) = model.pods.remove(&key) {
                    self.pods.remove(&key, &pod.uid);
                }
            }
            Event::Identity(identity) => {
                all.apply_identity(identity.clone());
                model.identities.insert(identity.key.clone(), identity);
            }
            Event::IdentityGone(key) => {
                all.remove_identity(&key);
                model.identities.remove(&key);
            }
            Event::Binding(binding) => {
                all.apply_binding(binding.clone());
                model.bindings.insert(binding.key.clone(), binding);
            }
            Event::BindingGone(key) => {
                all.remove_binding(&key);
                model.bindings.remove(&key);
            }
            Event::Record(record) => {
                all.apply_assignment(record.clone());
                model.records.insert(record.key.clone(), record);
            }
            Event::RecordGone(key) => {
                all.remove_assignment(&key);
                model.records.remove(&key);
            }
            Event::Relist => {
                self.pods.replace(model.pods.values().cloned());
                all.replace_identities(model.identities.values().cloned());
                all.replace_bindings(model.bindings.values().cloned());
                all.replace_assignments(model.records.values().cloned());
            }
        }
    }

    fn obtained(&self, address: IpAddr, wanted: &WantedIdentity) -> Option<Arc<Identity>> {
        let pod = self.pods.at(address).ok()?;
        let bound = self.all.bound(&pod).ok()?;
        match choose(wanted, &bound) {
            Ok(Choice::One(identity)) => Some(identity),
            _ => None,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No sequence of events lets a pod obtain an identity that is not bound to it, and none keeps a bound one
    /// from it.
    #[test]
    fn only_what_is_bound_is_obtained(
        events in prop::collection::vec(event(), 1..60),
        needs_assignment in any::<bool>(),
        across_namespaces in any::<bool>(),
    ) {
        let scope = Scope { needs_assignment, across_namespaces };
        let mut world = World { all: Catalogue::new(scope), ..World::default() };
        for event in events {
            world.happen(event);
            for last in 0..3u8 {
                let address = IpAddr::from(Ipv4Addr::new(10, 0, 0, last));
                for identity in world.model.identities.values() {
                    let wanted = WantedIdentity {
                        client_id: Some(identity.client_id.clone()),
                        ..WantedIdentity::default()
                    };
                    let obtained = world.obtained(address, &wanted).is_some_and(|one| *one == *identity);
                    let may = world.model.may(address, identity, scope);
                    prop_assert_eq!(obtained, may, "{} from {}", identity.key, address);
                }
                if let Some(one) = world.obtained(address, &WantedIdentity::default()) {
                    prop_assert!(world.model.may(address, &one, scope), "by default {} from {}", one.key, address);
                }
            }
        }
    }
}
