//! The emulator's own certificate authority and its server certificate.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::PrivateKeyDer;
use tokio_rustls::TlsAcceptor;

/// TLS for loopback.
pub struct Tls {
    /// Accepts connections.
    pub acceptor: TlsAcceptor,
    /// The certificate of the authority, PEM.
    pub ca_pem: String,
}

/// Why TLS could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The certificate could not be used.
    #[error("cannot set up TLS: {0}")]
    Rustls(#[from] rustls::Error),
}

/// Makes an authority and a certificate for localhost, 127.0.0.1 and ::1.
///
/// # Errors
/// When a key or certificate cannot be made.
pub fn loopback() -> Result<Tls, TlsError> {
    let year = i32::from(jiff::Zoned::now().year());
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, "podid emulator CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    authority.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
    authority.not_after = rcgen::date_time_ymd(year + 2, 1, 1);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let mut server = CertificateParams::new(names)?;
    server
        .distinguished_name
        .push(DnType::CommonName, "localhost");
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // Python's strict mode refuses certificates without this extension.
    server.use_authority_key_identifier_extension = true;
    server.not_before = rcgen::date_time_ymd(year - 1, 1, 1);
    server.not_after = rcgen::date_time_ymd(year + 1, 1, 1);
    let server_key = KeyPair::generate()?;
    let certificate = server.signed_by(&server_key, &authority)?;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(server_key.serialize_der().into());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        ca_pem: authority.pem(),
    })
}
