//! Retries of what passes by itself: a busy or restarting API server.
//!
//! Guarantees: at most [`ATTEMPTS`] requests for one; `Retry-After` is honoured up to
//! [`LONGEST_WAIT`] and given up on beyond it; a request that may have been carried out is sent again
//! only when repeating it does no harm. Reads and patches qualify: server-side apply is idempotent and
//! a compare-and-swap that won answers "conflict" to its own repetition, after which its caller reads
//! again. A delete does not: its repetition would report that nothing was there.

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode, header::RETRY_AFTER};
use kube::client::{AuthError, Body};
use tower::BoxError;
use tower::retry::Policy;

use super::error_mapping::tls_error;
use super::exec::PluginError;

/// Requests sent for one, the first included.
pub(crate) const ATTEMPTS: u32 = 6;

/// Longest pause between two requests.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(30);

const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The policy, one clone per request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transient {
    sent: u32,
    method: Method,
}

impl Transient {
    fn pause(&self, headers: Option<&HeaderMap>) -> Option<Duration> {
        let asked = headers
            .and_then(|headers| headers.get(RETRY_AFTER))
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.trim().parse().ok())
            .map(Duration::from_secs);
        match asked {
            Some(asked) if asked > LONGEST_WAIT => None,
            Some(asked) if !asked.is_zero() => Some(asked),
            _ => Some(jittered(FIRST_WAIT.saturating_mul(1 << self.sent.min(8)))),
        }
    }

    fn repeatable(&self) -> bool {
        matches!(
            self.method,
            Method::GET | Method::HEAD | Method::PATCH | Method::PUT
        )
    }

    fn passes(&self, status: StatusCode) -> bool {
        match status {
            // The server refused these before it did anything.
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT => self.repeatable(),
            _ => false,
        }
    }
}

/// Between half of `wait` and all of it, so that several callers do not come back together.
fn jittered(wait: Duration) -> Duration {
    let random = RandomState::new().hash_one(wait) % 512;
    let per_mille = u32::try_from(random).unwrap_or(0) + 488;
    (wait * per_mille / 1000).min(LONGEST_WAIT)
}

impl<B> Policy<Request<Body>, Response<B>, BoxError> for Transient {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _request: &mut Request<Body>,
        result: &mut Result<Response<B>, BoxError>,
    ) -> Option<Self::Future> {
        self.sent += 1;
        if self.sent >= ATTEMPTS {
            return None;
        }
        let pause = match result {
            Ok(response) if self.passes(response.status()) => {
                self.pause(Some(response.headers()))?
            }
            Err(error) if self.repeatable() && is_connection_error(error) => self.pause(None)?,
            _ => return None,
        };
        tracing::debug!(
            attempt = self.sent,
            ?pause,
            "the API server is busy or away, trying again"
        );
        Some(tokio::time::sleep(pause))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        self.method = request.method().clone();
        let mut copy = Request::new(request.body().try_clone()?);
        *copy.method_mut() = request.method().clone();
        *copy.uri_mut() = request.uri().clone();
        *copy.version_mut() = request.version();
        *copy.headers_mut() = request.headers().clone();
        *copy.extensions_mut() = request.extensions().clone();
        Some(copy)
    }
}

/// A refused or broken connection, as opposed to a certificate or credential that will not improve, or
/// to a time limit that is already used up.
fn is_connection_error(error: &BoxError) -> bool {
    let mut current: Option<&(dyn Error + 'static)> = Some(&**error);
    while let Some(error) = current {
        let timed_out = error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::TimedOut);
        if timed_out
            || error.is::<PluginError>()
            || error.is::<AuthError>()
            || error.is::<kube::Error>()
            || tls_error(error).is_some()
        {
            return false;
        }
        current = error.source();
    }
    true
}
