//! Workers at work, and what they tell.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use podid::domain::resource_id::ResourceId;
use podid::mic::fence::Fence;
use podid::mic::record::Record;
use podid::mic::workers::{Needed, Observe, Outcome, Pace, Settings, Told, Workers};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::azure::{Azure, identity};
use super::server;

/// Longer than anything here takes, on a busy machine as well.
const LONG: Duration = Duration::from_mins(2);

/// Short waits; hosts are read again only when a test wants it.
pub(crate) fn pace() -> Pace {
    Pace {
        drift: Duration::from_hours(1),
        linger: Duration::ZERO,
        first_probe: Duration::from_secs(1),
        longest_probe: Duration::from_secs(2),
        first_retry: Duration::from_millis(100),
        longest_retry: Duration::from_millis(500),
        settle: Duration::from_millis(200),
        ..Pace::default()
    }
}

/// Counts what others took off.
#[derive(Default)]
pub(crate) struct Counted(pub(crate) AtomicUsize);

impl Observe for Counted {
    fn read(&self, _: &ResourceId, _: Outcome, _: Duration) {}
    fn patch(&self, _: &ResourceId, _: Outcome, _: Duration) {}
    fn drift(&self, _: &ResourceId, identities: usize) {
        self.0.fetch_add(identities, Ordering::SeqCst);
    }
}

pub(crate) struct Rig {
    pub(crate) azure: Azure,
    pub(crate) record: Record,
    pub(crate) drifted: Arc<Counted>,
    pub(crate) open: Arc<AtomicBool>,
    client: kube::Client,
    namespace: String,
    pace: Pace,
    workers: Option<Workers>,
    heard: UnboundedReceiver<Told>,
    last: BTreeMap<ResourceId, Told>,
}

/// What is needed, without a word about client ids.
pub(crate) fn needed(ids: impl IntoIterator<Item = ResourceId>) -> Needed {
    ids.into_iter().map(|id| (id, None)).collect()
}

impl Rig {
    /// Starts workers whose records are in a namespace of this name.
    pub(crate) async fn start(namespace: &str, patch: Duration, pace: Pace) -> Self {
        let azure = Azure::start(patch).await;
        let client = server::client_in(namespace).await;
        let open = Arc::new(AtomicBool::new(true));
        let fence = fence(&open);
        let record = Record::load(client.clone(), namespace, fence).await;
        let (_, heard) = unbounded_channel();
        let mut rig = Self {
            azure,
            record: record.unwrap(),
            drifted: Arc::default(),
            open,
            client,
            namespace: namespace.to_owned(),
            pace,
            workers: None,
            heard,
            last: BTreeMap::new(),
        };
        rig.begin();
        rig
    }

    fn begin(&mut self) {
        let (tell, heard) = unbounded_channel();
        let settings = Settings {
            pace: self.pace.clone(),
            protected: [identity("kubelet")].into(),
        };
        self.workers = Some(Workers::new(
            self.azure.client(),
            self.record.clone(),
            fence(&self.open),
            settings,
            tell,
            self.drifted.clone(),
        ));
        self.heard = heard;
        self.last.clear();
    }

    /// Stops the workers.
    pub(crate) async fn stop(&mut self) {
        self.workers.take().unwrap().stop().await;
    }

    /// Workers of a new process, which knows only what the cluster and Azure know.
    pub(crate) async fn restart(&mut self) {
        if self.workers.is_some() {
            self.stop().await;
        }
        let record = Record::load(self.client.clone(), &self.namespace, fence(&self.open)).await;
        self.record = record.unwrap();
        self.begin();
    }

    pub(crate) fn workers(&self) -> &Workers {
        self.workers.as_ref().unwrap()
    }

    pub(crate) fn want(&self, host: &ResourceId, ids: impl IntoIterator<Item = ResourceId>) {
        self.workers().want(host, needed(ids));
    }

    /// Listens until what is told of `host` is as it should be.
    #[track_caller]
    pub(crate) fn until(
        &mut self,
        host: &ResourceId,
        good: impl Fn(&Told) -> bool,
    ) -> impl Future<Output = Told> {
        let place = std::panic::Location::caller();
        async move {
            let listen = async {
                loop {
                    if let Some(told) = self.last.get(host).filter(|told| good(told)) {
                        return told.clone();
                    }
                    let told = self.heard.recv().await.unwrap();
                    self.last.insert(told.host.clone(), told);
                }
            };
            let found = timeout(LONG, listen).await;
            found.unwrap_or_else(|_| panic!("{place}: not told in time"))
        }
    }

    /// Listens until `host` holds all of these.
    #[track_caller]
    pub(crate) fn until_held(
        &mut self,
        host: &ResourceId,
        ids: BTreeSet<ResourceId>,
    ) -> impl Future<Output = Told> {
        self.until(host, move |told| ids.is_subset(&told.held))
    }

    /// Waits until so many PATCHes came in for `host`.
    pub(crate) async fn until_patches(&self, host: &ResourceId, count: usize) {
        let look = async {
            while self.azure.patches_of(host).await.len() < count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(LONG, look).await.unwrap();
    }

    /// Waits until the record of `host` is this.
    pub(crate) async fn until_recorded(&self, host: &ResourceId, ids: &BTreeSet<ResourceId>) {
        let look = async {
            while self.record.owned(host) != *ids {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(LONG, look).await.unwrap();
    }
}

fn fence(open: &Arc<AtomicBool>) -> Fence {
    let open = open.clone();
    Fence::new(move || open.load(Ordering::SeqCst))
}
