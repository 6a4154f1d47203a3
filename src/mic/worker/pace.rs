//! How long a worker waits: longer with each failure, and never all hosts at once.

use std::time::Duration;

/// The times a worker keeps.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Each host is read again after this time, to see what others changed.
    pub drift: Duration,
    /// An identity stays for this time after its last pod has gone, because pods are often replaced.
    pub linger: Duration,
    /// The first wait before an identity that was refused is tried again; doubled each time.
    pub first_probe: Duration,
    /// The longest such wait.
    pub longest_probe: Duration,
    /// The first wait after trouble with a host as a whole; doubled each time.
    pub first_retry: Duration,
    /// The longest such wait, unless the service asks for more.
    pub longest_retry: Duration,
    /// The wait between looks at a host that somebody else is changing.
    pub settle: Duration,
    /// How long one call may take.
    pub call: Duration,
    /// How long an operation is followed before the host is looked at instead.
    pub operation: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            drift: Duration::from_mins(10),
            linger: Duration::from_secs(30),
            first_probe: Duration::from_secs(30),
            longest_probe: Duration::from_mins(15),
            first_retry: Duration::from_secs(1),
            longest_retry: Duration::from_mins(1),
            settle: Duration::from_secs(5),
            call: Duration::from_secs(45),
            operation: Duration::from_mins(30),
        }
    }
}

/// Numbers that differ from host to host (splitmix64): for spreading, nothing secret.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// From 0 to 1.
    fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let top = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(u32::MAX);
        f64::from(top) / f64::from(u32::MAX)
    }

    /// `first`, doubled with each failure up to `longest`; three quarters of it or more.
    pub(super) fn backoff(
        &mut self,
        first: Duration,
        longest: Duration,
        failures: u32,
    ) -> Duration {
        let doubled = first.saturating_mul(1 << failures.saturating_sub(1).min(20));
        doubled.min(longest).mul_f64(0.75 + self.fraction() / 4.0)
    }

    /// `time`, a tenth more or less.
    pub(super) fn around(&mut self, time: Duration) -> Duration {
        time.mul_f64(0.9 + self.fraction() / 5.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoffs_double_up_to_the_longest_and_differ() {
        let mut random = Random::new(7);
        let (first, longest) = (Duration::from_secs(10), Duration::from_mins(5));
        for failures in 1..100 {
            let full = first
                .saturating_mul(1 << (failures - 1).min(10))
                .min(longest);
            let wait = random.backoff(first, longest, failures);
            assert!(wait <= full && wait >= full.mul_f64(0.75), "{wait:?}");
        }
        assert_ne!(
            random.backoff(first, longest, 1),
            random.backoff(first, longest, 1)
        );
    }
}
