//! What operators ask: `/healthz`, `/readyz` and `/metrics`.

use std::fmt::Write as _;

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use super::answer::{Body, text};
use super::daemon::Daemon;
use super::metrics::Now;

/// The listener is for probes and counters, or for counters alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Everything.
    All,
    /// `/metrics` only.
    Metrics,
}

/// Answers an operator.
#[must_use]
pub fn answer(
    daemon: &Daemon,
    offer: Offer,
    stopping: bool,
    request: &Request<Incoming>,
) -> Response<Body> {
    if request.method() != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n".to_owned());
    }
    match (request.uri().path(), offer) {
        ("/metrics", _) => metrics(daemon, stopping),
        ("/healthz", Offer::All) => text(StatusCode::OK, "ok\n".to_owned()),
        ("/readyz", Offer::All) => ready(daemon, stopping),
        _ => text(StatusCode::NOT_FOUND, "not found\n".to_owned()),
    }
}

/// Whether every check passes.
#[must_use]
pub fn is_ready(daemon: &Daemon) -> bool {
    checks(daemon, false).0
}

/// Each check by name, and whether all of them pass.
fn checks(daemon: &Daemon, stopping: bool) -> (bool, String) {
    let mut checks = daemon.cluster.checks();
    checks.push(("redirect", daemon.gate.check()));
    checks.push(("running", stopping.then(|| "stopping".to_owned())));
    let well = checks.iter().all(|(_, problem)| problem.is_none());
    let mut lines = String::new();
    for (name, problem) in checks {
        let _ = match problem {
            None => writeln!(lines, "[+]{name} ok"),
            Some(problem) => writeln!(lines, "[-]{name} failed: {problem}"),
        };
    }
    (well, lines)
}

fn ready(daemon: &Daemon, stopping: bool) -> Response<Body> {
    let (well, lines) = checks(daemon, stopping);
    let status = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    text(status, lines)
}

fn metrics(daemon: &Daemon, stopping: bool) -> Response<Body> {
    let now = Now {
        objects: daemon.cluster.sizes(),
        tokens: daemon.tokens.held(),
        silence: daemon.cluster.silence(),
        restored: daemon.gate.restored(),
        ready: checks(daemon, stopping).0,
    };
    let mut response = text(StatusCode::OK, daemon.metrics.text(now));
    let open =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, open);
    response
}
