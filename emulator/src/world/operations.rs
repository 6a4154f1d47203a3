//! Long-running operations and their status.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::World;
use super::clock::after;
use super::settings::RetryAfter;
use crate::arm::error::ArmError;

/// How a client follows an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationStyle {
    /// A status document at the URL in `Azure-AsyncOperation`.
    AzureAsync,
    /// The URL in `Location` answers 202 until the operation is done.
    Location,
}

/// How an operation ends, before its completion runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Succeeded,
    /// With an error: the completion must leave the resource as a failed operation does.
    Failed(ArmError),
    /// Cancelled.
    Canceled(ArmError),
}

impl Outcome {
    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Succeeded)
    }

    /// The word for `provisioningState` and `status`.
    pub fn state(&self) -> &'static str {
        match self {
            Self::Succeeded => "Succeeded",
            Self::Failed(_) => "Failed",
            Self::Canceled(_) => "Canceled",
        }
    }
}

/// Ends an operation: changes the world and gives the result, or the error that makes it fail.
pub type Completion = Box<dyn FnOnce(&mut World, Outcome) -> Result<Value, ArmError> + Send>;

/// What a provider says to start an operation.
pub struct NewOperation {
    /// The subscription of the status URL.
    pub subscription: String,
    /// The location of the status URL.
    pub location: String,
    /// The resource worked on.
    pub resource_id: String,
    /// The kind, for settings and faults: `vmss-identity`, `managed-cluster`, `agent-pool`...
    pub kind: String,
    /// The namespace of the status URL, such as `Microsoft.Compute`.
    pub provider: String,
    /// Seconds it takes in Azure, before the time scale.
    pub duration_s: f64,
    /// How clients follow it.
    pub style: OperationStyle,
    /// Runs when it ends.
    pub complete: Completion,
}

/// The state of an operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// Not ended.
    InProgress,
    /// Ended well, with its result.
    Succeeded(Value),
    /// Ended badly.
    Failed(ArmError),
    /// Cancelled.
    Canceled(ArmError),
}

/// An operation.
pub struct Operation {
    /// Its GUID.
    pub id: String,
    /// The resource worked on.
    pub resource_id: String,
    /// Its kind.
    pub kind: String,
    /// The namespace of its status URL.
    pub provider: String,
    /// The subscription of its status URL.
    pub subscription: String,
    /// How clients follow it.
    pub style: OperationStyle,
    /// When it began.
    pub started: Timestamp,
    /// When it ends, if nothing holds it.
    pub due: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its state.
    pub status: Status,
    /// Effects it waits for.
    pub holds: u32,
    /// Object id of who started it.
    pub started_by: Option<String>,
    /// Which `Retry-After` its replies carry.
    pub retry_after: RetryAfter,
    outcome: Outcome,
    complete: Option<Completion>,
    /// The end it reached while something still held it.
    reached: Option<Status>,
}

/// All operations.
#[derive(Default)]
pub struct Operations {
    by_id: BTreeMap<String, Operation>,
    order: Vec<String>,
    /// An outcome a fault forces on the next operation started.
    pub forced: Option<Outcome>,
    /// A `Retry-After` a fault forces on the next operation started.
    pub forced_retry_after: Option<RetryAfter>,
    /// Object id of the caller whose request is being handled.
    pub caller: Option<String>,
    /// The operation whose completion is running.
    ending: Option<String>,
}

impl Operations {
    /// The operation with this GUID.
    pub fn get(&self, id: &str) -> Option<&Operation> {
        self.by_id.get(&id.to_lowercase())
    }

    /// Every operation, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.order.iter().filter_map(|id| self.by_id.get(id))
    }

    /// The operation under way on a resource, if any.
    pub fn running_on(&self, resource_id: &str) -> Option<&Operation> {
        self.iter().find(|operation| {
            operation.status == Status::InProgress
                && operation.resource_id.eq_ignore_ascii_case(resource_id)
        })
    }

    /// When the next operation ends, of those that nothing holds.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.iter()
            .filter(|o| o.status == Status::InProgress && o.holds == 0)
            .map(|o| o.due)
            .min()
    }

    /// Keeps an operation open until `release` is called as often.
    pub fn hold(&mut self, id: &str) {
        if let Some(operation) = self.by_id.get_mut(id) {
            operation.holds += 1;
        }
    }

    /// Undoes one `hold`.
    pub fn release(&mut self, id: &str) {
        if let Some(operation) = self.by_id.get_mut(id) {
            operation.holds = operation.holds.saturating_sub(1);
        }
    }

    /// Keeps the operation whose completion is running open until [`World::release_operation`]; gives its id.
    pub fn hold_ending(&mut self) -> Option<String> {
        let id = self.ending.clone()?;
        self.hold(&id);
        Some(id)
    }

    fn take_due(&mut self, now: Timestamp) -> Option<(String, Completion, Outcome)> {
        let id = self
            .iter()
            .filter(|o| o.status == Status::InProgress && o.holds == 0 && o.due <= now)
            .filter(|o| o.complete.is_some())
            .min_by_key(|o| o.due)
            .map(|o| o.id.clone())?;
        let operation = self.by_id.get_mut(&id)?;
        let complete = operation.complete.take()?;
        Some((id, complete, operation.outcome.clone()))
    }
}

/// A started operation: what the reply that starts it needs.
#[derive(Debug, Clone)]
pub struct OperationHandle {
    /// The operation's GUID.
    pub id: String,
    style: OperationStyle,
    path: String,
    retry_after: RetryAfter,
    now: Timestamp,
}

impl OperationHandle {
    /// The headers that tell a client how to follow the operation.
    pub fn headers(&self, base_url: &str, api_version: &str) -> Vec<(String, String)> {
        let url = format!("{base_url}{}?api-version={api_version}", self.path);
        let name = match self.style {
            OperationStyle::AzureAsync => "Azure-AsyncOperation",
            OperationStyle::Location => "Location",
        };
        let mut headers = vec![(name.to_owned(), url)];
        headers.extend(retry_after_header(self.retry_after, self.now));
        headers
    }
}

/// `Retry-After` as the policy wants it.
pub fn retry_after_header(policy: RetryAfter, now: Timestamp) -> Option<(String, String)> {
    let value = match policy {
        RetryAfter::Missing => return None,
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        #[allow(clippy::cast_precision_loss)] // whole seconds far below 2^52
        RetryAfter::Date(seconds) => http_date(after(now, seconds as f64)),
    };
    Some(("Retry-After".into(), value))
}

/// A date as HTTP writes it.
pub fn http_date(when: Timestamp) -> String {
    when.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

impl World {
    /// Starts an operation. It ends on a later tick, even when it takes no time.
    pub fn start_operation(&mut self, new: NewOperation) -> OperationHandle {
        let now = self.now();
        let id = uuid::Uuid::new_v4().to_string();
        let due = after(now, self.settings.duration(&new.kind, new.duration_s));
        let outcome = self.operations.forced.take().unwrap_or(Outcome::Succeeded);
        let forced = self.operations.forced_retry_after.take();
        let retry_after = forced.unwrap_or(self.settings.retry_after);
        let leaf = match new.style {
            OperationStyle::AzureAsync => "operations",
            OperationStyle::Location => "operationresults",
        };
        let path = format!(
            "/subscriptions/{}/providers/{}/locations/{}/{leaf}/{id}",
            new.subscription, new.provider, new.location
        );
        let operation = Operation {
            id: id.clone(),
            resource_id: new.resource_id,
            kind: new.kind,
            provider: new.provider,
            subscription: new.subscription,
            style: new.style,
            started: now,
            due,
            ended: None,
            status: Status::InProgress,
            holds: 0,
            started_by: self.operations.caller.clone(),
            retry_after,
            outcome,
            complete: Some(new.complete),
            reached: None,
        };
        self.operations.order.push(id.clone());
        self.operations.by_id.insert(id.clone(), operation);
        OperationHandle {
            id,
            style: new.style,
            path,
            retry_after,
            now,
        }
    }

    /// Ends every operation whose time has come.
    pub fn tick(&mut self) {
        while let Some((id, complete, outcome)) = self.operations.take_due(self.now()) {
            self.operations.ending = Some(id.clone());
            let result = complete(self, outcome.clone());
            self.operations.ending = None;
            let status = match (outcome, result) {
                (Outcome::Succeeded, Ok(value)) => Status::Succeeded(value),
                (Outcome::Succeeded, Err(error)) | (Outcome::Failed(error), _) => {
                    Status::Failed(error)
                }
                (Outcome::Canceled(error), _) => Status::Canceled(error),
            };
            if let Some(operation) = self.operations.by_id.get_mut(&id) {
                operation.reached = Some(status);
            }
            self.settle(&id);
        }
    }

    /// Undoes one hold of an operation, which ends when it was the last and the operation's work is done.
    pub fn release_operation(&mut self, id: &str) {
        self.operations.release(id);
        self.settle(id);
    }

    fn settle(&mut self, id: &str) {
        let now = self.now();
        if let Some(operation) = self.operations.by_id.get_mut(id)
            && operation.holds == 0
            && let Some(status) = operation.reached.take()
        {
            operation.status = status;
            operation.ended = Some(now);
        }
    }
}
