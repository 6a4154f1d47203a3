//! Where settings come from: flag, then environment, then az's defaults, then built in.
//!
//! clap reads flags and environment; this module adds az's own configuration and turns
//! everything into what the Azure client takes.

use std::path::PathBuf;

use serde_json::Value;

use crate::azure::cloud::{Cloud, CustomEndpoints};
use crate::azure::credential::CredentialSettings;
use crate::cli::GlobalArgs;
use crate::env;
use crate::error::{Error, Result};

/// az's configuration folder.
fn az_folder() -> Option<PathBuf> {
    env::read(env::AZURE_CONFIG_DIR)
        .map(PathBuf::from)
        .or_else(|| env::read(env::HOME).map(|home| PathBuf::from(home).join(".azure")))
}

/// The default resource group set with `az config set defaults.group=...`.
#[must_use]
pub fn az_default_group() -> Option<String> {
    let text = std::fs::read_to_string(az_folder()?.join("config")).ok()?;
    ini_value(&text, "defaults", "group")
}

/// The id of the subscription that `az account set` chose.
#[must_use]
pub fn az_default_subscription() -> Option<String> {
    let text = std::fs::read_to_string(az_folder()?.join("azureProfile.json")).ok()?;
    // az writes this file with a byte order mark.
    let profile: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let subscriptions = profile.get("subscriptions")?.as_array()?;
    let chosen = subscriptions
        .iter()
        .find(|item| item["isDefault"] == true)?;
    chosen["id"].as_str().map(str::to_owned)
}

fn ini_value(text: &str, section: &str, key: &str) -> Option<String> {
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            inside = name.trim() == section;
        } else if inside
            && let Some((name, value)) = line.split_once('=')
            && name.trim() == key
        {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    None
}

/// The cloud in force: a custom one when its endpoint is set, else the named one, else public.
///
/// # Errors
/// An unknown cloud name, or endpoints that are refused.
pub fn cloud(global: &GlobalArgs) -> Result<Cloud> {
    if let Some(endpoint) = env::read(env::PODID_ARM_ENDPOINT) {
        if global.cloud.is_some() {
            return Err(
                Error::usage("Both --cloud and PODID_ARM_ENDPOINT choose a cloud")
                    .hint("unset PODID_ARM_ENDPOINT, or leave --cloud away"),
            );
        }
        let authority =
            env::read(env::PODID_AUTHORITY_HOST).or_else(|| env::read(env::AZURE_AUTHORITY_HOST));
        let authority = authority.ok_or_else(|| {
            Error::usage("PODID_ARM_ENDPOINT is set but not PODID_AUTHORITY_HOST").hint(
                "a custom cloud needs both: where Resource Manager is and where tokens come from",
            )
        })?;
        return Ok(Cloud::custom(CustomEndpoints {
            resource_manager: endpoint,
            authority,
            audience: env::read(env::PODID_ARM_AUDIENCE),
            imds: env::read(env::PODID_IMDS_ENDPOINT),
            ..CustomEndpoints::default()
        })?);
    }
    match &global.cloud {
        None => Ok(Cloud::public()),
        Some(name) => Ok(Cloud::named(name)?),
    }
}

/// What the environment says about signing in.
#[must_use]
pub fn credential() -> CredentialSettings {
    CredentialSettings {
        tenant_id: env::read(env::AZURE_TENANT_ID),
        client_id: env::read(env::AZURE_CLIENT_ID),
        client_secret: env::read(env::AZURE_CLIENT_SECRET),
        client_certificate_path: env::read(env::AZURE_CLIENT_CERTIFICATE_PATH),
        federated_token_file: env::read(env::AZURE_FEDERATED_TOKEN_FILE),
        identity_endpoint: env::read(env::IDENTITY_ENDPOINT),
        identity_header: env::read(env::IDENTITY_HEADER),
        ..CredentialSettings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_az_defaults() {
        let text = "[core]\noutput = table\n[defaults]\ngroup = prod\nlocation=\n";
        assert_eq!(
            ini_value(text, "defaults", "group"),
            Some("prod".to_owned())
        );
        assert_eq!(ini_value(text, "defaults", "location"), None);
        assert_eq!(ini_value(text, "core", "group"), None);
    }
}
