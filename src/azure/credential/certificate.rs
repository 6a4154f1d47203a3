//! Signing in with a certificate: the assertion Entra asks for, signed with *ring*.
//!
//! azure_identity's own certificate credential needs OpenSSL; this one is a JWT of PS256 with the
//! SHA-256 thumbprint of the certificate, as Entra documents it.

use std::fmt;
use std::path::Path;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;
use uuid::Uuid;

use super::pkcs12;

/// Entra accepts assertions for a while; a short one is enough, each serves one token request.
const LIFETIME_SECONDS: i64 = 600;

/// Why a certificate file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file cannot be read.
    #[error("the certificate file `{path}` could not be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A PKCS#12 file.
    #[error(
        "the certificate file `{path}` is not PEM; convert it with `openssl pkcs12 -in {path} -nodes -out certificate.pem`"
    )]
    NotPem {
        /// The file.
        path: String,
    },
    /// The password of a PKCS#12 archive is not the right one.
    #[error("the password does not open the PKCS#12 archive `{path}`")]
    Password {
        /// The file.
        path: String,
    },
    /// It is no PKCS#12 archive, or one that is encrypted in a way that is not known.
    #[error("`{path}` is neither PEM nor a PKCS#12 archive that can be read: {reason}")]
    Archive {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The key is encrypted.
    #[error("the key in `{path}` is encrypted; remove the pass phrase with `openssl pkey`")]
    Encrypted {
        /// The file.
        path: String,
    },
    /// A part is missing.
    #[error("the certificate file `{path}` holds no {what}")]
    Missing {
        /// The file.
        path: String,
        /// What is missing.
        what: &'static str,
    },
    /// The key is not one Entra takes.
    #[error("the key in `{path}` cannot be used: Entra takes RSA keys of 2048 bits or more")]
    Key {
        /// The file.
        path: String,
    },
}

/// Makes client assertions from a certificate and its key.
pub(crate) struct CertificateAssertion {
    key: RsaKeyPair,
    thumbprint: String,
    client_id: String,
    audience: String,
}

impl fmt::Debug for CertificateAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateAssertion")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl CertificateAssertion {
    /// Reads certificate and key from a PEM file; `audience` is the token endpoint.
    pub(super) fn read(
        path: &str,
        client_id: &str,
        audience: String,
    ) -> Result<Self, CertificateError> {
        let pem =
            std::fs::read(Path::new(path)).map_err(|source| CertificateError::Unreadable {
                path: path.to_owned(),
                source,
            })?;
        Self::parse(path, &pem, client_id, audience)
    }

    /// Reads certificate and key from PEM; `path` is its name in messages, `audience` the token endpoint.
    pub(crate) fn parse(
        path: &str,
        pem: &[u8],
        client_id: &str,
        audience: String,
    ) -> Result<Self, CertificateError> {
        let path = path.to_owned();
        let text = String::from_utf8_lossy(pem);
        if !text.contains("-----BEGIN ") {
            return Err(CertificateError::NotPem { path });
        }
        if text.contains("ENCRYPTED") {
            return Err(CertificateError::Encrypted { path });
        }
        let Ok(certificate) = CertificateDer::from_pem_slice(pem) else {
            return Err(CertificateError::Missing {
                path,
                what: "certificate",
            });
        };
        let Ok(key) = PrivateKeyDer::from_pem_slice(pem) else {
            return Err(CertificateError::Missing {
                path,
                what: "private key",
            });
        };
        Self::made(path, &certificate, &key, client_id, audience)
    }

    /// Reads certificate and key from PKCS#12; it takes a while.
    pub(crate) fn parse_pkcs12(
        path: &str,
        archive: &[u8],
        password: &str,
        client_id: &str,
        audience: String,
    ) -> Result<Self, CertificateError> {
        let opened = pkcs12::open(path, archive, password)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(opened.key.as_slice()));
        let certificate = &opened.certificate;
        Self::made(path.to_owned(), certificate, &key, client_id, audience)
    }

    fn made(
        path: String,
        certificate: &[u8],
        key: &PrivateKeyDer<'_>,
        client_id: &str,
        audience: String,
    ) -> Result<Self, CertificateError> {
        let key = match key {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
            _ => None,
        };
        let key = key.ok_or(CertificateError::Key { path })?;
        let thumbprint = ring::digest::digest(&ring::digest::SHA256, certificate);
        Ok(Self {
            key,
            thumbprint: URL_SAFE_NO_PAD.encode(thumbprint),
            client_id: client_id.to_owned(),
            audience,
        })
    }

    /// An assertion that begins now.
    pub(crate) fn sign(&self, now: i64) -> Result<String, ring::error::Unspecified> {
        let header = json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let payload = json!({
            "aud": self.audience,
            "iss": self.client_id,
            "sub": self.client_id,
            "jti": Uuid::new_v4().to_string(),
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&payload));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key.sign(
            &RSA_PSS_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        )?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

#[async_trait]
impl ClientAssertion for CertificateAssertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.sign(jiff::Timestamp::now().as_second()).map_err(|_| {
            azure_core::Error::with_message(ErrorKind::Credential, "the assertion was not signed")
        })
    }
}
