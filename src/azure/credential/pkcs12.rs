//! Certificates and keys in PKCS#12, the form of `.pfx` files.

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error as Broken;
use zeroize::Zeroizing;

use super::certificate::CertificateError;

/// Largest archive that is read; a certificate with its chain and key takes a few thousand bytes.
const LARGEST: usize = 256 * 1024;

/// A certificate and its key, both DER; the key is PKCS#8.
pub(super) struct Opened {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Zeroizing<Vec<u8>>,
}

/// Takes the one key, and the certificate that belongs to it, out of an archive.
///
/// It is made to take long, a second at the worst: not for a thread that others wait for.
pub(super) fn open(path: &str, bytes: &[u8], password: &str) -> Result<Opened, CertificateError> {
    let path = path.to_owned();
    if bytes.len() > LARGEST {
        let reason = format!("it has more than {LARGEST} bytes");
        return Err(CertificateError::Archive { path, reason });
    }
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| match error {
        // An archive without a checksum shows a wrong password only by what comes out of it.
        Broken::MacError(_) | Broken::Pkcs5Error(_) | Broken::UnpadError => {
            CertificateError::Password { path: path.clone() }
        }
        other => CertificateError::Archive {
            path: path.clone(),
            reason: other.to_string(),
        },
    })?;
    let missing = |what| CertificateError::Missing {
        path: path.clone(),
        what,
    };
    let [key] = archive.keys.as_slice() else {
        return Err(missing("single private key"));
    };
    let own = archive.certs.iter().find(|bag| {
        let ids = bag.local_key_id.as_deref().zip(key.local_key_id.as_ref());
        ids.is_some_and(|(certificate, key)| certificate == key.0)
    });
    // Without ids only a certificate that is alone can be the right one.
    let only = archive.certs.first().filter(|_| archive.certs.len() == 1);
    let certificate = own.or(only);
    let certificate = certificate.ok_or_else(|| missing("certificate of its private key"))?;
    Ok(Opened {
        certificate: certificate.cert.as_der().to_vec(),
        key: Zeroizing::new(key.key.as_der().to_vec()),
    })
}
