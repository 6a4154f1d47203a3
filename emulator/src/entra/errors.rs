//! Entra's error document.

use jiff::Timestamp;
use serde_json::json;

use crate::arm::request::Reply;

/// An error of the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntraError {
    /// 400 or 401.
    pub status: u16,
    /// The OAuth error, such as `invalid_client`.
    pub error: &'static str,
    /// The AADSTS number.
    pub code: u32,
    /// The sentence after the number.
    pub message: String,
}

impl EntraError {
    /// 400.
    pub fn bad_request(error: &'static str, code: u32, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            error,
            code,
            message: message.into(),
        }
    }

    /// 401 `invalid_client`.
    pub fn invalid_client(code: u32, message: impl Into<String>) -> Self {
        Self {
            status: 401,
            error: "invalid_client",
            code,
            message: message.into(),
        }
    }

    /// A parameter that is not there.
    pub fn missing(parameter: &str) -> Self {
        Self::bad_request(
            "invalid_request",
            900_144,
            format!("The request body must contain the following parameter: '{parameter}'."),
        )
    }

    /// The reply.
    pub fn into_reply(self, now: Timestamp, correlation_id: &str) -> Reply {
        let trace = uuid::Uuid::new_v4().to_string();
        let time = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        Reply::with(
            self.status,
            json!({
                "error": self.error,
                "error_description": format!(
                    "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation_id} Timestamp: {time}",
                    self.code, self.message
                ),
                "error_codes": [self.code],
                "timestamp": time,
                "trace_id": trace,
                "correlation_id": correlation_id,
                "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
            }),
        )
    }
}
