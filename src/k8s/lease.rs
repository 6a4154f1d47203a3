//! A Lease of `coordination.k8s.io`: who of several instances may act.
//!
//! Guarantees: a holder may act only until [`Held::until`], which lies before the moment from which anybody else may
//! take the lease, on the holder's own clock; so two never act at once however far the clocks of their machines are
//! apart. A lease is taken from somebody else only after its content has not changed for its whole duration as seen by
//! this process. Every write carries the resource version, so of two that take it at once one fails.
//! Assumption: clocks run at the same speed, but for the margin.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::Client;
use kube::api::{Api, PostParams};

use super::error::{Error, Result};
use super::error_mapping::Explain;
use super::operation::Operation;

const RESOURCE: &str = "leases.coordination.k8s.io";

/// Which lease, and as whom.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Namespace of the lease.
    pub namespace: String,
    /// Name of the lease.
    pub name: String,
    /// This process, in the lease.
    pub identity: String,
    /// Without a renewal for this long anybody may take it.
    pub duration: Duration,
    /// The holder stops this much before.
    pub margin: Duration,
}

/// The lease, as one process sees it.
pub struct Elector {
    api: Api<Lease>,
    terms: Terms,
    /// What was seen last, and since when.
    seen: Option<(Seen, Instant)>,
}

/// The lease is held.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Until when this process may act unless it renews.
    pub until: Instant,
}

#[derive(Debug, Clone, PartialEq)]
struct Seen {
    holder: Option<String>,
    version: Option<String>,
}

impl Elector {
    /// Nothing is sent until the first try.
    #[must_use]
    pub fn new(client: Client, terms: Terms) -> Self {
        Self {
            api: Api::namespaced(client, &terms.namespace),
            terms,
            seen: None,
        }
    }

    /// Takes or renews the lease; `None` while somebody else has it.
    ///
    /// # Errors
    /// A permission is missing or the API server does not answer; the lease counts as not renewed.
    pub async fn try_hold(&mut self) -> Result<Option<Held>> {
        // Counted from before the request: whatever happens to it on the way, others count from later.
        let asked = Instant::now();
        let current = self.read().await?;
        let Some(current) = current else {
            let made = self
                .api
                .create(&PostParams::default(), &self.lease(None))
                .await;
            return self.settle(made, "create", asked);
        };
        if !self.may_take(&current, asked) {
            return Ok(None);
        }
        let wanted = self.lease(Some(&current));
        let written = self
            .api
            .replace(&self.terms.name, &PostParams::default(), &wanted)
            .await;
        self.settle(written, "update", asked)
    }

    /// Gives the lease back, so that the next one need not wait for its end.
    ///
    /// # Errors
    /// The API server does not answer; the lease then ends by itself.
    pub async fn release(&mut self) -> Result<()> {
        let Some(mut current) = self.read().await? else {
            return Ok(());
        };
        if holder(&current) != Some(self.terms.identity.as_str()) {
            return Ok(());
        }
        if let Some(spec) = &mut current.spec {
            spec.holder_identity = Some(String::new());
            spec.lease_duration_seconds = Some(1);
        }
        let written = self
            .api
            .replace(&self.terms.name, &PostParams::default(), &current)
            .await;
        written.explain(|| self.operation("update")).map(drop)
    }

    async fn read(&self) -> Result<Option<Lease>> {
        let read = self.api.get(&self.terms.name).await;
        match read.explain(|| self.operation("get")) {
            Ok(lease) => Ok(Some(lease)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether nobody else has it, as far as this process has watched it.
    fn may_take(&mut self, current: &Lease, now: Instant) -> bool {
        let seen = Seen {
            holder: holder(current).map(str::to_owned),
            version: current.metadata.resource_version.clone(),
        };
        let known = self.seen.take().filter(|(known, _)| *known == seen);
        let since = known.map_or(now, |(_, since)| since);
        let free = seen.holder.as_deref().is_none_or(str::is_empty);
        let own = seen.holder.as_deref() == Some(self.terms.identity.as_str());
        self.seen = Some((seen, since));
        let spec = current.spec.as_ref();
        let seconds = spec
            .and_then(|spec| spec.lease_duration_seconds)
            .unwrap_or_default();
        let theirs = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        free || own || now.duration_since(since) > theirs.max(self.terms.duration)
    }

    fn settle(
        &mut self,
        written: std::result::Result<Lease, kube::Error>,
        verb: &'static str,
        asked: Instant,
    ) -> Result<Option<Held>> {
        match written.explain(|| self.operation(verb)) {
            Ok(lease) => {
                let seen = Seen {
                    holder: Some(self.terms.identity.clone()),
                    version: lease.metadata.resource_version,
                };
                self.seen = Some((seen, asked));
                let until = asked + self.terms.duration.saturating_sub(self.terms.margin);
                Ok(Some(Held { until }))
            }
            // Somebody else was faster.
            Err(Error::Conflict { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn lease(&self, current: Option<&Lease>) -> Lease {
        let now = MicroTime(jiff::Timestamp::now());
        let before = current.and_then(|lease| lease.spec.as_ref());
        let renews = current.and_then(holder) == Some(self.terms.identity.as_str());
        let taken = before
            .and_then(|spec| spec.lease_transitions)
            .unwrap_or_default();
        let acquired = before
            .filter(|_| renews)
            .and_then(|spec| spec.acquire_time.clone());
        Lease {
            metadata: current.map_or_else(
                || ObjectMeta {
                    name: Some(self.terms.name.clone()),
                    namespace: Some(self.terms.namespace.clone()),
                    ..ObjectMeta::default()
                },
                |lease| lease.metadata.clone(),
            ),
            spec: Some(LeaseSpec {
                holder_identity: Some(self.terms.identity.clone()),
                lease_duration_seconds: i32::try_from(self.terms.duration.as_secs().max(1)).ok(),
                acquire_time: acquired.or_else(|| Some(now.clone())),
                renew_time: Some(now),
                lease_transitions: Some(taken + i32::from(!renews && current.is_some())),
                ..LeaseSpec::default()
            }),
        }
    }

    fn operation(&self, verb: &'static str) -> Operation {
        Operation::object(verb, RESOURCE, &self.terms.namespace, &self.terms.name)
    }
}

fn holder(lease: &Lease) -> Option<&str> {
    lease.spec.as_ref()?.holder_identity.as_deref()
}
