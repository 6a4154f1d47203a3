//! Faults: trouble that the control API orders for the next calls that match.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::operations::Outcome;
use super::settings::RetryAfter;
use crate::access::pattern;
use crate::arm::error::ArmError;
use crate::server::incoming::{Incoming, Service};

/// When a connection is dropped or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    /// Before the request is handled: nothing changes.
    Before,
    /// After it was handled: the change is made, the client does not hear of it.
    After,
}

/// How a forced operation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// `Failed`.
    Failed,
    /// `Canceled`.
    Canceled,
}

/// Which calls a fault is for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Matcher {
    /// The HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Part of the path, or with `*` a pattern for all of it; case is ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// Part of the body; case is ignored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// How many matching calls pass first.
    pub skip: u64,
}

impl Matcher {
    fn fits(&self, incoming: &Incoming) -> bool {
        let path = incoming.path.to_lowercase();
        self.method
            .as_ref()
            .is_none_or(|m| m.eq_ignore_ascii_case(incoming.method.as_str()))
            && self
                .service
                .is_none_or(|service| service == incoming.service)
            && self.body.as_ref().is_none_or(|part| {
                let body = String::from_utf8_lossy(&incoming.body).to_lowercase();
                body.contains(&part.to_lowercase())
            })
            && self.path.as_ref().is_none_or(|wanted| {
                if wanted.contains('*') {
                    pattern::matches(wanted, &path)
                } else {
                    path.contains(&wanted.to_lowercase())
                }
            })
    }
}

/// Throttling as a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Throttle {
    /// `Retry-After` in seconds; left out of the reply when null.
    pub retry_after: Option<u64>,
}

/// What happens to a call. Several parts may be given, such as a delay and a status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Action {
    /// Answer with this status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error code, of a status or an operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The message, of a status or an operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Headers of the status.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Wait so many real seconds before anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_seconds: Option<f64>,
    /// Close the connection without a reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drop: Option<Moment>,
    /// Hold the request open until released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hang: Option<Moment>,
    /// The operation the call starts ends so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Ending>,
    /// Answer 429.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
    /// After this write so many reads of the resource still show what was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_reads: Option<u64>,
    /// `Retry-After` of the operation the call starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<RetryAfter>,
}

impl Action {
    /// The outcome it forces on an operation.
    pub fn outcome(&self) -> Option<Outcome> {
        let code = self
            .code
            .clone()
            .unwrap_or_else(|| "InternalExecutionError".into());
        let message = self
            .message
            .clone()
            .unwrap_or_else(|| "An internal execution error occurred.".into());
        self.operation.map(|ending| match ending {
            Ending::Failed => Outcome::Failed(ArmError::conflict(code, message)),
            Ending::Canceled => Outcome::Canceled(ArmError::conflict(code, message)),
        })
    }

    /// The error it answers in place of handling the call.
    pub fn error(&self) -> Option<ArmError> {
        if let Some(throttle) = &self.throttle {
            let mut error = ArmError::new(
                429,
                self.code
                    .clone()
                    .unwrap_or_else(|| "TooManyRequests".into()),
                self.message
                    .clone()
                    .unwrap_or_else(|| "The request is being throttled.".into()),
            );
            if let Some(seconds) = throttle.retry_after {
                error = error.header("Retry-After", seconds.to_string());
            }
            return Some(error);
        }
        self.status.map(|status| {
            let mut error = ArmError::new(
                status,
                self.code
                    .clone()
                    .unwrap_or_else(|| "InternalServerError".into()),
                self.message.clone().unwrap_or_else(|| {
                    "The server encountered an error. Please retry the request.".into()
                }),
            );
            error.headers.extend(self.headers.clone());
            error
        })
    }
}

/// A fault as ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// Which calls.
    #[serde(default, rename = "match")]
    pub matcher: Matcher,
    /// How many calls.
    #[serde(default = "once")]
    pub times: u64,
    /// What happens to them.
    pub action: Action,
}

fn once() -> u64 {
    1
}

/// The faults in wait.
#[derive(Debug, Default)]
pub struct Faults {
    all: Vec<Fault>,
    /// Requests held open now.
    pub hanging: u64,
}

impl Faults {
    /// Orders a fault.
    pub fn add(&mut self, fault: Fault) {
        self.all.push(fault);
    }

    /// The faults in wait.
    pub fn list(&self) -> &[Fault] {
        &self.all
    }

    /// Calls all faults off.
    pub fn clear(&mut self) {
        self.all.clear();
    }

    /// What happens to this call: the first fault that matches and has no more calls to skip.
    pub fn take(&mut self, incoming: &Incoming) -> Action {
        let mut taken = None;
        for fault in &mut self.all {
            if fault.times == 0 || !fault.matcher.fits(incoming) {
                continue;
            }
            if fault.matcher.skip > 0 {
                fault.matcher.skip -= 1;
                continue;
            }
            fault.times -= 1;
            taken = Some(fault.action.clone());
            break;
        }
        self.all.retain(|fault| fault.times > 0);
        taken.unwrap_or_default()
    }
}
