//! Counters for operators. No label takes a value from a request: their number is fixed.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    route: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Routed {
    route: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Fetched {
    source: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Sourced {
    source: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Cached {
    result: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kinds {
    kind: &'static str,
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Asked, Counter>,
    durations: Family<Routed, Histogram>,
    sources: Family<Fetched, Counter>,
    source_durations: Family<Sourced, Histogram>,
    cache: Family<Cached, Counter>,
    prefetched: Family<Ended, Counter>,
    turned_away: Counter,
    displaced: Counter,
    events_dropped: Counter,
    redirect_restored: Counter,
    objects: Family<Kinds, Gauge>,
    silence: Gauge<f64, AtomicU64>,
    ready: Gauge,
}

/// What is looked up when somebody reads the counters.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Pods, identities and bindings known.
    pub objects: (usize, usize, usize),
    /// Tokens held.
    pub tokens: usize,
    /// Time since the API server was heard of.
    pub silence: Option<Duration>,
    /// How often the rules of the redirect had to be put back.
    pub restored: u64,
    /// Everything is well.
    pub ready: bool,
}

fn seconds() -> Histogram {
    Histogram::new([
        0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0,
        2.5, 5.0, 10.0, 30.0,
    ])
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("podid_nmi"),
            requests: Family::default(),
            durations: Family::new_with_constructor(seconds),
            sources: Family::default(),
            source_durations: Family::new_with_constructor(seconds),
            cache: Family::default(),
            prefetched: Family::default(),
            turned_away: Counter::default(),
            displaced: Counter::default(),
            events_dropped: Counter::default(),
            redirect_restored: Counter::default(),
            objects: Family::default(),
            silence: Gauge::default(),
            ready: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let all = &mut self.registry;
        all.register(
            "requests",
            "Requests by route and outcome",
            self.requests.clone(),
        );
        let help = "Time until the head of the answer";
        all.register_with_unit(
            "request_duration",
            help,
            Unit::Seconds,
            self.durations.clone(),
        );
        all.register(
            "source_requests",
            "Requests to token sources",
            self.sources.clone(),
        );
        let help = "Time a token source took";
        all.register_with_unit(
            "source_duration",
            help,
            Unit::Seconds,
            self.source_durations.clone(),
        );
        all.register(
            "cache_lookups",
            "Look-ups in the token cache",
            self.cache.clone(),
        );
        let help = "Tokens asked for before a new pod did";
        all.register("prefetched", help, self.prefetched.clone());
        let help = "Connections over the limits";
        all.register("connections_turned_away", help, self.turned_away.clone());
        let help = "Connections that gave way to those of pods with fewer";
        all.register("connections_displaced", help, self.displaced.clone());
        let help = "Events on pods that were not written to spare the API server";
        all.register("events_dropped", help, self.events_dropped.clone());
        all.register(
            "redirect_restored",
            "Times the packet rules were put back after a change by somebody else",
            self.redirect_restored.clone(),
        );
        all.register("objects", "What is held, by kind", self.objects.clone());
        let help = "Time since the API server was heard of";
        all.register_with_unit(
            "api_server_silence",
            help,
            Unit::Seconds,
            self.silence.clone(),
        );
        all.register(
            "ready",
            "1 when every check of /readyz passes",
            self.ready.clone(),
        );
    }

    /// A request has been answered.
    pub fn request(&self, route: &'static str, outcome: &'static str, took: Duration) {
        self.requests.get_or_create(&Asked { route, outcome }).inc();
        let durations = self.durations.get_or_create(&Routed { route });
        durations.observe(took.as_secs_f64());
    }

    /// A source has answered.
    pub fn source(&self, source: &'static str, outcome: &'static str, took: Duration) {
        self.sources
            .get_or_create(&Fetched { source, outcome })
            .inc();
        let durations = self.source_durations.get_or_create(&Sourced { source });
        durations.observe(took.as_secs_f64());
    }

    /// The cache was asked.
    pub fn cache(&self, result: &'static str) {
        self.cache.get_or_create(&Cached { result }).inc();
    }

    /// A token was asked for before anybody did.
    pub fn prefetched(&self, outcome: &'static str) {
        self.prefetched.get_or_create(&Ended { outcome }).inc();
    }

    /// A connection was one too many.
    pub fn turned_away(&self) {
        self.turned_away.inc();
    }

    /// A connection gave way to another.
    pub fn displaced(&self) {
        self.displaced.inc();
    }

    /// An event was not written.
    pub fn event_dropped(&self) {
        self.events_dropped.inc();
    }

    /// All counters as text.
    #[must_use]
    pub fn text(&self, now: Now) -> String {
        let (pods, identities, bindings) = now.objects;
        let kinds = [
            ("pod", pods),
            ("identity", identities),
            ("binding", bindings),
            ("token", now.tokens),
        ];
        for (kind, count) in kinds {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            self.objects.get_or_create(&Kinds { kind }).set(count);
        }
        self.silence.set(
            now.silence
                .map_or(f64::NAN, |silence| silence.as_secs_f64()),
        );
        let restored = self.redirect_restored.inner();
        restored.store(now.restored, Ordering::Relaxed);
        self.ready.set(i64::from(now.ready));
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
