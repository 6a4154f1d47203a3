//! A moment by both clocks.

use std::time::{Duration, Instant, SystemTime};

/// Now, or at another time, by the steady clock, which no correction of the time touches, and by the wall clock, which
/// goes on while a machine sleeps.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// By the steady clock.
    pub steady: Instant,
    /// By the wall clock.
    pub wall: SystemTime,
}

impl Moment {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        Self {
            steady: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    /// The time since an earlier moment: the longer of what the two clocks say.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Duration {
        let wall = self.wall.duration_since(earlier.wall);
        let steady = self.steady.saturating_duration_since(earlier.steady);
        steady.max(wall.unwrap_or_default())
    }
}
