//! Making a cluster.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::defaults::{self, Naming};
use super::{KIND, job, node_group_id, pod_identity, pools, principal_of, set_state, shown};
use crate::arm::error::ArmError;
use crate::arm::request::{Reply, Request};
use crate::arm::target::Target;
use crate::providers::authorization::{deny_assignments, role_assignments};
use crate::providers::identity::block_change::{BlockChange, Style};
use crate::providers::identity::{block, linked_access, user_assigned_identities};
use crate::providers::json::{list, object, text};
use crate::providers::long_running::{self, result_of};
use crate::providers::principals;
use crate::providers::refusals::{bad_request, invalid_parameter, location_required};
use crate::providers::resource_groups::{self, require_group};
use crate::world::World;
use crate::world::resources::Resource;

/// Contributor, which the provider gives the cluster's identity on the node resource group.
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

/// Serves a PUT of a cluster that does not exist.
pub(super) fn put(
    world: &mut World,
    request: &Request,
    target: &Target,
) -> Result<Reply, ArmError> {
    request.check_etag(None)?;
    let group = require_group(world, target)?;
    if text(&request.body, "/location").is_empty() {
        return Err(location_required());
    }
    let subscription = target.subscription.as_deref().unwrap_or_default();
    let name = target.name();
    check_name(name)?;
    let id =
        format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{KIND}/{name}");
    let wanted = check_identity(world, request, &id)?;
    check_pools(&request.body)?;
    let tenant = principals::tenant_of(world, subscription);
    let digits = digits_of(&id);
    let naming = Naming {
        id: &id,
        group: &group,
        name,
        tenant: &tenant,
        digits: &digits,
    };
    let mut body = defaults::document(&request.body, &naming);
    let profile = pod_identity::at_creation(&body, &request.body, wanted.is_some())?;
    object(&mut body, "properties").extend(profile);
    if let Some(wanted) = &wanted
        && let Some(identity) = block::create(world, &id, wanted)?
    {
        body["identity"] = identity;
    }
    let mut cluster = Resource::new(&id, body);
    cluster.hidden = json!({ "digits": digits });
    let cluster = world.resources.put(cluster).clone();
    let headers = long_running::run(
        world,
        request,
        job(&cluster, 98.0, "managed-cluster"),
        move |world, outcome| {
            let result = result_of(outcome).and_then(|()| build(world, &id));
            finish(world, &id, result)
        },
    )?;
    let cluster = world.resources.get(&cluster.id).unwrap_or(&cluster);
    Ok(Reply::created(shown(cluster)).with_headers(headers))
}

/// Ends the operation: every state follows the result.
fn finish(world: &mut World, id: &str, result: Result<(), ArmError>) -> Result<Value, ArmError> {
    let state = if result.is_ok() {
        "Succeeded"
    } else {
        "Failed"
    };
    if let Some(mut cluster) = world.resources.get(id).cloned() {
        set_state(&mut cluster.body, state);
        pools::set_all_states(&mut cluster.body, state);
        world.resources.put(cluster);
    }
    result?;
    Ok(world.resources.get(id).map_or(Value::Null, shown))
}

fn check_name(name: &str) -> Result<(), ArmError> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if edge(name.chars().next()) && edge(name.chars().last()) && inside && name.len() <= 63 {
        return Ok(());
    }
    Err(invalid_parameter(
        "resourceName",
        format!(
            "The value of parameter resourceName '{name}' is invalid. It must be 1 to 63 letters, digits, hyphens or \
             underscores and begin and end with a letter or digit."
        ),
    ))
}

/// The identity block asked for; `None` for a cluster that uses a service principal.
fn check_identity(world: &World, request: &Request, id: &str) -> Result<Option<Value>, ArmError> {
    let wanted = request
        .body
        .get("identity")
        .filter(|i| !matches!(text(i, "/type"), "" | "None"));
    let Some(wanted) = wanted else {
        let client = text(
            &request.body,
            "/properties/servicePrincipalProfile/clientId",
        );
        if client.is_empty() || client == "msi" {
            return Err(invalid_parameter(
                "servicePrincipalProfile.clientID",
                "Required parameter servicePrincipalProfile is missing (null): a cluster needs a managed identity or a \
                 service principal.",
            ));
        }
        return Ok(None);
    };
    let change = BlockChange::read(None, wanted, Style::Replace)?;
    if change.ids.len() + usize::from(change.system) > 1 {
        return Err(invalid_parameter(
            "identity",
            "A managed cluster has one identity: system assigned or a single user assigned one.",
        ));
    }
    linked_access::check(world, request, &format!("{KIND}/write"), id, &change.added)?;
    let kubelet = kubelet_given(&request.body).map(str::to_owned);
    linked_access::check(
        world,
        request,
        &format!("{KIND}/write"),
        id,
        kubelet.as_slice(),
    )?;
    block::check(world, id, &change)?;
    if let Some(kubelet) = &kubelet
        && (change.system || !world.resources.contains(kubelet))
    {
        return Err(bad_request(
            "CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster",
            format!(
                "Custom kubelet identity '{kubelet}' needs a user assigned control plane identity and must exist."
            ),
        ));
    }
    Ok(Some(wanted.clone()))
}

fn check_pools(body: &Value) -> Result<(), ArmError> {
    let profiles = list(body, "/properties/agentPoolProfiles");
    if profiles.is_empty() {
        return Err(invalid_parameter(
            "agentPoolProfiles",
            "Required parameter agentPoolProfiles is missing (null): a cluster needs at least one node pool.",
        ));
    }
    let plugin = text(body, "/properties/networkProfile/networkPlugin");
    for (index, pool) in profiles.iter().enumerate() {
        pools::check(text(pool, "/name"), pool, plugin)?;
        let twice = profiles[..index]
            .iter()
            .any(|other| text(other, "/name") == text(pool, "/name"));
        if twice {
            return Err(invalid_parameter(
                "agentPoolProfile.name",
                format!(
                    "The node pool name '{}' is used twice.",
                    text(pool, "/name")
                ),
            ));
        }
    }
    Ok(())
}

fn kubelet_given(body: &Value) -> Option<&str> {
    let id = text(
        body,
        "/properties/identityProfile/kubeletidentity/resourceId",
    );
    (!id.is_empty()).then_some(id)
}

/// Eight digits that stay the same for a cluster id.
fn digits_of(id: &str) -> String {
    let digest = Sha256::digest(id.to_ascii_lowercase().as_bytes());
    let number = digest
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    format!("{:08}", 10_000_000 + number % 90_000_000)
}

/// What the provider makes behind the cluster.
fn build(world: &mut World, id: &str) -> Result<(), ArmError> {
    let Some(cluster) = world.resources.get(id).cloned() else {
        return Ok(());
    };
    let body = &cluster.body;
    let node_group = node_group_id(body);
    if !world.resources.contains(&node_group) {
        let tags = json!({
            "aks-managed-cluster-name": text(body, "/name"),
            "aks-managed-cluster-rg": crate::providers::id::ResourceId::parse(id).map_or_else(String::new, |i| i.group),
        });
        resource_groups::create(world, &node_group, cluster.location(), Some(tags), Some(id));
    }
    if let Some(principal) = principal_of(body) {
        role_assignments::assign(world, &node_group, CONTRIBUTOR, &principal);
        let kubelet = kubelet_identity(world, &cluster, &node_group);
        if let Some(stored) = world.resources.get_mut(id) {
            object(&mut stored.body, "properties").insert(
                "identityProfile".into(),
                json!({ "kubeletidentity": kubelet }),
            );
        }
    }
    let pools: Vec<String> = list(body, "/properties/agentPoolProfiles")
        .iter()
        .map(|pool| text(pool, "/name").to_owned())
        .collect();
    for pool in pools {
        pools::provision(world, id, &pool)?;
    }
    if text(
        body,
        "/properties/nodeResourceGroupProfile/restrictionLevel",
    ) == "ReadOnly"
    {
        deny_assignments::lock(
            world,
            &node_group,
            &super::principal_of(body).unwrap_or_default(),
        );
    }
    Ok(())
}

fn kubelet_identity(world: &mut World, cluster: &Resource, node_group: &str) -> Value {
    let id = kubelet_given(&cluster.body).map_or_else(
        || {
            format!(
                "{}/providers/{}/{}-agentpool",
                node_group.replacen("/resourceGroups/", "/resourcegroups/", 1),
                user_assigned_identities::KIND,
                cluster.name()
            )
        },
        str::to_owned,
    );
    if !world.resources.contains(&id) {
        let body = json!({
            "id": id, "name": id.rsplit('/').next(), "type": user_assigned_identities::KIND,
            "location": cluster.location(), "tags": {},
        });
        user_assigned_identities::create(world, &id, body);
    }
    let found = world
        .resources
        .get(&id)
        .map(|r| r.body.clone())
        .unwrap_or_default();
    json!({
        "resourceId": id,
        "clientId": text(&found, "/properties/clientId"),
        "objectId": text(&found, "/properties/principalId"),
    })
}
