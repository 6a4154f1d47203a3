//! How what a worker did ended, and what that changes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Plan, View};
use crate::azure;
use crate::azure::host::{Delta, Host, Identity};
use crate::domain::resource_id::ResourceId;
use crate::mic::worker::told::{Problem, Refused};
use crate::mic::worker::verdict::{Verdict, judge};

/// A write that this process may not make is looked at again after this time.
const WITHHELD: Duration = Duration::from_secs(1);

/// Conflicts in a row that are nothing to speak of.
const QUIET_CONFLICTS: u32 = 3;

impl Plan {
    /// Hears what a read of the host found; how many needed identities others took off meanwhile.
    pub(in crate::mic::worker) fn read(
        &mut self,
        result: Result<Host, azure::Error>,
        now: Instant,
    ) -> usize {
        self.last_read = Some(now);
        let host = match result {
            Ok(host) => host,
            Err(error) if error.is_not_found() => {
                self.see_gone(false, now);
                return 0;
            }
            Err(error) => {
                self.unread += 1;
                let pace = &self.pace;
                let (first, longest) = (pace.first_retry, pace.longest_retry);
                let own = self.random.backoff(first, longest, self.unread);
                let asked = error.service().and_then(|error| error.retry_after);
                self.read_at = now + own.max(asked.unwrap_or_default());
                self.read_problem = Some(Problem::new(&error, self.read_at));
                return 0;
            }
        };
        if host.is_deleting() {
            self.see_gone(true, now);
            return 0;
        }
        let lost = match &self.view {
            View::There(before) if host.is_settled() => {
                let held = before.identity.user_assigned.keys();
                held.filter(|id| self.needed.contains_key(*id) && !host.identity.holds(id))
                    .filter(|id| !self.renew.contains(*id))
                    .count()
            }
            _ => 0,
        };
        self.actual.clear();
        self.see(host, now);
        lost
    }

    fn see_gone(&mut self, exists: bool, now: Instant) {
        self.view = View::Gone { exists };
        self.calm();
        self.read_at = now + self.random.around(self.pace.drift);
    }

    /// Takes in the host as it is now.
    fn see(&mut self, host: Host, now: Instant) {
        self.unread = 0;
        self.read_problem = None;
        if host.is_settled() {
            self.unsettled = 0;
            self.known = Some(host.identity.user_assigned.keys().cloned().collect());
            self.read_at = now + self.random.around(self.pace.drift);
            self.renew.retain(|id| host.identity.holds(id));
            for id in host.identity.user_assigned.keys() {
                if !self.renew.contains(id) {
                    self.quarantine.release(id);
                }
            }
        } else {
            self.unsettled += 1;
            let pace = &self.pace;
            let first = pace.first_retry.min(pace.settle);
            self.read_at = now + self.random.backoff(first, pace.settle, self.unsettled);
        }
        self.view = View::There(host);
        self.note_idle(now);
        self.find_hollow(now);
    }

    /// Marks needed identities that the host shows without a client id: the identity behind was
    /// deleted, and perhaps made again.
    pub(super) fn find_hollow(&mut self, now: Instant) {
        let View::There(host) = &self.view else {
            return;
        };
        if !host.is_settled() {
            return;
        }
        let hollow = self.needed.iter().filter(|(id, wanted)| {
            let shown = host.identity.user_assigned.get(*id);
            let again = self.renewed.get(*id).is_none_or(|(_, until)| *until <= now);
            wanted.is_some() && again && shown.is_some_and(|ids| ids.client_id.is_none())
        });
        let hollow: Vec<ResourceId> = hollow.map(|(id, _)| id.clone()).collect();
        for id in hollow {
            self.begin_renewal(id, now);
        }
    }

    fn begin_renewal(&mut self, identity: ResourceId, now: Instant) {
        if self.protected.contains(&identity) {
            return;
        }
        let times = self.renewed.get(&identity).map_or(0, |(times, _)| *times) + 1;
        let pace = &self.pace;
        let wait = self
            .random
            .backoff(pace.first_probe, pace.longest_probe, times);
        self.renewed.insert(identity.clone(), (times, now + wait));
        self.renew.insert(identity);
    }

    /// Hears the client id that an identity itself shows; none when it cannot be read.
    pub(in crate::mic::worker) fn verified(
        &mut self,
        identity: &ResourceId,
        actual: Option<String>,
        now: Instant,
    ) {
        let wanted = self.needed.get(identity).and_then(Option::as_deref);
        let made_again = match (&actual, wanted) {
            (Some(actual), Some(wanted)) => actual.eq_ignore_ascii_case(wanted),
            _ => false,
        };
        self.actual.insert(identity.clone(), actual);
        if made_again && self.owned.contains(identity) {
            self.begin_renewal(identity.clone(), now);
        }
    }

    /// Hears that a PATCH succeeded.
    pub(in crate::mic::worker) fn patched(
        &mut self,
        delta: &Delta,
        host: Option<Host>,
        now: Instant,
    ) {
        self.calm();
        self.quarantine.accept(&delta.add, now);
        self.unsent.retain(|id| !delta.add.contains(id));
        match host {
            Some(host) if host.is_deleting() => self.see_gone(true, now),
            Some(host) => {
                let left = delta.against(&host.identity);
                let done = left.is_empty() || !host.is_settled();
                self.see(host, now);
                if !done {
                    self.not_applied(&left, now);
                }
            }
            None => self.read_at = now,
        }
    }

    /// ARM said yes and nothing happened: sending it again at once would go on for ever.
    fn not_applied(&mut self, left: &Delta, now: Instant) {
        let retry_at = self.back_off(None, now);
        let (added, removed) = (left.add.len(), left.remove.len());
        self.write_problem = Some(Problem {
            code: "NotApplied".to_owned(),
            message: format!(
                "the change succeeded, but {added} identities were not added and {removed} not removed"
            ),
            request_id: None,
            retry_at,
        });
    }

    /// Hears that a PATCH failed.
    pub(in crate::mic::worker) fn refused(
        &mut self,
        delta: &Delta,
        error: &azure::Error,
        now: Instant,
    ) {
        let identity = match &self.view {
            View::There(host) => host.identity.clone(),
            _ => Identity::default(),
        };
        // Only an answer at once leaves the host, and its ETag, as they were.
        let untouched = error.service().is_some() && !error.may_have_happened();
        if untouched || matches!(error, azure::Error::Withheld { .. }) {
            self.unsent.extend(delta.add.iter().cloned());
        } else {
            self.unsent.retain(|id| !delta.add.contains(id));
            self.read_at = now;
        }
        match judge(error, delta, &identity) {
            Verdict::Refused(named) => named
                .iter()
                .for_each(|id| self.isolate(id, error, false, now)),
            Verdict::OneOf => self.suspect(&delta.add, error, now),
            Verdict::Blocked(blocking) => self.unblock(blocking, error, now),
            Verdict::Overtaken => {
                self.read_at = now;
                self.overtaken(error, now);
            }
            Verdict::Trouble(asked) => {
                let failed = matches!(error, azure::Error::OperationFailed { .. });
                // Once may be bad luck of the host; twice it is one of the identities.
                if failed && self.trouble > 0 && !delta.add.is_empty() {
                    self.suspect(&delta.add, error, now);
                }
                let until = self.back_off(asked, now);
                self.write_problem = Some(Problem::new(error, until));
                // Gone, perhaps.
                if error.is_not_found() {
                    self.read_at = now;
                }
            }
            Verdict::Unknown(asked) => {
                let until = self.back_off(asked, now);
                self.read_at = until;
                self.write_problem = Some(Problem::new(error, until));
            }
            Verdict::Withheld => self.withheld(now),
        }
    }

    /// Hears that this process may not write now.
    pub(in crate::mic::worker) fn withheld(&mut self, now: Instant) {
        self.hold = Some(now + WITHHELD);
    }

    /// Hears that the budget of the host has no room until then.
    pub(in crate::mic::worker) fn no_room(&mut self, until: Instant) {
        self.hold = Some(until);
    }

    /// Hears that the record could not be written.
    pub(in crate::mic::worker) fn unrecorded(&mut self, message: &str, now: Instant) {
        let retry_at = self.back_off(None, now);
        self.write_problem = Some(Problem {
            code: "RecordNotWritten".to_owned(),
            message: message.to_owned(),
            request_id: None,
            retry_at,
        });
    }

    fn calm(&mut self) {
        (self.trouble, self.conflicts, self.unread) = (0, 0, 0);
        self.hold = None;
        (self.write_problem, self.read_problem) = (None, None);
    }

    fn isolate(&mut self, id: &ResourceId, error: &azure::Error, alone: bool, now: Instant) {
        let retry_at = now + self.probe_wait(id);
        let client_id = self.needed.get(id).cloned().flatten();
        let refused = Refused::new(error, retry_at);
        self.quarantine.take(id, client_id, refused, alone);
    }

    /// One of these is at fault.
    fn suspect(&mut self, added: &BTreeSet<ResourceId>, error: &azure::Error, now: Instant) {
        let probe = added.iter().any(|id| self.quarantine.holds(id));
        if probe && added.len() > 1 {
            for id in added {
                self.quarantine.isolate(id);
            }
        } else if let Some(culprit) = self.bisection.split(added) {
            self.isolate(&culprit, error, true, now);
        }
    }

    /// Takes off what blocks all others, when podid put it there.
    fn unblock(&mut self, blocking: BTreeSet<ResourceId>, error: &azure::Error, now: Instant) {
        let mine = |id: &&ResourceId| self.owned.contains(*id) && !self.protected.contains(*id);
        let own: Vec<ResourceId> = blocking.iter().filter(mine).cloned().collect();
        if own.len() < blocking.len() {
            let until = self.back_off(None, now);
            self.write_problem = Some(Problem::new(error, until));
        }
        for id in own {
            self.renew.insert(id.clone());
            if self.needed.contains_key(&id) {
                self.isolate(&id, error, false, now);
            }
        }
    }

    fn overtaken(&mut self, error: &azure::Error, now: Instant) {
        self.conflicts += 1;
        if self.conflicts <= QUIET_CONFLICTS {
            // Half a second at most: competitors part by chance.
            let pause = self.pace.first_retry.min(Duration::from_millis(500));
            self.hold = Some(now + self.random.backoff(pause / 4, pause, self.conflicts));
        } else {
            let until = self.back_off(None, now);
            self.write_problem = Some(Problem::new(error, until));
        }
    }
}
