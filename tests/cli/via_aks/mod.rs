//! The add-on's way: `podid add`, `remove`, `list` and `show` on a cluster whose pod identity
//! add-on is on.

mod add;
mod errors;
mod list;
mod remove;
mod repair;
mod trouble;

use serde_json::{Value, json};

use crate::support::{Plan, Site};

/// A cluster with the add-on, whose control plane may assign every identity of the group.
pub(super) fn site() -> Site {
    let site = without_role();
    allow(&site);
    site
}

/// The same, but the control plane has no role.
pub(super) fn without_role() -> Site {
    Site::planned(&Plan {
        add_on: true,
        ..Plan::default()
    })
}

/// Gives the control plane its role on the whole resource group.
pub(super) fn allow(site: &Site) {
    let id = site.identity("demo-control-plane");
    let principal = site.azure("GET", &id, &Value::Null)["properties"]["principalId"].clone();
    site.seed(&json!({"roleAssignments": [{
        "role": "Managed Identity Operator",
        "scope": format!("/subscriptions/{}/resourceGroups/demo", site.subscription),
        "principal": principal,
    }]}));
}

/// The profile as Azure has it.
pub(super) fn profile(site: &Site) -> Value {
    site.azure("GET", &site.cluster(), &Value::Null)["properties"]["podIdentityProfile"].take()
}

/// `name state` of every pod identity.
pub(super) fn items(site: &Site) -> Vec<String> {
    let profile = profile(site);
    let items = profile["userAssignedIdentities"].as_array();
    let word = |item: &Value, key: &str| item[key].as_str().unwrap_or("-").to_owned();
    let mut items: Vec<String> = items
        .into_iter()
        .flatten()
        .map(|item| format!("{} {}", word(item, "name"), word(item, "provisioningState")))
        .collect();
    items.sort();
    items
}

/// Deletes a managed identity, as the administrator.
pub(super) fn delete_identity(site: &Site, name: &str) {
    site.azure("DELETE", &site.identity(name), &Value::Null);
}

/// The fault of one PUT of the cluster.
pub(super) fn refuse_put(site: &Site, times: u64, action: &Value) {
    site.fault(&json!({
        "match": {"method": "PUT", "path": "managedClusters/demo"}, "times": times, "action": action,
    }));
}
