//! AKS clusters.
//!
//! A cluster stays the JSON document the service gave: podid views the fields it needs and edits
//! nothing else, so that fields newer than podid survive a write.

mod writable;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::client::{Call, Client};
use super::error::Error;
use super::wire::text;
use crate::domain::resource_id::{MANAGED_CLUSTER, ResourceId};

pub use writable::READ_ONLY;

/// The API version of Microsoft.ContainerService: stable, not a preview.
pub const API_VERSION: &str = "2025-05-01";

/// An AKS cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedCluster {
    /// Its id.
    id: ResourceId,
    /// The document as the service gave it.
    pub raw: Value,
}

/// The identity that pulls images and, in standard mode, that MIC runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeletIdentity {
    /// Its resource id.
    pub resource_id: ResourceId,
    /// Its client id.
    pub client_id: String,
    /// Its object id.
    pub object_id: String,
}

/// A node pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentPool {
    /// Its name.
    pub name: String,
    /// `Linux` or `Windows`.
    pub os_type: String,
    /// `VirtualMachineScaleSets`, `AvailabilitySet` or `VirtualMachines`.
    pub pool_type: String,
    /// `System` or `User`.
    pub mode: String,
    /// How many nodes.
    pub count: u64,
    /// The state of its last operation.
    pub provisioning_state: Option<String>,
    /// Its Kubernetes version.
    pub kubernetes_version: Option<String>,
}

impl AgentPool {
    /// Whether its nodes are Windows.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        self.os_type.eq_ignore_ascii_case("Windows")
    }

    /// Whether a scale set stands behind it.
    #[must_use]
    pub fn is_scale_set(&self) -> bool {
        self.pool_type
            .eq_ignore_ascii_case("VirtualMachineScaleSets")
    }

    fn of(value: &Value) -> Option<Self> {
        let or = |key: &str, default: &str| text(value, key).unwrap_or(default).to_owned();
        Some(Self {
            name: text(value, "/name")?.to_owned(),
            os_type: or("/osType", "Linux"),
            pool_type: or("/type", "VirtualMachineScaleSets"),
            mode: or("/mode", "User"),
            count: value.get("count").and_then(Value::as_u64).unwrap_or(0),
            provisioning_state: text(value, "/provisioningState").map(str::to_owned),
            kubernetes_version: text(value, "/currentOrchestratorVersion")
                .or_else(|| text(value, "/orchestratorVersion"))
                .map(str::to_owned),
        })
    }
}

impl ManagedCluster {
    /// A cluster from the service's document.
    ///
    /// # Errors
    /// When the document has no id of a cluster.
    pub fn from_value(raw: Value) -> Result<Self, Error> {
        let id = text(&raw, "/id")
            .ok_or_else(|| Error::Invalid("a cluster without an id".to_owned()))?;
        let id = ResourceId::parse(id)?.expect_type(MANAGED_CLUSTER)?;
        Ok(Self { id, raw })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &ResourceId {
        &self.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.id.name()
    }

    /// Where it is.
    #[must_use]
    pub fn location(&self) -> &str {
        text(&self.raw, "/location").unwrap_or_default()
    }

    /// The state of its last operation.
    #[must_use]
    pub fn provisioning_state(&self) -> Option<&str> {
        text(&self.raw, "/properties/provisioningState")
    }

    /// The resource group of its nodes.
    #[must_use]
    pub fn node_resource_group(&self) -> Option<&str> {
        text(&self.raw, "/properties/nodeResourceGroup")
    }

    /// `ReadOnly` when a deny assignment locks the node resource group.
    #[must_use]
    pub fn restriction_level(&self) -> Option<&str> {
        text(
            &self.raw,
            "/properties/nodeResourceGroupProfile/restrictionLevel",
        )
    }

    /// Whether the node resource group is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.restriction_level()
            .is_some_and(|level| level.eq_ignore_ascii_case("ReadOnly"))
    }

    /// The name of its API server.
    #[must_use]
    pub fn fqdn(&self) -> Option<&str> {
        text(&self.raw, "/properties/fqdn")
    }

    /// The private name of its API server.
    #[must_use]
    pub fn private_fqdn(&self) -> Option<&str> {
        text(&self.raw, "/properties/privateFQDN")
            .or_else(|| text(&self.raw, "/properties/privateFqdn"))
    }

    /// The name the Azure portal uses for its API server.
    #[must_use]
    pub fn azure_portal_fqdn(&self) -> Option<&str> {
        text(&self.raw, "/properties/azurePortalFQDN")
    }

    /// All names of its API server.
    #[must_use]
    pub fn server_names(&self) -> Vec<&str> {
        [self.fqdn(), self.private_fqdn(), self.azure_portal_fqdn()]
            .into_iter()
            .flatten()
            .collect()
    }

    /// The object ids of its control-plane identity.
    #[must_use]
    pub fn identity_principal_ids(&self) -> Vec<&str> {
        let user_assigned = self
            .raw
            .pointer("/identity/userAssignedIdentities")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(serde_json::Map::values)
            .filter_map(|identity| text(identity, "/principalId"));
        text(&self.raw, "/identity/principalId")
            .into_iter()
            .chain(user_assigned)
            .collect()
    }

    /// The identities that AKS made for its add-ons (monitoring, policy, key vault ...).
    #[must_use]
    pub fn add_on_identities(&self) -> Vec<ResourceId> {
        let add_ons = self.raw.pointer("/properties/addonProfiles");
        let add_ons = add_ons.and_then(Value::as_object).into_iter().flatten();
        add_ons
            .filter_map(|(_, add_on)| text(add_on, "/identity/resourceId")?.parse().ok())
            .collect()
    }

    /// Its kubelet identity.
    #[must_use]
    pub fn kubelet_identity(&self) -> Option<KubeletIdentity> {
        let identity = self
            .raw
            .pointer("/properties/identityProfile/kubeletidentity")?;
        Some(KubeletIdentity {
            resource_id: text(identity, "/resourceId")?.parse().ok()?,
            client_id: text(identity, "/clientId").unwrap_or_default().to_owned(),
            object_id: text(identity, "/objectId").unwrap_or_default().to_owned(),
        })
    }

    /// The client id of its service principal, when it runs with one instead of a managed identity.
    #[must_use]
    pub fn service_principal(&self) -> Option<&str> {
        text(&self.raw, "/properties/servicePrincipalProfile/clientId")
            .filter(|client_id| !client_id.eq_ignore_ascii_case("msi"))
    }

    /// `azure`, `kubenet` or `none`.
    #[must_use]
    pub fn network_plugin(&self) -> Option<&str> {
        text(&self.raw, "/properties/networkProfile/networkPlugin")
    }

    /// Whether its network plugin is kubenet.
    #[must_use]
    pub fn is_kubenet(&self) -> bool {
        self.network_plugin()
            .is_some_and(|plugin| plugin.eq_ignore_ascii_case("kubenet"))
    }

    /// Its `podIdentityProfile`; null when it has none.
    #[must_use]
    pub fn pod_identity_profile(&self) -> &Value {
        self.raw
            .pointer("/properties/podIdentityProfile")
            .unwrap_or(&Value::Null)
    }

    /// Whether no operation is under way on it or on one of its node pools.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let settled = |state: &str| {
            ["Succeeded", "Failed", "Canceled"]
                .iter()
                .any(|end| end.eq_ignore_ascii_case(state))
        };
        self.provisioning_state().is_none_or(settled)
            && self
                .agent_pools()
                .iter()
                .filter_map(|pool| pool.provisioning_state.as_deref())
                .all(settled)
    }

    /// Whether the pod identity add-on is on.
    #[must_use]
    pub fn pod_identity_enabled(&self) -> bool {
        self.raw
            .pointer("/properties/podIdentityProfile/enabled")
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// Whether its owner accepted kubenet for the add-on.
    #[must_use]
    pub fn kubenet_accepted(&self) -> bool {
        self.raw
            .pointer("/properties/podIdentityProfile/allowNetworkPluginKubenet")
            .and_then(Value::as_bool)
            .unwrap_or(false)
    }

    /// The tenant of its system-assigned identity.
    #[must_use]
    pub fn tenant_id(&self) -> Option<&str> {
        text(&self.raw, "/identity/tenantId")
    }

    /// Its ETag.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        text(&self.raw, "/eTag").or_else(|| text(&self.raw, "/etag"))
    }

    /// Its node pools.
    #[must_use]
    pub fn agent_pools(&self) -> Vec<AgentPool> {
        self.raw
            .pointer("/properties/agentPoolProfiles")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(AgentPool::of)
            .collect()
    }

    /// Its tags.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<&str, &str> {
        self.raw
            .get("tags")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
            .collect()
    }
}

/// One cluster.
///
/// # Errors
/// See [`Error`].
pub async fn get(client: &Client, id: &ResourceId) -> Result<ManagedCluster, Error> {
    ManagedCluster::from_value(client.get(id, API_VERSION).await?)
}

/// The clusters of a subscription.
///
/// # Errors
/// See [`Error`].
pub async fn list(client: &Client, subscription: &str) -> Result<Vec<ManagedCluster>, Error> {
    let scope = ResourceId::subscription_id(subscription)?;
    let call = Call::get(format!("{scope}/providers/{MANAGED_CLUSTER}"), API_VERSION);
    client
        .list(&call)
        .await?
        .into_iter()
        .map(ManagedCluster::from_value)
        .collect()
}

/// The call that writes a cluster back as it was read with another `podIdentityProfile`, only
/// when nobody else has changed it since; [`READ_ONLY`] is left out.
#[must_use]
pub fn put_call(
    cluster: &ManagedCluster,
    profile: Value,
    custom_headers: &[(String, String)],
) -> Call {
    let body = writable::body(&cluster.raw, profile);
    let mut call = Call::put(cluster.id(), API_VERSION, body);
    if let Some(etag) = cluster.etag() {
        call = call.if_match(etag);
    }
    custom_headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value))
}

/// The kubeconfig of a user, as `az aks get-credentials` fetches it.
///
/// # Errors
/// See [`Error`].
pub async fn user_kubeconfig(client: &Client, id: &ResourceId) -> Result<Vec<u8>, Error> {
    kubeconfig(client, id, "listClusterUserCredential").await
}

/// The kubeconfig of the cluster's administrator; refused by the service when local accounts are off.
///
/// # Errors
/// See [`Error`].
pub async fn admin_kubeconfig(client: &Client, id: &ResourceId) -> Result<Vec<u8>, Error> {
    kubeconfig(client, id, "listClusterAdminCredential").await
}

async fn kubeconfig(client: &Client, id: &ResourceId, action: &str) -> Result<Vec<u8>, Error> {
    let call = Call::post(format!("{id}/{action}"), API_VERSION, None);
    let body = client.send(&call).await?.body;
    let encoded = text(&body, "/kubeconfigs/0/value")
        .ok_or_else(|| call.bad_answer("no kubeconfig in the answer"))?;
    // The decoder's error would quote the text; a kubeconfig is a secret.
    STANDARD
        .decode(encoded)
        .map_err(|_| call.bad_answer("a kubeconfig that is not base64"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cluster(properties: Value) -> ManagedCluster {
        ManagedCluster::from_value(json!({
            "id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/demo/providers/Microsoft.ContainerService/managedClusters/demo",
            "location": "westeurope",
            "eTag": "e1",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/x": {"principalId": "p1"}}},
            "properties": properties,
        }))
        .unwrap()
    }

    #[test]
    fn views_what_podid_needs() {
        let cluster = cluster(json!({
            "nodeResourceGroup": "MC_demo",
            "nodeResourceGroupProfile": {"restrictionLevel": "ReadOnly"},
            "servicePrincipalProfile": {"clientId": "msi"},
            "networkProfile": {"networkPlugin": "azure"},
            "podIdentityProfile": {"enabled": true},
            "fqdn": "demo.hcp.westeurope.azmk8s.io",
            "addonProfiles": {
                "omsagent": {"enabled": true, "identity": {"resourceId": "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/MC_demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/omsagent-demo"}},
                "azurepolicy": {"enabled": false},
            },
            "agentPoolProfiles": [
                {"name": "system", "osType": "Linux", "type": "VirtualMachineScaleSets", "mode": "System", "count": 3},
                {"name": "win", "osType": "Windows", "type": "VirtualMachineScaleSets", "mode": "User", "count": 1},
                {"name": "old", "type": "AvailabilitySet"},
            ],
        }));
        assert_eq!(cluster.name(), "demo");
        assert!(cluster.is_locked() && cluster.pod_identity_enabled());
        assert_eq!(cluster.service_principal(), None);
        assert_eq!(cluster.identity_principal_ids(), ["p1"]);
        assert_eq!(cluster.server_names(), ["demo.hcp.westeurope.azmk8s.io"]);
        assert_eq!(cluster.kubelet_identity(), None);
        assert_eq!(cluster.add_on_identities()[0].name(), "omsagent-demo");
        let pools = cluster.agent_pools();
        assert_eq!(pools.len(), 3);
        assert!(pools[1].is_windows() && pools[0].is_scale_set() && !pools[2].is_scale_set());
    }

    #[test]
    fn fields_podid_does_not_know_survive_a_write() {
        let cluster = cluster(json!({"fieldOfTomorrow": {"deep": [null, 1]}}));
        let headers = [("x-feature".to_owned(), "on".to_owned())];
        let call = put_call(&cluster, json!({"enabled": true}), &headers);
        assert!(call.is_conditional());
        let sent = &call.body().unwrap()["properties"];
        assert_eq!(sent["fieldOfTomorrow"], json!({"deep": [null, 1]}));
        assert_eq!(sent["podIdentityProfile"], json!({"enabled": true}));
    }

    #[test]
    fn an_operation_on_a_pool_is_one_on_the_cluster() {
        let of = |cluster_state: &str, pool_state: &str| {
            cluster(json!({
                "provisioningState": cluster_state,
                "agentPoolProfiles": [{"name": "system", "provisioningState": pool_state}],
            }))
            .is_settled()
        };
        assert!(of("Succeeded", "Failed"));
        assert!(!of("Updating", "Succeeded") && !of("Succeeded", "Upgrading"));
    }

    #[test]
    fn a_document_of_something_else_is_refused() {
        let group = json!({"id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/demo"});
        assert!(ManagedCluster::from_value(group).is_err());
        assert!(ManagedCluster::from_value(json!({})).is_err());
    }
}
