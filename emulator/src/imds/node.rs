//! Simulated nodes: instances of a scale set, and the identities they hold.

use crate::server::incoming::Incoming;
use crate::world::World;
use crate::world::directory::ServicePrincipal;

const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets";

/// A node as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeName {
    /// Name or resource id of the scale set.
    pub scale_set: String,
    /// The instance id.
    pub instance: String,
}

/// A node that exists.
#[derive(Debug, Clone)]
pub struct Node {
    /// The resource id of its scale set.
    pub scale_set: String,
    /// The instance id.
    pub instance: String,
}

impl Node {
    /// Finds a node by the name or id of its scale set.
    pub fn find(world: &World, name: &NodeName) -> Option<Self> {
        let scale_set = if name.scale_set.starts_with('/') {
            world.resources.get(&name.scale_set)
        } else {
            world
                .resources
                .of_type(SCALE_SET)
                .find(|set| set.name().eq_ignore_ascii_case(&name.scale_set))
        }?;
        let instance: u64 = name.instance.parse().ok()?;
        let capacity = scale_set.body["sku"]["capacity"].as_u64();
        capacity
            .is_none_or(|capacity| instance < capacity)
            .then(|| Self {
                scale_set: scale_set.id.clone(),
                instance: name.instance.clone(),
            })
    }

    /// The tenant of the node's subscription.
    pub fn tenant(&self, world: &World) -> String {
        let subscription: String = self
            .scale_set
            .split('/')
            .take(3)
            .collect::<Vec<_>>()
            .join("/");
        world
            .resources
            .get(&subscription)
            .and_then(|s| s.body["tenantId"].as_str().map(str::to_owned))
            .unwrap_or_else(|| world.directory.home_tenant())
    }

    /// The system-assigned identity of the scale set.
    pub fn system_assigned<'w>(&self, world: &'w World) -> Option<&'w ServicePrincipal> {
        let identity = &world.resources.get(&self.scale_set)?.body["identity"];
        world
            .directory
            .by_object_id(identity["principalId"].as_str()?)
    }

    /// The user-assigned identities of the scale set that still are what was assigned. One that was deleted and made anew has the
    /// same resource id but another client id; the node holds the old one, for which nobody issues tokens.
    pub fn user_assigned<'w>(&self, world: &'w World) -> Vec<&'w ServicePrincipal> {
        let Some(scale_set) = world.resources.get(&self.scale_set) else {
            return Vec::new();
        };
        let assigned = scale_set.body["identity"]["userAssignedIdentities"].as_object();
        assigned
            .into_iter()
            .flatten()
            .filter_map(|(id, entry)| {
                let principal = world.directory.by_resource_id(id)?;
                let same = entry["clientId"]
                    .as_str()?
                    .eq_ignore_ascii_case(&principal.app_id);
                (same && world.resources.contains(id)).then_some(principal)
            })
            .collect()
    }
}

/// The path from `/metadata` on, in lower case: what a node itself would have sent.
pub fn metadata_path(incoming: &Incoming) -> String {
    let from = incoming
        .segments
        .iter()
        .position(|segment| segment.eq_ignore_ascii_case("metadata"))
        .unwrap_or(0);
    incoming.segments[from..]
        .iter()
        .fold(String::new(), |mut path, segment| {
            path.push('/');
            path.push_str(&segment.to_lowercase());
            path
        })
}
