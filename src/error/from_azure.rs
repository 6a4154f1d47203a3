//! Azure errors as a user reads them: one table from code to hint.

use super::from_k8s::capitalised;
use super::{Error, Kind};
use crate::azure;
use crate::azure::transport::UNTRUSTED;

impl From<azure::Error> for Error {
    fn from(error: azure::Error) -> Self {
        let message = match &error {
            // What the service said last is a cause of it.
            azure::Error::TimedOut { .. } => error.to_string(),
            _ => error.message(),
        };
        let mut told = Error::new(kind(&error), capitalised(&message));
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            told.causes.push(cause.to_string());
            source = cause.source();
        }
        if told.to_string().contains(UNTRUSTED) {
            told = told.hint("this machine does not trust that certificate: name its authority with PODID_CA_FILE");
        } else {
            told.hints.extend(hint(&error));
        }
        told.code = error.code().map(str::to_owned);
        told.request_id = error.request_id().map(str::to_owned);
        told
    }
}

fn kind(error: &azure::Error) -> Kind {
    match error {
        azure::Error::StillPending { .. } | azure::Error::TimedOut { .. } => Kind::Pending,
        azure::Error::Refused(_) | azure::Error::ResourceId(_) | azure::Error::Invalid(_) => {
            Kind::Usage
        }
        _ if error.is_sign_in() || error.is_authorization() => Kind::Permission,
        _ if error.is_not_found() => Kind::NotFound,
        _ if error.is_conflict() || error.is_precondition_failed() => Kind::Conflict,
        _ => Kind::Failed,
    }
}

fn hint(error: &azure::Error) -> Option<String> {
    if let azure::Error::NotSignedIn(sign_in) = error {
        return Some(sign_in.next_step.clone());
    }
    if let azure::Error::StillPending { .. } = error {
        return Some("it goes on in Azure; run the same command again to see its end, or use a longer --timeout".to_owned());
    }
    if let azure::Error::Unreachable { .. } = error {
        return Some("check the network, the proxy (HTTPS_PROXY, NO_PROXY) and, for a private authority, PODID_CA_FILE".to_owned());
    }
    if error.is_sign_in() {
        return Some("sign in again, and check this machine's clock".to_owned());
    }
    let text = match error.code()? {
        "LinkedAuthorizationFailed" => {
            "grant the role on the identity with `podid role grant --identity-resource-id ID`, run again with --grant, or ask an owner of its resource group"
        }
        "AuthorizationFailed" => {
            "see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes"
        }
        "TooManyRequests" | "Throttled" | "OperationNotAllowed" => {
            "wait a few minutes and run the same command again"
        }
        "SubscriptionNotFound" | "InvalidSubscriptionId" => {
            "check --subscription, and that you are signed in to its tenant"
        }
        "ResourceGroupNotFound" => "check --resource-group and --subscription",
        _ => return None,
    };
    Some(text.to_owned())
}

impl From<azure::cloud::Refusal> for Error {
    fn from(refusal: azure::cloud::Refusal) -> Self {
        Error::usage(capitalised(&refusal.to_string()))
    }
}
