//! PUT of a cluster that exists. What is sent is laid over what is there; what is read-only is ignored; what the
//! emulator does not know is kept as sent.

use serde_json::Value;

use super::defaults::{drop_secrets, fill};
use super::{
    KIND, job, node_group_id, pod_identity, pools, principal_of, refuse_if_busy, set_state, shown,
};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::providers::authorization::deny_assignments;
use crate::providers::identity::block_change::{BlockChange, Style};
use crate::providers::identity::{block, linked_access};
use crate::providers::json::{as_object, list, merge, object, text};
use crate::providers::long_running::{self, result_of};
use crate::providers::refusals::{bad_request, location_conflict};
use crate::world::World;
use crate::world::resources::Resource;

/// Properties a client cannot write, and those with rules of their own.
const KEPT: &[&str] = &[
    "agentPoolProfiles",
    "azurePortalFQDN",
    "currentKubernetesVersion",
    "dnsPrefix",
    "fqdn",
    "identityProfile",
    "maxAgentPools",
    "nodeResourceGroup",
    "podIdentityProfile",
    "powerState",
    "privateFQDN",
    "provisioningState",
    "resourceUID",
];

/// Serves the PUT.
pub(super) fn put(
    world: &mut World,
    request: &Request,
    cluster: &Resource,
) -> Result<Reply, ArmError> {
    request.check_etag(Some(&cluster.etag))?;
    let location = text(&request.body, "/location").replace(' ', "");
    if !location.is_empty() && !location.eq_ignore_ascii_case(cluster.location()) {
        return Err(location_conflict(cluster.name(), cluster.location(), KIND));
    }
    refuse_if_busy(&cluster.body)?;
    let mut body = cluster.body.clone();
    check_identity(world, request, cluster)?;
    check_kubelet(&cluster.body, &request.body)?;
    overlay(&mut body, &request.body)?;
    let new_pools = overlay_pools(&mut body, &request.body)?;
    let removed_exceptions = pod_identity::plan(world, &mut body, &cluster.body, &request.body)?;
    set_state(&mut body, "Updating");
    pools::set_all_states(&mut body, "Updating");
    for pool in &new_pools {
        if let Some(pool) = pools::find_mut(&mut body, pool) {
            pool["provisioningState"] = "Creating".into();
        }
    }
    let mut updating = cluster.clone();
    updating.body = body;
    updating.hidden["removedExceptions"] = removed_exceptions;
    world.resources.put(updating);
    if let Some(identity) = request.body.get("identity").filter(|i| i.is_object()) {
        block::apply(world, &cluster.id, identity, Style::Replace)?;
    }
    let id = cluster.id.clone();
    let headers = long_running::run(
        world,
        request,
        job(cluster, 98.0, "managed-cluster"),
        move |world, outcome| complete(world, &id, result_of(outcome)),
    )?;
    let cluster = world.resources.get(&cluster.id).unwrap_or(cluster);
    Ok(Reply::ok(shown(cluster)).with_headers(headers))
}

fn check_identity(world: &World, request: &Request, cluster: &Resource) -> Result<(), ArmError> {
    let Some(wanted) = request.body.get("identity").filter(|i| i.is_object()) else {
        return Ok(());
    };
    let change = BlockChange::read(cluster.body.get("identity"), wanted, Style::Replace)?;
    if change.kind().is_none() && cluster.body.get("identity").is_some() {
        return Err(bad_request(
            "BadRequest",
            "A managed cluster cannot go from a managed identity back to none.",
        ));
    }
    linked_access::check(
        world,
        request,
        &format!("{KIND}/write"),
        &cluster.id,
        &change.added,
    )?;
    block::check(world, &cluster.id, &change)
}

fn check_kubelet(stored: &Value, sent: &Value) -> Result<(), ArmError> {
    let pointer = "/properties/identityProfile/kubeletidentity/resourceId";
    let (before, after) = (text(stored, pointer), text(sent, pointer));
    if after.is_empty() || after.eq_ignore_ascii_case(before) {
        return Ok(());
    }
    Err(bad_request(
        "BadRequest",
        format!("Change kubelet identity from '{before}' to '{after}' is not allowed."),
    ))
}

fn overlay(body: &mut Value, sent: &Value) -> Result<(), ArmError> {
    let issuer = "/properties/oidcIssuerProfile/enabled";
    if body.pointer(issuer) == Some(&true.into()) && sent.pointer(issuer) == Some(&false.into()) {
        return Err(bad_request(
            "BadRequest",
            "OIDC issuer feature cannot be disabled once it is enabled.",
        ));
    }
    if let Some(tags) = sent.get("tags").filter(|t| t.is_object()) {
        body["tags"] = tags.clone();
    }
    if let Some(sku) = sent.get("sku").filter(|t| t.is_object()) {
        merge(object_value(body, "sku"), sku);
    }
    let Some(Value::Object(properties)) = sent.get("properties") else {
        return Ok(());
    };
    let stored = object(body, "properties");
    for (name, value) in properties {
        if KEPT.contains(&name.as_str()) || value.is_null() {
            continue;
        }
        match stored.get_mut(name) {
            Some(old) if old.is_object() && value.is_object() => merge(old, value),
            _ => {
                stored.insert(name.clone(), value.clone());
            }
        }
    }
    let version = stored.get("kubernetesVersion").cloned().unwrap_or_default();
    stored.insert("currentKubernetesVersion".into(), version);
    drop_secrets(body);
    Ok(())
}

fn object_value<'a>(body: &'a mut Value, member: &str) -> &'a mut Value {
    as_object(body)
        .entry(member)
        .or_insert_with(|| Value::Object(serde_json::Map::new()))
}

/// Pools that are sent are changed or added; those that are not sent stay. Gives the names of the new ones.
fn overlay_pools(body: &mut Value, sent: &Value) -> Result<Vec<String>, ArmError> {
    let plugin = text(body, "/properties/networkProfile/networkPlugin").to_owned();
    let version = text(body, "/properties/kubernetesVersion").to_owned();
    let mut added = Vec::new();
    for pool in list(sent, "/properties/agentPoolProfiles") {
        let name = text(pool, "/name");
        if let Some(stored) = pools::find_mut(body, name) {
            let mut change = pool.clone();
            for fixed in [
                "eTag",
                "provisioningState",
                "osType",
                "type",
                "vmSize",
                "powerState",
            ] {
                as_object(&mut change).remove(fixed);
            }
            merge(stored, &change);
        } else {
            pools::check(name, pool, &plugin)?;
            let mut fresh = pool.clone();
            pools::complete(&mut fresh, &version);
            added.push(name.to_owned());
            pools::append(body, fresh);
        }
    }
    Ok(added)
}

/// Ends the operation. Its last step may wait for the Kubernetes API.
fn complete(world: &mut World, id: &str, result: Result<(), ArmError>) -> Result<Value, ArmError> {
    let result = result.and_then(|()| carry_out(world, id));
    match result {
        Ok(()) => pod_identity::carry_out(world, id),
        Err(error) => {
            pod_identity::fail(world, id, &error);
            return Err(error);
        }
    }
    Ok(world.resources.get(id).map_or(Value::Null, shown))
}

fn carry_out(world: &mut World, id: &str) -> Result<(), ArmError> {
    let Some(cluster) = world.resources.get(id).cloned() else {
        return Ok(());
    };
    let names: Vec<String> = list(&cluster.body, "/properties/agentPoolProfiles")
        .iter()
        .map(|p| text(p, "/name").to_owned())
        .collect();
    for name in names {
        pools::provision(world, id, &name)?;
    }
    let group = node_group_id(&cluster.body);
    match text(
        &cluster.body,
        "/properties/nodeResourceGroupProfile/restrictionLevel",
    ) {
        "ReadOnly" => {
            let own = principal_of(&cluster.body).unwrap_or_default();
            deny_assignments::lock(world, &group, &own);
        }
        _ => deny_assignments::unlock(world, &group),
    }
    complete_issuer(world, &cluster);
    Ok(())
}

fn complete_issuer(world: &mut World, cluster: &Resource) {
    let body = &cluster.body;
    if body.pointer("/properties/oidcIssuerProfile/enabled") != Some(&true.into()) {
        return;
    }
    let subscription = crate::providers::id::subscription_of(&cluster.id);
    let tenant = crate::providers::principals::tenant_of(world, subscription);
    let url = format!(
        "https://{}.oic.prod-aks.azure.com/{tenant}/{}/",
        cluster.location(),
        text(body, "/properties/resourceUID")
    );
    if let Some(stored) = world.resources.get_mut(&cluster.id) {
        let profile = object_value(&mut stored.body["properties"], "oidcIssuerProfile");
        fill(profile, &serde_json::json!({ "issuerUrl": url }));
    }
}
