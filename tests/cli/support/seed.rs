//! What the emulated Azure holds at first: a tenant, a resource group, identities and a cluster.

use serde_json::{Value, json};

pub(crate) const TENANT: &str = "11111111-1111-1111-1111-111111111111";
pub(crate) const OTHER_TENANT: &str = "22222222-2222-2222-2222-222222222222";
pub(crate) const OPERATOR_APP: &str = "33333333-3333-3333-3333-333333333333";
pub(crate) const OPERATOR: &str = "44444444-4444-4444-4444-444444444444";
pub(crate) const ADMIN_APP: &str = "55555555-5555-5555-5555-555555555555";
const ADMIN: &str = "66666666-6666-6666-6666-666666666666";
/// Unlike anything else, so that it can be looked for in every output.
pub(crate) const SECRET: &str = "operator-secret-Zq7~xW9.rT2";
pub(crate) const ADMIN_SECRET: &str = "admin-secret-Lk5~vB8.nM4";

/// What a test wants its cluster to be like.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of a cluster, and any of them may go with any other"
)]
pub(crate) struct Plan {
    /// Name, OS and type of each node pool.
    pub(crate) pools: Vec<(String, &'static str, &'static str)>,
    /// Identities in resource group `demo`.
    pub(crate) identities: Vec<String>,
    /// Roles of the operator, as (role, scope below the subscription).
    pub(crate) roles: Vec<(&'static str, String)>,
    /// The deny assignment of AKS on the node resource group.
    pub(crate) locked: bool,
    /// The cluster runs with a service principal.
    pub(crate) service_principal: bool,
    /// The pod identity add-on is on.
    pub(crate) add_on: bool,
    /// The network plugin is kubenet.
    pub(crate) kubenet: bool,
}

pub(crate) const NODE_GROUP: &str = "MC_demo_demo_westeurope";

impl Default for Plan {
    fn default() -> Self {
        let set = "VirtualMachineScaleSets";
        Plan {
            pools: vec![
                ("system".into(), "Linux", set),
                ("apps".into(), "Linux", set),
                ("win".into(), "Windows", set),
            ],
            identities: vec!["reader".into(), "writer".into()],
            roles: vec![
                ("Owner", "/resourceGroups/demo".into()),
                (
                    "Virtual Machine Contributor",
                    format!("/resourceGroups/{NODE_GROUP}"),
                ),
            ],
            locked: false,
            service_principal: false,
            add_on: false,
            kubenet: false,
        }
    }
}

impl Plan {
    /// `count` Linux pools.
    pub(crate) fn pools(count: usize) -> Plan {
        let pool = |n| (format!("pool{n}"), "Linux", "VirtualMachineScaleSets");
        Plan {
            pools: (0..count).map(pool).collect(),
            ..Plan::default()
        }
    }

    /// The operator has only these roles.
    pub(crate) fn with_roles(roles: &[(&'static str, &str)]) -> Plan {
        let roles = roles.iter().map(|(role, at)| (*role, (*at).to_owned()));
        Plan {
            roles: roles.collect(),
            ..Plan::default()
        }
    }

    /// The seed's text; JSON is YAML.
    pub(super) fn text(&self, subscription: &str) -> String {
        let root = format!("/subscriptions/{subscription}");
        let roles = self
            .roles
            .iter()
            .map(|(role, at)| (*role, format!("{root}{at}"), OPERATOR));
        let roles: Vec<Value> = roles
            .chain([("Owner", root.clone(), ADMIN)])
            .map(|(role, scope, principal)| {
                json!({"role": role, "scope": scope, "principal": principal})
            })
            .collect();
        json!({
            "tenants": [
                {"tenantId": TENANT, "displayName": "Home", "defaultDomain": "home.example"},
                {"tenantId": OTHER_TENANT, "displayName": "Other", "defaultDomain": "other.example"},
            ],
            "servicePrincipals": [
                {"appId": OPERATOR_APP, "objectId": OPERATOR, "tenantId": TENANT,
                 "displayName": "operator", "secrets": [SECRET], "created": "2024-01-01T00:00:00Z"},
                {"appId": ADMIN_APP, "objectId": ADMIN, "tenantId": TENANT,
                 "displayName": "admin", "secrets": [ADMIN_SECRET], "created": "2024-01-01T00:00:00Z"},
            ],
            "subscriptions": [
                {"subscriptionId": subscription, "displayName": "Demo", "tenantId": TENANT},
            ],
            "resources": self.resources(&root),
            "roleAssignments": roles,
        })
        .to_string()
    }

    fn resources(&self, root: &str) -> Vec<Value> {
        let group = format!("{root}/resourceGroups/demo");
        let mut resources = vec![json!({"id": group, "body": {"location": "westeurope"}})];
        let identities = self.identities.iter().map(String::as_str);
        for name in identities.chain(["demo-control-plane"]) {
            resources.push(json!({
                "id": format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"),
                "body": {"location": "westeurope"},
            }));
        }
        resources.push(json!({
            "id": format!("{group}/providers/Microsoft.ContainerService/managedClusters/demo"),
            "body": self.cluster(&group),
        }));
        resources
    }

    fn cluster(&self, group: &str) -> Value {
        let pools: Vec<Value> = self
            .pools
            .iter()
            .enumerate()
            .map(|(n, (name, os, kind))| {
                json!({
                    "name": name, "osType": os, "type": kind, "count": 1, "vmSize": "Standard_D2s_v5",
                    "mode": if n == 0 { "System" } else { "User" },
                })
            })
            .collect();
        let mut properties = json!({
            "agentPoolProfiles": pools,
            "networkProfile": {"networkPlugin": if self.kubenet { "kubenet" } else { "azure" }},
        });
        if self.locked {
            properties["nodeResourceGroupProfile"] = json!({"restrictionLevel": "ReadOnly"});
        }
        if self.add_on {
            properties["podIdentityProfile"] = json!({"enabled": true});
        }
        if self.service_principal {
            properties["servicePrincipalProfile"] =
                json!({"clientId": ADMIN_APP, "secret": "cluster-secret"});
            return json!({"location": "westeurope", "properties": properties});
        }
        let control_plane = format!(
            "{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-control-plane"
        );
        json!({
            "location": "westeurope",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {control_plane: {}}},
            "properties": properties,
        })
    }
}

/// A file of pod identities for the cluster of the test; `more` are the lines under its name.
pub(crate) fn desired(more: &str) -> String {
    format!(
        "apiVersion: podid.dev/v1\nkind: PodIdentities\nclusters:\n- resourceGroup: demo\n  name: demo\n{}",
        more.trim_start_matches('\n')
    )
}
