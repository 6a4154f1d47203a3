//! The one error a user sees: what happened, why, what to do next.
//!
//! Inside the house `azure::Error` and `k8s::Error` are typed; at the edge they become
//! an [`Error`], whose [`Kind`] decides the exit code.

mod from_azure;
mod from_domain;
mod from_k8s;

use std::fmt;

use serde_json::{Value, json};

/// The result of everything that ends in front of a user.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, seen from a script: each kind has its own exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The work failed; exit code 1.
    Failed,
    /// Wrong usage or refused input, before anything was changed; exit code 2.
    Usage,
    /// Something that was named does not exist; exit code 3.
    NotFound,
    /// Not signed in, or a permission is missing; exit code 4.
    Permission,
    /// Changed meanwhile, or exists with other content; exit code 5.
    Conflict,
    /// Still pending when the time to wait was over; exit code 8.
    Pending,
    /// Interrupted by the user; exit code 130.
    Interrupted,
}

impl Kind {
    /// All kinds, in the order of their exit codes.
    pub const ALL: [Kind; 7] = [
        Kind::Failed,
        Kind::Usage,
        Kind::NotFound,
        Kind::Permission,
        Kind::Conflict,
        Kind::Pending,
        Kind::Interrupted,
    ];

    /// The process exit code of this kind.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Usage => 2,
            Kind::NotFound => 3,
            Kind::Permission => 4,
            Kind::Conflict => 5,
            Kind::Pending => 8,
            Kind::Interrupted => 130,
        }
    }

    /// What it means, for the reference.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Kind::Failed => "The work failed, or only part of it was done.",
            Kind::Usage => "Wrong usage or refused input; nothing was changed.",
            Kind::NotFound => "Something that was named does not exist.",
            Kind::Permission => "Not signed in, or a permission is missing.",
            Kind::Conflict => "Changed by somebody else meanwhile, or exists with other content.",
            Kind::Pending => {
                "Still pending when the time to wait was over; run the same command again."
            }
            Kind::Interrupted => "Interrupted by the user; run the same command again to continue.",
        }
    }

    /// The code of an error that no service gave one.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Kind::Failed => "Failed",
            Kind::Usage => "InvalidInput",
            Kind::NotFound => "NotFound",
            Kind::Permission => "PermissionMissing",
            Kind::Conflict => "Conflict",
            Kind::Pending => "StillPending",
            Kind::Interrupted => "Interrupted",
        }
    }
}

/// An error as a user reads it.
#[derive(Debug, Clone)]
pub struct Error {
    /// Decides the exit code.
    pub kind: Kind,
    /// What happened, one sentence without a final stop.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to do next.
    pub hints: Vec<String>,
    /// The code a service gave, for example `LinkedAuthorizationFailed`.
    pub code: Option<String>,
    /// What the error is about: a resource id, a flag, `namespace/name`.
    pub target: Option<String>,
    /// ARM's request id, for a support case.
    pub request_id: Option<String>,
    /// The single failures behind a partial one.
    pub details: Vec<Error>,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            code: None,
            target: None,
            request_id: None,
            details: Vec::new(),
        }
    }

    /// Refused input.
    pub fn usage(message: impl Into<String>) -> Self {
        Error::new(Kind::Usage, message)
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
        self
    }

    /// Adds a reason below the ones there are.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Names what the error is about.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// Puts `message` in front: what was being done; the former message becomes the first cause.
    #[must_use]
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let former = std::mem::replace(&mut self.message, message.into());
        self.causes.insert(0, former);
        self
    }

    /// Attaches the single failures of a partial one.
    #[must_use]
    pub fn details(mut self, details: Vec<Error>) -> Self {
        self.details = details;
        self
    }

    /// One error for several: the only one as it is, else `message` over all of them.
    ///
    /// The kind is the one they share, else [`Kind::Failed`].
    #[must_use]
    pub fn several(message: impl Into<String>, mut failures: Vec<Error>) -> Self {
        let message = message.into();
        if failures.len() == 1 {
            return failures.remove(0).context(message);
        }
        let first = failures
            .first()
            .map_or(Kind::Failed, |failure| failure.kind);
        let shared = failures.iter().all(|failure| failure.kind == first);
        let kind = if shared { first } else { Kind::Failed };
        Error::new(kind, message).details(failures)
    }

    /// One error for refusals found before anything was changed: the only one as it is, else all
    /// of them together.
    #[must_use]
    pub fn refusals(mut refusals: Vec<Error>) -> Self {
        if refusals.len() == 1 {
            return refusals.remove(0);
        }
        Error::several("Nothing was changed", refusals)
    }

    /// ARM's error envelope, for `--error-format json`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({ "error": self.body() })
    }

    fn body(&self) -> Value {
        let mut message = self.message.clone();
        for cause in &self.causes {
            message.push_str(": ");
            message.push_str(cause);
        }
        let code = self.code.as_deref().unwrap_or_else(|| self.kind.code());
        json!({
            "code": code,
            "message": message,
            "target": self.target,
            "details": self.details.iter().map(Error::body).collect::<Vec<_>>(),
            "hints": self.hints,
            "requestId": self.request_id,
            "exitCode": self.kind.exit_code(),
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_keeps_a_shared_kind() {
        let one = Error::new(Kind::Permission, "a");
        let two = Error::new(Kind::Permission, "b");
        let three = Error::new(Kind::NotFound, "c");
        assert_eq!(
            Error::several("x", vec![one.clone(), two]).kind,
            Kind::Permission
        );
        assert_eq!(
            Error::several("x", vec![one.clone(), three]).kind,
            Kind::Failed
        );
        let only = Error::several("outer", vec![one]);
        assert_eq!(only.to_string(), "outer: a");
    }

    #[test]
    fn json_is_the_arm_envelope() {
        let error = Error::new(Kind::Conflict, "it changed")
            .cause("412")
            .hint("run it again");
        let body = &error.to_json()["error"];
        assert_eq!(body["code"], "Conflict");
        assert_eq!(body["message"], "it changed: 412");
        assert_eq!(body["exitCode"], 5);
    }
}
