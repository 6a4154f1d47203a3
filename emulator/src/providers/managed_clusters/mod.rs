//! Microsoft.ContainerService: managed clusters, their node pools, and what the provider does behind them: a node
//! resource group, a scale set for each pool, the kubelet identity, pod identities.

pub(crate) mod agent_pools;
mod create;
mod credentials;
mod defaults;
pub(crate) mod delete;
pub(crate) mod pod_identity;
mod pools;
mod update;

use http::Method;
use serde_json::Value;

use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::json::{list, set_property, text};
use crate::providers::long_running::Job;
use crate::providers::paging::page;
use crate::providers::refusals::resource_not_found;
use crate::world::World;
use crate::world::operations::OperationStyle;
use crate::world::resources::Resource;

/// The full resource type.
pub(crate) const KIND: &str = "Microsoft.ContainerService/managedClusters";

/// Serves one cluster, an action on it, or a list of clusters.
pub(crate) fn serve(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    if target.action.is_some() {
        return credentials::serve(world, request, target);
    }
    if target.is_collection() {
        return match request.method {
            Method::GET => {
                let clusters = world.resources.list_under(&target.scope, KIND);
                let items = clusters.into_iter().map(shown).collect();
                page(request, items, world.settings.page_size)
            }
            _ => Err(ArmError::method_not_allowed(request.method.as_str())),
        };
    }
    let existing = world.resources.get(&target.id).cloned();
    match (&request.method, existing) {
        (&Method::GET, Some(cluster)) => Ok(Reply::ok(shown(&cluster))),
        (&Method::PUT, None) => create::put(world, request, target),
        (&Method::PUT, Some(cluster)) => update::put(world, request, &cluster),
        (&Method::PATCH, Some(cluster)) => patch_tags(world, request, cluster),
        (&Method::DELETE, None) => Ok(Reply::no_content()),
        (&Method::DELETE, Some(cluster)) => delete::delete(world, request, &cluster),
        (&Method::GET | &Method::PATCH, None) => Err(resource_not_found(&target.id)),
        _ => Err(ArmError::method_not_allowed(request.method.as_str())),
    }
}

/// The body with its ETag.
fn shown(cluster: &Resource) -> Value {
    let mut body = cluster.body.clone();
    body["eTag"] = cluster.etag.clone().into();
    body
}

fn patch_tags(
    world: &mut World,
    request: &Request,
    mut cluster: Resource,
) -> Result<Reply, ArmError> {
    request.check_etag(Some(&cluster.etag))?;
    refuse_if_busy(&cluster.body)?;
    if let Some(tags) = request.body.get("tags").filter(|t| t.is_object()) {
        cluster.body["tags"] = tags.clone();
    }
    Ok(Reply::ok(shown(world.resources.put(cluster))))
}

/// Refuses a write while another runs on the cluster or one of its pools.
fn refuse_if_busy(body: &Value) -> Result<(), ArmError> {
    let state = text(body, "/properties/provisioningState");
    let pools = list(body, "/properties/agentPoolProfiles");
    let busy = std::iter::once(state)
        .chain(pools.iter().map(|p| text(p, "/provisioningState")))
        .find(|state| is_moving(state));
    match busy {
        None => Ok(()),
        Some(state) => Err(in_progress(state)),
    }
}

fn is_moving(state: &str) -> bool {
    matches!(state, "Creating" | "Updating" | "Deleting")
}

fn in_progress(state: &str) -> ArmError {
    ArmError::conflict(
        "OperationNotAllowed",
        format!(
            "Operation is not allowed: Another operation ({state}) is in progress, please wait for it to finish before \
             starting a new operation. See https://aka.ms/aks-pending-operation for more details"
        ),
    )
}

fn set_state(body: &mut Value, state: &str) {
    set_property(body, "provisioningState", state);
}

/// The operation of a write on a cluster.
fn job(cluster: &Resource, seconds: f64, kind: &'static str) -> Job {
    Job {
        kind,
        default_seconds: seconds,
        provider: "Microsoft.ContainerService",
        location: cluster.location().to_owned(),
        resource_id: cluster.id.clone(),
        tracking: OperationStyle::AzureAsync,
    }
}

/// The id of the node resource group.
fn node_group_id(cluster: &Value) -> String {
    let subscription = crate::providers::id::subscription_of(text(cluster, "/id"));
    crate::providers::id::group_id(subscription, text(cluster, "/properties/nodeResourceGroup"))
}

/// The object id of the cluster's identity: its own, or that of its user-assigned one.
fn principal_of(cluster: &Value) -> Option<String> {
    let own = text(cluster, "/identity/principalId");
    if !own.is_empty() {
        return Some(own.to_owned());
    }
    cluster
        .pointer("/identity/userAssignedIdentities")?
        .as_object()?
        .values()
        .map(|entry| text(entry, "/principalId"))
        .find(|id| !id.is_empty())
        .map(str::to_owned)
}
