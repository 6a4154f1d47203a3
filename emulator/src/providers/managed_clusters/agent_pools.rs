//! `managedClusters/agentPools`: the pools of a cluster as resources. They are stored in the cluster's profiles only.

use http::Method;
use serde_json::{Value, json};

use super::{in_progress, is_moving, job, pools};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::{as_object, list, merge, text};
use crate::providers::long_running::{self, result_of};
use crate::providers::paging::page;
use crate::providers::refusals::{bad_request, parent_not_found, resource_not_found};
use crate::world::World;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.ContainerService/managedClusters/agentPools";

/// Serves one pool, or the list of a cluster's.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    let parent: Vec<&str> = target.id.split('/').take(9).collect();
    let parent = parent.join("/");
    let Some(cluster) = world.resources.get(&parent).cloned() else {
        return Err(match request.method {
            Method::PUT => parent_not_found("managedClusters/agentPools", &parent),
            _ => resource_not_found(&parent),
        });
    };
    let Some(name) = target.names.get(1) else {
        return match request.method {
            Method::GET => {
                let profiles = list(&cluster.body, "/properties/agentPoolProfiles");
                let mut items: Vec<Value> = profiles.iter().map(|p| shown(&cluster, p)).collect();
                items.sort_by_key(|item| text(item, "/id").to_ascii_lowercase());
                page(request, items, world.settings.page_size)
            }
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    };
    let existing = pools::find(&cluster.body, name).cloned();
    match (&request.method, existing) {
        (&Method::GET, Some(pool)) => Ok(Reply::ok(shown(&cluster, &pool))),
        (&Method::GET, None) => Err(resource_not_found(&target.id)),
        (&Method::PUT, existing) => put(world, request, cluster, name, existing.as_ref()),
        (&Method::DELETE, None) => Ok(Reply::no_content()),
        (&Method::DELETE, Some(pool)) => delete(world, request, cluster, &pool),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

/// A profile as a resource.
fn shown(cluster: &Resource, pool: &Value) -> Value {
    let mut properties = pool.clone();
    as_object(&mut properties).remove("name");
    let name = text(pool, "/name");
    json!({
        "id": format!("{}/agentPools/{name}", cluster.id), "name": name, "type": KIND, "properties": properties,
    })
}

/// Refuses a write while the cluster or this very pool is being changed; other pools do not matter.
fn refuse_if_busy(cluster: &Value, pool: Option<&Value>) -> Result<(), ArmError> {
    let states = [
        Some(text(cluster, "/properties/provisioningState")),
        pool.map(|p| text(p, "/provisioningState")),
    ];
    match states.into_iter().flatten().find(|state| is_moving(state)) {
        Some(state) => Err(in_progress(state)),
        None => Ok(()),
    }
}

fn put(
    world: &mut World,
    request: &Request,
    mut cluster: Resource,
    name: &str,
    existing: Option<&Value>,
) -> Result<Reply, ArmError> {
    request.check_etag(existing.map(|p| text(p, "/eTag")))?;
    refuse_if_busy(&cluster.body, existing)?;
    let mut sent = request
        .body
        .get("properties")
        .cloned()
        .unwrap_or_else(|| json!({}));
    for read_only in [
        "eTag",
        "provisioningState",
        "currentOrchestratorVersion",
        "nodeImageVersion",
    ] {
        as_object(&mut sent).remove(read_only);
    }
    if let Some(pool) = pools::find_mut(&mut cluster.body, name) {
        for fixed in ["osType", "type", "vmSize"] {
            let asked = text(&sent, &format!("/{fixed}"));
            if !asked.is_empty() && !asked.eq_ignore_ascii_case(text(pool, &format!("/{fixed}"))) {
                return Err(bad_request(
                    "PropertyChangeNotAllowed",
                    format!("Changing property 'properties.{fixed}' is not allowed."),
                ));
            }
        }
        merge(pool, &sent);
        pool["provisioningState"] = "Updating".into();
        pools::renew_etag(pool);
    } else {
        let plugin = text(&cluster.body, "/properties/networkProfile/networkPlugin");
        pools::check(name, &sent, plugin)?;
        let version = text(&cluster.body, "/properties/kubernetesVersion").to_owned();
        sent["name"] = name.into();
        pools::complete(&mut sent, &version);
        pools::append(&mut cluster.body, sent);
    }
    let cluster = world.resources.put(cluster).clone();
    let (id, pool) = (cluster.id.clone(), name.to_owned());
    let mut job = job(&cluster, 60.0, "agent-pool");
    job.resource_id = format!("{}/agentPools/{name}", cluster.id);
    let headers = long_running::run(world, request, job, move |world, outcome| {
        let result = result_of(outcome).and_then(|()| pools::provision(world, &id, &pool));
        finish(world, &id, &pool, result)
    })?;
    let body = current(world, &cluster.id, name);
    let reply = if existing.is_some() {
        Reply::ok(body)
    } else {
        Reply::created(body)
    };
    Ok(reply.with_headers(headers))
}

fn current(world: &World, cluster: &str, name: &str) -> Value {
    world
        .resources
        .get(cluster)
        .and_then(|c| pools::find(&c.body, name).map(|pool| shown(c, pool)))
        .unwrap_or(Value::Null)
}

fn finish(
    world: &mut World,
    cluster: &str,
    name: &str,
    result: Result<(), ArmError>,
) -> Result<Value, ArmError> {
    let state = if result.is_ok() {
        "Succeeded"
    } else {
        "Failed"
    };
    set_pool_state(world, cluster, name, state);
    result?;
    Ok(current(world, cluster, name))
}

fn set_pool_state(world: &mut World, cluster: &str, name: &str, state: &str) {
    let Some(mut cluster) = world.resources.get(cluster).cloned() else {
        return;
    };
    if let Some(pool) = pools::find_mut(&mut cluster.body, name) {
        pool["provisioningState"] = state.into();
        pools::renew_etag(pool);
        world.resources.put(cluster);
    }
}

fn delete(
    world: &mut World,
    request: &Request,
    cluster: Resource,
    pool: &Value,
) -> Result<Reply, ArmError> {
    request.check_etag(Some(text(pool, "/eTag")))?;
    refuse_if_busy(&cluster.body, Some(pool))?;
    let name = text(pool, "/name").to_owned();
    let others = list(&cluster.body, "/properties/agentPoolProfiles")
        .iter()
        .any(|p| text(p, "/mode") == "System" && text(p, "/name") != name);
    if !others {
        return Err(bad_request(
            "OperationNotAllowed",
            format!("There has to be at least one system agent pool; '{name}' is the last one."),
        ));
    }
    set_pool_state(world, &cluster.id, &name, "Deleting");
    let mut job = job(&cluster, 60.0, "agent-pool");
    job.resource_id = format!("{}/agentPools/{name}", cluster.id);
    let id = cluster.id.clone();
    let headers = long_running::run(world, request, job, move |world, outcome| {
        if let Err(error) = result_of(outcome) {
            return finish(world, &id, &name, Err(error));
        }
        if let Some(mut cluster) = world.resources.get(&id).cloned() {
            pools::remove_machines(world, &cluster.body, &name);
            pools::take_out(&mut cluster.body, &name);
            world.resources.put(cluster);
        }
        Ok(Value::Null)
    })?;
    Ok(Reply::accepted().with_headers(headers))
}
