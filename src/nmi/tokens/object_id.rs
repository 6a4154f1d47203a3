//! Which principal an identity is: the object id in its own tokens.
//!
//! An `AzureIdentity` does not name the object id. Asking the metadata service by object id would hand over a token
//! before anybody knows whose it is; so the tokens of the identities bound to the pod are asked instead.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::Token;
use crate::domain::matching::Identity;

/// Identities remembered at most; learning one again costs a cached token.
const MOST: usize = 1024;

/// What has been learnt.
#[derive(Debug, Default)]
pub struct ObjectIds(Mutex<HashMap<(String, String), String>>);

impl ObjectIds {
    /// The object id of an identity, if it was learnt; empty when its tokens do not tell.
    pub fn get(&self, identity: &Identity) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&name(identity)).cloned()
    }

    /// Learns it from a token of the identity.
    pub fn learn(&self, identity: &Identity, token: &Token) -> String {
        let id = of_token(token.access()).unwrap_or_default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(name(identity), id.clone());
        id
    }
}

fn name(identity: &Identity) -> (String, String) {
    let lower = |text: &str| text.to_ascii_lowercase();
    (lower(&identity.client_id), lower(&identity.resource_id))
}

fn of_token(token: &str) -> Option<String> {
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?);
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    Some(claims.get("oid")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_object_id_of_a_token() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"oid":"abc","aud":"x"}"#);
        assert_eq!(of_token(&format!("h.{claims}.s")).as_deref(), Some("abc"));
        for text in ["", "a.b.c", "no token"] {
            assert_eq!(of_token(text), None);
        }
    }
}
