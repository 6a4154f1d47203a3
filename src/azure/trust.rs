//! Which servers podid trusts: the CAs of the CA file, and the machine's, which are read when they are needed.
//!
//! Reading the machine's CAs takes hundreds of files on some systems, more than everything else that a short command does;
//! a server that a CA of the CA file vouches for does not need them.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use super::error::Error;

/// The TLS of a client that trusts the machine's CAs and those of `ca_file`.
///
/// # Errors
/// When the file cannot be read or holds no certificate, or TLS cannot be set up.
pub(super) fn client_config(ca_file: Option<&Path>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let own = ca_file.map(|path| from_file(path, &provider)).transpose()?;
    let trust = Trust {
        own,
        machine: OnceLock::new(),
        provider: Arc::clone(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| Error::Transport {
            context: "TLS could not be set up".to_owned(),
            source: Box::new(source),
        })?;
    // `dangerous` is what rustls calls every verifier but its own; this one only asks two of those.
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(trust))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn from_file(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let context = |what: &str| format!("the CA file `{}` {what}", path.display());
    let failed = |what: &str, source: Box<dyn std::error::Error + Send + Sync>| Error::Transport {
        context: context(what),
        source,
    };
    let pem = std::fs::read(path).map_err(|source| failed("could not be read", source.into()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate =
            certificate.map_err(|source| failed("is not in PEM format", source.into()))?;
        roots
            .add(certificate)
            .map_err(|source| failed("holds a certificate that cannot be read", source.into()))?;
    }
    if roots.is_empty() {
        return Err(Error::Invalid(context("holds no certificate")));
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(|source| failed("cannot be used", source.into()))
}

/// Accepts what either set of CAs vouches for.
#[derive(Debug)]
struct Trust {
    own: Option<Arc<WebPkiServerVerifier>>,
    machine: OnceLock<Result<Verifier, rustls::Error>>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    fn machine(&self) -> Result<&Verifier, rustls::Error> {
        self.machine
            .get_or_init(|| Verifier::new(Arc::clone(&self.provider)))
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let ask = |verifier: &dyn ServerCertVerifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        let Some(own) = &self.own else {
            return ask(self.machine()?);
        };
        let Err(refusal) = ask(own.as_ref()) else {
            return Ok(ServerCertVerified::assertion());
        };
        let unknown = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        self.machine()
            .and_then(|machine| ask(machine))
            // An expired certificate of a known CA is told so, not that nobody knows the CA.
            .map_err(|error| if refusal == unknown { error } else { refusal })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
#[cfg(feature = "sandbox")]
mod tests {
    use std::time::Duration;

    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    use super::*;

    /// Valid from 1975 to 4096, as rcgen has it, unless a test looks from before.
    const NOW: UnixTime = UnixTime::since_unix_epoch(Duration::from_hours(500_000));
    const TOO_EARLY: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(1));

    type Ca = CertifiedIssuer<'static, KeyPair>;

    fn ca() -> Ca {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    fn trust(ca: &Ca) -> Trust {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), ca.pem()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        Trust {
            own: Some(from_file(file.path(), &provider).unwrap()),
            machine: OnceLock::new(),
            provider,
        }
    }

    fn check(trust: &Trust, issuer: &Ca, name: &str, now: UnixTime) -> Result<(), rustls::Error> {
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let server = params.signed_by(&KeyPair::generate().unwrap(), issuer);
        let name = ServerName::try_from(name.to_owned()).unwrap();
        trust
            .verify_server_cert(server.unwrap().der(), &[], &name, &[], now)
            .map(|_| ())
    }

    #[test]
    fn a_server_of_the_files_ca_needs_no_other() {
        let ca = ca();
        let trust = trust(&ca);
        check(&trust, &ca, "localhost", NOW).unwrap();
        assert!(trust.machine.get().is_none());
    }

    #[test]
    fn a_server_of_nobodys_ca_is_refused_after_the_machine_was_asked() {
        let trust = trust(&ca());
        check(&trust, &ca(), "localhost", NOW).unwrap_err();
        assert!(trust.machine.get().is_some());
    }

    #[test]
    fn the_reason_of_whoever_knows_the_ca_is_told() {
        let ca = ca();
        let trust = trust(&ca);
        let name = check(&trust, &ca, "example.org", NOW).unwrap_err();
        assert!(name.to_string().contains("not valid for name"), "{name}");
        let early = check(&trust, &ca, "localhost", TOO_EARLY).unwrap_err();
        assert!(early.to_string().contains("not valid yet"), "{early}");
    }
}
