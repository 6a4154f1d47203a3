//! What a caller is told while podid waits on Azure.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why podid waits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The service answered 429.
    Throttled,
    /// The service answered with a status that passes (408, 5xx).
    Unavailable(u16),
    /// No answer came: the connection failed or was dropped.
    ConnectionLost,
    /// podid holds back, because the budget of this resource is used up.
    Budget,
    /// A new principal is not known everywhere yet.
    PrincipalNotFound,
}

/// One wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How long.
    pub wait: Duration,
    /// Why.
    pub reason: Reason,
    /// What is tried again after it, e.g. `PATCH /subscriptions/...`.
    pub call: String,
    /// How many times it was tried before.
    pub attempt: u32,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wait = Seconds(self.wait);
        match self.reason {
            Reason::Throttled => write!(f, "ARM asked to wait {wait} (429)"),
            Reason::Unavailable(status) => {
                write!(f, "ARM is not available ({status}), trying again in {wait}")
            }
            Reason::ConnectionLost => {
                write!(f, "the connection to ARM was lost, trying again in {wait}")
            }
            Reason::Budget => write!(f, "waiting {wait} to stay within ARM's limits"),
            Reason::PrincipalNotFound => write!(
                f,
                "the principal is not known to role assignments yet, trying again in {wait}"
            ),
        }
    }
}

struct Seconds(Duration);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < Duration::from_secs(2) {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        } else {
            write!(f, "{:.0} s", self.0.as_secs_f64().ceil())
        }
    }
}

type Listener = dyn Fn(&Notice) + Send + Sync;

/// Whom to tell.
#[derive(Clone, Default)]
pub struct Notices(Option<Arc<Listener>>);

impl Notices {
    /// Tells `listener` of every wait before it begins.
    pub fn new(listener: impl Fn(&Notice) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Tells nobody.
    #[must_use]
    pub fn silent() -> Self {
        Self(None)
    }

    pub(crate) fn tell(&self, notice: &Notice) {
        tracing::debug!(call = notice.call, attempt = notice.attempt, "{notice}");
        if let Some(listener) = &self.0 {
            listener(notice);
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Notices"
        } else {
            "Notices(silent)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_names_seconds_and_status() {
        let mut notice = Notice {
            wait: Duration::from_millis(16_400),
            reason: Reason::Throttled,
            call: "GET /subscriptions".to_owned(),
            attempt: 1,
        };
        assert_eq!(notice.to_string(), "ARM asked to wait 17 s (429)");
        notice.reason = Reason::Unavailable(503);
        notice.wait = Duration::from_millis(480);
        assert_eq!(
            notice.to_string(),
            "ARM is not available (503), trying again in 0.5 s"
        );
    }
}
