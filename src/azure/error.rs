//! What can go wrong between podid and Azure, typed so that callers can decide and people can act.

use std::time::Duration;

use url::Url;

use super::cloud;
use super::credential::SignInError;
use crate::domain::resource_id;

/// A failed call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No way of signing in worked.
    #[error(transparent)]
    NotSignedIn(#[from] SignInError),
    /// The service answered with an error.
    #[error(transparent)]
    Service(#[from] Box<ServiceError>),
    /// The service could not be reached.
    #[error("{host} could not be reached")]
    Unreachable {
        /// The host called.
        host: String,
        /// What the transport says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The time of the client was up before an answer came.
    #[error("no answer to {call} within the timeout")]
    TimedOut {
        /// The call, e.g. `GET /subscriptions`.
        call: String,
        /// What the last answer was, when there was one.
        #[source]
        last: Option<Box<Error>>,
    },
    /// The answer is not what the protocol says it is.
    #[error("{call} was answered with something podid cannot read: {detail}")]
    BadAnswer {
        /// The call.
        call: String,
        /// What is wrong with it.
        detail: String,
    },
    /// podid refuses to send a token there.
    #[error(transparent)]
    Refused(#[from] cloud::Refusal),
    /// A text is not a resource id.
    #[error(transparent)]
    ResourceId(#[from] resource_id::ParseError),
    /// A long-running operation goes on, but the time to wait for it is over.
    #[error("the operation is still {state} after {}", seconds(*waited))]
    StillPending {
        /// Where its state can be read; nothing when only the resource itself says.
        operation_url: Option<Box<Url>>,
        /// The state read last.
        state: String,
        /// How long podid waited.
        waited: Duration,
    },
    /// A long-running operation ended without success.
    #[error("the operation ended as {state}: {message} ({code})")]
    OperationFailed {
        /// `Failed` or `Canceled`.
        state: String,
        /// The service's error code.
        code: String,
        /// The service's message.
        message: String,
        /// The request that read the state.
        request_id: Option<String>,
    },
    /// The call was not sent, because podid may not write any more.
    #[error("{call} was not sent: another podid may be writing by now")]
    Withheld {
        /// The call.
        call: String,
    },
    /// A request that podid itself finds wrong.
    #[error("{0}")]
    Invalid(String),
    /// The process cannot make TLS connections, or the CA file cannot be used.
    #[error("{context}")]
    Transport {
        /// What was being set up.
        context: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// An error answer of the service, in ARM's envelope or whatever it sent instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({code}, HTTP {status})")]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// ARM's error code.
    pub code: String,
    /// ARM's message.
    pub message: String,
    /// What the error is about.
    pub target: Option<String>,
    /// The errors inside, as (code, message).
    pub details: Vec<(String, String)>,
    /// The id Microsoft's support asks for.
    pub request_id: Option<String>,
    /// How long the service asked to wait.
    pub retry_after: Option<Duration>,
    /// The call, e.g. `PATCH /subscriptions/...`.
    pub call: String,
}

fn seconds(duration: Duration) -> String {
    format!("{:.0} s", duration.as_secs_f64())
}

impl Error {
    /// The service's answer, when there was one.
    #[must_use]
    pub fn service(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            Self::TimedOut {
                last: Some(last), ..
            } => last.service(),
            _ => None,
        }
    }

    /// The HTTP status of the service's answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.service().map(|error| error.status)
    }

    /// The service's error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::OperationFailed { code, .. } => Some(code),
            _ => self.service().map(|error| error.code.as_str()),
        }
    }

    /// The service's message, or else this error's own words.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::OperationFailed { message, .. } => message.clone(),
            _ => self
                .service()
                .map_or_else(|| self.to_string(), |error| error.message.clone()),
        }
    }

    /// The id Microsoft's support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::OperationFailed { request_id, .. } => request_id.as_deref(),
            _ => self.service().and_then(|error| error.request_id.as_deref()),
        }
    }

    /// Whether the error code, or the code of an error inside, is this one.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        let is = |own: &str| own.eq_ignore_ascii_case(code);
        self.code().is_some_and(is)
            || self
                .service()
                .is_some_and(|error| error.details.iter().any(|(own, _)| is(own)))
    }

    /// Whether the resource, its group or its subscription does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether something else is going on with the resource (409).
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(409)
    }

    /// Whether the resource was changed since it was read (412).
    #[must_use]
    pub fn is_precondition_failed(&self) -> bool {
        self.status() == Some(412)
    }

    /// Whether the service asked to slow down (429).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status() == Some(429)
    }

    /// Whether the signed-in principal lacks a permission, on the resource or on one it links to.
    #[must_use]
    pub fn is_authorization(&self) -> bool {
        matches!(self.status(), Some(401 | 403))
            || self.has_code("LinkedAuthorizationFailed")
            || self.has_code("AuthorizationFailed")
    }

    /// Whether the sign-in failed.
    #[must_use]
    pub fn is_sign_in(&self) -> bool {
        matches!(self, Self::NotSignedIn(_)) || self.status() == Some(401)
    }

    /// Whether what was asked for may still come true.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::StillPending { .. } | Self::TimedOut { .. })
    }

    /// Whether a write that ended so may have been carried out: its answer was lost on the way.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Unreachable { source, .. } => !source
                .downcast_ref::<reqwest::Error>()
                .is_some_and(reqwest::Error::is_connect),
            Self::TimedOut { last: None, .. } | Self::BadAnswer { .. } => true,
            _ => matches!(self.status(), Some(408 | 500 | 502 | 503 | 504)),
        }
    }

    /// Whether another try may succeed: the cause passes by itself.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            _ => matches!(self.status(), Some(408 | 429 | 500 | 502 | 503 | 504)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(status: u16, code: &str) -> Error {
        Error::from(Box::new(ServiceError {
            status,
            code: code.to_owned(),
            message: "words".to_owned(),
            target: None,
            details: vec![("Inner".to_owned(), "inner words".to_owned())],
            request_id: Some("r".to_owned()),
            retry_after: None,
            call: "GET /x".to_owned(),
        }))
    }

    #[test]
    fn answers_are_told_apart() {
        assert!(service(404, "ResourceNotFound").is_not_found());
        assert!(service(409, "OperationNotAllowed").is_conflict());
        assert!(service(412, "PreconditionFailed").is_precondition_failed());
        assert!(service(403, "AuthorizationFailed").is_authorization());
        assert!(service(400, "LinkedAuthorizationFailed").is_authorization());
        assert!(service(503, "x").is_transient() && !service(400, "x").is_transient());
        assert!(service(400, "x").has_code("inner"));
        assert_eq!(service(400, "Bad").to_string(), "words (Bad, HTTP 400)");
    }

    #[test]
    fn a_timeout_keeps_the_last_answer() {
        let error = Error::TimedOut {
            call: "GET /x".to_owned(),
            last: Some(Box::new(service(429, "TooManyRequests"))),
        };
        assert!(error.is_throttled() && error.is_pending());
        assert_eq!(error.request_id(), Some("r"));
    }
}
