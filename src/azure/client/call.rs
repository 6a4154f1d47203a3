//! One call to Resource Manager, before it is sent.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use url::Url;

use crate::azure::error::Error;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Read.
    Get,
    /// Create or replace.
    Put,
    /// Change in part.
    Patch,
    /// Delete.
    Delete,
    /// An action.
    Post,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Post => "POST",
        })
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
            Method::Post => Self::POST,
        }
    }
}

/// Says whether podid may still send; asked at the last moment before each try.
#[derive(Clone)]
pub struct Gate(Arc<dyn Fn() -> bool + Send + Sync>);

impl Gate {
    /// A gate that is open while `open` says so.
    pub fn new(open: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(open))
    }
}

/// One call: method, path, API version and what else goes with it.
#[derive(Clone)]
pub struct Call {
    method: Method,
    path: String,
    api_version: String,
    query: Vec<(String, String)>,
    if_match: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<Value>,
    once: bool,
    gate: Option<Gate>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may hold the secret of a cluster's service principal, a header anything.
        f.debug_struct("Call")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("api_version", &self.api_version)
            .field("if_match", &self.if_match)
            .finish_non_exhaustive()
    }
}

impl Call {
    fn new(method: Method, path: impl AsRef<str>, api_version: &str) -> Self {
        Self {
            method,
            path: path.as_ref().to_owned(),
            api_version: api_version.to_owned(),
            query: Vec::new(),
            if_match: None,
            headers: Vec::new(),
            body: None,
            once: false,
            gate: None,
        }
    }

    /// A read.
    #[must_use]
    pub fn get(path: impl AsRef<str>, api_version: &str) -> Self {
        Self::new(Method::Get, path, api_version)
    }

    /// A creation or replacement.
    #[must_use]
    pub fn put(path: impl AsRef<str>, api_version: &str, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::Put, path, api_version)
        }
    }

    /// A change.
    #[must_use]
    pub fn patch(path: impl AsRef<str>, api_version: &str, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::Patch, path, api_version)
        }
    }

    /// A deletion.
    #[must_use]
    pub fn delete(path: impl AsRef<str>, api_version: &str) -> Self {
        Self::new(Method::Delete, path, api_version)
    }

    /// An action, which must be safe to send twice: it is retried like the others.
    #[must_use]
    pub fn post(path: impl AsRef<str>, api_version: &str, body: Option<Value>) -> Self {
        Self {
            body,
            ..Self::new(Method::Post, path, api_version)
        }
    }

    /// With a query parameter.
    #[must_use]
    pub fn query(mut self, key: &str, value: &str) -> Self {
        self.query.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Whether it is taken only when nobody changed the resource since it was read.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        self.if_match.is_some()
    }

    /// Only when the resource's ETag is still this one.
    #[must_use]
    pub fn if_match(mut self, etag: &str) -> Self {
        self.if_match = Some(etag.to_owned());
        self
    }

    /// Tried once: when it fails the caller decides anew what to send.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Sent only while the gate is open.
    #[must_use]
    pub fn gate(mut self, gate: Gate) -> Self {
        self.gate = Some(gate);
        self
    }

    pub(super) fn is_tried_once(&self) -> bool {
        self.once
    }

    /// Refuses to go on when the gate has closed.
    pub(super) fn check_gate(&self) -> Result<(), Error> {
        match &self.gate {
            Some(Gate(open)) if !open() => Err(Error::Withheld {
                call: self.to_string(),
            }),
            _ => Ok(()),
        }
    }

    /// With a header, such as those of `--aks-custom-headers`.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The API version.
    #[must_use]
    pub fn api_version(&self) -> &str {
        &self.api_version
    }

    /// The body, as `--dry-run` shows it.
    #[must_use]
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    pub(super) fn url(&self, resource_manager: &Url) -> Url {
        let mut url = resource_manager.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{}", self.path.trim_start_matches('/')));
        url.query_pairs_mut()
            .append_pair("api-version", &self.api_version)
            .extend_pairs(&self.query);
        url
    }

    /// Adds what belongs to the call itself: ETag, headers, body.
    pub(super) fn fill(&self, mut request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(etag) = &self.if_match {
            request = request.header("if-match", etag);
        }
        match (&self.body, self.method) {
            (Some(body), _) => request.json(body),
            // Without a body some front ends want the length said.
            (None, Method::Post | Method::Put) => request.header("content-length", "0"),
            (None, _) => request,
        }
    }

    pub(crate) fn bad_answer(&self, detail: &str) -> Error {
        Error::BadAnswer {
            call: self.to_string(),
            detail: detail.to_owned(),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_escaped_and_keep_the_endpoints_path() {
        let base = Url::parse("https://arm.example/base/").unwrap();
        let call = Call::get("/subscriptions/s/resourceGroups/my group", "2021-04-01")
            .query("$filter", "principalId eq 'x&y'");
        assert_eq!(
            call.url(&base).as_str(),
            "https://arm.example/base/subscriptions/s/resourceGroups/my%20group?api-version=2021-04-01&%24filter=principalId+eq+%27x%26y%27"
        );
    }
}
