//! What operators ask: `/healthz`, `/readyz` and `/metrics`.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::feed::Feed;
use super::metrics::Metrics;

/// Connections at most: probes and a scraper.
const MOST: usize = 64;
const HEAD_LIMIT: Duration = Duration::from_secs(10);
const LIFETIME: Duration = Duration::from_mins(5);

/// What is answered from.
pub struct Status {
    /// The watches.
    pub feed: Feed,
    /// The counters.
    pub metrics: Arc<Metrics>,
    /// Longer without a word from the API server, and what is known counts as old.
    pub stale: Duration,
}

/// Answers until dropped.
pub async fn serve(listener: TcpListener, status: Arc<Status>) {
    let free = Arc::new(Semaphore::new(MOST));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(permit) = Arc::clone(&free).try_acquire_owned() else {
            continue;
        };
        let own = Arc::clone(&status);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let answer = answer(&own, &request);
                async move { Ok::<_, Infallible>(answer) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_LIMIT)
                .serve_connection(TokioIo::new(stream), service);
            let _ = tokio::time::timeout(LIFETIME, served).await;
            drop(permit);
        });
    }
}

fn answer(status: &Status, request: &Request<Incoming>) -> Response<Full<Bytes>> {
    if request.method() != Method::GET {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n".to_owned());
    }
    match request.uri().path() {
        "/healthz" => text(StatusCode::OK, "ok\n".to_owned()),
        "/readyz" => ready(status),
        "/metrics" => {
            let mut response = text(StatusCode::OK, status.metrics.text());
            let open = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(open));
            response
        }
        _ => text(StatusCode::NOT_FOUND, "not found\n".to_owned()),
    }
}

/// A standby is ready as well: it has everything it needs to take over.
fn ready(status: &Status) -> Response<Full<Bytes>> {
    let checks = status.feed.checks(status.stale);
    let well = checks.iter().all(|(_, problem)| problem.is_none());
    let mut lines = String::new();
    for (name, problem) in checks {
        let _ = match problem {
            None => writeln!(lines, "[+]{name} ok"),
            Some(problem) => writeln!(lines, "[-]{name} failed: {problem}"),
        };
    }
    let code = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    text(code, lines)
}

fn text(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
