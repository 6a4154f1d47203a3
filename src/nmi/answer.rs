//! Answers in the shape of the instance metadata service.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde_json::json;

use super::refusal::Refusal;
use crate::domain::matching::Key;

/// What a failing body says.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// The body of an answer: whole, or passed on piece by piece.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Header with the code of a refusal.
const CODE: HeaderName = HeaderName::from_static("x-podid-code");

/// An answer, and what the log and the metrics say of it.
pub struct Answer {
    /// What the client gets.
    pub response: Response<Body>,
    /// How it ended: a code, or `Ok`.
    pub outcome: &'static str,
    /// The pod that asked.
    pub pod: Option<Key>,
    /// The identity of the token.
    pub identity: Option<Key>,
}

impl Answer {
    /// An answer without a pod.
    #[must_use]
    pub fn plain(response: Response<Body>) -> Self {
        Self {
            response,
            outcome: "Ok",
            pod: None,
            identity: None,
        }
    }
}

/// A body that is all there.
#[must_use]
pub fn whole(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// A JSON answer that nobody stores.
#[must_use]
pub fn json(status: StatusCode, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(whole(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(CONTENT_TYPE, fixed("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, fixed("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    response
}

/// A short text, for operators.
#[must_use]
pub fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(whole(text.into()));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

/// A refusal, as clients of the metadata service read it.
#[must_use]
pub fn refused(refusal: &Refusal) -> Response<Body> {
    let body = json!({
        "error": refusal.code.error,
        "error_description": refusal.description(),
    });
    let mut response = json(refusal.status(), body.to_string().into());
    let headers = response.headers_mut();
    headers.insert(CODE, HeaderValue::from_static(refusal.code.name));
    if let Some(seconds) = refusal.pause() {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}
