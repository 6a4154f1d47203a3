//! The world's time: real time plus what the control API has advanced.

use jiff::{SignedDuration, Timestamp};

/// A clock that runs with real time and can be advanced.
#[derive(Debug, Default, Clone)]
pub struct Clock {
    ahead: SignedDuration,
}

impl Clock {
    /// The virtual present.
    pub fn now(&self) -> Timestamp {
        // Saturates far beyond any test; an overflow is not worth an error at every caller.
        Timestamp::now()
            .saturating_add(self.ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward.
    pub fn advance(&mut self, seconds: f64) {
        self.ahead = self
            .ahead
            .saturating_add(SignedDuration::from_secs_f64(seconds.max(0.0)));
    }
}

/// A time span from seconds, never negative.
pub fn seconds(value: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(value.clamp(0.0, 1e9))
}

/// `when` plus some seconds.
pub fn after(when: Timestamp, value: f64) -> Timestamp {
    when.saturating_add(seconds(value))
        .unwrap_or(Timestamp::MAX)
}
