//! Long-running operations.
//!
//! ARM answers a long write before it is done and says where to look: `Azure-AsyncOperation`, else
//! `Location`, else the resource's own `provisioningState`. Guarantees of [`Client::wait`]: the
//! write is sent once; no token follows a link off Resource Manager; passing trouble while polling
//! does not end the wait; an operation that failed is an error, never a success.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use url::Url;

use super::client::{Call, Client, Method, Response, split_error};
use super::error::Error;

const FIRST_POLL: Duration = Duration::from_millis(250);
const SLOWEST_POLL: Duration = Duration::from_millis(1_500);

/// A write that the service took.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The HTTP status.
    pub status: u16,
    /// The resource as the answer shows it; `Null` when it shows none.
    pub body: Value,
    /// What still goes on; nothing when the write is done.
    pub operation: Option<Operation>,
}

/// A write that goes on.
#[derive(Debug, Clone)]
pub struct Operation {
    method: Method,
    path: String,
    api_version: String,
    poll: Poll,
    retry_after: Option<Duration>,
}

#[derive(Debug, Clone)]
enum Poll {
    AsyncOperation(Url),
    Location(Url),
    Resource,
}

/// What a poll found.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// The state in the service's words, e.g. `InProgress` or `Updating`.
    pub state: String,
    /// The time since waiting began.
    pub elapsed: Duration,
    /// How far it is, when the service says.
    pub percent: Option<f64>,
}

impl Operation {
    /// Where the state can be read, for a person to follow; nothing when only the resource says.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        match &self.poll {
            Poll::AsyncOperation(url) | Poll::Location(url) => Some(url),
            Poll::Resource => None,
        }
    }

    /// The path of the resource that changes.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.path
    }
}

/// What one poll means.
enum Finding {
    Pending {
        state: String,
        percent: Option<f64>,
        retry_after: Option<Duration>,
    },
    Done(Option<Value>),
    /// The service forgot the operation; the resource itself still knows.
    Gone,
}

impl Client {
    /// Sends a write and finds out how to follow it.
    ///
    /// # Errors
    /// See [`Error`]; a link off Resource Manager is refused.
    pub async fn start(&self, call: &Call) -> Result<Accepted, Error> {
        let response = self.send(call).await?;
        let poll = self.poll_of(call, &response)?;
        let operation = poll.map(|poll| Operation {
            method: call.method(),
            path: call.path().to_owned(),
            api_version: call.api_version().to_owned(),
            poll,
            retry_after: response.retry_after(),
        });
        Ok(Accepted {
            status: response.status,
            body: response.body,
            operation,
        })
    }

    fn poll_of(&self, call: &Call, response: &Response) -> Result<Option<Poll>, Error> {
        let state = provisioning_state(&response.body);
        let pending = response.status == 202 || state.is_some_and(|state| !is_terminal(state));
        if let Some(link) = response
            .header("azure-asyncoperation")
            .filter(|_| pending || response.status == 201 || state.is_none())
        {
            return Ok(Some(Poll::AsyncOperation(self.link(call, link)?)));
        }
        if let Some(link) = response
            .header("location")
            .filter(|_| response.status == 202)
        {
            return Ok(Some(Poll::Location(self.link(call, link)?)));
        }
        if let Some(state) = state.filter(|state| is_failure(state)) {
            return Err(failed(state, &response.body, response.request_id()));
        }
        Ok(pending.then_some(Poll::Resource))
    }

    /// Waits until a write is done, telling `on_status` of every poll; gives the resource as it is then.
    ///
    /// # Errors
    /// [`Error::OperationFailed`] when it ends otherwise, [`Error::StillPending`] at the deadline.
    pub async fn wait(
        &self,
        operation: &Operation,
        on_status: &mut (dyn FnMut(&Status) + Send),
    ) -> Result<Option<Value>, Error> {
        let started = Instant::now();
        let mut poll = operation.poll.clone();
        let mut asked = operation.retry_after;
        let mut last_state = "InProgress".to_owned();
        loop {
            let elapsed = started.elapsed();
            if !self
                .rest(asked.take().unwrap_or_else(|| pace(elapsed)))
                .await
            {
                return Err(still_pending(operation, last_state, elapsed));
            }
            match self.poll(operation, &poll).await {
                Ok(Finding::Pending {
                    state,
                    percent,
                    retry_after,
                }) => {
                    on_status(&Status {
                        state: state.clone(),
                        elapsed: started.elapsed(),
                        percent,
                    });
                    last_state = state;
                    asked = retry_after;
                }
                Ok(Finding::Done(body)) => return self.result(operation, body).await,
                Ok(Finding::Gone) => poll = Poll::Resource,
                Err(Error::TimedOut { .. }) => {
                    return Err(still_pending(operation, last_state, started.elapsed()));
                }
                // The operation goes on whether or not podid can see it; when its status stays
                // broken (each poll is tried several times), the resource itself still knows.
                Err(error) if error.is_transient() && self.remaining().is_some() => {
                    if error.status().is_some_and(|status| status >= 500) {
                        poll = Poll::Resource;
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sleeps; not at all when the deadline comes first.
    async fn rest(&self, wait: Duration) -> bool {
        match self.remaining() {
            Some(left) if left.is_zero() => return false,
            // One last look right before the end, even when the service asked for a longer pause.
            Some(left) => tokio::time::sleep(wait.min(left.mul_f64(0.9))).await,
            None => tokio::time::sleep(wait).await,
        }
        self.remaining().is_none_or(|left| !left.is_zero())
    }

    async fn poll(&self, operation: &Operation, poll: &Poll) -> Result<Finding, Error> {
        let call = Call::get(&operation.path, &operation.api_version);
        let answer = match poll {
            Poll::AsyncOperation(url) | Poll::Location(url) => self.follow(&call, url).await,
            Poll::Resource => self.send(&call).await,
        };
        match (poll, answer) {
            (Poll::Resource, Err(error)) if error.is_not_found() => {
                if operation.method == Method::Delete {
                    Ok(Finding::Done(None))
                } else {
                    Err(error)
                }
            }
            (_, Err(error)) if error.is_not_found() => Ok(Finding::Gone),
            (_, Err(error)) => Err(error),
            (Poll::AsyncOperation(_), Ok(response)) => read_async_operation(&call, &response),
            (Poll::Location(_), Ok(response)) => read_location(&response),
            (Poll::Resource, Ok(response)) => read_resource(operation, &response),
        }
    }

    /// The resource after success: read once more, because the operation's own body may be anything.
    async fn result(
        &self,
        operation: &Operation,
        body: Option<Value>,
    ) -> Result<Option<Value>, Error> {
        match operation.method {
            Method::Delete => Ok(None),
            Method::Put | Method::Patch => self
                .get(&operation.path, &operation.api_version)
                .await
                .map(Some),
            Method::Get | Method::Post => Ok(body),
        }
    }
}

fn still_pending(operation: &Operation, state: String, waited: Duration) -> Error {
    Error::StillPending {
        operation_url: operation.url().cloned().map(Box::new),
        state,
        waited,
    }
}

/// Fast at first, then a tenth of the time already waited, and never so slow that the end is seen
/// late: AKS allows two reads of operations a second.
fn pace(elapsed: Duration) -> Duration {
    (elapsed / 10).clamp(FIRST_POLL, SLOWEST_POLL)
}

fn read_async_operation(call: &Call, response: &Response) -> Result<Finding, Error> {
    let Some(state) = response.body.get("status").and_then(Value::as_str) else {
        // Some providers answer 202 without a body while they have nothing to say.
        return if response.status == 202 {
            Ok(pending("InProgress", response))
        } else {
            Err(call.bad_answer("an operation without `status`"))
        };
    };
    finding(state, response, response.body.get("properties").cloned())
}

fn read_location(response: &Response) -> Result<Finding, Error> {
    if response.status == 202 {
        return Ok(pending("InProgress", response));
    }
    let state = response
        .body
        .get("status")
        .and_then(Value::as_str)
        .or_else(|| provisioning_state(&response.body))
        .unwrap_or("Succeeded");
    finding(state, response, Some(response.body.clone()))
}

fn read_resource(operation: &Operation, response: &Response) -> Result<Finding, Error> {
    let state = provisioning_state(&response.body).unwrap_or("Succeeded");
    if operation.method == Method::Delete && is_success(state) {
        // Still there: the deletion has not shown yet.
        return Ok(pending("Deleting", response));
    }
    finding(state, response, Some(response.body.clone()))
}

fn finding(state: &str, response: &Response, body: Option<Value>) -> Result<Finding, Error> {
    if is_success(state) {
        Ok(Finding::Done(body))
    } else if is_failure(state) {
        Err(failed(state, &response.body, response.request_id()))
    } else {
        Ok(pending(state, response))
    }
}

fn pending(state: &str, response: &Response) -> Finding {
    Finding::Pending {
        state: state.to_owned(),
        percent: response.body.get("percentComplete").and_then(Value::as_f64),
        retry_after: response.retry_after(),
    }
}

fn failed(state: &str, body: &Value, request_id: Option<&str>) -> Error {
    // An operation has `error` at its top, a resource sometimes under `properties`.
    let place = match body.pointer("/properties/error") {
        Some(_) if body.get("error").is_none() => &body["properties"],
        _ => body,
    };
    let (code, message) = split_error(place);
    Error::OperationFailed {
        state: state.to_owned(),
        code: code.unwrap_or_else(|| format!("Operation{state}")),
        message: message.unwrap_or_else(|| "the service does not say why".to_owned()),
        request_id: request_id.map(str::to_owned),
    }
}

fn provisioning_state(body: &Value) -> Option<&str> {
    body.pointer("/properties/provisioningState")
        .and_then(Value::as_str)
}

fn is_success(state: &str) -> bool {
    // `Ready`, `Assigned` and the like are final states of single providers; only the common one counts.
    state.eq_ignore_ascii_case("Succeeded")
}

fn is_failure(state: &str) -> bool {
    ["Failed", "Canceled", "Cancelled"]
        .iter()
        .any(|other| state.eq_ignore_ascii_case(other))
}

fn is_terminal(state: &str) -> bool {
    is_success(state) || is_failure(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn polls_fast_first_and_then_in_proportion() {
        assert_eq!(pace(Duration::ZERO), FIRST_POLL);
        assert_eq!(pace(Duration::from_secs(10)), Duration::from_secs(1));
        assert_eq!(pace(Duration::from_mins(10)), SLOWEST_POLL);
    }

    #[test]
    fn states_are_read_in_any_case() {
        assert!(is_success("succeeded") && is_failure("CANCELED") && is_failure("cancelled"));
        assert!(!is_terminal("Updating") && !is_terminal("InProgress"));
    }

    #[test]
    fn a_failure_says_why_wherever_it_stands() {
        let words = |body: Value| failed("Failed", &body, None).to_string();
        assert_eq!(
            words(json!({"status": "Failed", "error": {"code": "A", "message": "b"}})),
            "the operation ended as Failed: b (A)"
        );
        assert_eq!(
            words(json!({"properties": {"error": {"code": "A", "message": "b"}}})),
            "the operation ended as Failed: b (A)"
        );
        assert_eq!(
            words(json!({})),
            "the operation ended as Failed: the service does not say why (OperationFailed)"
        );
    }
}
