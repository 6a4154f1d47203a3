//! The one task that knows: takes in what is seen, and has done what follows.
//!
//! Flow: sights and reports go into [`State`]; when there is nothing more to take in, hosts whose needs changed are told
//! to their workers, and pods whose records must change are written, each pod by one task at a time and several pods side
//! by side. Guarantees: nothing is done before everything was listed once and this process leads; a pod whose write
//! failed is tried again, longer and longer apart; what is written is known before the watch tells it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::feed::Feed;
use super::fence::Fence;
use super::metrics::Metrics;
use super::record::Record;
use super::state::{Sight, State};
use super::steps::Step;
use super::tell::Tell;
use super::workers::{Told, Workers};
use super::write::{Done, Written, carry_out};
use crate::domain::matching::Key;

/// Pods written at once.
const AT_ONCE: usize = 64;
/// Between two looks at whether everything was listed.
const LOOK: Duration = Duration::from_millis(50);
const FIRST_RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(30);

/// What a leader acts with.
pub struct Hands {
    /// The API server.
    pub client: Client,
    /// Whether it may write.
    pub fence: Fence,
    /// The workers of the hosts.
    pub workers: Workers,
    /// Reports of the workers.
    pub told: UnboundedReceiver<Told>,
    /// What was assigned before.
    pub record: Record,
    /// Tells owners of objects.
    pub tell: Tell,
}

/// The engine.
pub struct Engine {
    state: State,
    sights: UnboundedReceiver<Sight>,
    feed: Feed,
    metrics: Arc<Metrics>,
}

/// While leading.
struct Leading {
    hands: Hands,
    writing: JoinSet<Done>,
    busy: BTreeSet<Key>,
    failures: HashMap<Key, u32>,
    again: (UnboundedSender<Key>, UnboundedReceiver<Key>),
}

impl Engine {
    /// Knows nothing yet.
    #[must_use]
    pub fn new(
        state: State,
        sights: UnboundedReceiver<Sight>,
        feed: Feed,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            state,
            sights,
            feed,
            metrics,
        }
    }

    /// Takes in what is seen until this process leads.
    pub async fn stand_by(&mut self, leads: impl Future<Output = ()>) {
        let mut leads = std::pin::pin!(leads);
        loop {
            tokio::select! {
                biased;
                Some(sight) = self.sights.recv() => {
                    self.state.see(sight);
                    self.count();
                }
                () = &mut leads => return,
            }
        }
    }

    /// Waits until everything was listed once; what has to be done is kept.
    pub async fn sync(&mut self) {
        while !self.feed.is_synced() {
            // A list is told before its watch counts as synced, and after the last one nothing need come.
            let next = tokio::time::timeout(LOOK, self.sights.recv());
            if let Ok(Some(sight)) = next.await {
                self.state.see(sight);
            }
        }
        // What was listed is on its way at the latest now.
        while let Ok(sight) = self.sights.try_recv() {
            self.state.see(sight);
        }
    }

    /// What would have to be written now, by pod.
    pub fn preview(&self) -> impl Iterator<Item = (&Key, Vec<Step>)> {
        self.state
            .pods_due
            .iter()
            .map(|pod| (pod, self.state.steps(pod)))
    }

    /// What is known.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Acts until told to stop; the hands, with nothing of the API server under way.
    pub async fn lead(&mut self, hands: Hands, mut stop: watch::Receiver<bool>) -> Hands {
        let mut leading = Leading {
            hands,
            writing: JoinSet::new(),
            busy: BTreeSet::new(),
            failures: HashMap::new(),
            again: unbounded_channel(),
        };
        // Hosts that only the record knows lose what podid put there.
        self.state.hosts_due.extend(leading.hands.record.hosts());
        loop {
            self.act(&mut leading);
            tokio::select! {
                Some(sight) = self.sights.recv() => {
                    self.state.see(sight);
                    while let Ok(sight) = self.sights.try_recv() {
                        self.state.see(sight);
                    }
                }
                Some(told) = leading.hands.told.recv() => {
                    leading.hands.tell.host(&told);
                    self.state.told(told);
                }
                Some(done) = leading.writing.join_next() => self.done(&mut leading, done.ok()),
                Some(pod) = leading.again.1.recv() => { self.state.pods_due.insert(pod); }
                _ = stop.wait_for(|stop| *stop) => break,
            }
            self.count();
        }
        while leading.writing.join_next().await.is_some() {}
        leading.hands
    }

    /// Has done what is due.
    fn act(&mut self, leading: &mut Leading) {
        for host in std::mem::take(&mut self.state.hosts_due) {
            leading.hands.workers.want(&host, self.state.needed(&host));
        }
        let free = AT_ONCE.saturating_sub(leading.writing.len());
        let due = self
            .state
            .pods_due
            .iter()
            .filter(|pod| !leading.busy.contains(pod));
        let due: Vec<Key> = due.take(free).cloned().collect();
        for pod in due {
            self.state.pods_due.remove(&pod);
            let steps = self.state.steps(&pod);
            if steps.is_empty() {
                continue;
            }
            leading.busy.insert(pod.clone());
            leading.hands.tell.steps(&steps);
            let (client, fence) = (leading.hands.client.clone(), leading.hands.fence.clone());
            leading
                .writing
                .spawn(async move { carry_out(&client, &fence, pod, steps).await });
        }
    }

    fn done(&mut self, leading: &mut Leading, done: Option<Done>) {
        // One that panicked stays busy: it would panic again.
        let Some(done) = done else { return };
        leading.busy.remove(&done.pod);
        for written in done.written {
            self.metrics.written();
            match written {
                Written::Is(record) => self.state.record(*record),
                Written::Gone(key, uid) => self.state.forget(&key, &uid),
            }
        }
        let Some(failure) = done.failure else {
            leading.failures.remove(&done.pod);
            return;
        };
        self.metrics.failed();
        let failures = leading.failures.entry(done.pod.clone()).or_insert(0);
        *failures += 1;
        let pause = FIRST_RETRY
            .saturating_mul(1 << (*failures - 1).min(10))
            .min(LONGEST_RETRY);
        tracing::warn!(pod = %done.pod, error = %failure, again_in_ms = pause.as_millis(), "the records of a pod were not written");
        let again = leading.again.0.clone();
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            let _ = again.send(done.pod);
        });
    }

    fn count(&self) {
        self.metrics.known(&self.state);
    }
}
