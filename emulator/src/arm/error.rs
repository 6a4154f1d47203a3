//! ARM's error envelope.

use serde_json::{Map, Value, json};

use super::request::Reply;

/// An error as ARM answers it: a status and `{"error":{code,message,target?,details?}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmError {
    /// The HTTP status.
    pub status: u16,
    /// The error code, such as `ResourceNotFound`.
    pub code: String,
    /// The sentence for a person.
    pub message: String,
    /// What the error is about, when the service says so.
    pub target: Option<String>,
    /// Inner errors.
    pub details: Vec<ArmError>,
    /// Headers sent with the error, such as `Retry-After`.
    pub headers: Vec<(String, String)>,
}

impl ArmError {
    /// Makes an error from its status, code and message.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            target: None,
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 400 with the given code.
    pub fn bad_request(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// 409 with the given code.
    pub fn conflict(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(409, code, message)
    }

    /// 412 for an `If-Match` that does not hold.
    pub fn precondition_failed(message: impl Into<String>) -> Self {
        Self::new(412, "PreconditionFailed", message)
    }

    /// 404 in ARM's words for a resource inside a resource group.
    pub fn not_found(type_and_name: &str, resource_group: &str) -> Self {
        Self::new(
            404,
            "ResourceNotFound",
            format!(
                "The Resource '{type_and_name}' under resource group '{resource_group}' was not found. \
                 For more details please go to https://aka.ms/ARMResourceNotFoundFix"
            ),
        )
    }

    /// 404 for a resource group that does not exist.
    pub fn group_not_found(name: &str) -> Self {
        Self::new(
            404,
            "ResourceGroupNotFound",
            format!("Resource group '{name}' could not be found."),
        )
    }

    /// 404 for a subscription that does not exist.
    pub fn subscription_not_found(id: &str) -> Self {
        Self::new(
            404,
            "SubscriptionNotFound",
            format!("The subscription '{id}' could not be found."),
        )
    }

    /// 404 for a resource type the provider does not have.
    pub fn unknown_type(namespace: &str, types: &str) -> Self {
        Self::new(
            404,
            "InvalidResourceType",
            format!(
                "The resource type '{types}' could not be found in the namespace '{namespace}'."
            ),
        )
    }

    /// 405 for a method a resource type does not have.
    pub fn method_not_allowed(method: &str) -> Self {
        Self::new(
            405,
            "MethodNotAllowed",
            format!("The request method '{method}' is not supported by this resource."),
        )
    }

    /// Names what the error is about.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Adds an inner error.
    #[must_use]
    pub fn detail(mut self, inner: ArmError) -> Self {
        self.details.push(inner);
        self
    }

    /// Adds a reply header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The inner object: `{code,message,target?,details?}`.
    pub fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("code".into(), json!(self.code));
        body.insert("message".into(), json!(self.message));
        if let Some(target) = &self.target {
            body.insert("target".into(), json!(target));
        }
        if !self.details.is_empty() {
            let details = self.details.iter().map(ArmError::body).collect();
            body.insert("details".into(), Value::Array(details));
        }
        Value::Object(body)
    }

    /// The whole reply.
    pub fn into_reply(self) -> Reply {
        Reply {
            status: self.status,
            body: Some(json!({ "error": self.body() })),
            headers: self.headers,
            delay: std::time::Duration::ZERO,
        }
    }
}
