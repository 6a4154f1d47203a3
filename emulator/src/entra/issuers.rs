//! Issuers of federated assertions: their keys, given or fetched from their discovery document.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::EntraError;

/// What the emulator was told about an issuer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Issuer {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// Its keys; when absent they are fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// The CA of its HTTPS endpoint, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
}

/// Fetches the keys of an issuer through `{issuer}/.well-known/openid-configuration`.
///
/// # Errors
/// 50166 when it cannot be reached, 90061 when it answers something else than keys.
pub async fn fetch_jwks(issuer: &Issuer) -> Result<Value, EntraError> {
    let unreachable = |error: String| {
        EntraError::bad_request(
            "invalid_request",
            50_166,
            format!("Request to External OIDC endpoint failed: {error}."),
        )
    };
    let client = client(issuer.ca.as_deref()).map_err(unreachable)?;
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.issuer.trim_end_matches('/')
    );
    let document = get(&client, &url).await.map_err(unreachable)?;
    if document["issuer"] != Value::String(issuer.issuer.clone()) {
        return Err(EntraError::bad_request(
            "invalid_request",
            90_061,
            format!(
                "Request to External OIDC endpoint failed: the document at '{url}' is for issuer {}.",
                document["issuer"]
            ),
        ));
    }
    let Some(keys_url) = document["jwks_uri"].as_str() else {
        return Err(EntraError::bad_request(
            "invalid_request",
            90_061,
            format!(
                "Request to External OIDC endpoint failed: the document at '{url}' has no jwks_uri."
            ),
        ));
    };
    get(&client, keys_url).await.map_err(unreachable)
}

async fn get(client: &reqwest::Client, url: &str) -> Result<Value, String> {
    let text = |error: reqwest::Error| format!("{error:#}");
    let response = client.get(url).send().await.map_err(text)?;
    let response = response.error_for_status().map_err(text)?;
    response.json().await.map_err(text)
}

fn client(ca: Option<&str>) -> Result<reqwest::Client, String> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .timeout(Duration::from_secs(5))
        .build()
        .map_err(|error| error.to_string())
}
