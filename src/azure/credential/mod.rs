//! Signing in to Entra, through azure_identity.
//!
//! [`CredentialKind::Auto`] tries, in this order, what the settings make possible:
//!
//! 1. a client secret;
//! 2. a client certificate;
//! 3. workload identity (a federated token file);
//! 4. the managed identity of the machine, when its environment or IMDS answers within a second;
//! 5. the Azure CLI.
//!
//! The first three were configured by someone on purpose, so when one of them fails podid stops
//! there instead of acting as somebody else. Whatever signs in, its token is kept for the life of
//! the process: `az` starts once.

mod certificate;
mod kind;
mod pkcs12;
mod session;
mod sources;

pub(crate) use certificate::CertificateAssertion;
pub use certificate::CertificateError;
pub use kind::{CredentialKind, UnknownCredentialKind};
pub use session::{Attempt, Credential, SignInError};

/// What signing in may use; read from the environment and the command line by the caller.
#[derive(Clone, Default)]
pub struct CredentialSettings {
    /// The tenant (`AZURE_TENANT_ID`).
    pub tenant_id: Option<String>,
    /// The application (`AZURE_CLIENT_ID`), or the client id of a user-assigned identity.
    pub client_id: Option<String>,
    /// The application's secret (`AZURE_CLIENT_SECRET`).
    pub client_secret: Option<String>,
    /// A PEM file with the application's certificate and key (`AZURE_CLIENT_CERTIFICATE_PATH`).
    pub client_certificate_path: Option<String>,
    /// A file with a Kubernetes service account token (`AZURE_FEDERATED_TOKEN_FILE`).
    pub federated_token_file: Option<String>,
    /// App Service's token endpoint (`IDENTITY_ENDPOINT`): when set, IMDS is not looked for.
    pub identity_endpoint: Option<String>,
    /// The secret of that endpoint (`IDENTITY_HEADER`); azure_identity reads it by itself.
    pub identity_header: Option<String>,
    /// The resource id of a user-assigned identity to use as the machine's managed identity.
    pub managed_identity_resource_id: Option<String>,
    /// The subscription whose account the Azure CLI should use.
    pub cli_subscription: Option<String>,
}

impl std::fmt::Debug for CredentialSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secret is left out on purpose.
        f.debug_struct("CredentialSettings")
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .field("client_certificate_path", &self.client_certificate_path)
            .field("federated_token_file", &self.federated_token_file)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
