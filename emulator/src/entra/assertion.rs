//! Client assertions: signed with a registered certificate, or by an issuer the application trusts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;

use super::errors::EntraError;
use super::jwt::Jwt;
use super::keys::VerifyingKey;
use crate::world::World;
use crate::world::directory::{FederatedCredential, ServicePrincipal};

const FEDERATED: &str =
    "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials";

/// Checks an assertion an application signed itself with a registered certificate.
///
/// # Errors
/// The AADSTS error of what is wrong.
pub fn check_certificate(
    principal: &ServicePrincipal,
    jwt: &Jwt,
    audiences: &[String],
    now: i64,
) -> Result<(), EntraError> {
    let client_id = &principal.app_id;
    if jwt.text("iss") != client_id || jwt.text("sub") != client_id {
        return Err(EntraError::invalid_client(
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ));
    }
    check_certificate_signature(principal, jwt)?;
    if !jwt
        .audiences()
        .iter()
        .any(|aud| audiences.iter().any(|a| a == aud))
    {
        return Err(EntraError::invalid_client(
            700_023,
            format!(
                "Client assertion audience claim does not match Realm issuer. Expected one of: {}.",
                audiences.join(", ")
            ),
        ));
    }
    check_time(jwt, now)?;
    if jwt.text("jti").is_empty() {
        return Err(EntraError::bad_request(
            "invalid_request",
            50_027,
            "JWT token is invalid or malformed: 'jti' is missing.",
        ));
    }
    Ok(())
}

fn check_certificate_signature(principal: &ServicePrincipal, jwt: &Jwt) -> Result<(), EntraError> {
    let wanted = [
        ("RS256", "x5t", &SHA1_FOR_LEGACY_USE_ONLY),
        ("PS256", "x5t#S256", &SHA256),
    ];
    let algorithm = jwt.header_text("alg");
    // The header may name the certificate by either thumbprint whatever the algorithm.
    let named: Vec<_> = wanted
        .iter()
        .filter(|(_, field, _)| !jwt.header_text(field).is_empty())
        .collect();
    if named.is_empty() || !wanted.iter().any(|(alg, ..)| *alg == algorithm) {
        return Err(EntraError::bad_request(
            "invalid_request",
            50_027,
            "JWT token is invalid or malformed: 'alg' must be RS256 or PS256 and the header must carry 'x5t' or 'x5t#S256'.",
        ));
    }
    let registered = principal
        .certificates
        .iter()
        .filter_map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()).ok());
    for certificate in registered {
        let same = named.iter().all(|(_, field, algorithm)| {
            let thumbprint = URL_SAFE_NO_PAD.encode(digest(algorithm, &certificate));
            url_safe(jwt.header_text(field)) == thumbprint
        });
        if !same {
            continue;
        }
        let fits =
            VerifyingKey::from_certificate(&certificate).is_some_and(|k| jwt.is_signed_by(&k));
        return if fits {
            Ok(())
        } else {
            Err(EntraError::invalid_client(
                700_027,
                "Client assertion failed signature validation. The signature does not fit the registered certificate.",
            ))
        };
    }
    Err(EntraError::invalid_client(
        700_027,
        format!(
            "The certificate with identifier used to sign the client assertion is not registered on application. \
             [Reason - The key was not found., Thumbprint of key used by client: '{}'].",
            named
                .first()
                .map_or("", |(_, field, _)| jwt.header_text(field))
        ),
    ))
}

/// MSAL for Go writes thumbprints in the standard alphabet of base64, the others in that for URLs.
fn url_safe(base64: &str) -> String {
    base64
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_")
}

fn check_time(jwt: &Jwt, now: i64) -> Result<(), EntraError> {
    // Entra allows five minutes of clock skew.
    const SKEW: i64 = 300;
    let in_time = jwt.seconds("exp").is_some_and(|exp| exp + SKEW > now)
        && jwt.seconds("nbf").is_none_or(|nbf| nbf <= now + SKEW);
    if in_time {
        return Ok(());
    }
    Err(EntraError::invalid_client(
        700_024,
        format!(
            "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {}, expiry time of assertion {}.",
            jwt.seconds("nbf").unwrap_or_default(),
            jwt.seconds("exp").unwrap_or_default()
        ),
    ))
}

/// The federated credentials of an application, or of a user-assigned identity.
pub fn federated_credentials(
    world: &World,
    principal: &ServicePrincipal,
) -> Vec<FederatedCredential> {
    let mut all = principal.federated_credentials.clone();
    if let Some(id) = &principal.resource_id {
        all.extend(
            world
                .resources
                .list_under(id, FEDERATED)
                .into_iter()
                .map(|resource| {
                    let properties = &resource.body["properties"];
                    let text =
                        |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
                    let audiences = properties["audiences"]
                        .as_array()
                        .map(Vec::as_slice)
                        .unwrap_or_default();
                    FederatedCredential {
                        name: resource.name().to_owned(),
                        issuer: text("issuer"),
                        subject: text("subject"),
                        audiences: audiences
                            .iter()
                            .filter_map(Value::as_str)
                            .map(str::to_owned)
                            .collect(),
                    }
                }),
        );
    }
    all
}

/// Finds the credential an assertion of another issuer is for: issuer, subject and audience byte for byte.
///
/// # Errors
/// 70021, 700211, 700213 or 700212: nothing registered, or which part does not match.
pub fn match_federated(credentials: &[FederatedCredential], jwt: &Jwt) -> Result<(), EntraError> {
    let (issuer, subject) = (jwt.text("iss"), jwt.text("sub"));
    let audiences = jwt.audiences();
    let trust = "https://learn.microsoft.com/entra/workload-id/workload-identity-federation";
    if credentials.is_empty() {
        return Err(EntraError::bad_request(
            "invalid_request",
            70_021,
            format!(
                "No matching federated identity record found for presented assertion. Assertion Issuer: '{issuer}'. \
                 Assertion Subject: '{subject}'. Assertion Audience: '{}'. {trust}",
                audiences.join(" ")
            ),
        ));
    }
    let mismatch = |code: u32, part: &str, value: &str| {
        EntraError::invalid_client(
            code,
            format!(
                "No matching federated identity record found for presented assertion {part} '{value}'. \
                 Check your federated identity credential Subject, Audience and Issuer against the presented assertion. {trust}"
            ),
        )
    };
    let mut left: Vec<&FederatedCredential> =
        credentials.iter().filter(|c| c.issuer == issuer).collect();
    if left.is_empty() {
        return Err(mismatch(700_211, "issuer", issuer));
    }
    left.retain(|c| c.subject == subject);
    if left.is_empty() {
        return Err(mismatch(700_213, "subject", subject));
    }
    left.retain(|c| c.audiences.iter().any(|a| audiences.contains(&a.as_str())));
    if left.is_empty() {
        return Err(mismatch(700_212, "audience", &audiences.join(" ")));
    }
    Ok(())
}

/// Checks the signature of a federated assertion against its issuer's keys, and its time.
///
/// # Errors
/// 5002738 when no key fits, 700024 outside its time.
pub fn check_federated_signature(jwt: &Jwt, jwks: &Value, now: i64) -> Result<(), EntraError> {
    let kid = jwt.header_text("kid");
    let keys = jwks["keys"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let fits = jwt.header_text("alg") == "RS256"
        && keys
            .iter()
            .filter(|key| kid.is_empty() || key["kid"] == kid)
            .filter_map(VerifyingKey::from_jwk)
            .any(|key| jwt.is_signed_by(&key));
    if !fits {
        return Err(EntraError::invalid_client(
            5_002_738,
            format!(
                "Invalid JWT token. Token signature validation failed. No key of the issuer with kid '{kid}' fits."
            ),
        ));
    }
    check_time(jwt, now)
}
