//! One line per request to the API server, for `-v`: method, path, status, time and audit id.
//!
//! Neither query nor headers nor bodies: objects may be secrets.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use http::{Request, Response};
use tower::{Layer, Service};

/// Wraps the connection to one server.
#[derive(Debug, Clone)]
pub(super) struct LogLayer {
    server: Arc<str>,
}

impl LogLayer {
    /// The layer for `server`, its address.
    pub(super) fn new(server: &str) -> Self {
        LogLayer {
            server: server.trim_end_matches('/').into(),
        }
    }
}

impl<S> Layer<S> for LogLayer {
    type Service = Logged<S>;

    fn layer(&self, inner: S) -> Logged<S> {
        Logged {
            inner,
            server: Arc::clone(&self.server),
        }
    }
}

/// A connection whose requests are logged.
#[derive(Debug, Clone)]
pub(super) struct Logged<S> {
    inner: S,
    server: Arc<str>,
}

impl<S, A, B> Service<Request<A>> for Logged<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let line = format!(
            "{} {}{}",
            request.method(),
            self.server,
            request.uri().path()
        );
        let answer = self.inner.call(request);
        Box::pin(async move {
            let started = Instant::now();
            let answer = answer.await;
            let took = started.elapsed().as_millis();
            if let Ok(response) = &answer {
                let (id, status) = (header(response, "audit-id"), response.status().as_u16());
                tracing::debug!(audit_id = id, "{line} {status} in {took} ms");
            } else {
                tracing::debug!("{line} no answer in {took} ms");
            }
            answer
        })
    }
}

fn header<'a, B>(response: &'a Response<B>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}
