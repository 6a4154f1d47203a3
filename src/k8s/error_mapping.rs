//! From kube's errors to ours: what the server said, or why it could not be heard.

use std::error::Error as StdError;
use std::io;

use kube::client::AuthError;
use kube::core::Status;

use super::crd;
use super::error::Error;
use super::exec::PluginError;
use super::operation::Operation;

/// Adds what was asked to whatever kube reports.
pub(crate) trait Explain<T> {
    /// Turns kube's error into ours.
    fn explain(self, operation: impl FnOnce() -> Operation) -> Result<T, Error>;
}

impl<T> Explain<T> for Result<T, kube::Error> {
    fn explain(self, operation: impl FnOnce() -> Operation) -> Result<T, Error> {
        self.map_err(|error| from_kube(error, operation()))
    }
}

fn from_kube(error: kube::Error, operation: Operation) -> Error {
    match error {
        kube::Error::Api(status) => from_status(&status, operation),
        kube::Error::Auth(error) => from_auth(&error),
        kube::Error::Service(error) => from_transport(&*error, operation),
        kube::Error::HyperError(error) => from_transport(&error, operation),
        kube::Error::ReadEvents(error) => from_transport(&error, operation),
        other => Error::Protocol {
            operation,
            message: other.to_string(),
        },
    }
}

fn from_status(status: &Status, operation: Operation) -> Error {
    let message = status.message.clone();
    match status.code {
        401 => Error::Unauthorized { operation },
        403 if has_cause(status, "NamespaceTerminating") => Error::NamespaceTerminating {
            namespace: operation.namespace.unwrap_or_default().into(),
        },
        403 => Error::Forbidden { operation, message },
        404 => not_found(status, operation),
        409 => conflict(status, operation),
        400 | 422 => Error::Invalid { operation, message },
        code => Error::Api {
            operation,
            code,
            message,
        },
    }
}

/// A path that no resource serves answers a bare 404; a missing object answers a `Status` with details.
fn not_found(status: &Status, operation: Operation) -> Error {
    let kind = status
        .details
        .as_ref()
        .map_or("", |details| details.kind.as_str());
    let of_ours = operation.resource.ends_with(crd::GROUP);
    if of_ours && (status.reason != "NotFound" || operation.name.is_none()) {
        return Error::CrdsMissing {
            missing: vec![operation.resource.into()],
        };
    }
    if kind == "namespaces" && !operation.resource.starts_with("namespaces") {
        return Error::NamespaceNotFound {
            namespace: operation.namespace.unwrap_or_default().into(),
        };
    }
    Error::NotFound { operation }
}

fn conflict(status: &Status, operation: Operation) -> Error {
    let causes = status
        .details
        .as_ref()
        .map(|details| details.causes.as_slice());
    let (mut managers, mut fields) = (Vec::new(), Vec::new());
    for cause in causes.unwrap_or_default() {
        if cause.reason != "FieldManagerConflict" {
            continue;
        }
        if let Some(manager) = cause.message.split('"').nth(1) {
            push_once(&mut managers, manager);
        }
        push_once(&mut fields, &cause.field);
    }
    if managers.is_empty() {
        let message = status.message.clone();
        return Error::Conflict { operation, message };
    }
    Error::OwnedByOthers {
        operation,
        managers,
        fields,
    }
}

fn push_once(list: &mut Vec<String>, item: &str) {
    if !list.iter().any(|there| there == item) {
        list.push(item.to_owned());
    }
}

fn has_cause(status: &Status, reason: &str) -> bool {
    status
        .details
        .as_ref()
        .is_some_and(|details| details.causes.iter().any(|cause| cause.reason == reason))
}

/// Explains a failed sign-in, without what may be secret in it.
pub(crate) fn from_auth(error: &AuthError) -> Error {
    let message = match error {
        AuthError::InvalidBearerToken(_) | AuthError::InvalidBasicAuth(_) => {
            "the credential holds characters that HTTP does not allow".to_owned()
        }
        other => other.to_string(),
    };
    Error::SignIn { message }
}

/// A request that got no answer, and from whom.
#[derive(Debug, thiserror::Error)]
#[error("no answer from {server}")]
pub(crate) struct NoAnswer {
    /// Address of the API server.
    pub(crate) server: String,
    /// What the connection, TLS or the sign-in said.
    #[source]
    pub(crate) source: tower::BoxError,
}

/// Explains why no answer came.
fn from_transport(error: &(dyn StdError + 'static), operation: Operation) -> Error {
    let mut current = Some(error);
    let mut last = error.to_string();
    let mut server = String::new();
    while let Some(error) = current {
        if let Some(no_answer) = error.downcast_ref::<NoAnswer>() {
            server.clone_from(&no_answer.server);
        }
        if let Some(plugin) = error.downcast_ref::<PluginError>() {
            return plugin.clone().into();
        }
        if let Some(auth) = error.downcast_ref::<AuthError>() {
            return from_auth(auth);
        }
        if let Some(tls) = tls_error(error) {
            return Error::Tls {
                server,
                message: tls.to_string(),
            };
        }
        if let Some(kube::Error::Auth(auth)) = error.downcast_ref::<kube::Error>() {
            return from_auth(auth);
        }
        last = error.to_string();
        current = error.source();
    }
    Error::Unreachable {
        server,
        message: format!("{last} ({operation})"),
    }
}

/// The TLS error that `error` is or wraps.
pub(crate) fn tls_error<'e>(error: &'e (dyn StdError + 'static)) -> Option<&'e rustls::Error> {
    // An io::Error that wraps an error hides it from `source`, which answers the source of the wrapped one.
    error.downcast_ref::<rustls::Error>().or_else(|| {
        let wrapped = error.downcast_ref::<io::Error>()?.get_ref()?;
        tls_error(wrapped)
    })
}
