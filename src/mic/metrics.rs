//! Counters for operators. No label names an object: their number is fixed.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::state::State;
use super::workers::{Observe, Outcome};
use crate::domain::resource_id::ResourceId;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Called {
    verb: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Verb {
    verb: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Held {
    state: &'static str,
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    calls: Family<Called, Counter>,
    durations: Family<Verb, Histogram>,
    drift: Counter,
    writes: Counter,
    failures: Counter,
    events_dropped: Counter,
    assignments: Family<Held, Gauge>,
    refused: Gauge,
    waiting: Gauge,
    leading: Gauge,
}

fn seconds() -> Histogram {
    Histogram::new([
        0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0,
    ])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut own = Self {
            registry: Registry::with_prefix("podid_mic"),
            calls: Family::default(),
            durations: Family::new_with_constructor(seconds),
            drift: Counter::default(),
            writes: Counter::default(),
            failures: Counter::default(),
            events_dropped: Counter::default(),
            assignments: Family::default(),
            refused: Gauge::default(),
            waiting: Gauge::default(),
            leading: Gauge::default(),
        };
        own.register();
        own
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "host_calls",
            "Reads and PATCHes of scale sets and machines",
            self.calls.clone(),
        );
        registry.register_with_unit(
            "host_call_duration",
            "Time of reads and PATCHes, operation included",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "drift",
            "Needed identities that somebody else had taken off",
            self.drift.clone(),
        );
        registry.register(
            "assignment_writes",
            "Writes of AzureAssignedIdentities",
            self.writes.clone(),
        );
        registry.register(
            "assignment_write_failures",
            "Writes of AzureAssignedIdentities that failed",
            self.failures.clone(),
        );
        registry.register(
            "events_dropped",
            "Events that were not written, because there were too many",
            self.events_dropped.clone(),
        );
        registry.register(
            "assignments",
            "AzureAssignedIdentities by state",
            self.assignments.clone(),
        );
        registry.register(
            "refused_identities",
            "Identities that Azure refuses, over all hosts",
            self.refused.clone(),
        );
        registry.register(
            "pods_waiting",
            "Pods whose records have to be written",
            self.waiting.clone(),
        );
        registry.register(
            "leading",
            "1 while this instance acts",
            self.leading.clone(),
        );
    }

    /// An object was written.
    pub fn written(&self) {
        self.writes.inc();
    }

    /// An object could not be written.
    pub fn failed(&self) {
        self.failures.inc();
    }

    /// An event was not written.
    pub fn event_dropped(&self) {
        self.events_dropped.inc();
    }

    /// This instance leads, or does not.
    pub fn leads(&self, leads: bool) {
        self.leading.set(i64::from(leads));
    }

    /// What is known now.
    pub fn known(&self, state: &State) {
        self.waiting.set(gauge(state.pods_due.len()));
        for word in ["Created", "Assigned", "Unassigned"] {
            let held = self.assignments.get_or_create(&Held { state: word });
            held.set(gauge(state.count(word)));
        }
        self.refused.set(gauge(state.refused()));
    }

    /// The counters as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

fn gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Observe for Metrics {
    fn read(&self, _: &ResourceId, outcome: Outcome, took: Duration) {
        self.called("get", outcome, took);
    }

    fn patch(&self, _: &ResourceId, outcome: Outcome, took: Duration) {
        self.called("patch", outcome, took);
    }

    fn drift(&self, host: &ResourceId, identities: usize) {
        tracing::warn!(%host, identities, "needed identities had been taken off; they are put back");
        self.drift
            .inc_by(u64::try_from(identities).unwrap_or_default());
    }
}

impl Metrics {
    fn called(&self, verb: &'static str, outcome: Outcome, took: Duration) {
        let outcome = outcome.as_str();
        self.calls.get_or_create(&Called { verb, outcome }).inc();
        self.durations
            .get_or_create(&Verb { verb })
            .observe(took.as_secs_f64());
    }
}
