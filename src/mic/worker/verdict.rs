//! What a failed PATCH means.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::azure::Error;
use crate::azure::host::{Delta, Identity, named};
use crate::domain::resource_id::ResourceId;

/// What a failed PATCH means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// These identities of the delta are at fault.
    Refused(BTreeSet<ResourceId>),
    /// One of those that were added is at fault, nobody says which.
    OneOf,
    /// These were on the host before, do not exist any more, and block every change.
    Blocked(BTreeSet<ResourceId>),
    /// The host was changed, or is being changed, by somebody else.
    Overtaken,
    /// Trouble with the host as a whole; the service may have said how long to wait.
    Trouble(Option<Duration>),
    /// Nobody knows whether it was done.
    Unknown(Option<Duration>),
    /// This process may not write any more.
    Withheld,
}

/// Judges the failure of `delta` on a host that held `identity`.
pub(super) fn judge(error: &Error, delta: &Delta, identity: &Identity) -> Verdict {
    let after = error.service().and_then(|error| error.retry_after);
    match error {
        Error::Withheld { .. } => return Verdict::Withheld,
        Error::StillPending { .. } => return Verdict::Unknown(None),
        _ => {}
    }
    if error.is_precondition_failed() {
        return Verdict::Overtaken;
    }
    if error.is_throttled() {
        return Verdict::Trouble(after);
    }
    let refused = named(&delta.add, error);
    let definite = !error.may_have_happened();
    if definite && !refused.is_empty() {
        return Verdict::Refused(refused);
    }
    if error.has_code("FailedIdentityOperation") {
        let kept = identity.user_assigned.keys();
        let blocking = named(kept.filter(|id| !delta.remove.contains(*id)), error);
        if !blocking.is_empty() {
            return Verdict::Blocked(blocking);
        }
    }
    of_status(error, delta, after)
}

fn of_status(error: &Error, delta: &Delta, after: Option<Duration>) -> Verdict {
    if error.may_have_happened() {
        return Verdict::Unknown(after);
    }
    if matches!(error, Error::OperationFailed { .. }) {
        return if is_about_identities(error) && !delta.add.is_empty() {
            Verdict::OneOf
        } else {
            Verdict::Trouble(None)
        };
    }
    match error.status() {
        Some(409) if error.has_code("ScopeLocked") => Verdict::Trouble(after),
        Some(409) => Verdict::Overtaken,
        _ if delta.add.is_empty() => Verdict::Trouble(after),
        // The whole request is wrong, though the host is fine: so one of its parts is.
        Some(400) => Verdict::OneOf,
        _ if is_about_identities(error) => Verdict::OneOf,
        _ => Verdict::Trouble(after),
    }
}

fn is_about_identities(error: &Error) -> bool {
    [
        "FailedIdentityOperation",
        "LinkedAuthorizationFailed",
        "LinkedInvalidPropertyId",
        "InvalidIdentityValues",
    ]
    .iter()
    .any(|code| error.has_code(code))
}

#[cfg(test)]
mod tests;
