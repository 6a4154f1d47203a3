//! `listClusterUserCredential` and `listClusterAdminCredential`: kubeconfigs of the attached Kubernetes API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::text;
use crate::providers::refusals::{bad_request, resource_not_found};
use crate::world::World;
use crate::world::resources::Resource;

/// Serves the actions of a cluster.
pub(super) fn serve(world: &World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    let cluster = world
        .resources
        .get(&target.id)
        .ok_or_else(|| resource_not_found(&target.id))?;
    let action = target.action.as_deref().unwrap_or_default();
    let disabled = cluster.body.pointer("/properties/disableLocalAccounts") == Some(&true.into());
    let attached = world.cluster(&cluster.id);
    let (name, config) = match action.to_ascii_lowercase().as_str() {
        "listclusteradmincredential" if disabled => {
            return Err(bad_request(
                "BadRequest",
                "Getting static credential is not allowed because this cluster is set to disable local accounts.",
            ));
        }
        "listclusteradmincredential" => (
            "clusterAdmin",
            attached.map_or_else(
                || unattached(cluster, "clusterAdmin"),
                |a| a.kubeconfig.clone(),
            ),
        ),
        "listclusterusercredential" => (
            "clusterUser",
            attached.map_or_else(
                || unattached(cluster, "clusterUser"),
                |a| a.user_kubeconfig.as_ref().unwrap_or(&a.kubeconfig).clone(),
            ),
        ),
        _ => return Err(ArmError::method_not_allowed(request.method.as_str())),
    };
    Ok(Reply::ok(json!({
        "kubeconfigs": [{"name": name, "value": STANDARD.encode(config)}],
    })))
}

/// The kubeconfig of a cluster without a Kubernetes API behind it: well formed, and its server answers nobody.
fn unattached(cluster: &Resource, user: &str) -> String {
    let name = cluster.name();
    let context = match user {
        "clusterAdmin" => format!("{name}-admin"),
        _ => name.to_owned(),
    };
    let group =
        crate::providers::id::ResourceId::parse(&cluster.id).map_or_else(String::new, |i| i.group);
    let server = text(&cluster.body, "/properties/fqdn");
    let token = text(&cluster.body, "/properties/resourceUID");
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: {name}\n  cluster:\n    server: https://{server}:443\n\
         contexts:\n- name: {context}\n  context:\n    cluster: {name}\n    user: {user}_{group}_{name}\n\
         current-context: {context}\nusers:\n- name: {user}_{group}_{name}\n  user:\n    token: \"{token}\"\n"
    )
}
