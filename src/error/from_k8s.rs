//! Kubernetes errors as a user reads them.

use super::{Error, Kind};
use crate::k8s;

impl From<k8s::Error> for Error {
    fn from(error: k8s::Error) -> Self {
        let kind = if error.is_not_found() {
            Kind::NotFound
        } else if error.is_conflict() {
            Kind::Conflict
        } else if error.is_forbidden() {
            Kind::Permission
        } else if is_usage(&error) {
            Kind::Usage
        } else {
            Kind::Failed
        };
        let mut told = Error::new(kind, capitalised(&error.to_string()));
        told.hints = error.hints();
        told
    }
}

/// The kubeconfig or context that was named cannot be used.
fn is_usage(error: &k8s::Error) -> bool {
    matches!(
        error,
        k8s::Error::NoKubeconfig { .. }
            | k8s::Error::Kubeconfig { .. }
            | k8s::Error::UnknownContext { .. }
            | k8s::Error::NoCurrentContext { .. }
            | k8s::Error::CrdsMissing { .. }
    )
}

pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
