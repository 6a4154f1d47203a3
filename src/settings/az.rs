//! Defaults from az's own configuration, so that whoever comes from az need not say things twice.
//!
//! As az does, a variable `AZURE_SECTION_OPTION` beats the file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::key::{Origin, Setting};
use crate::azure::cloud::{Cloud, CustomEndpoints};
use crate::env;
use crate::error::{Error, Result};

/// az's configuration folder.
fn folder() -> Option<PathBuf> {
    env::read_os(env::AZURE_CONFIG_DIR)
        .map(PathBuf::from)
        .or_else(|| env::read_os(env::HOME).map(|home| PathBuf::from(home).join(".azure")))
}

/// The default resource group set with `az config set defaults.group=...`.
#[must_use]
pub fn resource_group() -> Option<Setting<String>> {
    option("defaults", "group", env::AZURE_DEFAULTS_GROUP)
}

/// The output format set with `az config set core.output=...`.
#[must_use]
pub fn output() -> Option<Setting<String>> {
    option("core", "output", env::AZURE_CORE_OUTPUT)
}

/// The name of the cloud that `az cloud set` chose.
#[must_use]
pub fn cloud_name() -> Option<Setting<String>> {
    option("cloud", "name", env::AZURE_CLOUD_NAME)
}

fn option(section: &str, key: &str, variable: &'static str) -> Option<Setting<String>> {
    if let Some(value) = env::read(variable) {
        return Some(Setting::new(value, Origin::Environment(variable)));
    }
    let path = folder()?.join("config");
    let text = std::fs::read_to_string(&path).ok()?;
    let value = ini_value(&text, section, key)?;
    Some(Setting::new(value, Origin::Az(path)))
}

/// The endpoints of a cloud that az knows and podid does not (`az cloud register`).
///
/// # Errors
/// Nothing is registered under the name, or its endpoints are refused.
pub fn registered_cloud(name: &str) -> Result<Cloud> {
    let path = folder().map(|folder| folder.join("clouds.config"));
    let text = path
        .as_deref()
        .and_then(|path| std::fs::read_to_string(path).ok())
        .unwrap_or_default();
    let value = |key: &str| ini_value(&text, name, key);
    let missing = |what: &str| {
        Error::usage(format!("az's cloud `{name}` cannot be used: {what}"))
            .hint("choose another with --cloud, or register it anew with `az cloud register`")
            .target("--cloud")
    };
    let resource_manager = value("endpoint_resource_manager")
        .ok_or_else(|| missing("az has no Resource Manager for it"))?;
    let authority = value("endpoint_active_directory")
        .ok_or_else(|| missing("az has no sign-in address for it"))?;
    let suffix = value("suffix_keyvault_dns");
    let endpoints = CustomEndpoints {
        name: Some(name.to_owned()),
        resource_manager,
        authority,
        audience: value("endpoint_active_directory_resource_id")
            .map(|audience| audience.trim_end_matches('/').to_owned()),
        vault_suffix: suffix.map(|suffix| suffix.trim_start_matches('.').to_owned()),
        ..CustomEndpoints::default()
    };
    Cloud::custom(endpoints).map_err(|refusal| {
        let file = path.as_deref().unwrap_or(Path::new("clouds.config"));
        missing(&refusal.to_string()).hint(format!("it is described in `{}`", file.display()))
    })
}

/// What az has noted about the subscriptions of whoever signed in.
#[derive(Debug, Default)]
pub struct Profile {
    path: PathBuf,
    subscriptions: Vec<Value>,
}

impl Profile {
    /// Reads `azureProfile.json`; empty when az is not signed in.
    #[must_use]
    pub fn read() -> Profile {
        let Some(path) = folder().map(|folder| folder.join("azureProfile.json")) else {
            return Profile::default();
        };
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        // az writes this file with a byte order mark.
        let mut document: Value =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        let subscriptions = match document.get_mut("subscriptions").map(Value::take) {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        };
        Profile {
            path,
            subscriptions,
        }
    }

    /// The id of the subscription that `az account set` chose.
    #[must_use]
    pub fn chosen(&self) -> Option<Setting<String>> {
        let chosen = self
            .subscriptions
            .iter()
            .find(|item| item["isDefault"] == true)?;
        let id = chosen["id"].as_str()?.to_owned();
        Some(Setting::new(id, Origin::Az(self.path.clone())))
    }

    /// Whether az knows a subscription of this id or name.
    #[must_use]
    pub fn knows(&self, subscription: &str) -> bool {
        let is = |value: &Value| {
            value
                .as_str()
                .is_some_and(|text| text.eq_ignore_ascii_case(subscription))
        };
        self.subscriptions
            .iter()
            .any(|item| is(&item["id"]) || is(&item["name"]))
    }
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
            && name.trim().eq_ignore_ascii_case(key)
        {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
    }
    None
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
