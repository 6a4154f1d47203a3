//! What the service fills in when a cluster is made.

use serde_json::{Value, json};

use super::pools;
use crate::providers::json::{as_object, object, text};

const VERSION: &str = "1.33.3";

/// The parts of a new cluster that are not in the request.
pub(super) struct Naming<'a> {
    /// The cluster's id.
    pub(super) id: &'a str,
    /// The resource group.
    pub(super) group: &'a str,
    /// The name.
    pub(super) name: &'a str,
    /// The tenant.
    pub(super) tenant: &'a str,
    /// A short number every name behind the cluster carries.
    pub(super) digits: &'a str,
}

/// The document of a new cluster: what was sent, completed.
pub(super) fn document(sent: &Value, naming: &Naming<'_>) -> Value {
    let mut body = sent.clone();
    let location = text(sent, "/location")
        .to_ascii_lowercase()
        .replace(' ', "");
    for read_only in ["eTag", "identity", "systemData"] {
        as_object(&mut body).remove(read_only);
    }
    body["id"] = naming.id.into();
    body["name"] = naming.name.into();
    body["type"] = super::KIND.into();
    body["location"] = location.clone().into();
    drop_secrets(&mut body);
    fill(&mut body, &json!({"sku": {"name": "Base", "tier": "Free"}}));
    let properties = object(&mut body, "properties");
    properties.insert("provisioningState".into(), "Creating".into());
    properties.insert("powerState".into(), json!({"code": "Running"}));
    properties.remove("podIdentityProfile");
    let version = properties
        .get("kubernetesVersion")
        .and_then(Value::as_str)
        .filter(|v| !v.is_empty())
        .unwrap_or(VERSION)
        .to_owned();
    properties.insert("kubernetesVersion".into(), version.clone().into());
    properties.insert("currentKubernetesVersion".into(), version.into());
    let mut filled = Value::Object(std::mem::take(properties));
    let completion = completion(naming, &location, &filled);
    fill(&mut filled, &completion);
    complete_issuer(&mut filled, naming, &location);
    complete_pools(&mut filled);
    body["properties"] = filled;
    body
}

/// Takes out what is written but never shown.
pub(super) fn drop_secrets(body: &mut Value) {
    for (profile, secret) in [
        ("servicePrincipalProfile", "secret"),
        ("windowsProfile", "adminPassword"),
    ] {
        if let Some(Value::Object(profile)) = body.pointer_mut(&format!("/properties/{profile}")) {
            profile.remove(secret);
        }
    }
}

fn completion(naming: &Naming<'_>, location: &str, sent: &Value) -> Value {
    let prefix = match text(sent, "/dnsPrefix") {
        "" => format!("{}-{}", naming.name, naming.group),
        prefix => prefix.to_owned(),
    };
    let host = format!("{prefix}-{}", naming.digits);
    json!({
        "dnsPrefix": prefix,
        "fqdn": format!("{host}.hcp.{location}.azmk8s.io"),
        "azurePortalFQDN": format!("{host}.portal.hcp.{location}.azmk8s.io"),
        "nodeResourceGroup": format!("MC_{}_{}_{location}", naming.group, naming.name),
        "nodeResourceGroupProfile": {"restrictionLevel": "Unrestricted"},
        "enableRBAC": true,
        "disableLocalAccounts": false,
        "supportPlan": "KubernetesOfficial",
        "maxAgentPools": 100,
        "resourceUID": uuid::Uuid::new_v4().simple().to_string(),
        "servicePrincipalProfile": {"clientId": "msi"},
        "networkProfile": {
            "networkPlugin": "azure", "networkDataplane": "azure", "loadBalancerSku": "standard",
            "outboundType": "loadBalancer", "serviceCidr": "10.0.0.0/16", "dnsServiceIP": "10.0.0.10",
            "ipFamilies": ["IPv4"],
        },
        "oidcIssuerProfile": {"enabled": false},
        "securityProfile": {},
        "storageProfile": {
            "diskCSIDriver": {"enabled": true}, "fileCSIDriver": {"enabled": true},
            "snapshotController": {"enabled": true},
        },
        "workloadAutoScalerProfile": {},
    })
}

/// Gives an enabled OIDC issuer its address.
fn complete_issuer(properties: &mut Value, naming: &Naming<'_>, location: &str) {
    if properties.pointer("/oidcIssuerProfile/enabled") == Some(&Value::Bool(true)) {
        let uid = text(properties, "/resourceUID").to_owned();
        let url = format!(
            "https://{location}.oic.prod-aks.azure.com/{}/{uid}/",
            naming.tenant
        );
        object(properties, "oidcIssuerProfile").insert("issuerUrl".into(), url.into());
    }
}

fn complete_pools(properties: &mut Value) {
    let version = text(properties, "/kubernetesVersion").to_owned();
    let Some(list) = properties
        .get_mut("agentPoolProfiles")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    let has_system = list.iter().any(|p| text(p, "/mode") == "System");
    for (index, pool) in list.iter_mut().enumerate() {
        if index == 0 && !has_system {
            pool["mode"] = "System".into();
        }
        pools::complete(pool, &version);
    }
}

/// Adds what is missing, object by object; what is there stays.
pub(super) fn fill(target: &mut Value, defaults: &Value) {
    let Value::Object(defaults) = defaults else {
        return;
    };
    let target = as_object(target);
    for (key, default) in defaults {
        match target.get_mut(key) {
            None | Some(Value::Null) => {
                target.insert(key.clone(), default.clone());
            }
            Some(present) if present.is_object() && default.is_object() => fill(present, default),
            Some(_) => {}
        }
    }
}
