//! RSA keys: the one that signs the emulator's tokens, and public keys that check the assertions of others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use rsa::pkcs8::EncodePrivateKey as _;
use serde_json::{Value, json};
use x509_parser::public_key::PublicKey;

/// Why a key could not be made or used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(String);

/// The key that signs tokens.
pub struct SigningKey {
    pair: RsaKeyPair,
    /// The `kid` of its JWK.
    pub kid: String,
    random: SystemRandom,
}

struct OsRandom(SystemRandom);

impl rsa::rand_core::TryRng for OsRandom {
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
            .map_err(|_| std::io::Error::other("no randomness from the system"))
    }
}

impl rsa::rand_core::TryCryptoRng for OsRandom {}

impl SigningKey {
    /// Makes a fresh key of 2048 bits.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_pkcs8(&generate_pkcs8()?)
    }

    /// Takes a key in PKCS #8.
    ///
    /// # Errors
    /// When the bytes are no RSA key.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(der)
            .map_err(|error| KeyError(format!("not an RSA key: {error}")))?;
        let components: RsaPublicKeyComponents<Vec<u8>> = pair.public().into();
        let modulus = components.n;
        let digest = ring::digest::digest(&ring::digest::SHA256, &modulus);
        Ok(Self {
            kid: URL_SAFE_NO_PAD.encode(&digest.as_ref()[..20]),
            pair,
            random: SystemRandom::new(),
        })
    }

    /// Signs with RS256.
    ///
    /// # Errors
    /// When the system has no randomness for blinding.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature)
            .map_err(|_| KeyError("cannot sign".into()))?;
        Ok(signature)
    }

    /// The public half.
    pub fn verifying(&self) -> VerifyingKey {
        let public: RsaPublicKeyComponents<Vec<u8>> = self.pair.public().into();
        VerifyingKey {
            modulus: strip(&public.n),
            exponent: strip(&public.e),
        }
    }

    /// The key as a JWK.
    pub fn jwk(&self) -> Value {
        let key = self.verifying();
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "x5t": self.kid,
            "n": URL_SAFE_NO_PAD.encode(&key.modulus), "e": URL_SAFE_NO_PAD.encode(&key.exponent),
        })
    }
}

/// Makes a fresh RSA key of 2048 bits, PKCS #8.
///
/// # Errors
/// When the system has no randomness.
pub fn generate_pkcs8() -> Result<Vec<u8>, KeyError> {
    let wrap = |error: &dyn std::fmt::Display| KeyError(format!("cannot make a key: {error}"));
    let key = rsa::PrivateKey::new(&mut OsRandom(SystemRandom::new()), 2048)
        .map_err(|error| wrap(&error))?;
    let der = key.to_pkcs8_der().map_err(|error| wrap(&error))?;
    Ok(der.as_bytes().to_vec())
}

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl VerifyingKey {
    /// Reads an RSA JWK.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let part = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
        (jwk["kty"] == "RSA").then_some(())?;
        Some(Self {
            modulus: strip(&part("n")?),
            exponent: strip(&part("e")?),
        })
    }

    /// Reads the key of an X.509 certificate in DER.
    pub fn from_certificate(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        match certificate.public_key().parsed().ok()? {
            PublicKey::RSA(key) => Some(Self {
                modulus: strip(key.modulus),
                exponent: strip(key.exponent),
            }),
            _ => None,
        }
    }

    /// Whether a signature of the given JWS algorithm (RS256 or PS256) fits.
    pub fn verifies(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let parameters = match algorithm {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "PS256" => &RSA_PSS_2048_8192_SHA256,
            _ => return false,
        };
        let key = RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        key.verify(parameters, message, signature).is_ok()
    }
}

fn strip(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .copied()
        .skip_while(|&byte| byte == 0)
        .collect()
}
