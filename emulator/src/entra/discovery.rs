//! Documents that tell clients where everything is: ARM's `/metadata/endpoints` and OpenID Connect discovery.

use serde_json::{Value, json};

use super::errors::EntraError;
use super::keys::SigningKey;
use super::tokens;
use crate::arm::error::ArmError;
use crate::arm::request::Reply;
use crate::world::World;

/// `/metadata/endpoints`: this cloud, in the shape of the api-version.
///
/// # Errors
/// 400 without an api-version.
pub fn endpoints(api_version: Option<&str>, base_url: &str) -> Result<Reply, ArmError> {
    let authentication = json!({
        "loginEndpoint": base_url,
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    });
    match api_version {
        None => Err(ArmError::bad_request(
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )),
        Some("2015-01-01") => Ok(Reply::ok(json!({
            "galleryEndpoint": base_url,
            "graphEndpoint": base_url,
            "portalEndpoint": base_url,
            "authentication": {
                "loginEndpoint": format!("{base_url}/"),
                "audiences": authentication["audiences"],
            },
        }))),
        Some(version) => {
            let cloud = cloud(base_url, &authentication);
            // A list from 2019-05-01 on; az and Terraform read the cloud itself from 2022-09-01, as before the lists.
            let list = ("2019-05-01".."2022-09-01").contains(&version);
            Ok(Reply::ok(if list { json!([cloud]) } else { cloud }))
        }
    }
}

fn cloud(base_url: &str, authentication: &Value) -> Value {
    let host = base_url.split("://").nth(1).unwrap_or_default();
    json!({
        "name": "PodidEmulator",
        "portal": base_url,
        "authentication": authentication,
        "media": base_url,
        "graph": base_url,
        "graphAudience": base_url,
        "batch": format!("{base_url}/"),
        "resourceManager": format!("{base_url}/"),
        "vmImageAliasDoc": format!("{base_url}/aliases.json"),
        "activeDirectoryDataLake": format!("{base_url}/"),
        "sqlManagement": format!("{base_url}/"),
        "microsoftGraphResourceId": format!("{base_url}/"),
        "appInsightsResourceId": base_url,
        "appInsightsTelemetryChannelResourceId": format!("{base_url}/v2/track"),
        "attestationResourceId": base_url,
        "synapseAnalyticsResourceId": base_url,
        "logAnalyticsResourceId": base_url,
        "ossrDbmsResourceId": base_url,
        "gallery": format!("{base_url}/"),
        "suffixes": {
            "acrLoginServer": host, "azureDataLakeAnalyticsCatalogAndJob": host,
            "azureDataLakeStoreFileSystem": host, "azureFrontDoorEndpointSuffix": host,
            "attestationEndpoint": host, "keyVaultDns": "vault.azure.net", "mariadbServer": host,
            "mhsmDns": host, "mysqlServer": host, "postgresqlServer": host, "sqlServerHostname": host,
            "storage": "core.windows.net", "storageSyncEndpointSuffix": host, "synapseAnalytics": host,
        },
    })
}

/// OpenID Connect discovery of a tenant, v1 or v2.
///
/// # Errors
/// AADSTS90002 for an unknown tenant.
pub fn openid_configuration(
    world: &World,
    tenant: &str,
    v2: bool,
    base_url: &str,
) -> Result<Reply, EntraError> {
    let id = tenant_id(world, tenant)?;
    let (folder, keys, issuer) = if v2 {
        (
            "oauth2/v2.0",
            "discovery/v2.0/keys",
            tokens::v2_issuer(base_url, &id),
        )
    } else {
        ("oauth2", "discovery/keys", tokens::v1_issuer(&id))
    };
    let host = base_url.split("://").nth(1).unwrap_or_default();
    Ok(Reply::ok(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base_url}/{tenant}/{folder}/authorize"),
        "token_endpoint": format!("{base_url}/{tenant}/{folder}/token"),
        "device_authorization_endpoint": format!("{base_url}/{tenant}/{folder}/devicecode"),
        "end_session_endpoint": format!("{base_url}/{tenant}/{folder}/logout"),
        "userinfo_endpoint": format!("{base_url}/oidc/userinfo"),
        "jwks_uri": format!("{base_url}/{tenant}/{keys}"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": host,
        "cloud_graph_host_name": host,
        "msgraph_host": host,
    })))
}

/// `/common/discovery/instance`: says that this host is an authority of its own cloud.
pub fn instance(authorization_endpoint: Option<&str>, base_url: &str) -> Reply {
    let host = base_url.split("://").nth(1).unwrap_or_default();
    let tenant = authorization_endpoint
        .and_then(|url| url.split("://").nth(1))
        .and_then(|rest| rest.split('/').nth(1))
        .unwrap_or("common");
    Reply::ok(json!({
        "tenant_discovery_endpoint": format!("{base_url}/{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
}

/// The keys that tokens are signed with.
pub fn jwks(key: &SigningKey) -> Reply {
    Reply::ok(json!({"keys": [key.jwk()]}))
}

/// The tenant a path names: an id, a domain, or one of the words for any tenant.
///
/// # Errors
/// AADSTS90002 for an unknown tenant.
pub fn tenant_id(world: &World, name: &str) -> Result<String, EntraError> {
    if ["common", "organizations", "consumers"].contains(&name.to_lowercase().as_str()) {
        return Ok("{tenantid}".to_owned());
    }
    world
        .directory
        .tenants
        .values()
        .find(|tenant| {
            tenant.tenant_id.eq_ignore_ascii_case(name)
                || tenant.default_domain.eq_ignore_ascii_case(name)
        })
        .map(|tenant| tenant.tenant_id.clone())
        .ok_or_else(|| {
            EntraError::bad_request(
                "invalid_request",
                90_002,
                format!(
                    "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
                ),
            )
        })
}
