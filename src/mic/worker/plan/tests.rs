//! Random histories of one host: what is needed, what others do, how Azure fails.

use proptest::prelude::*;

use super::*;
use crate::azure::host::{AssignedIds, Identity};
use crate::azure::{Error, ServiceError};

const SUB: &str = "11111111-2222-3333-4444-555555555555";
const COUNT: usize = 8;

fn id(number: usize) -> ResourceId {
    ResourceId::user_assigned_identity(SUB, "ids", &format!("id{number}")).unwrap()
}

/// How the next PATCH ends, when the identities in it do not decide that.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Luck {
    Good,
    Overtaken,
    Throttled,
    LostBefore,
    LostAfter,
    OperationFailed,
    Withheld,
}

#[derive(Debug, Clone)]
enum Event {
    Want(Vec<bool>),
    Break(usize),
    Mend(usize),
    AddByHand(usize),
    RemoveByHand(usize),
    Luck(Luck),
    Look,
    Pass(u64),
}

/// A host, the record and the identities, as simple as can be.
struct World {
    plan: Plan,
    now: Instant,
    held: BTreeSet<ResourceId>,
    owned: BTreeSet<ResourceId>,
    /// On the host, and not put there by podid.
    foreign: BTreeSet<ResourceId>,
    /// On the host again by hand while the record had it: nobody can say whose it is.
    either: BTreeSet<ResourceId>,
    needed: BTreeSet<ResourceId>,
    broken: BTreeSet<ResourceId>,
    /// Was broken once: what the host holds of it may be of before.
    remade: BTreeSet<ResourceId>,
    /// Counts changes of the host.
    version: usize,
    /// Whether Azure says which identity it refuses.
    names: bool,
    luck: Luck,
    patches: usize,
}

fn service(status: u16, code: &str, message: &str) -> Error {
    Error::from(Box::new(ServiceError {
        status,
        code: code.to_owned(),
        message: message.to_owned(),
        target: None,
        details: Vec::new(),
        request_id: None,
        retry_after: (status == 429).then(|| Duration::from_secs(20)),
        call: "PATCH /x".to_owned(),
    }))
}

impl World {
    fn new(names: bool) -> Self {
        let host = ResourceId::scale_set(SUB, "nodes", "aks").unwrap();
        let now = Instant::now();
        let pace = Pace {
            linger: Duration::from_secs(5),
            ..Pace::default()
        };
        Self {
            plan: Plan::new(host, pace, BTreeSet::new(), 7, now),
            now,
            held: BTreeSet::new(),
            owned: BTreeSet::new(),
            foreign: BTreeSet::new(),
            either: BTreeSet::new(),
            needed: BTreeSet::new(),
            broken: BTreeSet::new(),
            remade: BTreeSet::new(),
            version: 0,
            names,
            luck: Luck::Good,
            patches: 0,
        }
    }

    fn host(&self) -> Host {
        let ids = self.held.iter().cloned();
        Host {
            id: ResourceId::scale_set(SUB, "nodes", "aks").unwrap(),
            etag: Some(self.version.to_string()),
            provisioning_state: Some("Succeeded".to_owned()),
            identity: Identity {
                user_assigned: ids.map(|id| (id, AssignedIds::default())).collect(),
                ..Identity::default()
            },
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Want(which) => {
                let wanted = which.iter().enumerate().filter(|(_, wanted)| **wanted);
                self.needed = wanted.map(|(number, _)| id(number)).collect();
                let needed = self.needed.iter().map(|id| (id.clone(), None));
                self.plan.want(needed.collect(), self.now);
            }
            Event::Break(number) => {
                self.broken.insert(id(number));
                self.remade.insert(id(number));
            }
            Event::Mend(number) => {
                self.broken.remove(&id(number));
            }
            Event::AddByHand(number) => {
                if self.held.insert(id(number)) {
                    self.version += 1;
                    let owned = self.owned.contains(&id(number));
                    let whose = if owned {
                        &mut self.either
                    } else {
                        &mut self.foreign
                    };
                    whose.insert(id(number));
                }
            }
            Event::RemoveByHand(number) => {
                self.version += 1;
                self.held.remove(&id(number));
                self.foreign.remove(&id(number));
            }
            Event::Luck(luck) => self.luck = luck,
            Event::Look => self.plan.look_again(self.now),
            Event::Pass(seconds) => self.now += Duration::from_secs(seconds),
        }
    }

    /// Works until there is nothing to do now; when there will be.
    fn work(&mut self) -> Instant {
        for _ in 0..200 {
            self.plan.own(self.owned.clone(), self.now);
            match self.plan.next(self.now) {
                Step::Read => {
                    self.plan.read(Ok(self.host()), self.now);
                }
                Step::Patch { delta, claim } if claim.is_empty() => self.patch(&delta),
                Step::Patch { claim, .. } => self.owned.extend(claim),
                Step::Forget(ids) => self.owned.retain(|id| !ids.contains(id)),
                Step::Wait(until) => {
                    assert!(until > self.now, "it would wait for nothing");
                    return until;
                }
                other => panic!("{other:?}"),
            }
        }
        panic!("it never rests");
    }

    fn patch(&mut self, delta: &Delta) {
        self.patches += 1;
        self.check(delta);
        let etag = self.plan.host().unwrap().etag.clone();
        if etag != self.host().etag {
            return self.refuse(delta, &service(412, "PreconditionFailed", ""));
        }
        let fault = self.fault(delta);
        match std::mem::replace(&mut self.luck, Luck::Good) {
            Luck::Overtaken => self.refuse(delta, &service(412, "PreconditionFailed", "")),
            Luck::Throttled => self.refuse(delta, &service(429, "TooManyRequests", "")),
            Luck::LostBefore => self.refuse(delta, &service(503, "Unavailable", "")),
            Luck::OperationFailed => {
                let error = Error::OperationFailed {
                    state: "Failed".to_owned(),
                    code: "InternalExecutionError".to_owned(),
                    message: "no".to_owned(),
                    request_id: None,
                };
                self.refuse(delta, &error);
            }
            Luck::Withheld => {
                let call = "PATCH /x".to_owned();
                self.refuse(delta, &Error::Withheld { call });
            }
            Luck::LostAfter if fault.is_none() => {
                self.apply(delta);
                self.refuse(delta, &service(503, "Unavailable", ""));
            }
            Luck::Good | Luck::LostAfter => {
                if let Some(error) = fault {
                    self.refuse(delta, &error);
                } else {
                    self.apply(delta);
                    self.plan.patched(delta, Some(self.host()), self.now);
                }
            }
        }
    }

    /// What must hold of every PATCH.
    fn check(&self, delta: &Delta) {
        assert!(!delta.is_empty());
        assert!(delta.add.is_subset(&self.owned), "added without a record");
        for id in &delta.remove {
            assert!(self.owned.contains(id), "takes off what is not podid's");
            let gone = self.remade.contains(id);
            assert!(gone || !self.needed.contains(id), "takes off what is used");
        }
        let refused = self.plan.told().refused;
        let bad = delta.add.iter().filter(|id| refused.contains_key(*id));
        let bad = bad.count();
        assert!(bad == 0 || bad == delta.add.len(), "refused with others");
    }

    /// An identity that does not exist, added or kept, makes Azure refuse.
    fn fault(&self, delta: &Delta) -> Option<Error> {
        let kept = self.held.difference(&delta.remove);
        let culprit = kept.chain(&delta.add).find(|id| self.broken.contains(*id));
        let blocking = culprit.is_some_and(|id| self.held.contains(id));
        culprit.map(|id| {
            if self.names || blocking {
                let text = format!("Resource '{id}' was not found.");
                service(400, "FailedIdentityOperation", &text)
            } else {
                service(400, "BadRequest", "One of them is wrong.")
            }
        })
    }

    fn apply(&mut self, delta: &Delta) {
        self.version += 1;
        self.held.extend(delta.add.iter().cloned());
        self.held.retain(|id| !delta.remove.contains(id));
        assert!(
            self.foreign.is_disjoint(&delta.remove),
            "takes off what others put on"
        );
    }

    fn refuse(&mut self, delta: &Delta, error: &Error) {
        self.plan.refused(delta, error, self.now);
    }
}

fn event() -> impl Strategy<Value = Event> {
    let number = 0..COUNT;
    let luck = prop::sample::select(vec![
        Luck::Good,
        Luck::Overtaken,
        Luck::Throttled,
        Luck::LostBefore,
        Luck::LostAfter,
        Luck::OperationFailed,
        Luck::Withheld,
    ]);
    prop_oneof![
        4 => prop::collection::vec(any::<bool>(), COUNT).prop_map(Event::Want),
        1 => number.clone().prop_map(Event::Break),
        1 => number.clone().prop_map(Event::Mend),
        1 => number.clone().prop_map(Event::AddByHand),
        1 => number.prop_map(Event::RemoveByHand),
        2 => luck.prop_map(Event::Luck),
        1 => Just(Event::Look),
        3 => (1u64..120).prop_map(Event::Pass),
    ]
}

proptest! {
    #[test]
    fn at_rest_the_host_holds_what_is_needed_and_what_never_was_podids(
        names: bool, events in prop::collection::vec(event(), 1..60)
    ) {
        let mut world = World::new(names);
        for event in events {
            world.happen(event);
            world.work();
        }
        world.luck = Luck::Good;
        world.broken.clear();
        // An hour: longer than every wait there is.
        let end = world.now + Duration::from_hours(1);
        let mut turns = 0;
        while world.now < end && turns < 500 {
            world.now = world.work().min(end);
            turns += 1;
        }
        prop_assert!(turns < 500, "it wakes for nothing");
        prop_assert!(world.needed.is_subset(&world.held));
        let clear = |ids: BTreeSet<ResourceId>| &ids - &world.either;
        let wanted = world.needed.union(&world.foreign).cloned().collect();
        prop_assert_eq!(clear(world.held.clone()), clear(wanted));
        prop_assert!(world.owned.is_subset(&world.held));
        let told = world.plan.told();
        prop_assert_eq!(told.held, world.held);
        prop_assert!(told.refused.is_empty() && told.problem.is_none());
    }
}

fn want(world: &mut World, numbers: std::ops::Range<usize>) {
    world.needed = numbers.map(id).collect();
    let needed = world.needed.iter().map(|id| (id.clone(), None));
    world.plan.want(needed.collect(), world.now);
}

#[test]
fn what_comes_in_during_a_patch_goes_into_the_next() {
    let mut world = World::new(true);
    want(&mut world, 0..1);
    world.work();
    want(&mut world, 0..8);
    world.work();
    assert_eq!((world.held.len(), world.patches), (8, 2));
    want(&mut world, 0..8);
    world.work();
    assert_eq!(world.patches, 2);
}

#[test]
fn a_refused_identity_costs_one_patch_for_each_of_its_waits() {
    let mut world = World::new(true);
    world.broken.insert(id(3));
    want(&mut world, 0..8);
    let mut waits = vec![world.now];
    for _ in 0..5 {
        world.now = world.work();
        waits.push(world.now);
    }
    // One with all, one with the others, and one more each time it was due.
    assert_eq!((world.held.len(), world.patches), (7, 2 + 4));
    let waits: Vec<Duration> = waits.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(waits.windows(2).all(|two| two[1] > two[0]), "{waits:?}");
}

#[test]
fn the_wait_that_azure_asks_for_is_kept() {
    let mut world = World::new(true);
    world.luck = Luck::Throttled;
    want(&mut world, 0..1);
    let until = world.work();
    assert!(until >= world.now + Duration::from_secs(20));
    let problem = world.plan.told().problem.unwrap();
    assert_eq!(problem.retry_at, until);
    world.now = until;
    world.work();
    assert_eq!(world.held.len(), 1);
    assert_eq!(world.plan.told().problem, None);
}
