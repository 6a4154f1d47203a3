//! Which principal an identity is: the object id in its own tokens.
//!
//! An `AzureIdentity` does not name the object id. Asking the metadata service by object id would hand over a token
//! before anybody knows whose it is; so the tokens of the identities bound to the pod are asked instead.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::Token;
use crate::domain::matching::Identity;

/// Identities remembered at most; learning one again costs a cached token.
const MOST: usize = 1024;

/// What has been learnt, by the whole identity: an application has one principal in each tenant, and what another
/// namespace says of the same client id must not be believed here.
#[derive(Debug, Default)]
pub struct ObjectIds(Mutex<HashMap<Arc<Identity>, String>>);

impl ObjectIds {
    /// The object id of an identity, if it was learnt; empty when its tokens do not tell.
    pub fn get(&self, identity: &Identity) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(identity).cloned()
    }

    /// Learns it from a token of the identity.
    pub fn learn(&self, identity: &Arc<Identity>, token: &Token) -> String {
        let id = of_token(token.access()).unwrap_or_default();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(Arc::clone(identity), id.clone());
        id
    }
}

fn of_token(token: &str) -> Option<String> {
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?);
    let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
    Some(claims.get("oid")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::token::Said;
    use super::*;

    #[test]
    fn what_one_identity_teaches_is_not_believed_of_another() {
        let token = |oid: &str| {
            let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"oid":"{oid}"}}"#));
            Token::new(Said {
                access_token: Zeroizing::new(format!("h.{claims}.s")),
                ..Said::default()
            })
        };
        let of_tenant = |tenant: &str| {
            Arc::new(Identity {
                client_id: "application".to_owned(),
                tenant: Some(tenant.to_owned()),
                ..Identity::default()
            })
        };
        let (own, foreign) = (of_tenant("own"), of_tenant("foreign"));
        let ids = ObjectIds::default();
        ids.learn(&foreign, &token("other"));
        assert_eq!(ids.get(&own), None);
        ids.learn(&own, &token("mine"));
        assert_eq!(ids.get(&own).as_deref(), Some("mine"));
        assert_eq!(ids.get(&foreign).as_deref(), Some("other"));
    }

    #[test]
    fn reads_the_object_id_of_a_token() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"oid":"abc","aud":"x"}"#);
        assert_eq!(of_token(&format!("h.{claims}.s")).as_deref(), Some("abc"));
        for text in ["", "a.b.c", "no token"] {
            assert_eq!(of_token(text), None);
        }
    }
}
