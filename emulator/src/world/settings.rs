//! Settings that tests and the sandbox may change while the emulator runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How `Retry-After` is sent on replies of long-running operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum RetryAfter {
    /// Not at all: what Azure Kubernetes Service does.
    #[default]
    Missing,
    /// So many seconds.
    Seconds(u64),
    /// An HTTP date so many seconds ahead.
    Date(u64),
}

/// When a scale set or machine shows the identities that an operation gives it or takes away. The REST reference does
/// not say what the service does, so a client has to be right either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub enum IdentityShown {
    /// As soon as the write is accepted, while the operation is under way.
    AtStart,
    /// When the operation has ended.
    #[default]
    AtEnd,
}

/// A token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BucketSize {
    /// Tokens in a full bucket.
    pub size: f64,
    /// Tokens added per second.
    pub per_second: f64,
}

/// Throttling: on or off, and bucket sizes that replace the built-in ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Throttling {
    /// Whether requests are counted at all.
    pub enabled: bool,
    /// Sizes by bucket name, such as `arm-reads` or `vmss-update`.
    pub buckets: BTreeMap<String, BucketSize>,
}

impl Default for Throttling {
    fn default() -> Self {
        Self {
            enabled: true,
            buckets: BTreeMap::new(),
        }
    }
}

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Factor on every duration of an operation; 0 ends them at once.
    pub time_scale: f64,
    /// Seconds by kind of operation, in place of the built-in durations.
    pub durations: BTreeMap<String, f64>,
    /// `Retry-After` of long-running operations.
    pub retry_after: RetryAfter,
    /// Throttling.
    pub throttling: Throttling,
    /// For how long a new principal is unknown to role assignments written without `principalType`.
    pub principal_not_found_seconds: f64,
    /// Time between writing a role assignment and its effect.
    pub role_delay_seconds: f64,
    /// Time a write of a federated credential takes.
    pub federated_write_seconds: f64,
    /// Items on a page of a list.
    pub page_size: usize,
    /// When a change of a machine's identities shows.
    pub identity_shown: IdentityShown,
    /// Whether a change of a machine's identities stays when its operation fails.
    pub identity_kept_after_failure: bool,
    /// Whether the metadata service hands out the same token as long as it is valid, as Azure's does, rather than one
    /// signed for each request.
    pub imds_keeps_tokens: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time_scale: 1.0,
            durations: BTreeMap::new(),
            retry_after: RetryAfter::default(),
            throttling: Throttling::default(),
            principal_not_found_seconds: 0.0,
            role_delay_seconds: 0.0,
            federated_write_seconds: 0.0,
            page_size: 100,
            identity_shown: IdentityShown::default(),
            identity_kept_after_failure: false,
            imds_keeps_tokens: false,
        }
    }
}

impl Settings {
    /// How long an operation of this kind takes, in seconds of the world.
    pub fn duration(&self, kind: &str, built_in: f64) -> f64 {
        self.durations.get(kind).copied().unwrap_or(built_in) * self.time_scale
    }
}
