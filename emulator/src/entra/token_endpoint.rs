//! `POST /{tenant}/oauth2/v2.0/token` and `/{tenant}/oauth2/token`: client credentials in all their forms.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::assertion::{
    check_certificate, check_federated_signature, federated_credentials, match_federated,
};
use super::discovery::tenant_id;
use super::errors::EntraError;
use super::issuers::{Issuer, fetch_jwks};
use super::jwt::Jwt;
use super::keys::SigningKey;
use super::tokens;
use crate::arm::request::Reply;
use crate::server::Shared;
use crate::world::World;
use crate::world::directory::ServicePrincipal;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token request, its form read.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// The tenant of the path.
    pub tenant: String,
    /// Whether the path is the v2 endpoint.
    pub v2: bool,
    /// The form.
    pub form: BTreeMap<String, String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// Scheme and host the client used.
    pub base_url: String,
}

enum Checked {
    Yes(Box<ServicePrincipal>),
    NeedsKeys(Box<ServicePrincipal>, Box<Jwt>, Issuer),
}

/// Answers a token request. Fetches an issuer's keys without holding the world.
///
/// # Errors
/// The AADSTS error.
pub async fn serve(shared: &Shared, request: &TokenRequest) -> Result<Reply, EntraError> {
    let checked = check(&shared.world(), request)?;
    let principal = match checked {
        Checked::Yes(principal) => principal,
        Checked::NeedsKeys(principal, jwt, issuer) => {
            let jwks = match &issuer.jwks {
                Some(jwks) => jwks.clone(),
                None => fetch_jwks(&issuer).await?,
            };
            check_federated_signature(&jwt, &jwks, shared.world().now().as_second())?;
            principal
        }
    };
    reply(&shared.world(), &shared.key, request, &principal)
}

fn check(world: &World, request: &TokenRequest) -> Result<Checked, EntraError> {
    let form = |name: &str| {
        request
            .form
            .get(name)
            .map(String::as_str)
            .filter(|v| !v.is_empty())
    };
    let grant = form("grant_type").ok_or_else(|| EntraError::missing("grant_type"))?;
    if grant != "client_credentials" {
        return Err(EntraError::bad_request(
            "unsupported_grant_type",
            70_003,
            format!("The app requested an unsupported grant type '{grant}'."),
        ));
    }
    let basic = basic_credentials(request.authorization.as_deref());
    let client_id = form("client_id")
        .or(basic.as_ref().map(|(id, _)| id.as_str()))
        .ok_or_else(|| EntraError::missing("client_id"))?;
    let tenant = tenant_id(world, &request.tenant)?;
    let principal = world
        .directory
        .by_app_id(client_id)
        .filter(|p| p.tenant_id.eq_ignore_ascii_case(&tenant))
        .ok_or_else(|| {
            EntraError::bad_request(
                "unauthorized_client",
                700_016,
                format!(
                    "Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the application \
                     has not been installed by the administrator of the tenant or consented to by any user in the tenant. \
                     You may have sent your authentication request to the wrong tenant."
                ),
            )
        })?;
    resource(request)?;
    if let Some(assertion) = form("client_assertion") {
        return check_assertion(world, request, principal, assertion);
    }
    let secret = form("client_secret")
        .or(basic.as_ref().map(|(_, secret)| secret.as_str()))
        .ok_or_else(|| {
            EntraError::invalid_client(
                7_000_218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            )
        })?;
    if principal.secrets.iter().any(|known| known == secret) {
        return Ok(Checked::Yes(Box::new(principal.clone())));
    }
    Err(EntraError::invalid_client(
        7_000_215,
        format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, \
             not the client secret ID, for a secret added to app '{client_id}'."
        ),
    ))
}

fn check_assertion(
    world: &World,
    request: &TokenRequest,
    principal: &ServicePrincipal,
    assertion: &str,
) -> Result<Checked, EntraError> {
    let kind = request
        .form
        .get("client_assertion_type")
        .map(String::as_str);
    if kind != Some(JWT_BEARER) {
        return Err(EntraError::missing("client_assertion_type"));
    }
    let jwt = Jwt::parse(assertion).ok_or_else(|| {
        EntraError::bad_request(
            "invalid_request",
            50_027,
            "JWT token is invalid or malformed.",
        )
    })?;
    let now = world.now().as_second();
    let own = jwt.text("iss").eq_ignore_ascii_case(&principal.app_id);
    if own {
        let audiences = assertion_audiences(request, &principal.tenant_id);
        check_certificate(principal, &jwt, &audiences, now)?;
        return Ok(Checked::Yes(Box::new(principal.clone())));
    }
    match_federated(&federated_credentials(world, principal), &jwt)?;
    let issuer = jwt.text("iss").to_owned();
    let issuer = world.issuers.get(&issuer).cloned().unwrap_or(Issuer {
        issuer,
        jwks: None,
        ca: None,
    });
    Ok(Checked::NeedsKeys(
        Box::new(principal.clone()),
        Box::new(jwt),
        issuer,
    ))
}

/// The SDKs put either token endpoint, or the issuer, into `aud`.
fn assertion_audiences(request: &TokenRequest, tenant: &str) -> Vec<String> {
    let base = &request.base_url;
    [request.tenant.as_str(), tenant]
        .iter()
        .flat_map(|tenant| {
            ["oauth2/v2.0/token", "oauth2/token", "v2.0"]
                .map(|leaf| format!("{base}/{tenant}/{leaf}"))
        })
        .collect()
}

fn basic_credentials(authorization: Option<&str>) -> Option<(String, String)> {
    let encoded = authorization?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| {
        percent_encoding::percent_decode_str(&part.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((decode(id), decode(secret)))
}

/// The resource asked for: `resource` of v1, `scope` without `/.default` of v2.
fn resource(request: &TokenRequest) -> Result<String, EntraError> {
    if !request.v2 {
        return request
            .form
            .get("resource")
            .filter(|resource| !resource.is_empty())
            .cloned()
            .ok_or_else(|| EntraError::missing("resource"));
    }
    let scope = request
        .form
        .get("scope")
        .ok_or_else(|| EntraError::missing("scope"))?;
    let mut resources = scope
        .split_whitespace()
        .filter(|one| !["openid", "profile", "offline_access"].contains(one));
    match (
        resources
            .next()
            .and_then(|one| one.strip_suffix("/.default")),
        resources.next(),
    ) {
        (Some(resource), None) => Ok(resource.to_owned()),
        _ => Err(EntraError::bad_request(
            "invalid_scope",
            1_002_012,
            format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value \
                 with /.default suffixed to the resource identifier (application ID URI)."
            ),
        )),
    }
}

fn reply(
    world: &World,
    key: &SigningKey,
    request: &TokenRequest,
    principal: &ServicePrincipal,
) -> Result<Reply, EntraError> {
    let resource = resource(request)?;
    let minted =
        tokens::mint(world, key, principal, &resource, &request.base_url).map_err(|error| {
            EntraError::bad_request(
                "server_error",
                90_033,
                format!("A transient error has occurred: {error}."),
            )
        })?;
    let lifetime = minted.lifetime();
    let body: Value = if request.v2 {
        json!({
            "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime,
            "access_token": minted.token,
        })
    } else {
        // v1 writes numbers as strings.
        json!({
            "token_type": "Bearer", "expires_in": lifetime.to_string(), "ext_expires_in": lifetime.to_string(),
            "expires_on": minted.expires_on.to_string(), "not_before": minted.not_before.to_string(),
            "resource": resource, "access_token": minted.token,
        })
    };
    Ok(Reply::ok(body)
        .header("Cache-Control", "no-store, no-cache")
        .header("Pragma", "no-cache"))
}
