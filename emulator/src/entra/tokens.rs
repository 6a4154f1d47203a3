//! Access tokens: minting and checking.

use serde_json::{Value, json};

use super::jwt::{self, Jwt};
use super::keys::{KeyError, SigningKey};
use crate::world::World;
use crate::world::directory::{Principal, PrincipalKind, ServicePrincipal};

/// A minted token.
#[derive(Debug, Clone)]
pub struct Minted {
    /// The compact JWT.
    pub token: String,
    /// Seconds since the epoch.
    pub not_before: i64,
    /// Seconds since the epoch.
    pub expires_on: i64,
}

impl Minted {
    /// Seconds from its start to its end.
    pub fn lifetime(&self) -> i64 {
        self.expires_on - self.not_before - GRACE
    }
}

/// `nbf` lies this far before the issue, as Entra does against clock skew.
const GRACE: i64 = 300;
/// One hour for applications; managed identities get 24 hours.
const APPLICATION: i64 = 3599;
const MANAGED_IDENTITY: i64 = 86_399;

/// Audiences Resource Manager accepts, besides the emulator's own URLs.
const ARM_AUDIENCES: &[&str] = &[
    "https://management.core.windows.net",
    "https://management.azure.com",
];

/// Mints an access token. A resource that is a URL gets the v1 shape, as Microsoft's own services do; others the v2 shape.
///
/// # Errors
/// When signing fails.
pub fn mint(
    world: &World,
    key: &SigningKey,
    principal: &ServicePrincipal,
    resource: &str,
    base_url: &str,
) -> Result<Minted, KeyError> {
    let now = world.now().as_second();
    let lifetime = if principal.resource_id.is_some() {
        MANAGED_IDENTITY
    } else {
        APPLICATION
    };
    let tenant = &principal.tenant_id;
    let v1 = resource.starts_with("https://") || resource.starts_with("http://");
    let mut claims = json!({
        "aud": resource,
        "iss": if v1 { v1_issuer(tenant) } else { v2_issuer(base_url, tenant) },
        "iat": now - GRACE, "nbf": now - GRACE, "exp": now + lifetime,
        "oid": principal.object_id, "sub": principal.object_id, "tid": tenant,
        "idtyp": "app", "ver": if v1 { "1.0" } else { "2.0" },
        "uti": uuid::Uuid::new_v4().simple().to_string(),
    });
    if v1 {
        claims["appid"] = json!(principal.app_id);
        claims["appidacr"] = json!(if principal.secrets.is_empty() {
            "2"
        } else {
            "1"
        });
        claims["idp"] = json!(v1_issuer(tenant));
    } else {
        claims["azp"] = json!(principal.app_id);
        claims["azpacr"] = json!(if principal.secrets.is_empty() {
            "2"
        } else {
            "1"
        });
    }
    if let Some(id) = &principal.resource_id {
        claims["xms_mirid"] = json!(id);
    }
    if !principal.groups.is_empty() {
        claims["groups"] = json!(principal.groups);
    }
    Ok(Minted {
        token: jwt::sign(key, &claims)?,
        not_before: now - GRACE,
        expires_on: now + lifetime,
    })
}

/// The issuer of v1 tokens.
pub fn v1_issuer(tenant: &str) -> String {
    format!("https://sts.windows.net/{tenant}/")
}

/// The issuer of v2 tokens.
pub fn v2_issuer(base_url: &str, tenant: &str) -> String {
    format!("{base_url}/{tenant}/v2.0")
}

/// Why a token was refused: the text of a 401.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The error code.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}

fn refused(code: &'static str, message: impl Into<String>) -> Refused {
    Refused {
        code,
        message: message.into(),
    }
}

/// Checks a bearer token: signature, tenant, time, audience; gives its owner.
///
/// # Errors
/// Why it was refused.
pub fn verify(
    world: &World,
    key: &SigningKey,
    authorization: Option<&str>,
    is_audience: impl Fn(&str) -> bool,
) -> Result<Principal, Refused> {
    let token = authorization
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token)
        .ok_or_else(|| {
            refused(
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.",
            )
        })?;
    let jwt = Jwt::parse(token)
        .filter(|jwt| jwt.header_text("alg") == "RS256" && jwt.is_signed_by(&key.verifying()))
        .ok_or_else(|| {
            refused(
                "InvalidAuthenticationToken",
                "The access token is invalid: its signature could not be validated.",
            )
        })?;
    let now = world.now().as_second();
    if jwt.seconds("exp").is_none_or(|exp| exp <= now) {
        return Err(refused(
            "ExpiredAuthenticationToken",
            "The access token expiry UTC time is earlier than current UTC time.",
        ));
    }
    if jwt.seconds("nbf").is_some_and(|nbf| nbf > now + GRACE) {
        return Err(refused(
            "InvalidAuthenticationToken",
            "The access token is not yet valid.",
        ));
    }
    let tenant = jwt.text("tid");
    if !world.directory.tenants.contains_key(tenant) {
        return Err(refused(
            "InvalidAuthenticationTokenTenant",
            format!(
                "The access token is from the wrong issuer '{}'.",
                jwt.text("iss")
            ),
        ));
    }
    if !jwt.audiences().iter().any(|audience| is_audience(audience)) {
        return Err(refused(
            "InvalidAuthenticationTokenAudience",
            format!(
                "The access token has been obtained for wrong audience or resource '{}'.",
                jwt.audiences().join(" ")
            ),
        ));
    }
    Ok(owner(&jwt))
}

fn owner(jwt: &Jwt) -> Principal {
    let app_id = ["appid", "azp"]
        .iter()
        .find_map(|claim| jwt.claims[*claim].as_str());
    let groups = jwt.claims["groups"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    Principal {
        tenant_id: jwt.text("tid").to_owned(),
        object_id: jwt.text("oid").to_owned(),
        app_id: app_id.map(str::to_owned),
        kind: PrincipalKind::ServicePrincipal,
        groups: groups
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        system: false,
    }
}

/// Whether an audience stands for Resource Manager at this URL.
pub fn is_arm_audience(audience: &str, base_url: &str) -> bool {
    let audience = audience.trim_end_matches('/');
    let port = base_url.rsplit(':').next().unwrap_or_default();
    ARM_AUDIENCES.contains(&audience)
        || audience == base_url
        || ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|host| audience == format!("https://{host}:{port}"))
}
