//! Identities that Azure refuses: each waits for itself, longer each time, and holds up no other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::Needed;
use super::told::Refused;
use crate::domain::resource_id::ResourceId;

/// The refused identities of one host.
#[derive(Debug, Default)]
pub(super) struct Quarantine(BTreeMap<ResourceId, Entry>);

#[derive(Debug)]
struct Entry {
    failures: u32,
    due: Instant,
    /// Azure does not name it when it refuses it: tried with others it would spoil theirs.
    alone: bool,
    client_id: Option<String>,
    refused: Refused,
}

impl Quarantine {
    pub(super) fn holds(&self, identity: &ResourceId) -> bool {
        self.0.contains_key(identity)
    }

    /// Whether it is in here and not due yet.
    pub(super) fn waits(&self, identity: &ResourceId, now: Instant) -> bool {
        self.0.get(identity).is_some_and(|entry| entry.due > now)
    }

    /// How often it was refused so far.
    pub(super) fn failures(&self, identity: &ResourceId) -> u32 {
        self.0.get(identity).map_or(0, |entry| entry.failures)
    }

    /// Takes one in, or in again; it is due when `refused` says so.
    pub(super) fn take(
        &mut self,
        identity: &ResourceId,
        client_id: Option<String>,
        refused: Refused,
        alone: bool,
    ) {
        let failures = self.failures(identity) + 1;
        let entry = Entry {
            failures,
            due: refused.retry_at,
            alone,
            client_id,
            refused,
        };
        self.0.insert(identity.clone(), entry);
    }

    /// Its probe failed without naming it: from now on it is tried alone.
    pub(super) fn isolate(&mut self, identity: &ResourceId) {
        if let Some(entry) = self.0.get_mut(identity) {
            entry.alone = true;
        }
    }

    /// Lets one go.
    pub(super) fn release(&mut self, identity: &ResourceId) {
        self.0.remove(identity);
    }

    /// Azure took these. What else was refused in the same words was perhaps refused for the same
    /// reason, which has passed: it is tried again, together.
    pub(super) fn accept(&mut self, identities: &BTreeSet<ResourceId>, now: Instant) {
        let released = identities.iter().filter_map(|id| self.0.remove(id));
        let codes: BTreeSet<String> = released.map(|entry| entry.refused.code).collect();
        for entry in self.0.values_mut() {
            if entry.alone && codes.contains(&entry.refused.code) {
                (entry.alone, entry.due) = (false, now);
            }
        }
    }

    /// Follows what is needed: one whose client id was corrected is due at once, one that nobody
    /// needs is forgotten when its time has passed, so that a pod that comes and goes wins nothing.
    pub(super) fn follow(&mut self, needed: &Needed, now: Instant) {
        for (identity, client_id) in needed {
            if let Some(entry) = self.0.get_mut(identity)
                && entry.client_id != *client_id
            {
                entry.client_id.clone_from(client_id);
                entry.due = now;
            }
        }
        self.0
            .retain(|identity, entry| needed.contains_key(identity) || entry.due > now);
    }

    /// The next probe that is due: all that Azure names, together, else one of the others.
    pub(super) fn probe(
        &self,
        candidates: &BTreeSet<ResourceId>,
        now: Instant,
    ) -> BTreeSet<ResourceId> {
        let due = |alone: bool| {
            let entries = self.0.iter();
            entries
                .filter(move |(_, entry)| entry.due <= now && entry.alone == alone)
                .map(|(identity, _)| identity)
                .filter(|identity| candidates.contains(*identity))
        };
        let together: BTreeSet<ResourceId> = due(false).cloned().collect();
        if together.is_empty() {
            due(true).take(1).cloned().collect()
        } else {
            together
        }
    }

    /// When the next of `candidates` is due.
    pub(super) fn next_due(&self, candidates: &BTreeSet<ResourceId>) -> Option<Instant> {
        let waiting = self.0.iter().filter(|(id, _)| candidates.contains(*id));
        waiting.map(|(_, entry)| entry.due).min()
    }

    /// What was said of those that are needed.
    pub(super) fn refusals(&self, needed: &Needed) -> BTreeMap<ResourceId, Refused> {
        let entries = self.0.iter();
        entries
            .filter(|(identity, _)| needed.contains_key(*identity))
            .map(|(identity, entry)| (identity.clone(), entry.refused.clone()))
            .collect()
    }
}
