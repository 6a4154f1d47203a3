//! What all requests share.

use std::sync::Arc;
use std::time::Duration;

use super::caller::Callers;
use super::cluster::Cluster;
use super::events::Events;
use super::forward::Forwarder;
use super::gate::Gate;
use super::metrics::Metrics;
use super::prefetch::Prefetch;
use super::tokens::Tokens;
use super::tokens::budget::Budget;

/// What an operator has chosen about requests.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    /// Pods get no instance metadata.
    pub block_instance_metadata: bool,
    /// The host token endpoint is on.
    pub host_token: bool,
    /// How long a request waits for an assignment.
    pub assignment_timeout: Duration,
}

/// The parts of the daemon.
pub struct Daemon {
    /// What is known of the cluster.
    pub cluster: Arc<Cluster>,
    /// Finds the pod that asks.
    pub callers: Callers,
    /// Whether pods' requests arrive.
    pub gate: Arc<Gate>,
    /// Hands out tokens.
    pub tokens: Arc<Tokens>,
    /// Learns what tokens are for; none when tokens come only when asked for.
    pub prefetch: Option<Arc<Prefetch>>,
    /// Shares the metadata service out.
    pub budget: Arc<Budget>,
    /// Passes requests on.
    pub forwarder: Forwarder,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Tells pods' owners.
    pub events: Events,
    /// What an operator has chosen.
    pub choices: Choices,
}
