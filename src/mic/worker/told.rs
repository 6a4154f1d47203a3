//! What a worker tells of its host.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::azure;
use crate::domain::resource_id::ResourceId;

/// How one host is; sent whenever something of it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The scale set or machine.
    pub host: ResourceId,
    /// The identities that are on it and can be used.
    pub held: BTreeSet<ResourceId>,
    /// Needed identities that something is wrong with; one that is held as well is there under
    /// another client id than the one wanted ([`CLIENT_ID_DIFFERS`]).
    pub refused: BTreeMap<ResourceId, Refused>,
    /// Why the host as a whole does not get what it needs.
    pub problem: Option<Problem>,
    /// It does not exist, or is being deleted.
    pub gone: bool,
}

/// The code of [`Refused`] for an identity whose client id is not the one wanted.
pub const CLIENT_ID_DIFFERS: &str = "ClientIdDiffers";

/// Why one identity is not on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// ARM's code.
    pub code: String,
    /// ARM's message.
    pub message: String,
    /// The id Microsoft's support asks for.
    pub request_id: Option<String>,
    /// When it is tried again.
    pub retry_at: Instant,
}

/// Why a host does not get what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// ARM's code, or a word of podid's.
    pub code: String,
    /// What happened.
    pub message: String,
    /// The id Microsoft's support asks for.
    pub request_id: Option<String>,
    /// When it is tried again.
    pub retry_at: Instant,
}

impl Refused {
    pub(super) fn new(error: &azure::Error, retry_at: Instant) -> Self {
        Self {
            code: code(error),
            message: error.message(),
            request_id: error.request_id().map(str::to_owned),
            retry_at,
        }
    }

    /// When it is tried again, by the clock on the wall.
    #[must_use]
    pub fn retry_time(&self) -> Timestamp {
        wall(self.retry_at)
    }
}

impl Problem {
    pub(super) fn new(error: &azure::Error, retry_at: Instant) -> Self {
        Self {
            code: code(error),
            message: error.message(),
            request_id: error.request_id().map(str::to_owned),
            retry_at,
        }
    }

    /// When it is tried again, by the clock on the wall.
    #[must_use]
    pub fn retry_time(&self) -> Timestamp {
        wall(self.retry_at)
    }
}

/// The service's code, or what stands for one where no answer came.
pub(super) fn code(error: &azure::Error) -> String {
    let own = match error {
        azure::Error::NotSignedIn(_) => "NotSignedIn",
        azure::Error::Unreachable { .. } => "Unreachable",
        azure::Error::TimedOut { .. } => "TimedOut",
        azure::Error::StillPending { .. } => "StillPending",
        _ => "Failed",
    };
    error.code().unwrap_or(own).to_owned()
}

fn wall(at: Instant) -> Timestamp {
    let ahead = at.saturating_duration_since(Instant::now());
    let ahead = SignedDuration::try_from(ahead).unwrap_or(SignedDuration::ZERO);
    let now = Timestamp::now();
    now.checked_add(ahead).unwrap_or(now)
}
