//! Role definitions: Azure's built-in ones and custom ones kept as resources.

use serde_json::{Value, json};

use crate::world::World;

/// A built-in role.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInRole {
    /// The GUID.
    pub id: &'static str,
    /// The role's name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Allowed control-plane actions.
    pub actions: &'static [&'static str],
    /// Actions taken out again.
    pub not_actions: &'static [&'static str],
    /// Allowed data-plane actions.
    pub data_actions: &'static [&'static str],
}

const READ_AUTH: &str = "Microsoft.Authorization/*/read";
const DEPLOYMENTS: &str = "Microsoft.Resources/deployments/*";
const READ_GROUPS: &str = "Microsoft.Resources/subscriptions/resourceGroups/read";
const ALERTS: &str = "Microsoft.Insights/alertRules/*";
const HEALTH: &str = "Microsoft.ResourceHealth/availabilityStatuses/read";
const SUPPORT: &str = "Microsoft.Support/*";

/// The built-in roles the emulator knows, with their real ids and actions.
pub const BUILT_IN: &[BuiltInRole] = &[
    BuiltInRole {
        id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        name: "Owner",
        description: "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        actions: &["*"],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
        name: "Contributor",
        description: "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.",
        actions: &["*"],
        not_actions: &[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
            "Microsoft.Blueprint/blueprintAssignments/write",
            "Microsoft.Blueprint/blueprintAssignments/delete",
            "Microsoft.Compute/galleries/share/action",
        ],
        data_actions: &[],
    },
    BuiltInRole {
        id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        name: "Reader",
        description: "View all resources, but does not allow you to make any changes.",
        actions: &["*/read"],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        name: "User Access Administrator",
        description: "Lets you manage user access to Azure resources.",
        actions: &["*/read", "Microsoft.Authorization/*", SUPPORT],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        name: "Role Based Access Control Administrator",
        description: "Manage access to Azure resources by assigning roles using Azure RBAC.",
        actions: &[
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            SUPPORT,
        ],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        name: "Virtual Machine Contributor",
        description: "Lets you manage virtual machines, but not access to them, and not the virtual network or storage account they're connected to.",
        actions: &[
            READ_AUTH,
            "Microsoft.Compute/availabilitySets/*",
            "Microsoft.Compute/locations/*",
            "Microsoft.Compute/virtualMachines/*",
            "Microsoft.Compute/virtualMachineScaleSets/*",
            "Microsoft.Compute/cloudServices/*",
            "Microsoft.Compute/disks/write",
            "Microsoft.Compute/disks/read",
            "Microsoft.Compute/disks/delete",
            "Microsoft.DevTestLab/schedules/*",
            ALERTS,
            "Microsoft.Network/applicationGateways/backendAddressPools/join/action",
            "Microsoft.Network/loadBalancers/backendAddressPools/join/action",
            "Microsoft.Network/loadBalancers/inboundNatPools/join/action",
            "Microsoft.Network/loadBalancers/inboundNatRules/join/action",
            "Microsoft.Network/loadBalancers/probes/join/action",
            "Microsoft.Network/loadBalancers/read",
            "Microsoft.Network/locations/*",
            "Microsoft.Network/networkInterfaces/*",
            "Microsoft.Network/networkSecurityGroups/join/action",
            "Microsoft.Network/networkSecurityGroups/read",
            "Microsoft.Network/publicIPAddresses/join/action",
            "Microsoft.Network/publicIPAddresses/read",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Network/virtualNetworks/subnets/join/action",
            "Microsoft.RecoveryServices/locations/*",
            "Microsoft.RecoveryServices/Vaults/backupPolicies/read",
            HEALTH,
            DEPLOYMENTS,
            READ_GROUPS,
            "Microsoft.SerialConsole/serialPorts/connect/action",
            "Microsoft.SqlVirtualMachine/*",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Storage/storageAccounts/read",
            SUPPORT,
        ],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "f1a07417-d97a-45cb-824c-7a7467783830",
        name: "Managed Identity Operator",
        description: "Read and Assign User Assigned Identity",
        actions: &[
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            READ_AUTH,
            ALERTS,
            READ_GROUPS,
            DEPLOYMENTS,
            SUPPORT,
        ],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
        name: "Managed Identity Contributor",
        description: "Create, Read, Update, and Delete User Assigned Identity",
        actions: &[
            "Microsoft.ManagedIdentity/userAssignedIdentities/read",
            "Microsoft.ManagedIdentity/userAssignedIdentities/write",
            "Microsoft.ManagedIdentity/userAssignedIdentities/delete",
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/*",
            "Microsoft.ManagedIdentity/userAssignedIdentities/revokeTokens/action",
            READ_AUTH,
            ALERTS,
            READ_GROUPS,
            DEPLOYMENTS,
            SUPPORT,
        ],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "4633458b-17de-408a-b874-0445c86b69e6",
        name: "Key Vault Secrets User",
        description: "Read secret contents. Only works for key vaults that use the 'Azure role-based access control' permission model.",
        actions: &[],
        not_actions: &[],
        data_actions: &[
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ],
    },
    BuiltInRole {
        id: "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
        name: "Azure Kubernetes Service Cluster User Role",
        description: "List cluster user credential action.",
        actions: &[
            "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action",
            "Microsoft.ContainerService/managedClusters/read",
        ],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
        name: "Azure Kubernetes Service Cluster Admin Role",
        description: "List cluster admin credential action.",
        actions: &[
            "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action",
            "Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action",
            "Microsoft.ContainerService/managedClusters/read",
            "Microsoft.ContainerService/managedClusters/runcommand/action",
        ],
        not_actions: &[],
        data_actions: &[],
    },
    BuiltInRole {
        id: "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        name: "Azure Kubernetes Service Contributor Role",
        description: "Grants access to read and write Azure Kubernetes Service clusters",
        actions: &[
            READ_AUTH,
            "Microsoft.ContainerService/locations/*",
            "Microsoft.ContainerService/managedClusters/*",
            "Microsoft.ContainerService/snapshots/*",
            ALERTS,
            DEPLOYMENTS,
            READ_GROUPS,
        ],
        not_actions: &[],
        data_actions: &[],
    },
];

impl BuiltInRole {
    /// The ARM document, with its id under a scope (`/` or a subscription).
    pub fn document(&self, scope: &str) -> Value {
        json!({
            "id": format!(
                "{}/providers/Microsoft.Authorization/roleDefinitions/{}",
                scope.trim_end_matches('/'), self.id
            ),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": self.id,
            "properties": {
                "roleName": self.name,
                "type": "BuiltInRole",
                "description": self.description,
                "assignableScopes": ["/"],
                "permissions": [{
                    "actions": self.actions,
                    "notActions": self.not_actions,
                    "dataActions": self.data_actions,
                    "notDataActions": [],
                }],
                "createdOn": "2015-02-02T21:55:09.8806423Z",
                "updatedOn": "2021-11-11T20:13:13.6728960Z",
                "createdBy": null,
                "updatedBy": null,
            },
        })
    }
}

/// The built-in role of this GUID or resource id.
pub fn built_in(id: &str) -> Option<&'static BuiltInRole> {
    let guid = id.rsplit('/').next().unwrap_or(id);
    BUILT_IN
        .iter()
        .find(|role| role.id.eq_ignore_ascii_case(guid))
}

/// The built-in role of this name.
pub fn by_name(name: &str) -> Option<&'static BuiltInRole> {
    BUILT_IN
        .iter()
        .find(|role| role.name.eq_ignore_ascii_case(name))
}

/// The `permissions` of a role definition, built-in or custom; empty when nothing has that id.
pub fn permissions(world: &World, role_definition_id: &str) -> Vec<Permission> {
    if let Some(role) = built_in(role_definition_id) {
        return vec![Permission {
            actions: owned(role.actions),
            not_actions: owned(role.not_actions),
            data_actions: owned(role.data_actions),
            not_data_actions: Vec::new(),
        }];
    }
    let guid = role_definition_id.rsplit('/').next().unwrap_or_default();
    world
        .resources
        .of_type("Microsoft.Authorization/roleDefinitions")
        .find(|definition| definition.name().eq_ignore_ascii_case(guid))
        .map(|definition| permissions_of(&definition.body["properties"]["permissions"]))
        .unwrap_or_default()
}

/// One entry of `permissions`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permission {
    /// Allowed (or denied) actions.
    pub actions: Vec<String>,
    /// Exceptions from them.
    pub not_actions: Vec<String>,
    /// Allowed (or denied) data actions.
    pub data_actions: Vec<String>,
    /// Exceptions from them.
    pub not_data_actions: Vec<String>,
}

impl Permission {
    /// Whether an action is in and not taken out again.
    pub fn covers(&self, action: &str, data: bool) -> bool {
        let (with, without) = if data {
            (&self.data_actions, &self.not_data_actions)
        } else {
            (&self.actions, &self.not_actions)
        };
        super::pattern::any(with, action) && !super::pattern::any(without, action)
    }
}

/// Reads a `permissions` array.
pub fn permissions_of(value: &Value) -> Vec<Permission> {
    let strings = |value: &Value| -> Vec<String> {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|item| Permission {
            actions: strings(&item["actions"]),
            not_actions: strings(&item["notActions"]),
            data_actions: strings(&item["dataActions"]),
            not_data_actions: strings(&item["notDataActions"]),
        })
        .collect()
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}
