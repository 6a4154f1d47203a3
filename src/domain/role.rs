//! The built-in roles podid deals with.

/// A built-in role; its GUID is the same in every tenant and cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// May assign identities to resources.
    ManagedIdentityOperator,
    /// May create identities and write their federated credentials.
    ManagedIdentityContributor,
    /// May change virtual machines and scale sets.
    VirtualMachineContributor,
    /// May change everything but access.
    Contributor,
    /// May change everything.
    Owner,
    /// May read everything.
    Reader,
    /// May grant access.
    UserAccessAdministrator,
    /// May read the secrets of key vaults.
    KeyVaultSecretsUser,
    /// May fetch the user kubeconfig of clusters.
    AksClusterUser,
    /// May fetch the administrator kubeconfig of clusters.
    AksClusterAdmin,
    /// May change clusters.
    AksContributor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::ManagedIdentityOperator,
        Self::ManagedIdentityContributor,
        Self::VirtualMachineContributor,
        Self::Contributor,
        Self::Owner,
        Self::Reader,
        Self::UserAccessAdministrator,
        Self::KeyVaultSecretsUser,
        Self::AksClusterUser,
        Self::AksClusterAdmin,
        Self::AksContributor,
    ];

    /// Its GUID.
    #[must_use]
    pub fn guid(self) -> &'static str {
        match self {
            Self::ManagedIdentityOperator => "f1a07417-d97a-45cb-824c-7a7467783830",
            Self::ManagedIdentityContributor => "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
            Self::VirtualMachineContributor => "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
            Self::Contributor => "b24988ac-6180-42a0-ab88-20f7382dd24c",
            Self::Owner => "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
            Self::Reader => "acdd72a7-3385-48ef-bd42-f606fba81ae7",
            Self::UserAccessAdministrator => "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
            Self::KeyVaultSecretsUser => "4633458b-17de-408a-b874-0445c86b69e6",
            Self::AksClusterUser => "4abbcc35-e782-43d8-92c5-2d3f1bd2253f",
            Self::AksClusterAdmin => "0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8",
            Self::AksContributor => "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
        }
    }

    /// Its name, as Azure shows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ManagedIdentityOperator => "Managed Identity Operator",
            Self::ManagedIdentityContributor => "Managed Identity Contributor",
            Self::VirtualMachineContributor => "Virtual Machine Contributor",
            Self::Contributor => "Contributor",
            Self::Owner => "Owner",
            Self::Reader => "Reader",
            Self::UserAccessAdministrator => "User Access Administrator",
            Self::KeyVaultSecretsUser => "Key Vault Secrets User",
            Self::AksClusterUser => "Azure Kubernetes Service Cluster User Role",
            Self::AksClusterAdmin => "Azure Kubernetes Service Cluster Admin Role",
            Self::AksContributor => "Azure Kubernetes Service Contributor Role",
        }
    }

    /// The actions podid, the add-on or MIC really uses of this role.
    #[must_use]
    pub fn needed_actions(self) -> &'static [&'static str] {
        match self {
            Role::ManagedIdentityOperator => &[
                "Microsoft.ManagedIdentity/userAssignedIdentities/read",
                "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            ],
            Role::VirtualMachineContributor => &[
                "Microsoft.Compute/virtualMachineScaleSets/read",
                "Microsoft.Compute/virtualMachineScaleSets/write",
            ],
            _ => &[],
        }
    }

    /// The built-in role of a GUID or of a definition's id.
    #[must_use]
    pub fn of(definition: &str) -> Option<Self> {
        let guid = definition.rsplit('/').next().unwrap_or(definition);
        Self::ALL
            .into_iter()
            .find(|role| role.guid().eq_ignore_ascii_case(guid))
    }

    /// The id of its definition in a subscription.
    #[must_use]
    pub fn definition_id(self, subscription: &str) -> String {
        definition_id(subscription, self.guid())
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The id of a role definition in a subscription.
#[must_use]
pub fn definition_id(subscription: &str, guid: &str) -> String {
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{guid}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_role_is_found_by_its_definition() {
        for role in Role::ALL {
            assert_eq!(
                Role::of(&role.definition_id("s").to_uppercase()),
                Some(role)
            );
            assert!(uuid::Uuid::parse_str(role.guid()).is_ok());
        }
        let guids: BTreeSet<_> = Role::ALL.iter().map(|role| role.guid()).collect();
        assert_eq!(guids.len(), Role::ALL.len());
        assert_eq!(Role::of("custom"), None);
    }
}
