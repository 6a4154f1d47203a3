//! Attaches a Kubernetes API to a managed cluster.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::arm::error::ArmError;
use crate::arm::request::Reply;
use crate::world::{AttachedCluster, World};

/// The body of `PUT /_control/clusters`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attach {
    /// The managed cluster's resource id.
    pub id: String,
    /// The administrator's kubeconfig, YAML.
    pub kubeconfig: String,
    /// A user's kubeconfig.
    #[serde(default)]
    pub user_kubeconfig: Option<String>,
}

/// Attaches; the cluster's `fqdn` becomes `host:port` of the server.
///
/// # Errors
/// 404 for an unknown cluster, 400 for a kubeconfig without a server.
pub fn attach(world: &mut World, wanted: &Attach) -> Result<Reply, ArmError> {
    let server = server(&wanted.kubeconfig).ok_or_else(|| {
        ArmError::bad_request("InvalidKubeconfig", "The kubeconfig names no server.")
    })?;
    let cluster = world.resources.get_mut(&wanted.id).ok_or_else(|| {
        ArmError::new(
            404,
            "ResourceNotFound",
            format!("The cluster '{}' was not found.", wanted.id),
        )
    })?;
    cluster.body["properties"]["fqdn"] = json!(server);
    let attached = AttachedCluster {
        id: cluster.id.clone(),
        kubeconfig: wanted.kubeconfig.clone(),
        user_kubeconfig: wanted.user_kubeconfig.clone(),
        server: server.clone(),
    };
    world.clusters.insert(wanted.id.to_lowercase(), attached);
    crate::providers::synchronise_pod_identities(world, &wanted.id);
    Ok(Reply::ok(json!({"id": wanted.id, "fqdn": server})))
}

fn server(kubeconfig: &str) -> Option<String> {
    let document: Value = serde_saphyr::from_str(kubeconfig).ok()?;
    let url = url::Url::parse(document["clusters"][0]["cluster"]["server"].as_str()?).ok()?;
    let host = url.host_str()?;
    Some(format!("{host}:{}", url.port_or_known_default()?))
}

#[cfg(test)]
mod tests {
    use super::server;

    #[test]
    fn the_server_of_a_kubeconfig() {
        let text = "clusters:\n- name: a\n  cluster: {server: 'https://127.0.0.1:6443'}\n";
        assert_eq!(server(text).as_deref(), Some("127.0.0.1:6443"));
        assert_eq!(server("clusters: []"), None);
    }
}
