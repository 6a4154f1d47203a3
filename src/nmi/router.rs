//! From a request to its handler, and from what the handler says to the answer, the log and the counters.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};

use super::answer::{Answer, Body, refused};
use super::daemon::Daemon;
use super::handlers::{Asked, host_token, metadata, token};
use super::refusal::{self, Refusal};
use crate::domain::metadata_path::{MetadataPath, Route};

/// Largest body of the few requests that may have one: acknowledged events of a node.
const LARGEST_BODY: usize = 16 * 1024;
/// Time for such a body to come.
const BODY_LIMIT: Duration = Duration::from_secs(10);

/// Answers a request from `peer`.
pub async fn answer(daemon: &Daemon, peer: IpAddr, request: Request<Incoming>) -> Response<Body> {
    let before = Instant::now();
    let path = MetadataPath::parse(request.uri().path());
    let route = path.as_ref().map_or("bad", |path| name(path.route));
    let result = match path {
        Ok(path) => handle(daemon, peer, path, request).await,
        Err(error) => Err(Refusal::new(refusal::BAD_PATH, error.to_string())),
    };
    let took = before.elapsed();
    match result {
        Ok(answer) => {
            daemon.metrics.request(route, answer.outcome, took);
            told(route, peer, &answer, took);
            answer.response
        }
        Err(refusal) => {
            daemon.metrics.request(route, refusal.code.name, took);
            let pod = refusal.pod.as_deref();
            tracing::info!(
                route, %peer, outcome = refusal.code.name, status = refusal.code.status,
                namespace = pod.map(|pod| pod.key.namespace.as_str()), pod = pod.map(|pod| pod.key.name.as_str()),
                micros = micros(took), detail = refusal.detail, "refused"
            );
            daemon.events.refused(&refusal);
            refused(&refusal)
        }
    }
}

fn told(route: &str, peer: IpAddr, answer: &Answer, took: Duration) {
    let pod = answer.pod.as_ref();
    tracing::info!(
        route, %peer, outcome = answer.outcome, status = answer.response.status().as_u16(),
        namespace = pod.map(|pod| pod.namespace.as_str()), pod = pod.map(|pod| pod.name.as_str()),
        identity = answer.identity.as_ref().map(ToString::to_string), micros = micros(took), "answered"
    );
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

fn name(route: Route) -> &'static str {
    match route {
        Route::Token => "token",
        Route::Info => "info",
        Route::HostToken => "host_token",
        Route::Instance => "instance",
        Route::Metadata => "metadata",
        Route::Unknown => "unknown",
    }
}

async fn handle(
    daemon: &Daemon,
    peer: IpAddr,
    path: MetadataPath,
    request: Request<Incoming>,
) -> Result<Answer, Refusal> {
    let route = path.route;
    check_headers(route, request.headers())?;
    if route == Route::Unknown {
        return Err(Refusal::new(refusal::UNKNOWN_PATH, ""));
    }
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let asked = Asked {
        peer,
        body: read(daemon, peer, route, &parts.method, body).await?,
        method: parts.method,
        path,
        query,
        headers: parts.headers,
    };
    match route {
        Route::Token => token::answer(daemon, &asked).await,
        Route::HostToken => host_token::answer(daemon, &asked).await,
        Route::Info | Route::Instance | Route::Metadata => metadata::answer(daemon, &asked).await,
        Route::Unknown => Err(Refusal::new(refusal::UNKNOWN_PATH, "")),
    }
}

/// The metadata service's own guard against requests that somebody talked a server into.
fn check_headers(route: Route, headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.contains_key("x-forwarded-for") {
        return Err(Refusal::new(refusal::FORWARDED, ""));
    }
    if route == Route::HostToken {
        // Drivers do not send it; those headers that they must send guard as well.
        return Ok(());
    }
    let mut values = headers.get_all("metadata").iter();
    let is_true = values
        .next()
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
    if !is_true || values.next().is_some() {
        return Err(Refusal::new(refusal::NO_METADATA_HEADER, ""));
    }
    Ok(())
}

/// Reads the body, of those alone that may send one: memory is kept for nobody else's.
async fn read(
    daemon: &Daemon,
    peer: IpAddr,
    route: Route,
    method: &Method,
    body: Incoming,
) -> Result<Bytes, Refusal> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    if *method != Method::POST {
        return Err(Refusal::new(refusal::BODY, ""));
    }
    if route != Route::Metadata || !metadata::may_write(daemon, peer) {
        return Err(Refusal::new(refusal::METHOD, ""));
    }
    let whole = Limited::new(body, LARGEST_BODY).collect();
    let whole = tokio::time::timeout(BODY_LIMIT, whole).await;
    let too_much = || {
        Refusal::new(
            refusal::BODY,
            "the body is too large or did not come in time",
        )
    };
    let whole = whole.map_err(|_| too_much())?.map_err(|_| too_much())?;
    Ok(whole.to_bytes())
}
