//! Why a request is refused: stable codes, and what clients and operators make of them.
//!
//! The status decides what Microsoft's SDKs do: they try 404, 410, 429 and 5xx again, and stop at 400 and 403. So
//! what passes by itself has a status of the first kind with `Retry-After`, and everything that somebody has to
//! change first has one of the second. `docs/reference/podid-nmi.md` has a section for each code.

use std::sync::Arc;

use http::StatusCode;

use crate::domain::matching::Pod;

/// A code: stable, in answers, metrics, logs and events alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// The code's name.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The metadata service's own word for it.
    pub error: &'static str,
    /// The metadata service's own phrase.
    pub phrase: &'static str,
    /// Seconds after which another try makes sense; none when somebody has to change something first.
    pub retry_after: Option<u64>,
    /// Worth an event on the pod.
    pub event: bool,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $status:literal, $error:literal, $phrase:literal, $retry:expr, $event:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Code = Code {
            name: $text, status: $status, error: $error, phrase: $phrase, retry_after: $retry, event: $event,
        };)+
        /// All codes, in the order of the reference.
        pub const ALL: &[Code] = &[$($name),+];
    };
}

codes! {
    /// The header `Metadata: true` is missing.
    NO_METADATA_HEADER = "NoMetadataHeader", 400, "bad_request_102", "Required metadata header not specified", None, false;
    /// The request came through a proxy.
    FORWARDED = "Forwarded", 400, "bad_request", "Request contains the header 'X-Forwarded-For'", None, false;
    /// The path can be read in more than one way.
    BAD_PATH = "BadPath", 400, "invalid_request", "The path cannot be read", None, false;
    /// A parameter is missing, given twice or cannot be read.
    BAD_QUERY = "BadQuery", 400, "invalid_request", "Bad request", None, false;
    /// A body came where none belongs.
    BODY = "Body", 400, "invalid_request", "The request has a body", None, false;
    /// The metadata service has no such path, or pods may not use it.
    UNKNOWN_PATH = "UnknownPath", 404, "not_found", "The requested resource was not found", None, false;
    /// The method is not one that is answered.
    METHOD = "Method", 405, "method_not_allowed", "Only GET is supported", None, false;
    /// Instance metadata is switched off for pods.
    BLOCKED = "Blocked", 403, "forbidden", "Request blocked", None, false;
    /// The host token endpoint is off, or the caller is not the host.
    NOT_HOST = "NotHost", 403, "forbidden", "Only the host may ask here", None, false;
    /// The daemon has not yet heard everything from the API server.
    NOT_READY = "NotReady", 503, "service_unavailable", "Not ready", Some(1), false;
    /// No pod of this node has the caller's address, yet.
    UNKNOWN_CALLER = "UnknownCaller", 503, "unknown_source", "Unknown source", Some(1), false;
    /// The caller's address is the node's.
    HOST_NETWORK = "HostNetwork", 403, "unknown_source", "Unknown source", None, true;
    /// The pod that had the address has ended.
    ENDED = "Ended", 403, "unknown_source", "Unknown source", None, false;
    /// Several pods have the caller's address.
    SHARED_ADDRESS = "SharedAddress", 503, "unknown_source", "Unknown source", Some(5), false;
    /// The pod has no label that names a binding.
    NO_LABEL = "NoLabel", 400, "invalid_request", "Identity not found", None, true;
    /// No binding has the pod's selector.
    NO_BINDING = "NoBinding", 400, "invalid_request", "Identity not found", None, true;
    /// The binding names an identity that is not there.
    NO_IDENTITY = "NoIdentity", 400, "invalid_request", "Identity not found", None, true;
    /// The identity asked for is not bound to the pod.
    NOT_BOUND = "NotBound", 400, "invalid_request", "Identity not found", None, true;
    /// The ids of the request mean different identities.
    CONTRADICTION = "Contradiction", 400, "invalid_request", "Identity not found", None, true;
    /// The identity is bound and not yet on the node's machine.
    NOT_ASSIGNED = "NotAssigned", 503, "service_unavailable", "Identity not ready", Some(5), true;
    /// The node's machine does not hold the identity.
    NOT_ON_NODE = "NotOnNode", 404, "invalid_request", "Identity not found", Some(5), true;
    /// The identity lacks what a token request needs.
    INCOMPLETE = "IncompleteIdentity", 400, "invalid_request", "Identity cannot be used", None, true;
    /// Service principals are switched off.
    NO_SERVICE_PRINCIPALS = "NoServicePrincipals", 400, "invalid_request", "Identity cannot be used", None, true;
    /// The Secret is in another namespace than its identity.
    FOREIGN_SECRET = "ForeignSecret", 403, "forbidden", "Identity cannot be used", None, true;
    /// The Secret cannot be read or does not hold what it should.
    SECRET = "Secret", 400, "invalid_request", "Identity cannot be used", None, true;
    /// The authority is not one that secrets are sent to.
    AUTHORITY = "Authority", 403, "forbidden", "Identity cannot be used", None, true;
    /// Entra or the metadata service refuses for good.
    REFUSED = "Refused", 400, "invalid_request", "The token was refused", None, true;
    /// The metadata service or Entra is being asked too often.
    THROTTLED = "Throttled", 429, "too_many_requests", "Too many requests", Some(5), false;
    /// This pod has too many requests waiting.
    BUSY = "Busy", 429, "too_many_requests", "Too many requests", Some(1), true;
    /// The metadata service is being updated; it is back within 70 seconds.
    UPDATING = "Updating", 410, "gone", "The metadata service is being updated", Some(10), false;
    /// The metadata service or Entra has failed.
    UNAVAILABLE = "Unavailable", 503, "service_unavailable", "The token service is not available", Some(2), false;
    /// The metadata service or Entra did not answer in time.
    TIMEOUT = "Timeout", 504, "service_unavailable", "The token service did not answer", Some(2), false;
}

/// A refusal: its code, and what is wrong in this case.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// The code.
    pub code: Code,
    /// What is wrong, for whoever reads the answer; empty when the phrase says it all.
    pub detail: String,
    /// Another pause than the code's.
    pub retry_after: Option<u64>,
    /// The pod that asked, once that is known.
    pub pod: Option<Arc<Pod>>,
}

impl Refusal {
    /// A refusal with what is wrong.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after: None,
            pod: None,
        }
    }

    /// With the pod that asked.
    #[must_use]
    pub fn of(mut self, pod: &Arc<Pod>) -> Self {
        self.pod = Some(Arc::clone(pod));
        self
    }

    /// With a pause that the service asked for.
    #[must_use]
    pub fn after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds.or(self.retry_after);
        self
    }

    /// Another try may succeed without anybody changing anything.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.code.retry_after.is_some()
    }

    /// The pause to ask the client for, when another try makes sense.
    #[must_use]
    pub fn pause(&self) -> Option<u64> {
        self.code
            .retry_after
            .map(|usual| self.retry_after.unwrap_or(usual))
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The whole of `error_description`.
    #[must_use]
    pub fn description(&self) -> String {
        let Code { name, phrase, .. } = self.code;
        let place = format!("docs/reference/podid-nmi.md#{}", name.to_ascii_lowercase());
        if self.detail.is_empty() {
            return format!("{phrase} (podid {name}, see {place})");
        }
        format!("{phrase}: {} (podid {name}, see {place})", self.detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sdks_try_again_exactly_when_it_can_help() {
        // 404 for an unknown path is no token request; nobody retries those.
        for code in ALL.iter().filter(|code| code.name != "UnknownPath") {
            let retried = matches!(code.status, 404 | 410 | 429 | 500..=599);
            assert_eq!(retried, code.retry_after.is_some(), "{}", code.name);
        }
    }

    #[test]
    fn every_code_has_a_section_of_the_reference() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/podid-nmi.md");
        let text = std::fs::read_to_string(path).unwrap();
        for code in ALL {
            let heading = format!("\n### {}\n", code.name);
            assert_eq!(text.matches(&heading).count(), 1, "{}", code.name);
            let section = text.split(&heading).nth(1).unwrap();
            let line = section.trim_start().lines().next().unwrap_or_default();
            assert!(
                line.starts_with(&format!("{}", code.status)),
                "{}: {line}",
                code.name
            );
        }
        assert_eq!(text.matches("\n### ").count(), ALL.len());
    }

    #[test]
    fn a_longer_pause_is_passed_on_and_a_permanent_refusal_has_none() {
        let busy = Refusal::new(THROTTLED, "").after(Some(30));
        assert_eq!(busy.pause(), Some(30));
        assert_eq!(Refusal::new(NO_LABEL, "").after(Some(30)).pause(), None);
    }
}
