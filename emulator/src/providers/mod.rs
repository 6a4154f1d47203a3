//! The resource providers: what each resource type does.

mod authorization;
mod compute;
mod id;
mod identity;
mod json;
mod long_running;
mod managed_clusters;
mod odata_filter;
mod paging;
mod plain;
mod principals;
mod refusals;
mod registrations;
mod resource_groups;
mod subscriptions;

pub use managed_clusters::pod_identity::objects::synchronise as synchronise_pod_identities;
pub use subscriptions::create as create_subscription;

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::world::World;

/// Hands a request to the provider of its type.
///
/// # Errors
/// What the provider answers in place of a reply.
pub fn dispatch(world: &mut World, request: &Request, target: &Target) -> Result<Reply, ArmError> {
    match target.full_type().to_ascii_lowercase().as_str() {
        "microsoft.resources/tenants" => subscriptions::tenants(world, request),
        "microsoft.resources/subscriptions" => subscriptions::serve(world, request, target),
        "microsoft.resources/subscriptions/locations" => subscriptions::locations(request, target),
        "microsoft.resources/subscriptions/resourcegroups" => {
            resource_groups::serve(world, request, target)
        }
        "microsoft.resources/subscriptions/resources"
        | "microsoft.resources/subscriptions/resourcegroups/resources" => {
            plain::list_all(world, request, target)
        }
        "microsoft.resources/subscriptions/providers" | "microsoft.resources/providers" => {
            registrations::serve(request, target)
        }
        "microsoft.managedidentity/userassignedidentities" => {
            identity::user_assigned_identities::serve(world, request, target)
        }
        "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials" => {
            identity::federated_credentials::serve(world, request, target)
        }
        "microsoft.authorization/roleassignments" => {
            authorization::role_assignments::serve(world, request, target)
        }
        "microsoft.authorization/roledefinitions" => {
            authorization::role_definitions::serve(world, request, target)
        }
        "microsoft.authorization/permissions" => {
            authorization::permissions::serve(world, request, target)
        }
        "microsoft.authorization/denyassignments" => {
            authorization::deny_assignments::serve(world, request, target)
        }
        "microsoft.compute/virtualmachinescalesets" => {
            compute::machines::serve(world, request, target, compute::SCALE_SET)
        }
        "microsoft.compute/virtualmachines" => {
            compute::machines::serve(world, request, target, compute::MACHINE)
        }
        "microsoft.compute/virtualmachinescalesets/virtualmachines" => {
            compute::instances::serve(world, request, target)
        }
        "microsoft.containerservice/managedclusters" => {
            managed_clusters::serve(world, request, target)
        }
        "microsoft.containerservice/managedclusters/agentpools" => {
            managed_clusters::agent_pools::serve(world, request, target)
        }
        "microsoft.keyvault/vaults" => plain::serve(world, request, target, plain::VAULT),
        _ => Err(ArmError::unknown_type(
            &target.provider,
            &target.types.join("/"),
        )),
    }
}

/// Whether some provider serves this full type.
fn serves(full_type: &str) -> bool {
    registrations::TYPES
        .iter()
        .any(|(namespace, kind, _)| format!("{namespace}/{kind}").eq_ignore_ascii_case(full_type))
}
