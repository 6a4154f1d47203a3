//! A small cluster to which anything can happen, and a model of it that knows no index: who may have which identity,
//! from first principles. Property tests and the fuzzers drive it with bytes.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use crate::domain::matching::{
    Assignment, Binding, Catalogue, Choice, Exception, Identity, Key, Pod, Pods, Scope, choose,
};
use crate::domain::token_request::WantedIdentity;

const SELECTORS: [&str; 3] = ["", "s1", "s2"];
/// Addresses of pods, one in two spellings.
const ADDRESSES: u8 = 3;

/// Bytes as decisions; when they are used up, all decisions are the first.
struct Bytes<'a>(VecDeque<&'a u8>);

impl Bytes<'_> {
    fn of(&mut self, count: usize) -> usize {
        let byte = self.0.pop_front().copied().unwrap_or_default();
        usize::from(byte) % count
    }

    fn flag(&mut self) -> bool {
        self.of(2) == 1
    }

    /// Slot 0 and 1 are in namespace a, 2 and 3 in b; two names each.
    fn key(&mut self, prefix: &str) -> Key {
        let slot = self.of(4);
        Key::new(["a", "b"][slot / 2], format!("{prefix}{}", slot % 2))
    }

    fn address(&mut self) -> IpAddr {
        let last = u8::try_from(self.of(usize::from(ADDRESSES))).unwrap();
        let address = Ipv4Addr::new(10, 0, 0, last);
        if self.flag() {
            return address.to_ipv6_mapped().into();
        }
        address.into()
    }

    fn pod(&mut self, uid: u32) -> Pod {
        let mut pod = Pod {
            key: self.key("pod"),
            uid: uid.to_string(),
            selector: Some(SELECTORS[self.of(3)].to_owned()),
            labels: BTreeMap::from([("app".to_owned(), ["x", "y"][self.of(2)].to_owned())]),
            ended: self.of(4) == 1,
            host_network: self.of(10) == 1,
            ..Pod::default()
        };
        for _ in 0..self.of(3) {
            pod.addresses.push(self.address());
        }
        pod
    }

    /// The client id is not bound to the name: objects are edited and made anew.
    fn identity(&mut self) -> Identity {
        let key = self.key("id");
        let client = self.of(3);
        Identity {
            client_id: format!("Client-{}-{client}", key.namespace),
            resource_id: format!("/subscriptions/S/{}/{client}", key.namespace),
            namespaced: self.flag(),
            key,
            ..Identity::default()
        }
    }

    fn binding(&mut self) -> Binding {
        Binding {
            key: self.key("bind"),
            identity: format!("id{}", self.of(2)),
            selector: SELECTORS[self.of(3)].to_owned(),
        }
    }

    fn exception(&mut self) -> Exception {
        let key = self.key("open");
        let labels = BTreeMap::from([("app".to_owned(), ["X", "z"][self.of(2)].to_owned())]);
        Exception { key, labels }
    }

    fn record(&mut self) -> Assignment {
        let identity = self.key("id");
        Assignment {
            key: Key::new("default", format!("r{}", self.of(3))),
            pod: self.key("pod"),
            resource_id: format!("/Subscriptions/s/{}/{}", identity.namespace, self.of(3)),
            identity,
            assigned: self.flag(),
        }
    }
}

/// The same facts as plain lists.
#[derive(Default)]
pub(crate) struct Model {
    pods: BTreeMap<Key, Pod>,
    identities: BTreeMap<Key, Identity>,
    bindings: BTreeMap<Key, Binding>,
    exceptions: BTreeMap<Key, Exception>,
    records: BTreeMap<Key, Assignment>,
}

impl Model {
    /// The one pod that calls from `address`, if there is exactly one that could.
    fn caller(&self, address: IpAddr) -> Option<&Pod> {
        let here = |pod: &&Pod| {
            pod.addresses
                .iter()
                .any(|own| own.to_canonical() == address)
        };
        let here: Vec<&Pod> = self.pods.values().filter(here).collect();
        let mut living = here.iter().filter(|pod| !pod.ended);
        let (first, second) = (living.next(), living.next());
        let alone = second.is_none() && here.iter().all(|pod| !pod.host_network);
        first.copied().filter(|_| alone)
    }

    /// Whether whoever calls from `address` may have `identity`.
    fn may(&self, address: IpAddr, identity: &Identity, scope: Scope) -> bool {
        let Some(pod) = self.caller(address) else {
            return false;
        };
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
                let same = record.resource_id.to_lowercase() == identity.resource_id.to_lowercase();
                record.pod == pod.key && record.identity == identity.key && record.assigned && same
            });
        reach && bound && recorded
    }

    /// Whether whoever calls from `address` may have a token of this client id.
    pub(crate) fn may_be(&self, address: IpAddr, client_id: &str, scope: Scope) -> bool {
        let mut named = self.identities.values();
        named.any(|one| one.client_id == client_id && self.may(address, one, scope))
    }

    /// Whether whoever calls from `address` is passed through.
    fn is_open(&self, address: IpAddr) -> bool {
        self.caller(address).is_some_and(|pod| {
            let app = pod.labels["app"].to_lowercase();
            self.exceptions.values().any(|exception| {
                exception.key.namespace == pod.key.namespace
                    && exception.labels["app"].to_lowercase() == app
            })
        })
    }
}

/// Everything at once: the model and what is tested.
#[derive(Default)]
pub(crate) struct World {
    pub(crate) scope: Scope,
    pub(crate) model: Model,
    pods: Pods,
    all: Catalogue,
    uid: u32,
    /// A list that was asked for and has not come yet.
    on_its_way: Option<Vec<Pod>>,
}

impl World {
    fn new(scope: Scope) -> Self {
        World {
            scope,
            all: Catalogue::new(scope),
            ..World::default()
        }
    }

    fn happen(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.of(12) {
            0 | 1 => {
                self.uid += 1;
                let pod = bytes.pod(self.uid);
                self.pods.apply(pod.clone());
                self.model.pods.insert(pod.key.clone(), pod);
            }
            2 => {
                let key = bytes.key("pod");
                if let Some(pod) = self.model.pods.remove(&key) {
                    // What is told of a pod of the name before is no news.
                    self.pods.remove(&key, "0");
                    self.pods.remove(&key, &pod.uid);
                }
            }
            3 | 4 => {
                let identity = bytes.identity();
                self.all.apply_identity(identity.clone());
                let key = identity.key.clone();
                self.model.identities.insert(key, identity);
            }
            5 | 6 => {
                let binding = bytes.binding();
                self.all.apply_binding(binding.clone());
                self.model.bindings.insert(binding.key.clone(), binding);
            }
            7 => {
                let exception = bytes.exception();
                self.all.apply_exception(exception.clone());
                let key = exception.key.clone();
                self.model.exceptions.insert(key, exception);
            }
            8 => {
                let record = bytes.record();
                self.all.apply_assignment(record.clone());
                self.model.records.insert(record.key.clone(), record);
            }
            9 => self.lose(bytes),
            10 => self.relist(),
            _ => self.look_up(),
        }
    }

    fn lose(&mut self, bytes: &mut Bytes<'_>) {
        let (model, all) = (&mut self.model, &mut self.all);
        match bytes.of(4) {
            0 => {
                let key = bytes.key("id");
                model.identities.remove(&key);
                all.remove_identity(&key);
            }
            1 => {
                let key = bytes.key("bind");
                model.bindings.remove(&key);
                all.remove_binding(&key);
            }
            2 => {
                let key = bytes.key("open");
                model.exceptions.remove(&key);
                all.remove_exception(&key);
            }
            _ => {
                let key = Key::new("default", format!("r{}", bytes.of(3)));
                model.records.remove(&key);
                all.remove_assignment(&key);
            }
        }
    }

    /// A watch that starts again lists everything there is.
    fn relist(&mut self) {
        let (model, all) = (&self.model, &mut self.all);
        self.pods.replace(model.pods.values().cloned());
        all.replace_identities(model.identities.values().cloned());
        all.replace_bindings(model.bindings.values().cloned());
        all.replace_exceptions(model.exceptions.values().cloned());
        all.replace_assignments(model.records.values().cloned());
    }

    /// A live look-up of pods begins, or its list comes, which by now may be old.
    fn look_up(&mut self) {
        if let Some(list) = self.on_its_way.take() {
            self.pods.end_look_up(list);
        } else {
            self.pods.begin_look_up();
            self.on_its_way = Some(self.model.pods.values().cloned().collect());
        }
    }

    /// The identity that whoever calls from `address` gets.
    pub(crate) fn obtained(
        &self,
        address: IpAddr,
        wanted: &WantedIdentity,
    ) -> Option<Arc<Identity>> {
        let pod = self.pods.at(address).ok()?;
        let bound = self.all.bound(&pod).ok()?;
        match choose(wanted, &bound) {
            Ok(Choice::One(identity)) => Some(identity),
            _ => None,
        }
    }

    fn check(&self, address: IpAddr) {
        let (model, scope) = (&self.model, self.scope);
        for identity in model.identities.values() {
            let may = model.may(address, identity, scope);
            let by_client = WantedIdentity {
                client_id: Some(identity.client_id.to_ascii_lowercase()),
                ..WantedIdentity::default()
            };
            let by_resource = WantedIdentity {
                resource_id: Some(identity.resource_id.to_ascii_lowercase()),
                ..WantedIdentity::default()
            };
            for wanted in [by_client, by_resource] {
                // Two objects can say the same of themselves; then either is right, if it is bound.
                let same = |one: &Identity| one.client_id == identity.client_id;
                let obtained = self.obtained(address, &wanted);
                let right = obtained.filter(|one| same(one) && model.may(address, one, scope));
                let expected = model.may_be(address, &identity.client_id, scope);
                assert_eq!(right.is_some(), expected, "{} from {address}", identity.key);
                assert!(expected || !may);
            }
        }
        let default = self.obtained(address, &WantedIdentity::default());
        if let Some(one) = default {
            assert!(model.may(address, &one, scope), "{} by default", one.key);
        }
        let pod = self.pods.at(address).ok();
        assert_eq!(
            pod.is_some_and(|pod| self.all.exception(&pod).is_some()),
            model.is_open(address),
            "{address} passes through"
        );
    }
}

/// All addresses that somebody may call from.
pub(crate) fn addresses() -> impl Iterator<Item = IpAddr> {
    (0..ADDRESSES).map(|last| Ipv4Addr::new(10, 0, 0, last).into())
}

/// Lets the bytes decide what happens, and has it checked after every event; `more` is checked too.
pub(crate) fn run(bytes: &[u8], mut more: impl FnMut(&World)) {
    let mut bytes = Bytes(bytes.iter().collect());
    let scope = Scope {
        needs_assignment: bytes.flag(),
        across_namespaces: bytes.flag(),
    };
    let mut world = World::new(scope);
    while !bytes.0.is_empty() {
        world.happen(&mut bytes);
        for address in addresses() {
            world.check(address);
        }
        more(&world);
    }
}
