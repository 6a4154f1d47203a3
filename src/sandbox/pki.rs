//! The sandbox's own certificate authority, certificates and service account key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use ring::rand::{SecureRandom, SystemRandom};
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use rsa::rand_core::{TryCryptoRng, TryRng};

use super::error::Error;

/// Bits of the service account key: the size that Entra's own keys have.
const KEY_BITS: usize = 2048;

/// A certificate and its private key, both PEM.
#[derive(Clone)]
pub struct Certificate {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

/// A certificate authority that lives in memory only.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// A new authority.
    ///
    /// # Errors
    /// When no random numbers are to be had.
    pub fn new() -> Result<Authority, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("podid sandbox", &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Authority {
            issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)?,
        })
    }

    /// The authority's certificate, PEM.
    #[must_use]
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for the API server under every name it is called by.
    ///
    /// # Errors
    /// When signing fails.
    pub fn server(&self) -> Result<Certificate, Error> {
        let names = [
            "localhost",
            "127.0.0.1",
            "::1",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
        ];
        let mut params = CertificateParams::new(names.map(String::from).to_vec())?;
        params.distinguished_name = name("kube-apiserver", &[]);
        self.sign(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A client certificate: Kubernetes reads the user from the common name, groups from organisations.
    ///
    /// # Errors
    /// When signing fails.
    pub fn client(&self, user: &str, groups: &[&str]) -> Result<Certificate, Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(user, groups);
        self.sign(params, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<Certificate, Error> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(Certificate {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        })
    }
}

fn name(common: &str, organisations: &[&str]) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    for organisation in organisations {
        name.push(DnType::OrganizationName, *organisation);
    }
    name.push(DnType::CommonName, common);
    name
}

/// A new RSA key that signs service account tokens, PKCS #8 PEM.
///
/// RSA because Entra accepts only RS256 from federated issuers. Takes a second: call it off the runtime.
///
/// # Errors
/// When no random numbers are to be had.
pub fn service_account_key() -> Result<String, Error> {
    let key = rsa::PrivateKey::new(&mut SystemRng(SystemRandom::new()), KEY_BITS)
        .map_err(|error| Error::Key(error.to_string()))?;
    let pem = key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|error| Error::Key(error.to_string()))?;
    Ok(pem.to_string())
}

/// The operating system's random numbers as the `rsa` crate wants them.
struct SystemRng(SystemRandom);

impl TryRng for SystemRng {
    type Error = std::io::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.0
            .fill(bytes)
            .map_err(|_| std::io::Error::other("no random numbers"))
    }
}

impl TryCryptoRng for SystemRng {}

/// A kubeconfig with one cluster, context and user, named so that several can be merged.
#[must_use]
pub fn kubeconfig(cluster: &str, url: &str, ca: &str, user: &str, client: &Certificate) -> String {
    let ca = BASE64.encode(ca);
    let certificate = BASE64.encode(&client.certificate);
    let key = BASE64.encode(&client.key);
    format!(
        "apiVersion: v1
kind: Config
current-context: {cluster}
clusters:
- name: {cluster}
  cluster:
    server: {url}
    certificate-authority-data: {ca}
contexts:
- name: {cluster}
  context:
    cluster: {cluster}
    user: {cluster}-{user}
users:
- name: {cluster}-{user}
  user:
    client-certificate-data: {certificate}
    client-key-data: {key}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubeconfig_is_read_back() {
        let authority = Authority::new().unwrap();
        let client = authority.client("reader", &["team-a", "team-b"]).unwrap();
        let text = kubeconfig(
            "demo",
            "https://127.0.0.1:1",
            &authority.pem(),
            "reader",
            &client,
        );
        let read = kube::config::Kubeconfig::from_yaml(&text).unwrap();
        assert_eq!(read.current_context.as_deref(), Some("demo"));
        assert_eq!(
            read.clusters[0].cluster.as_ref().unwrap().server.as_deref(),
            Some("https://127.0.0.1:1")
        );
        assert_eq!(read.auth_infos[0].name, "demo-reader");
    }

    #[test]
    fn the_service_account_key_is_rsa() {
        let pem = service_account_key().unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let key = ring::rsa::KeyPair::from_pkcs8(&BASE64.decode(body).unwrap()).unwrap();
        assert_eq!(key.public().modulus_len(), KEY_BITS / 8);
    }
}
