//! Reading an answer of Resource Manager: its body, or the error inside.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::call::Call;
use super::retry::retry_after;
use crate::azure::error::{Error, ServiceError};
use crate::azure::transport::{Reply, request_id};

/// A good answer.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status, 200 to 299.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `Null` when there is none.
    pub body: Value,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may hold a kubeconfig.
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}

impl Response {
    pub(super) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Value::Null,
        }
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        text(&self.headers, name)
    }

    /// The id Microsoft's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// How long the service asks to wait before the next poll.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }

    pub(super) fn read(call: &Call, reply: Reply) -> Result<Self, Error> {
        let body = if reply.body.iter().all(u8::is_ascii_whitespace) {
            Some(Value::Null)
        } else {
            serde_json::from_slice(&reply.body).ok()
        };
        if !(200..300).contains(&reply.status) {
            return Err(Error::from(Box::new(service_error(call, &reply, body))));
        }
        match body {
            Some(body) => Ok(Self {
                status: reply.status,
                headers: reply.headers,
                body,
            }),
            None => Err(call.bad_answer("a body that is not JSON")),
        }
    }
}

pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn service_error(call: &Call, reply: &Reply, body: Option<Value>) -> ServiceError {
    let body = body.unwrap_or_default();
    let (code, message) = split_error(&body);
    let envelope = body.get("error").unwrap_or(&body);
    let details = envelope.get("details").and_then(Value::as_array);
    ServiceError {
        status: reply.status,
        code: code.unwrap_or_else(|| format!("Http{}", reply.status)),
        message: message.unwrap_or_else(|| plain_message(reply)),
        target: envelope
            .get("target")
            .and_then(Value::as_str)
            .map(str::to_owned),
        details: details
            .into_iter()
            .flatten()
            .map(|detail| {
                let (code, message) = split_error(detail);
                (code.unwrap_or_default(), message.unwrap_or_default())
            })
            .collect(),
        request_id: request_id(&reply.headers).map(str::to_owned),
        retry_after: retry_after(&reply.headers),
        call: call.to_string(),
    }
}

/// Code and message of an error, in ARM's envelope, bare (some resource providers), or OAuth's.
pub(crate) fn split_error(body: &Value) -> (Option<String>, Option<String>) {
    let word = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    match body.get("error") {
        Some(Value::String(code)) => (Some(code.clone()), word(body, "error_description")),
        Some(envelope) => (word(envelope, "code"), word(envelope, "message")),
        None => (word(body, "code"), word(body, "message")),
    }
}

/// Something in between (a proxy, a gateway) answers with a page: its first line is the message.
fn plain_message(reply: &Reply) -> String {
    let text = String::from_utf8_lossy(&reply.body);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    match line {
        Some(line) if !line.starts_with('<') => line.chars().take(200).collect(),
        _ => format!(
            "the service answered HTTP {} without saying why",
            reply.status
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<Response, Error> {
        let reply = Reply {
            status,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        Response::read(&Call::get("/x", "v"), reply)
    }

    #[test]
    fn every_shape_of_error_is_read() {
        let error = |body: &str| {
            let error = read(400, body).unwrap_err();
            (error.code().unwrap_or_default().to_owned(), error.message())
        };
        let pair = |code: &str, message: &str| (code.to_owned(), message.to_owned());
        assert_eq!(
            error(r#"{"error":{"code":"A","message":"b"}}"#),
            pair("A", "b")
        );
        assert_eq!(
            error(r#"{"code":"A","message":"b","subcode":""}"#),
            pair("A", "b")
        );
        assert_eq!(
            error(r#"{"error":"a","error_description":"b"}"#),
            pair("a", "b")
        );
        assert_eq!(error("no way\nmore"), pair("Http400", "no way"));
        assert_eq!(
            error("<html>"),
            pair(
                "Http400",
                "the service answered HTTP 400 without saying why"
            )
        );
        assert_eq!(
            error(""),
            pair(
                "Http400",
                "the service answered HTTP 400 without saying why"
            )
        );
    }

    #[test]
    fn details_are_searched_too() {
        let error = read(
            400,
            r#"{"error":{"code":"A","message":"b","target":"t","details":[{"code":"Inner","message":"c"}]}}"#,
        )
        .unwrap_err();
        assert!(error.has_code("Inner"));
        assert_eq!(error.service().unwrap().target.as_deref(), Some("t"));
    }

    #[test]
    fn a_good_answer_must_be_json_or_empty() {
        assert_eq!(read(204, "").unwrap().body, Value::Null);
        assert!(matches!(read(200, "<html>"), Err(Error::BadAnswer { .. })));
    }
}
