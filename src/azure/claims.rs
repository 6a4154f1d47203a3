//! What an access token says about itself.
//!
//! Only the payload is decoded, nothing is verified: podid reads who it is signed in as, the
//! service decides what that is worth. Neither token nor payload is ever shown.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// The claims of an Entra access token that podid reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Who issued it.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// Whom it is for.
    #[serde(rename = "aud")]
    pub audience: String,
    /// The tenant.
    #[serde(rename = "tid")]
    pub tenant_id: String,
    /// The principal it stands for.
    #[serde(rename = "oid")]
    pub object_id: String,
    /// The application, in v1 tokens.
    pub(super) appid: Option<String>,
    /// The application, in v2 tokens.
    pub(super) azp: Option<String>,
    /// `app` for service principals and managed identities, `user` for people.
    pub(super) idtyp: Option<String>,
    /// The user's name, in v1 tokens.
    pub(super) upn: Option<String>,
    /// The id of the managed identity's resource.
    #[serde(rename = "xms_mirid")]
    pub managed_identity: Option<String>,
}

/// Who podid is signed in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The object id that role assignments name.
    pub object_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// The application the token was issued to.
    pub app_id: Option<String>,
    /// The user's name, when it is a user.
    pub user_name: Option<String>,
    /// Whether it is a user rather than a service principal or managed identity.
    pub is_user: bool,
}

impl Claims {
    /// Decodes the payload of `token`; nothing when it is not a JWT.
    #[must_use]
    pub fn of(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let payload = parts.nth(1)?;
        parts.next()?;
        let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Who the token stands for; nothing when it does not say.
    #[must_use]
    pub fn principal(self) -> Option<Principal> {
        if self.object_id.is_empty() {
            return None;
        }
        let is_user = match self.idtyp.as_deref() {
            Some(kind) => kind.eq_ignore_ascii_case("user"),
            None => self.upn.is_some(),
        };
        Some(Principal {
            object_id: self.object_id,
            tenant_id: self.tenant_id,
            app_id: self.appid.or(self.azp),
            user_name: self.upn,
            is_user,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn reads_a_service_principal_and_a_user() {
        let app = Claims::of(&token(
            r#"{"iss":"https://sts.windows.net/t/","aud":"https://management.azure.com","tid":"t","oid":"o","appid":"a","idtyp":"app"}"#,
        ))
        .unwrap()
        .principal()
        .unwrap();
        assert_eq!(
            (app.object_id.as_str(), app.app_id.as_deref()),
            ("o", Some("a"))
        );
        assert!(!app.is_user);
        let user = Claims::of(&token(r#"{"oid":"o","azp":"a","upn":"me@example"}"#))
            .unwrap()
            .principal()
            .unwrap();
        assert!(user.is_user);
    }

    #[test]
    fn what_is_not_a_token_has_no_claims() {
        for text in ["", "opaque", "a.b", "a.!!.c", &token("[]x")] {
            assert_eq!(Claims::of(text), None, "{text}");
        }
        assert_eq!(Claims::of(&token("{}")).unwrap().principal(), None);
    }
}
