//! Who needs which role on which scope, for each way of running pod identity.

use super::resource_id::ResourceId;
pub use super::role::Role;

/// The way of running pod identity that permissions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// podid itself assigns identities to the scale sets: the signed-in operator needs the roles.
    Direct,
    /// The AKS add-on assigns them: the cluster's control-plane identity needs the role.
    Managed,
    /// MIC assigns them: the kubelet identity needs the roles.
    Standard,
}

/// A role somebody needs on a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The role that covers the need.
    pub role: Role,
    /// The scope: an identity or the node resource group.
    pub scope: ResourceId,
}

/// The roles that `purpose` needs on `identities` and on the node resource group.
#[must_use]
pub fn needs(
    purpose: Purpose,
    identities: &[ResourceId],
    node_resource_group: &ResourceId,
) -> Vec<Need> {
    let mut needs: Vec<Need> = identities
        .iter()
        .map(|identity| Need {
            role: Role::ManagedIdentityOperator,
            scope: identity.clone(),
        })
        .collect();
    // The add-on's resource provider owns the node resource group already.
    if purpose != Purpose::Managed {
        needs.push(Need {
            role: Role::VirtualMachineContributor,
            scope: node_resource_group.clone(),
        });
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_add_on_needs_no_role_on_the_node_resource_group() {
        let group: ResourceId =
            "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/MC_demo"
                .parse()
                .unwrap();
        assert!(needs(Purpose::Managed, &[], &group).is_empty());
        let direct = needs(Purpose::Direct, &[], &group);
        assert_eq!(
            direct,
            [Need {
                role: Role::VirtualMachineContributor,
                scope: group
            }]
        );
    }
}
