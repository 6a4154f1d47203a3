//! When to try again, and how long to wait before.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::HeaderMap;
use uuid::Uuid;

use super::answer::text;
use super::call::{Call, Method};
use crate::azure::error::Error;
use crate::azure::notice::Reason;

/// Tries in all, for trouble that is not throttling; throttling ends with the deadline.
const MAX_TRIES: u32 = 6;
const MAX_THROTTLED: u32 = 40;
/// A refused connection rarely heals within a command.
const MAX_UNREACHABLE: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(400);
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// How often one call was tried, and what went wrong.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    throttled: u32,
    failed: u32,
    connection_lost: bool,
    signed_in_again: bool,
}

impl Attempts {
    /// Tries so far that failed.
    pub(super) fn count(&self) -> u32 {
        self.throttled + self.failed
    }

    /// Whether this 401 may be answered with a new sign-in; once per call.
    pub(super) fn may_sign_in_again(&mut self) -> bool {
        !std::mem::replace(&mut self.signed_in_again, true)
    }

    /// Whether a DELETE finds nothing because its first try, whose answer was lost, did the work.
    pub(super) fn is_late_echo(&self, call: &Call, error: &Error) -> bool {
        self.connection_lost && call.method() == Method::Delete && error.is_not_found()
    }

    /// How long to wait before the next try, and why; nothing when there should be none.
    ///
    /// A conditional write whose answer was lost is not repeated: the repetition would be refused
    /// because of what the first try did. The caller reads again and sees.
    pub(super) fn next(&mut self, call: &Call, error: &Error) -> Option<(Duration, Reason)> {
        if call.is_conditional() && error.may_have_happened() {
            return None;
        }
        let asked = error.service().and_then(|error| error.retry_after);
        match (error, error.status()) {
            (Error::Service(_), Some(429)) => {
                self.throttled += 1;
                (self.throttled < MAX_THROTTLED)
                    .then(|| (wait(asked, self.throttled), Reason::Throttled))
            }
            (Error::Service(_), Some(status)) if error.is_transient() => {
                self.failed += 1;
                (self.failed < MAX_TRIES)
                    .then(|| (wait(asked, self.failed), Reason::Unavailable(status)))
            }
            (Error::Unreachable { source, .. }, _) => {
                self.failed += 1;
                let connecting = source
                    .downcast_ref::<reqwest::Error>()
                    .is_some_and(reqwest::Error::is_connect);
                self.connection_lost |= !connecting;
                let limit = if connecting {
                    MAX_UNREACHABLE
                } else {
                    MAX_TRIES
                };
                (self.failed < limit).then(|| (wait(None, self.failed), Reason::ConnectionLost))
            }
            _ => None,
        }
    }
}

/// What the service asked for and a little more, else twice as long each time, never all clients at once.
fn wait(asked: Option<Duration>, tries: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << (tries - 1).min(10));
    let backoff = doubled.min(LONGEST_WAIT).mul_f64(0.5 + jitter() / 2.0);
    match asked {
        Some(asked) => asked.max(backoff.min(FIRST_WAIT)) + asked.mul_f64(0.05 * jitter()),
        None => backoff,
    }
}

/// A random number from 0 to 1.
fn jitter() -> f64 {
    let random = u32::from_le_bytes(
        Uuid::new_v4().as_bytes()[..4]
            .try_into()
            .unwrap_or_default(),
    );
    f64::from(random) / f64::from(u32::MAX)
}

/// How long the service asks to wait: milliseconds, seconds, or until a date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        if let Some(milliseconds) = text(headers, name).and_then(|value| value.trim().parse().ok())
        {
            return Some(Duration::from_millis(milliseconds));
        }
    }
    let value = text(headers, "retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    // The service's own clock, when it says: this machine's may be wrong.
    let now = text(headers, "date")
        .and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date).ok())
        .unwrap_or_else(Timestamp::now);
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::error::ServiceError;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn get() -> Call {
        Call::get("/x", "1")
    }

    fn answered(status: u16, retry_after: Option<Duration>) -> Error {
        Error::from(Box::new(ServiceError {
            status,
            code: "x".to_owned(),
            message: "x".to_owned(),
            target: None,
            details: Vec::new(),
            request_id: None,
            retry_after,
            call: "GET /x".to_owned(),
        }))
    }

    #[test]
    fn reads_every_form_of_retry_after() {
        let seconds = |pairs: &[_]| retry_after(&headers(pairs)).map(|wait| wait.as_millis());
        assert_eq!(seconds(&[("retry-after", "17")]), Some(17_000));
        assert_eq!(
            seconds(&[("x-ms-retry-after-ms", "250"), ("retry-after", "9")]),
            Some(250)
        );
        assert_eq!(seconds(&[("retry-after-ms", "1500")]), Some(1_500));
        assert_eq!(
            seconds(&[
                ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 10:00:20 GMT"),
            ]),
            Some(20_000)
        );
        assert_eq!(
            seconds(&[
                ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                ("retry-after", "Mon, 23 Nov 2026 09:00:00 GMT"),
            ]),
            Some(0)
        );
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[]), None);
    }

    #[test]
    fn waits_at_least_what_was_asked_and_not_much_more() {
        let asked = Duration::from_secs(17);
        for _ in 0..100 {
            let (wait, reason) = Attempts::default()
                .next(&get(), &answered(429, Some(asked)))
                .unwrap();
            assert!(wait >= asked && wait <= asked.mul_f64(1.05), "{wait:?}");
            assert_eq!(reason, Reason::Throttled);
        }
    }

    #[test]
    fn backs_off_and_gives_up() {
        let mut attempts = Attempts::default();
        let mut waits = Vec::new();
        while let Some((wait, _)) = attempts.next(&get(), &answered(503, None)) {
            waits.push(wait);
        }
        assert_eq!(waits.len(), 5);
        assert!(waits[0] <= FIRST_WAIT && waits[4] > waits[0]);
        assert!(waits.iter().sum::<Duration>() < Duration::from_secs(30));
    }

    #[test]
    fn a_conditional_write_is_not_repeated_blindly() {
        let write = Call::patch("/x", "1", serde_json::json!({})).if_match("e");
        assert_eq!(Attempts::default().next(&write, &answered(503, None)), None);
        assert!(
            Attempts::default()
                .next(&write, &answered(429, None))
                .is_some()
        );
    }

    #[test]
    fn what_does_not_pass_is_not_tried_again() {
        for status in [400, 403, 404, 409, 412] {
            assert_eq!(
                Attempts::default().next(&get(), &answered(status, None)),
                None
            );
        }
        assert!(Attempts::default().may_sign_in_again());
    }
}
