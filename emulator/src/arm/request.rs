//! A request and a reply as the resource providers see them.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::Value;

use super::error::ArmError;
use crate::world::directory::Principal;

/// An authenticated ARM request, decoded.
#[derive(Debug, Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The decoded path: no trailing slash, no doubled slashes.
    pub path: String,
    /// The path's parts.
    pub segments: Vec<String>,
    /// The query, decoded, its keys in lower case.
    pub query: BTreeMap<String, String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The JSON body, or null.
    pub body: Value,
    /// Scheme and host the client used, so that links stay there.
    pub base_url: String,
    /// Who asks.
    pub principal: Principal,
    /// The `x-ms-request-id` of the answer.
    pub request_id: String,
}

impl Request {
    /// A request of the resource provider itself, as the seed makes them.
    pub fn system(method: Method, path: &str, api_version: &str, body: Value) -> Self {
        let path = normalise_path(path);
        Self {
            method,
            segments: split(&path),
            path,
            query: BTreeMap::from([("api-version".into(), api_version.into())]),
            headers: HeaderMap::new(),
            body,
            base_url: String::new(),
            principal: Principal::system(),
            request_id: uuid::Uuid::new_v4().to_string(),
        }
    }

    /// The `api-version` of the query.
    pub fn api_version(&self) -> &str {
        self.query("api-version").unwrap_or_default()
    }

    /// A query parameter; the name is compared ignoring case.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .get(&name.to_ascii_lowercase())
            .map(String::as_str)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Checks `If-Match` and `If-None-Match` against a resource's current ETag (`None`: it does not exist).
    ///
    /// # Errors
    /// 412 when the condition does not hold.
    pub fn check_etag(&self, current: Option<&str>) -> Result<(), ArmError> {
        let same = |wanted: &str, etag: &str| {
            wanted
                .split(',')
                .map(|one| one.trim().trim_start_matches("W/").trim_matches('"'))
                .any(|one| one == "*" || one == etag.trim_matches('"'))
        };
        if let Some(wanted) = self.header("if-match")
            && !current.is_some_and(|etag| same(wanted, etag))
        {
            return Err(ArmError::precondition_failed(format!(
                "The condition '{wanted}' in the If-Match header was not satisfied. The current etag is '{}'.",
                current.unwrap_or("none")
            )));
        }
        if let Some(wanted) = self.header("if-none-match")
            && self.method != Method::GET
            && current.is_some_and(|etag| same(wanted, etag))
        {
            return Err(ArmError::precondition_failed(format!(
                "The condition '{wanted}' in the If-None-Match header was not satisfied."
            )));
        }
        Ok(())
    }
}

/// What a handler answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers beyond those every reply has.
    pub headers: Vec<(String, String)>,
    /// The JSON body, if any.
    pub body: Option<Value>,
    /// How long the reply is held back, for writes that take their time.
    pub delay: Duration,
}

impl Reply {
    /// A reply of any status with a body.
    pub fn with(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Some(body),
            delay: Duration::ZERO,
        }
    }

    /// A reply of any status without a body.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
            delay: Duration::ZERO,
        }
    }

    /// 200 with a body.
    pub fn ok(body: Value) -> Self {
        Self::with(200, body)
    }

    /// 201 with a body.
    pub fn created(body: Value) -> Self {
        Self::with(201, body)
    }

    /// 202 without a body.
    pub fn accepted() -> Self {
        Self::empty(202)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::empty(204)
    }

    /// Holds the reply back.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Vec<(String, String)>) -> Self {
        self.headers.extend(headers);
        self
    }
}

/// Decodes a path and folds doubled and trailing slashes, as ARM does.
pub fn normalise_path(path: &str) -> String {
    let mut folded = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty()) {
        folded.push('/');
        folded.push_str(&percent_encoding::percent_decode_str(part).decode_utf8_lossy());
    }
    if folded.is_empty() {
        folded.push('/');
    }
    folded
}

/// The parts of a normalised path.
pub fn split(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Decodes a query; keys become lower case.
pub fn parse_query(query: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(query.as_bytes())
        .map(|(key, value)| (key.to_ascii_lowercase(), value.into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_and_folded() {
        assert_eq!(normalise_path("//a//b%20c/"), "/a/b c");
        assert_eq!(normalise_path("/"), "/");
    }

    #[test]
    fn query_keys_ignore_case() {
        let query = parse_query("API-Version=2024-01-01&$filter=atScope()+and%20x");
        assert_eq!(query["api-version"], "2024-01-01");
        assert_eq!(query["$filter"], "atScope() and x");
    }

    #[test]
    fn if_match_needs_the_current_etag() {
        let mut request = Request::system(Method::PUT, "/x", "1", Value::Null);
        request.headers.insert("if-match", "\"a\"".parse().unwrap());
        assert!(request.check_etag(Some("a")).is_ok());
        assert_eq!(request.check_etag(Some("b")).unwrap_err().status, 412);
        assert_eq!(request.check_etag(None).unwrap_err().status, 412);
    }
}
