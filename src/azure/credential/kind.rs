//! The names of the ways to sign in.

use std::fmt;
use std::str::FromStr;

/// A way to sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// The first that works, in the documented order.
    #[default]
    Auto,
    /// The account the Azure CLI is signed in with.
    Cli,
    /// The managed identity of this machine.
    ManagedIdentity,
    /// A Kubernetes service account token, federated with an application.
    WorkloadIdentity,
    /// An application and its secret.
    ClientSecret,
    /// An application and its certificate.
    ClientCertificate,
}

impl CredentialKind {
    /// All of them, in the order `Auto` tries them, after `Auto` itself.
    pub const ALL: [Self; 6] = [
        Self::Auto,
        Self::ClientSecret,
        Self::ClientCertificate,
        Self::WorkloadIdentity,
        Self::ManagedIdentity,
        Self::Cli,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cli => "cli",
            Self::ManagedIdentity => "managed-identity",
            Self::WorkloadIdentity => "workload-identity",
            Self::ClientSecret => "client-secret",
            Self::ClientCertificate => "client-certificate",
        }
    }
}

impl fmt::Display for CredentialKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A name that is no way to sign in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a way to sign in; choose auto, client-secret, client-certificate, workload-identity, managed-identity or cli"
)]
pub struct UnknownCredentialKind(String);

impl FromStr for CredentialKind {
    type Err = UnknownCredentialKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownCredentialKind(text.to_owned()))
    }
}
