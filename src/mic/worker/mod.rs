//! One worker: keeps the identities of one scale set or machine as they are needed.
//!
//! Flow: take what is new, ask the [`Plan`] what to do, do it, tell what changed. One PATCH at a time:
//! all that comes in while it runs goes into the next. Guarantees: every PATCH carries the ETag of
//! what it was planned on and is sent once; the fence is asked at the last moment before it leaves;
//! the record is written before. Nothing here waits for another host.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use self::plan::{Plan, Step};
use super::fence::Fence;
use super::record::{Record, RecordError};
use super::workers::{Observe, Settings};
use crate::azure::host::{self, Delta, Host};
use crate::azure::{self, Client, Gate, user_assigned_identity};
use crate::domain::resource_id::ResourceId;

mod bisection;
mod inbox;
mod pace;
mod plan;
mod quarantine;
mod told;
mod verdict;

pub(super) use inbox::Inbox;
pub use pace::Pace;
pub use told::{CLIENT_ID_DIFFERS, Problem, Refused, Told};

/// The identities a host needs, with the client id each should have, when that is known.
pub type Needed = BTreeMap<ResourceId, Option<String>>;

/// What a worker works with.
pub(super) struct Worker {
    host: ResourceId,
    client: Client,
    record: Record,
    fence: Fence,
    inbox: Arc<Inbox>,
    tell: UnboundedSender<Told>,
    observe: Arc<dyn Observe>,
    pace: Pace,
    plan: Plan,
    told: Option<Told>,
}

/// What all workers share.
pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) record: Record,
    pub(super) fence: Fence,
    pub(super) settings: Settings,
    pub(super) tell: UnboundedSender<Told>,
    pub(super) observe: Arc<dyn Observe>,
}

impl Worker {
    pub(super) fn new(host: ResourceId, shared: &Shared, inbox: Arc<Inbox>) -> Self {
        let settings = &shared.settings;
        let plan = Plan::new(
            host.clone(),
            settings.pace.clone(),
            settings.protected.clone(),
            RandomState::new().hash_one(&host),
            Instant::now(),
        );
        Self {
            host,
            client: shared.client.clone(),
            record: shared.record.clone(),
            fence: shared.fence.clone(),
            inbox,
            tell: shared.tell.clone(),
            observe: shared.observe.clone(),
            pace: settings.pace.clone(),
            plan,
            told: None,
        }
    }

    /// Works until told to stop.
    pub(super) async fn run(mut self) {
        loop {
            let news = self.inbox.take();
            if news.stop {
                return;
            }
            let now = Instant::now();
            self.plan.own(self.record.owned(&self.host), now);
            if let Some(needed) = news.needed {
                self.plan.want(needed, now);
            }
            if news.look {
                self.plan.look_again(now);
            }
            let step = self.plan.next(now);
            self.tell();
            match step {
                Step::Read => self.read().await,
                Step::Verify(identity) => self.verify(&identity).await,
                Step::Patch { delta, claim } if claim.is_empty() => self.patch(&delta).await,
                // What came in while the record was written counts for the PATCH.
                Step::Patch { claim, .. } => {
                    let written = self.record.add(&self.host, &claim).await;
                    self.recorded(written);
                }
                Step::Forget(identities) => {
                    let written = self.record.remove(&self.host, &identities).await;
                    self.recorded(written);
                }
                Step::ForgetHost => {
                    let written = self.record.forget(&self.host).await;
                    self.recorded(written);
                }
                Step::Wait(until) => {
                    let until = tokio::time::Instant::from_std(until);
                    // Either way the next turn looks at everything.
                    let _ = tokio::time::timeout_at(until, self.inbox.news()).await;
                }
            }
        }
    }

    /// Tells how the host is, when that changed.
    fn tell(&mut self) {
        if self.plan.is_blank() {
            return;
        }
        let told = self.plan.told();
        if self.told.as_ref() != Some(&told) {
            self.told = Some(told.clone());
            // Nobody listens any more while everything is being stopped.
            let _ = self.tell.send(told);
        }
    }

    async fn read(&mut self) {
        let started = Instant::now();
        let client = self.client.with_timeout(self.pace.call);
        let result = tokio::select! {
            result = host::get(&client, &self.host) => result,
            () = self.inbox.stopped() => return,
        };
        let outcome = result
            .as_ref()
            .map_or_else(Outcome::of_error, |_| Outcome::Succeeded);
        self.observe.read(&self.host, outcome, started.elapsed());
        let lost = self.plan.read(result, Instant::now());
        if lost > 0 {
            tracing::warn!(host = %self.host, identities = lost, "identities in use were taken off by somebody else");
            self.observe.drift(&self.host, lost);
        }
    }

    /// Reads the client id of an identity from the identity itself.
    async fn verify(&mut self, identity: &ResourceId) {
        let client = self.client.with_timeout(self.pace.call);
        let read = tokio::select! {
            read = user_assigned_identity::get(&client, identity) => read,
            () = self.inbox.stopped() => return,
        };
        let actual = read.ok().map(|identity| identity.client_id);
        let actual = actual.filter(|client_id| !client_id.is_empty());
        self.plan.verified(identity, actual, Instant::now());
    }

    fn recorded(&mut self, written: Result<(), RecordError>) {
        match written {
            Ok(()) => {}
            Err(RecordError::Lost(_)) => self.plan.withheld(Instant::now()),
            Err(RecordError::Kubernetes(error)) => {
                tracing::warn!(host = %self.host, %error, "the record was not written");
                self.plan.unrecorded(&error.to_string(), Instant::now());
            }
        }
    }

    /// Sends one PATCH and follows it to its end.
    async fn patch(&mut self, delta: &Delta) {
        let Some(host) = self.plan.host() else {
            return;
        };
        let fence = self.fence.clone();
        let call = match host::patch_call(host, delta, true) {
            Ok(call) => call.once().gate(Gate::new(move || fence.holds())),
            Err(error) => return self.plan.refused(delta, &error, Instant::now()),
        };
        let room = self.client.room_in(&call);
        if !room.is_zero() {
            return self.plan.no_room(Instant::now() + room);
        }
        let started = Instant::now();
        let accepted = self.client.with_timeout(self.pace.call).start(&call).await;
        let done = match accepted {
            Ok(accepted) => match &accepted.operation {
                None => Ok(Some(accepted.body)),
                Some(operation) => {
                    let client = self.client.with_timeout(self.pace.operation);
                    let mut on_status = |_: &azure::Status| {};
                    tokio::select! {
                        done = client.wait(operation, &mut on_status) => done,
                        // ARM has it and brings it to its end.
                        () = self.inbox.stopped() => return,
                    }
                }
            },
            Err(error) => Err(error),
        };
        self.end(delta, done, started);
    }

    fn end(
        &mut self,
        delta: &Delta,
        done: Result<Option<serde_json::Value>, azure::Error>,
        started: Instant,
    ) {
        let (now, took) = (Instant::now(), started.elapsed());
        let (added, removed) = (delta.add.len(), delta.remove.len());
        let outcome = match &done {
            Ok(_) => Outcome::Succeeded,
            Err(error) => Outcome::of_error(error),
        };
        self.observe.patch(&self.host, outcome, took);
        match done {
            Ok(body) => {
                tracing::info!(host = %self.host, added, removed, seconds = took.as_secs_f64(), "identities changed");
                let host = body.and_then(|body| Host::from_value(&body).ok());
                self.plan.patched(delta, host, now);
            }
            Err(error) => {
                tracing::warn!(
                    host = %self.host, added, removed, code = error.code(), request_id = error.request_id(), %error,
                    "identities were not changed"
                );
                self.plan.refused(delta, &error, now);
            }
        }
    }
}

/// How a call to Azure ended, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done.
    Succeeded,
    /// The host was changed by somebody else (409, 412).
    Overtaken,
    /// The service asked to slow down (429).
    Throttled,
    /// The permission is missing.
    Unauthorized,
    /// The host does not exist.
    NotFound,
    /// Not sent, because this process may not write any more.
    Withheld,
    /// Nobody knows: no answer, or one that passes (5xx).
    Unknown,
    /// Refused, or failed.
    Failed,
}

impl Outcome {
    /// A word for a metric's label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Overtaken => "overtaken",
            Self::Throttled => "throttled",
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::Withheld => "withheld",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }

    fn of_error(error: &azure::Error) -> Self {
        match error {
            azure::Error::Withheld { .. } => Self::Withheld,
            _ if error.is_throttled() => Self::Throttled,
            _ if error.is_conflict() || error.is_precondition_failed() => Self::Overtaken,
            _ if error.is_authorization() => Self::Unauthorized,
            _ if error.is_not_found() => Self::NotFound,
            _ if error.may_have_happened() || error.is_pending() => Self::Unknown,
            _ => Self::Failed,
        }
    }
}
