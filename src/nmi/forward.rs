//! Requests that go to the metadata service as they are: metadata without credentials, and excepted pods.
//!
//! What goes there is written anew from the path in its one form, never the bytes that came: both sides read the
//! same path. Answers come back piece by piece; redirects are not followed and not passed on.

use std::time::Duration;

use bytes::Bytes;
use futures::TryStreamExt;
use http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderMap, Method, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use url::Url;

use super::answer::{Body, BodyError};
use super::refusal::{self, Refusal};
use crate::azure::Transport;

/// Time until the answer begins.
const LIMIT: Duration = Duration::from_secs(15);
/// Headers of a request that mean something to the metadata service.
const ASKED: [HeaderName; 3] = [ACCEPT, CONTENT_TYPE, USER_AGENT];
/// Headers of an answer that mean something to the client.
const ANSWERED: [HeaderName; 3] = [CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER];

/// A request to pass on.
#[derive(Debug)]
pub struct Passed<'a> {
    /// The method.
    pub method: Method,
    /// The path in its one form.
    pub path: &'a str,
    /// The query, as it came.
    pub query: &'a str,
    /// The headers, as they came.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Passes requests on.
#[derive(Debug)]
pub struct Forwarder {
    transport: Transport,
    endpoint: Url,
}

impl Forwarder {
    /// To the metadata service at an endpoint.
    #[must_use]
    pub fn new(transport: Transport, endpoint: &Url) -> Self {
        Self {
            transport,
            endpoint: endpoint.clone(),
        }
    }

    /// Passes one request on.
    ///
    /// # Errors
    /// No answer came, or one that leads elsewhere.
    pub async fn pass(&self, passed: Passed<'_>) -> Result<Response<Body>, Refusal> {
        let unavailable = |detail: &str| Refusal::new(refusal::UNAVAILABLE, detail);
        let path = passed.path.trim_start_matches('/');
        let mut url = self
            .endpoint
            .join(path)
            .map_err(|_| Refusal::new(refusal::BAD_PATH, ""))?;
        url.set_query((!passed.query.is_empty()).then_some(passed.query));
        let mut request = self.transport.request(passed.method, url);
        request = request.header("Metadata", "true");
        for name in ASKED {
            if let Some(value) = passed.headers.get(&name) {
                request = request.header(name, value);
            }
        }
        if !passed.body.is_empty() {
            request = request.body(passed.body);
        }
        let answer = tokio::time::timeout(LIMIT, request.send()).await;
        let answer = answer
            .map_err(|_| Refusal::new(refusal::TIMEOUT, ""))?
            .map_err(|_| unavailable("the metadata service gave no answer"))?;
        if answer.status().is_redirection() {
            return Err(unavailable("the metadata service answered with a redirect"));
        }
        let mut response = Response::builder().status(answer.status());
        for name in ANSWERED {
            if let Some(value) = answer.headers().get(&name) {
                response = response.header(name, value);
            }
        }
        // What was read of the answer, not what its head says: the two can differ when it has two lengths.
        if let Some(length) = answer.content_length() {
            response = response.header(CONTENT_LENGTH, length);
        }
        let pieces = answer
            .bytes_stream()
            .map_ok(Frame::data)
            .map_err(|error| -> BodyError { Box::new(error) });
        response
            .body(StreamBody::new(pieces).boxed_unsync())
            .map_err(|_| unavailable("the answer of the metadata service cannot be passed on"))
    }
}
