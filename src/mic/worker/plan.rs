//! What a worker does next: a state machine without I/O.
//!
//! It hears what is needed, what was read and how PATCHes ended; [`Plan::next`] says what to do now.
//! Guarantees, whatever it hears: an identity is taken off only when the record owns it, nobody
//! needs it and it is not protected, or to put it on anew; a refused identity goes into no PATCH
//! with others that are not refused; with nothing to change there is no PATCH.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Needed;
use super::bisection::Bisection;
use super::pace::{Pace, Random};
use super::quarantine::Quarantine;
use super::told::{CLIENT_ID_DIFFERS, Problem, Refused, Told};
use crate::azure::host::{Delta, Host, MAX_IDENTITIES_PER_PATCH};
use crate::domain::resource_id::ResourceId;

mod outcome;

#[cfg(test)]
mod tests;

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Read the host.
    Read,
    /// Read the identity itself: the host shows another client id than the one wanted.
    Verify(ResourceId),
    /// Strike identities out of the record: they are not on the host.
    Forget(BTreeSet<ResourceId>),
    /// Delete the record: the host is gone.
    ForgetHost,
    /// Write `claim` into the record, then send `delta`.
    Patch {
        delta: Delta,
        claim: BTreeSet<ResourceId>,
    },
    /// Nothing until then, or until something new is heard.
    Wait(Instant),
}

/// The last picture of the host.
#[derive(Debug, Clone)]
enum View {
    Unknown,
    Gone { exists: bool },
    There(Host),
}

/// The state of one worker.
#[derive(Debug)]
pub(super) struct Plan {
    host: ResourceId,
    pace: Pace,
    protected: BTreeSet<ResourceId>,
    random: Random,
    needed: Needed,
    owned: BTreeSet<ResourceId>,
    /// Written into the record, but ARM never took the PATCH: who finds one of these on the host
    /// finds what somebody else put there.
    unsent: BTreeSet<ResourceId>,
    /// Since when an owned identity is not needed any more.
    idle: BTreeMap<ResourceId, Instant>,
    view: View,
    /// What the host held when no change was under way.
    known: Option<BTreeSet<ResourceId>>,
    /// Reads in a row that found somebody else's change under way.
    unsettled: u32,
    read_at: Instant,
    last_read: Option<Instant>,
    /// Nothing is written before.
    hold: Option<Instant>,
    /// Writes in a row that failed for no identity's fault.
    trouble: u32,
    /// Writes in a row that somebody else's came before.
    conflicts: u32,
    /// Reads in a row that failed.
    unread: u32,
    write_problem: Option<Problem>,
    read_problem: Option<Problem>,
    quarantine: Quarantine,
    bisection: Bisection,
    /// To be taken off although needed: they stand for an identity that is not there any more.
    renew: BTreeSet<ResourceId>,
    /// How often, and until when not again.
    renewed: BTreeMap<ResourceId, (u32, Instant)>,
    /// Client ids as the identities themselves show them; none when they could not be read.
    actual: BTreeMap<ResourceId, Option<String>>,
}

impl Plan {
    pub(super) fn new(
        host: ResourceId,
        pace: Pace,
        protected: BTreeSet<ResourceId>,
        seed: u64,
        now: Instant,
    ) -> Self {
        Self {
            host,
            pace,
            protected,
            random: Random::new(seed),
            needed: Needed::new(),
            owned: BTreeSet::new(),
            unsent: BTreeSet::new(),
            idle: BTreeMap::new(),
            view: View::Unknown,
            known: None,
            unsettled: 0,
            read_at: now,
            last_read: None,
            hold: None,
            trouble: 0,
            conflicts: 0,
            unread: 0,
            write_problem: None,
            read_problem: None,
            quarantine: Quarantine::default(),
            bisection: Bisection::default(),
            renew: BTreeSet::new(),
            renewed: BTreeMap::new(),
            actual: BTreeMap::new(),
        }
    }

    /// Hears what is needed now.
    pub(super) fn want(&mut self, needed: Needed, now: Instant) {
        self.needed = needed;
        self.quarantine.follow(&self.needed, now);
        let needed = &self.needed;
        self.renew
            .retain(|id| needed.contains_key(id) || self.owned.contains(id));
        self.renewed.retain(|id, _| needed.contains_key(id));
        self.note_idle(now);
        self.find_hollow(now);
        if matches!(self.view, View::Gone { .. }) {
            self.look_again(now);
        }
    }

    /// Hears what the record says.
    pub(super) fn own(&mut self, owned: BTreeSet<ResourceId>, now: Instant) {
        if owned != self.owned {
            self.owned = owned;
            self.unsent.retain(|id| self.owned.contains(id));
            self.note_idle(now);
        }
    }

    /// Reads the host soon, because something seems wrong with it.
    pub(super) fn look_again(&mut self, now: Instant) {
        let earliest = self.last_read.map_or(now, |last| last + self.pace.settle);
        self.read_at = self.read_at.min(earliest.max(now));
    }

    fn note_idle(&mut self, now: Instant) {
        let needed = &self.needed;
        let owned = &self.owned;
        self.idle
            .retain(|id, _| owned.contains(id) && !needed.contains_key(id));
        for id in owned.iter().filter(|id| !needed.contains_key(*id)) {
            self.idle.entry(id.clone()).or_insert(now);
        }
    }

    /// What to do now.
    pub(super) fn next(&mut self, now: Instant) -> Step {
        if self.read_at <= now {
            return Step::Read;
        }
        let held = match &self.view {
            View::Unknown => return Step::Wait(self.read_at),
            View::Gone { exists } => {
                let stands = !exists && !self.owned.is_empty() && !self.is_held_back(now);
                return if stands {
                    Step::ForgetHost
                } else {
                    Step::Wait(self.wake(now, &BTreeSet::new()))
                };
            }
            View::There(host) if !host.is_settled() => return Step::Wait(self.read_at),
            View::There(host) => host.identity.user_assigned.keys().cloned().collect(),
        };
        if let Some(identity) = self.to_verify(now) {
            return Step::Verify(identity);
        }
        if self.is_held_back(now) {
            return Step::Wait(self.wake(now, &held));
        }
        let forget = self.to_forget(&held, now);
        if !forget.is_empty() {
            return Step::Forget(forget);
        }
        let delta = self.delta(&held, now);
        if delta.is_empty() {
            if self.is_satisfied(&held) {
                (self.write_problem, self.trouble) = (None, 0);
            }
            return Step::Wait(self.wake(now, &held));
        }
        let claim = delta.add.difference(&self.owned).cloned().collect();
        Step::Patch { delta, claim }
    }

    fn is_held_back(&self, now: Instant) -> bool {
        self.hold.is_some_and(|hold| hold > now)
    }

    /// Whether all that may be on the host is.
    fn is_satisfied(&self, held: &BTreeSet<ResourceId>) -> bool {
        let mut missing = self.needed.keys().filter(|id| !held.contains(*id));
        missing.all(|id| self.quarantine.holds(id))
    }

    /// What the record says wrongly: it is not on the host and not about to be, or not podid's.
    fn to_forget(&self, held: &BTreeSet<ResourceId>, now: Instant) -> BTreeSet<ResourceId> {
        let wrong = |id: &&ResourceId| {
            if held.contains(*id) {
                self.unsent.contains(*id)
            } else {
                !self.needed.contains_key(*id) || self.quarantine.waits(id, now)
            }
        };
        self.owned.iter().filter(wrong).cloned().collect()
    }

    /// The next change: first what blocks others, then additions, then what nobody needs.
    ///
    /// Only when there is none of these are suspects and refused identities tried.
    fn delta(&mut self, held: &BTreeSet<ResourceId>, now: Instant) -> Delta {
        let missing = self.missing(held);
        self.bisection
            .keep(|id| missing.contains(id) && !self.quarantine.holds(id));
        let mut room = MAX_IDENTITIES_PER_PATCH;
        let mut take = |ids: Vec<ResourceId>| {
            let taken: BTreeSet<_> = ids.into_iter().take(room).collect();
            room -= taken.len();
            taken
        };
        let mut remove = take(self.to_renew(held));
        let sound = missing
            .iter()
            .filter(|id| !self.quarantine.holds(id) && !self.bisection.holds(id));
        let add = take(sound.cloned().collect());
        remove.extend(take(self.to_remove(held, now)));
        let delta = Delta { add, remove };
        if !delta.is_empty() {
            return delta;
        }
        let mut add = self.bisection.next();
        if add.is_empty() {
            let probe = self.quarantine.probe(&missing, now);
            add = probe.into_iter().take(MAX_IDENTITIES_PER_PATCH).collect();
        }
        Delta {
            add,
            ..Delta::default()
        }
    }

    fn missing(&self, held: &BTreeSet<ResourceId>) -> BTreeSet<ResourceId> {
        let missing = self.needed.keys().filter(|id| !held.contains(*id));
        missing.cloned().collect()
    }

    fn to_renew(&self, held: &BTreeSet<ResourceId>) -> Vec<ResourceId> {
        let renew = self.renew.intersection(held);
        renew
            .filter(|id| !self.protected.contains(*id))
            .cloned()
            .collect()
    }

    fn to_remove(&self, held: &BTreeSet<ResourceId>, now: Instant) -> Vec<ResourceId> {
        let over = |id: &&ResourceId| {
            let idle = self.idle.get(*id);
            idle.is_some_and(|since| *since + self.pace.linger <= now)
        };
        self.removable(held).filter(over).cloned().collect()
    }

    /// What may be taken off because nobody needs it.
    fn removable<'a>(
        &'a self,
        held: &'a BTreeSet<ResourceId>,
    ) -> impl Iterator<Item = &'a ResourceId> {
        self.owned.intersection(held).filter(|id| {
            let kept = self.protected.contains(*id) || self.renew.contains(*id);
            !kept && !self.needed.contains_key(*id)
        })
    }

    /// When something may have to be done next.
    fn wake(&self, now: Instant, held: &BTreeSet<ResourceId>) -> Instant {
        let mut wake = self.read_at;
        if let Some(hold) = self.hold.filter(|hold| *hold > now) {
            return wake.min(hold);
        }
        let linger = self.removable(held).filter_map(|id| self.idle.get(id));
        if let Some(first) = linger.map(|since| *since + self.pace.linger).min() {
            wake = wake.min(first);
        }
        match self.quarantine.next_due(&self.missing(held)) {
            Some(due) => wake.min(due),
            None => wake,
        }
    }

    /// A needed identity that the host shows with another client id, which nobody has looked into.
    fn to_verify(&self, now: Instant) -> Option<ResourceId> {
        let View::There(host) = &self.view else {
            return None;
        };
        let differs = |(id, wanted): &(&ResourceId, &Option<String>)| {
            let stale = wanted
                .as_deref()
                .is_some_and(|wanted| host.identity.is_stale(id, wanted));
            let again = self.renewed.get(*id).is_none_or(|(_, until)| *until <= now);
            let known = self.renew.contains(*id) || self.actual.contains_key(*id);
            stale && again && !known
        };
        let mut needed = self.needed.iter();
        needed.find(differs).map(|(id, _)| id.clone())
    }

    /// The wait before the next probe of an identity.
    fn probe_wait(&mut self, identity: &ResourceId) -> Duration {
        let failures = self.quarantine.failures(identity) + 1;
        let pace = &self.pace;
        self.random
            .backoff(pace.first_probe, pace.longest_probe, failures)
    }

    /// Holds back after trouble: what the service asked for, or longer with each failure.
    fn back_off(&mut self, asked: Option<Duration>, now: Instant) -> Instant {
        self.trouble += 1;
        let pace = &self.pace;
        let own = self
            .random
            .backoff(pace.first_retry, pace.longest_retry, self.trouble);
        let until = now + own.max(asked.unwrap_or_default());
        self.hold = Some(until);
        until
    }

    /// How the host is.
    pub(super) fn told(&self) -> Told {
        let mut told = Told {
            host: self.host.clone(),
            held: BTreeSet::new(),
            refused: self.quarantine.refusals(&self.needed),
            problem: self.write_problem.clone().or(self.read_problem.clone()),
            gone: matches!(self.view, View::Gone { .. }),
        };
        let View::There(host) = &self.view else {
            return told;
        };
        // While a change is under way ARM may already show what cannot be used yet.
        let ready = self.known.as_ref().filter(|_| !host.is_settled());
        let held = host.identity.user_assigned.keys();
        told.held = held
            .filter(|id| ready.is_none_or(|ready| ready.contains(*id)))
            .filter(|id| !self.renew.contains(*id))
            .cloned()
            .collect();
        for (id, actual) in &self.actual {
            let wanted = self.needed.get(id).and_then(Option::as_deref);
            if let (Some(actual), Some(wanted)) = (actual, wanted)
                && host.identity.is_stale(id, wanted)
                && !actual.eq_ignore_ascii_case(wanted)
            {
                told.refused.insert(
                    id.clone(),
                    Refused {
                        code: CLIENT_ID_DIFFERS.to_owned(),
                        message: format!("its client id is {actual}, not {wanted}"),
                        request_id: None,
                        retry_at: self.read_at,
                    },
                );
            }
        }
        told
    }

    /// The host as it was read last, when there is one.
    pub(super) fn host(&self) -> Option<&Host> {
        match &self.view {
            View::There(host) => Some(host),
            _ => None,
        }
    }

    /// Whether the first picture is still to come.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self.view, View::Unknown) && self.read_problem.is_none()
    }
}
