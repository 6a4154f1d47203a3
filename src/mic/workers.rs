//! The workers: one for each host that needs identities, or holds some of podid's.
//!
//! Each worker has what it needs to itself, so that none waits for another. The set is cheap to call
//! from the engine: it only passes on what is new.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::fence::Fence;
use super::record::Record;
pub use super::worker::{CLIENT_ID_DIFFERS, Needed, Outcome, Pace, Problem, Refused, Told};
use super::worker::{Inbox, Shared, Worker};
use crate::azure::Client;
use crate::domain::resource_id::ResourceId;

/// What workers go by.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The times they keep.
    pub pace: Pace,
    /// Identities that are never taken off: the kubelet's and the cluster's.
    pub protected: BTreeSet<ResourceId>,
}

/// Who counts what workers do.
pub trait Observe: Send + Sync {
    /// A host was read.
    fn read(&self, host: &ResourceId, outcome: Outcome, took: Duration);
    /// A PATCH ended.
    fn patch(&self, host: &ResourceId, outcome: Outcome, took: Duration);
    /// So many needed identities had been taken off by somebody else.
    fn drift(&self, host: &ResourceId, identities: usize);
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observe for Unobserved {
    fn read(&self, _: &ResourceId, _: Outcome, _: Duration) {}
    fn patch(&self, _: &ResourceId, _: Outcome, _: Duration) {}
    fn drift(&self, _: &ResourceId, _: usize) {}
}

/// The workers of all hosts.
pub struct Workers {
    shared: Shared,
    hosts: Mutex<Hosts>,
}

#[derive(Default)]
struct Hosts {
    working: BTreeMap<ResourceId, (Arc<Inbox>, JoinHandle<()>)>,
    /// Told to stop, perhaps with a PATCH under way: a successor waits for it.
    leaving: BTreeMap<ResourceId, JoinHandle<()>>,
}

impl Workers {
    /// Workers that tell `tell` how their hosts are.
    #[must_use]
    pub fn new(
        client: Client,
        record: Record,
        fence: Fence,
        settings: Settings,
        tell: UnboundedSender<Told>,
        observe: Arc<dyn Observe>,
    ) -> Self {
        Self {
            shared: Shared {
                client,
                record,
                fence,
                settings,
                tell,
                observe,
            },
            hosts: Mutex::default(),
        }
    }

    /// Says all that a host needs, each identity with the client id it should have, when known.
    ///
    /// The first time this starts the host's worker, so it must not be called before everything that
    /// runs there is known: what is not needed is taken off. Hosts that only the record knows
    /// ([`Record::hosts`]) need nothing.
    pub fn want(&self, host: &ResourceId, needed: Needed) {
        let mut hosts = self.hosts();
        let hosts = &mut *hosts;
        if let Some((inbox, _)) = hosts.working.get(host) {
            inbox.want(needed);
            return;
        }
        let inbox = Arc::new(Inbox::default());
        inbox.want(needed);
        let worker = Worker::new(host.clone(), &self.shared, inbox.clone());
        let before = hosts.leaving.remove(host);
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                // One that panicked has ended as well.
                let _ = before.await;
            }
            worker.run().await;
        });
        hosts.working.insert(host.clone(), (inbox, task));
    }

    /// Has a host read again: something seems wrong with it.
    pub fn drift(&self, host: &ResourceId) {
        if let Some((inbox, _)) = self.hosts().working.get(host) {
            inbox.look();
        }
    }

    /// Ends a host's worker; nothing on the host or in the record changes.
    pub fn remove(&self, host: &ResourceId) {
        let mut hosts = self.hosts();
        hosts.leaving.retain(|_, task| !task.is_finished());
        if let Some((inbox, task)) = hosts.working.remove(host) {
            inbox.stop();
            hosts.leaving.insert(host.clone(), task);
        }
    }

    /// Ends all workers; a PATCH under way is waited for until Azure has accepted it.
    pub async fn stop(self) {
        let hosts = std::mem::take(&mut *self.hosts());
        for (inbox, _) in hosts.working.values() {
            inbox.stop();
        }
        let working = hosts.working.into_values().map(|(_, task)| task);
        join_all(working.chain(hosts.leaving.into_values())).await;
    }

    fn hosts(&self) -> MutexGuard<'_, Hosts> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
