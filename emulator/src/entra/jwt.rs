//! JSON Web Tokens: taking apart and putting together, without judging claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::keys::{KeyError, SigningKey, VerifyingKey};

/// A token taken apart; its signature is not checked yet.
#[derive(Debug, Clone)]
pub struct Jwt {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    signed: String,
    signature: Vec<u8>,
}

impl Jwt {
    /// Takes a compact token apart.
    pub fn parse(text: &str) -> Option<Self> {
        let (signed, signature) = text.trim().rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| -> Option<Value> {
            let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
            value.is_object().then_some(value)
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// A claim that is a string.
    pub fn text(&self, claim: &str) -> &str {
        self.claims[claim].as_str().unwrap_or_default()
    }

    /// A header field that is a string.
    pub fn header_text(&self, field: &str) -> &str {
        self.header[field].as_str().unwrap_or_default()
    }

    /// A claim that is a number of seconds.
    pub fn seconds(&self, claim: &str) -> Option<i64> {
        let value = &self.claims[claim];
        #[allow(clippy::cast_possible_truncation)] // fractions of a second do not matter
        value.as_i64().or_else(|| value.as_f64().map(|f| f as i64))
    }

    /// The audiences, one or many.
    pub fn audiences(&self) -> Vec<&str> {
        match &self.claims["aud"] {
            Value::String(one) => vec![one],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the signature was made with this key, by the algorithm the header names.
    pub fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        key.verifies(
            self.header_text("alg"),
            self.signed.as_bytes(),
            &self.signature,
        )
    }
}

/// Signs claims into a compact token.
///
/// # Errors
/// When signing fails.
pub fn sign(key: &SigningKey, claims: &Value) -> Result<String, KeyError> {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": key.kid, "x5t": key.kid});
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = key.sign(signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
