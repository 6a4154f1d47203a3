//! Deleting a cluster with everything the provider made for it.

use serde_json::Value;

use super::{job, node_group_id, refuse_if_busy, set_state};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::providers::identity::block;
use crate::providers::json::text;
use crate::providers::long_running::{self, result_of};
use crate::providers::resource_groups;
use crate::world::World;
use crate::world::operations::OperationStyle;
use crate::world::resources::Resource;

/// Serves DELETE.
pub(super) fn delete(
    world: &mut World,
    request: &Request,
    cluster: &Resource,
) -> Result<Reply, ArmError> {
    request.check_etag(Some(&cluster.etag))?;
    refuse_if_busy(&cluster.body)?;
    let mut leaving = cluster.clone();
    set_state(&mut leaving.body, "Deleting");
    world.resources.put(leaving);
    let id = cluster.id.clone();
    let mut job = job(cluster, 98.0, "managed-cluster");
    job.tracking = OperationStyle::Location;
    let headers = long_running::run(world, request, job, move |world, outcome| {
        if let Err(error) = result_of(outcome) {
            if let Some(mut cluster) = world.resources.get(&id).cloned() {
                set_state(&mut cluster.body, "Failed");
                world.resources.put(cluster);
            }
            return Err(error);
        }
        remove(world, &id);
        Ok(Value::Null)
    })?;
    Ok(Reply::accepted().with_headers(headers))
}

/// Removes a cluster at once: its node resource group and its own identity too.
pub(crate) fn remove(world: &mut World, id: &str) {
    let Some(cluster) = world.resources.get(id).cloned() else {
        return;
    };
    block::forget(world, &cluster.body);
    world.resources.remove_tree(id);
    if !text(&cluster.body, "/properties/nodeResourceGroup").is_empty() {
        resource_groups::remove(world, &node_group_id(&cluster.body));
    }
    world.clusters.remove(&id.to_lowercase());
}
