//! One credential of azure_identity per way to sign in.

use std::sync::Arc;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::{ClientOptions, Transport as CoreTransport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredential,
    ClientAssertionCredentialOptions, ClientSecretCredential, ClientSecretCredentialOptions,
    ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
    WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use super::certificate::CertificateAssertion;
use super::kind::CredentialKind;
use super::{CertificateError, CredentialSettings};
use crate::azure::cloud::Cloud;
use crate::azure::transport::{Transport, causes};

/// Why a way to sign in is not open.
#[derive(Debug)]
pub(super) enum Closed {
    /// It is not configured; `Auto` goes on to the next.
    Unset(String),
    /// It is configured, wrongly.
    Broken(String),
}

impl Closed {
    pub(super) fn reason(self) -> String {
        match self {
            Self::Unset(reason) | Self::Broken(reason) => reason,
        }
    }
}

type Source = Result<Arc<dyn TokenCredential>, Closed>;

/// Builds the credential of one kind; no network is used yet.
pub(super) fn open(
    kind: CredentialKind,
    settings: &CredentialSettings,
    cloud: &Cloud,
    transport: &Transport,
) -> Source {
    match kind {
        CredentialKind::Auto => Err(Closed::Unset(
            "auto is not a single way to sign in".to_owned(),
        )),
        CredentialKind::ClientSecret => client_secret(settings, cloud, transport),
        CredentialKind::ClientCertificate => client_certificate(settings, cloud, transport),
        CredentialKind::WorkloadIdentity => workload_identity(settings, cloud, transport),
        CredentialKind::ManagedIdentity => managed_identity(settings, cloud, transport),
        CredentialKind::Cli => cli(settings),
    }
}

fn client_options(cloud: &Cloud, transport: &Transport) -> ClientOptions {
    let mut custom = CustomConfiguration::default();
    let authority = cloud.authority().as_str().trim_end_matches('/');
    authority.clone_into(&mut custom.authority_host);
    ClientOptions {
        cloud: Some(Arc::new(CloudConfiguration::from(custom))),
        transport: Some(CoreTransport::new(Arc::new(transport.clone()))),
        ..ClientOptions::default()
    }
}

/// The values, or which of them are missing.
fn require<const N: usize>(values: [(&str, &Option<String>); N]) -> Result<[String; N], Closed> {
    let missing: Vec<_> = values
        .iter()
        .filter(|(_, value)| value.as_deref().unwrap_or_default().is_empty())
        .map(|(name, _)| *name)
        .collect();
    if missing.is_empty() {
        return Ok(values.map(|(_, value)| value.clone().unwrap_or_default()));
    }
    let verb = if missing.len() == 1 { "is" } else { "are" };
    Err(Closed::Unset(format!(
        "{} {verb} not set",
        missing.join(" and ")
    )))
}

fn broken(error: azure_core::Error) -> Closed {
    Closed::Broken(causes(&error))
}

/// The deciding value is set, so something else that is missing is a mistake, not an absence.
fn decided(closed: Closed) -> Closed {
    Closed::Broken(closed.reason())
}

fn client_secret(settings: &CredentialSettings, cloud: &Cloud, transport: &Transport) -> Source {
    require([("AZURE_CLIENT_SECRET", &settings.client_secret)])?;
    let [tenant, client, secret] = require([
        ("AZURE_TENANT_ID", &settings.tenant_id),
        ("AZURE_CLIENT_ID", &settings.client_id),
        ("AZURE_CLIENT_SECRET", &settings.client_secret),
    ])
    .map_err(decided)?;
    let options = ClientSecretCredentialOptions {
        client_options: client_options(cloud, transport),
    };
    let credential =
        ClientSecretCredential::new(&tenant, client, Secret::new(secret), Some(options))
            .map_err(broken)?;
    Ok(credential)
}

fn client_certificate(
    settings: &CredentialSettings,
    cloud: &Cloud,
    transport: &Transport,
) -> Source {
    require([(
        "AZURE_CLIENT_CERTIFICATE_PATH",
        &settings.client_certificate_path,
    )])?;
    let [tenant, client, path] = require([
        ("AZURE_TENANT_ID", &settings.tenant_id),
        ("AZURE_CLIENT_ID", &settings.client_id),
        (
            "AZURE_CLIENT_CERTIFICATE_PATH",
            &settings.client_certificate_path,
        ),
    ])
    .map_err(decided)?;
    let endpoint = cloud
        .authority()
        .join(&format!("/{tenant}/oauth2/v2.0/token"))
        .map_err(|error| Closed::Broken(format!("the tenant `{tenant}` is not valid: {error}")))?;
    let assertion = CertificateAssertion::read(&path, &client, endpoint.to_string())
        .map_err(|error: CertificateError| Closed::Broken(error.to_string()))?;
    let options = ClientAssertionCredentialOptions {
        client_options: client_options(cloud, transport),
    };
    let credential =
        ClientAssertionCredential::new(tenant, client, assertion, Some(options)).map_err(broken)?;
    Ok(credential)
}

fn workload_identity(
    settings: &CredentialSettings,
    cloud: &Cloud,
    transport: &Transport,
) -> Source {
    require([("AZURE_FEDERATED_TOKEN_FILE", &settings.federated_token_file)])?;
    let [tenant, client, file] = require([
        ("AZURE_TENANT_ID", &settings.tenant_id),
        ("AZURE_CLIENT_ID", &settings.client_id),
        ("AZURE_FEDERATED_TOKEN_FILE", &settings.federated_token_file),
    ])
    .map_err(decided)?;
    let options = WorkloadIdentityCredentialOptions {
        credential_options: ClientAssertionCredentialOptions {
            client_options: client_options(cloud, transport),
        },
        client_id: Some(client),
        tenant_id: Some(tenant),
        token_file_path: Some(file.into()),
    };
    let credential = WorkloadIdentityCredential::new(Some(options)).map_err(broken)?;
    Ok(credential)
}

fn managed_identity(settings: &CredentialSettings, cloud: &Cloud, transport: &Transport) -> Source {
    let chosen = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let user_assigned_id = chosen(&settings.managed_identity_resource_id)
        .map(UserAssignedId::ResourceId)
        .or_else(|| chosen(&settings.client_id).map(UserAssignedId::ClientId));
    let options = ManagedIdentityCredentialOptions {
        user_assigned_id,
        client_options: client_options(cloud, transport),
    };
    let credential = ManagedIdentityCredential::new(Some(options)).map_err(broken)?;
    Ok(credential)
}

fn cli(settings: &CredentialSettings) -> Source {
    // With both, az refuses: a subscription belongs to one tenant already.
    let subscription = settings.cli_subscription.clone();
    let tenant_id = match &subscription {
        Some(_) => None,
        None => settings.tenant_id.clone(),
    };
    let options = AzureCliCredentialOptions {
        subscription,
        tenant_id,
        ..AzureCliCredentialOptions::default()
    };
    let credential = AzureCliCredential::new(Some(options)).map_err(broken)?;
    Ok(credential)
}
