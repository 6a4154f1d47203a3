//! A protected resource: reading a secret, as Key Vault does, so that a token can be used.

use http::Method;
use serde_json::json;

use crate::access;
use crate::arm::error::ArmError;
use crate::arm::request::Reply;
use crate::entra::keys::SigningKey;
use crate::entra::tokens;
use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::directory::Principal;

const AUDIENCE: &str = "https://vault.azure.net";
const GET_SECRET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";

/// Answers `GET /_vault/{vault}/secrets/{name}[/{version}]`; also gives who asked.
pub fn serve(world: &World, key: &SigningKey, incoming: &Incoming) -> (Reply, Option<Principal>) {
    let principal = tokens::verify(world, key, incoming.header("authorization"), |audience| {
        audience.trim_end_matches('/') == AUDIENCE
    });
    match principal {
        Ok(principal) => {
            let reply = read(world, incoming, &principal).unwrap_or_else(ArmError::into_reply);
            (reply, Some(principal))
        }
        Err(refused) => {
            let challenge = format!(
                "Bearer authorization=\"{}/{}\", resource=\"{AUDIENCE}\"",
                incoming.base_url,
                world.directory.home_tenant()
            );
            let message = format!(
                "AKV10000: Request is missing a valid Bearer or PoP token. {}",
                refused.message
            );
            let error =
                ArmError::new(401, "Unauthorized", message).header("WWW-Authenticate", challenge);
            (error.into_reply(), None)
        }
    }
}

fn read(world: &World, incoming: &Incoming, principal: &Principal) -> Result<Reply, ArmError> {
    let segments: Vec<&str> = incoming.segments.iter().map(String::as_str).collect();
    let (vault, name) = match segments.as_slice() {
        [_, vault, "secrets", name] | [_, vault, "secrets", name, _] => (*vault, *name),
        _ => return Err(ArmError::new(404, "NotFound", "The path names no secret.")),
    };
    if incoming.method != Method::GET {
        return Err(ArmError::method_not_allowed(incoming.method.as_str()));
    }
    if incoming
        .query
        .get("api-version")
        .is_none_or(String::is_empty)
    {
        return Err(ArmError::bad_request(
            "BadParameter",
            "api-version must be specified",
        ));
    }
    let resource = world
        .resources
        .of_type("Microsoft.KeyVault/vaults")
        .find(|resource| resource.name().eq_ignore_ascii_case(vault))
        .ok_or_else(|| {
            ArmError::new(
                404,
                "VaultNotFound",
                format!("The vault '{vault}' does not exist."),
            )
        })?;
    let scope = format!("{}/secrets/{name}", resource.id);
    if !access::is_data_allowed(world, principal, GET_SECRET, &scope) {
        let message = format!(
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed \
             recently, please observe propagation time.\r\nCaller: appid={};oid={}\r\nAction: '{GET_SECRET}'\r\nResource: '{scope}'\r\n\
             Assignment: (not found)\r\nVault: {vault};location={}\r\n",
            principal.app_id.as_deref().unwrap_or_default(),
            principal.object_id,
            resource.location()
        );
        return Err(ArmError::new(403, "Forbidden", message));
    }
    let secret = world
        .secrets
        .get(&(vault.to_lowercase(), name.to_lowercase()))
        .ok_or_else(|| {
            ArmError::new(
                404,
                "SecretNotFound",
                format!("A secret with (name/id) {name} was not found in this key vault."),
            )
        })?;
    let id = format!("{}/_vault/{vault}/secrets/{name}", incoming.base_url);
    Ok(Reply::ok(json!({
        "value": secret.value,
        "id": id,
        "attributes": {"enabled": true, "recoveryLevel": "Recoverable+Purgeable"},
    })))
}
