//! Node pools as parts of a cluster: their profile, and the machines behind them.

use serde_json::{Map, Value, json};

use super::defaults::fill;
use super::{node_group_id, pod_identity};
use crate::arm::error::ArmError;
use crate::providers::compute::resource::{NewScaleSet, create_machine, create_scale_set};
use crate::providers::compute::{MACHINE, SCALE_SET, machines};
use crate::providers::identity::block;
use crate::providers::json::{list, text};
use crate::providers::refusals::{bad_request, invalid_parameter};
use crate::world::World;

/// The tag that names a scale set's pool.
pub(super) const POOL_TAG: &str = "aks-managed-poolName";

/// Refuses a pool the service would refuse.
pub(super) fn check(name: &str, pool: &Value, network_plugin: &str) -> Result<(), ArmError> {
    let windows = text(pool, "/osType").eq_ignore_ascii_case("Windows");
    let most = if windows { 6 } else { 12 };
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_lowercase());
    let rest = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !begins || !rest || name.len() > most {
        return Err(invalid_parameter(
            "agentPoolProfile.name",
            format!(
                "The value of parameter agentPoolProfile.name '{name}' is invalid. It must begin with a lower case \
                 letter and hold 1 to {most} lower case letters and digits."
            ),
        ));
    }
    let kind = text(pool, "/type");
    if !matches!(
        kind,
        "" | "VirtualMachineScaleSets" | "VirtualMachines" | "AvailabilitySet"
    ) {
        return Err(invalid_parameter(
            "agentPoolProfile.type",
            format!("The value of parameter agentPoolProfile.type '{kind}' is invalid."),
        ));
    }
    if windows && network_plugin.eq_ignore_ascii_case("kubenet") {
        return Err(bad_request(
            "AzureCNIOnlyForWindows",
            "Windows agent pools can only be added to AKS clusters using Azure-CNI.",
        ));
    }
    if windows && text(pool, "/mode") == "System" {
        return Err(bad_request(
            "SystemPoolMustBeLinux",
            format!("System agent pool '{name}' must be Linux."),
        ));
    }
    Ok(())
}

/// Fills in what the service fills in.
pub(super) fn complete(pool: &mut Value, version: &str) {
    let windows = text(pool, "/osType").eq_ignore_ascii_case("Windows");
    fill(
        pool,
        &json!({
            "count": 1, "vmSize": "Standard_D2s_v5", "osType": "Linux", "mode": "User",
            "osSKU": if windows { "Windows2022" } else { "Ubuntu" },
            "osDiskSizeGB": 128, "osDiskType": "Managed", "kubeletDiskType": "OS", "maxPods": 110,
            "type": "VirtualMachineScaleSets", "orchestratorVersion": version, "enableNodePublicIP": false,
            "enableFIPS": false, "powerState": {"code": "Running"},
        }),
    );
    pool["currentOrchestratorVersion"] = pool["orchestratorVersion"].clone();
    pool["provisioningState"] = "Creating".into();
    renew_etag(pool);
}

/// Gives a pool a new ETag.
pub(super) fn renew_etag(pool: &mut Value) {
    pool["eTag"] = uuid::Uuid::new_v4().to_string().into();
}

/// Sets every pool's state and ETag; an operation on the cluster touches them all.
pub(super) fn set_all_states(cluster: &mut Value, state: &str) {
    let pools = cluster
        .pointer_mut("/properties/agentPoolProfiles")
        .and_then(Value::as_array_mut);
    for pool in pools.into_iter().flatten() {
        pool["provisioningState"] = state.into();
        renew_etag(pool);
    }
}

/// The profile of this name.
pub(super) fn find<'a>(cluster: &'a Value, name: &str) -> Option<&'a Value> {
    list(cluster, "/properties/agentPoolProfiles")
        .iter()
        .find(|p| text(p, "/name").eq_ignore_ascii_case(name))
}

/// The profile of this name, to change it.
pub(super) fn find_mut<'a>(cluster: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    cluster
        .pointer_mut("/properties/agentPoolProfiles")?
        .as_array_mut()?
        .iter_mut()
        .find(|p| text(p, "/name").eq_ignore_ascii_case(name))
}

/// The scale sets of a cluster's pools that can hold pod identities: Linux ones.
pub(super) fn linux_scale_sets(world: &World, cluster: &Value) -> Vec<String> {
    let group = node_group_id(cluster);
    let linux = |pool: &str| {
        find(cluster, pool).is_some_and(|p| text(p, "/osType").eq_ignore_ascii_case("Linux"))
    };
    world
        .resources
        .list_under(&group, SCALE_SET)
        .into_iter()
        .filter(|r| linux(text(&r.body, &format!("/tags/{POOL_TAG}"))))
        .map(|r| r.id.clone())
        .collect()
}

/// Makes the machines of a pool, or changes how many there are.
pub(super) fn provision(world: &mut World, cluster_id: &str, name: &str) -> Result<(), ArmError> {
    let Some(cluster) = world.resources.get(cluster_id).cloned() else {
        return Ok(());
    };
    let Some(pool) = find(&cluster.body, name) else {
        return Ok(());
    };
    let existing = machines_of(world, &cluster.body, name);
    if !existing.is_empty() {
        resize(world, &existing, pool);
        return Ok(());
    }
    let digits = text(&cluster.hidden, "/digits");
    let tags = tags(&cluster.body, pool, digits);
    let count = pool["count"].as_u64().unwrap_or(1);
    let group_id = node_group_id(&cluster.body);
    let location = cluster.location().to_owned();
    let scale_sets = text(pool, "/type") == "VirtualMachineScaleSets";
    let windows = text(pool, "/osType").eq_ignore_ascii_case("Windows");
    let mut ids = Vec::new();
    if scale_sets {
        let scale_set_name = if windows {
            format!("aks{name}")
        } else {
            format!("aks-{name}-{digits}-vmss")
        };
        ids.push(create_scale_set(
            world,
            NewScaleSet {
                group_id,
                name: scale_set_name,
                location,
                tags,
                vm_size: text(pool, "/vmSize").to_owned(),
                capacity: count,
                os_type: text(pool, "/osType").to_owned(),
                identity: None,
            },
        ));
    } else {
        let stem = if text(pool, "/type") == "AvailabilitySet" {
            ""
        } else {
            "vms"
        };
        for number in 0..count {
            let machine = format!("aks-{name}-{digits}-{stem}{number}");
            ids.push(create_machine(
                world, &group_id, &machine, &location, &tags, None,
            ));
        }
    }
    let with_pods = scale_sets && !windows;
    for id in ids {
        give_identities(world, &cluster.body, &id, with_pods)?;
    }
    Ok(())
}

/// Puts the kubelet identity, and the pod identities in use, on new machines.
fn give_identities(
    world: &mut World,
    cluster: &Value,
    id: &str,
    with_pods: bool,
) -> Result<(), ArmError> {
    let kubelet = text(
        cluster,
        "/properties/identityProfile/kubeletidentity/resourceId",
    );
    if kubelet.is_empty() {
        return Ok(());
    }
    let mut entries = Map::new();
    entries.insert(kubelet.to_owned(), json!({}));
    let wanted = json!({"type": "UserAssigned", "userAssignedIdentities": entries});
    block::apply(
        world,
        id,
        &wanted,
        crate::providers::identity::block_change::Style::Delta,
    )?;
    if with_pods {
        pod_identity::assign_to_new(world, cluster, id);
    }
    Ok(())
}

fn tags(cluster: &Value, pool: &Value, digits: &str) -> Value {
    let name = text(pool, "/name");
    let mut tags = Map::new();
    for source in [cluster.get("tags"), pool.get("tags")] {
        if let Some(Value::Object(own)) = source {
            tags.extend(own.clone());
        }
    }
    let operation = uuid::Uuid::new_v4().to_string();
    let version = text(pool, "/orchestratorVersion");
    let managed = [
        ("poolName", name.to_owned()),
        ("orchestrator", format!("Kubernetes:{version}")),
        ("createOperationID", operation.clone()),
        ("operationID", operation),
        (
            "creationSource",
            format!("vmssclient-aks-{name}-{digits}-vmss"),
        ),
        ("resourceNameSuffix", digits.to_owned()),
        (
            "kubeletIdentityClientID",
            text(
                cluster,
                "/properties/identityProfile/kubeletidentity/clientId",
            )
            .to_owned(),
        ),
    ];
    for (key, value) in managed {
        tags.insert(format!("aks-managed-{key}"), value.into());
    }
    Value::Object(tags)
}

/// The scale set or machines of a pool.
fn machines_of(world: &World, cluster: &Value, pool: &str) -> Vec<String> {
    let group = node_group_id(cluster);
    [SCALE_SET, MACHINE]
        .iter()
        .flat_map(|kind| world.resources.list_under(&group, kind))
        .filter(|r| text(&r.body, &format!("/tags/{POOL_TAG}")).eq_ignore_ascii_case(pool))
        .map(|r| r.id.clone())
        .collect()
}

fn resize(world: &mut World, ids: &[String], pool: &Value) {
    let Some(count) = pool["count"].as_u64() else {
        return;
    };
    for id in ids {
        let Some(mut machine) = world.resources.get(id).cloned() else {
            continue;
        };
        if machine.body["sku"]["capacity"].is_u64() && machine.body["sku"]["capacity"] != count {
            machine.body["sku"]["capacity"] = count.into();
            world.resources.put(machine);
        }
    }
}

/// Removes a pool's machines.
pub(super) fn remove_machines(world: &mut World, cluster: &Value, pool: &str) {
    for id in machines_of(world, cluster, pool) {
        machines::remove(world, &id);
    }
}

/// Adds a profile to the cluster's list.
pub(super) fn append(cluster: &mut Value, pool: Value) {
    let properties = crate::providers::json::object(cluster, "properties");
    match properties
        .entry("agentPoolProfiles")
        .or_insert_with(|| json!([]))
    {
        Value::Array(profiles) => profiles.push(pool),
        other => *other = json!([pool]),
    }
}

/// Takes a profile out of the cluster's list.
pub(super) fn take_out(cluster: &mut Value, name: &str) {
    let profiles = cluster
        .pointer_mut("/properties/agentPoolProfiles")
        .and_then(Value::as_array_mut);
    if let Some(profiles) = profiles {
        profiles.retain(|p| !text(p, "/name").eq_ignore_ascii_case(name));
    }
}
