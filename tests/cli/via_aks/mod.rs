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
    site.allow_control_plane();
    site
}

/// The same, but the control plane has no role.
pub(super) fn without_role() -> Site {
    Site::planned(&Plan::with_add_on(&["reader", "writer"]))
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
