//! How a scale set or machine looks on the wire, and how one is made.

use serde_json::{Value, json};

use crate::arm::request::Reply;
use crate::providers::json::{object, text};
use crate::world::World;
use crate::world::resources::Resource;

/// The states in which a resource takes no other write.
pub(crate) fn is_busy(body: &Value) -> bool {
    matches!(
        text(body, "/properties/provisioningState"),
        "Updating" | "Creating" | "Deleting"
    )
}

/// The body with its ETag, as GET and lists show it.
pub(crate) fn shown(resource: &Resource) -> Value {
    let mut body = resource.body.clone();
    body["etag"] = quoted(&resource.etag).into();
    body
}

/// A 200 with the body and the ETag header.
pub(crate) fn reply(resource: &Resource) -> Reply {
    Reply::ok(shown(resource)).header("ETag", quoted(&resource.etag))
}

fn quoted(etag: &str) -> String {
    format!("\"{}\"", etag.trim_matches('"'))
}

/// What a new scale set is made of.
pub(crate) struct NewScaleSet {
    /// The id of the resource group.
    pub(crate) group_id: String,
    /// The scale set's name.
    pub(crate) name: String,
    /// The location.
    pub(crate) location: String,
    /// The tags.
    pub(crate) tags: Value,
    /// The size of a machine.
    pub(crate) vm_size: String,
    /// How many machines.
    pub(crate) capacity: u64,
    /// `Linux` or `Windows`.
    pub(crate) os_type: String,
    /// The identity block, already looked up.
    pub(crate) identity: Option<Value>,
}

/// Makes a scale set as the cluster provider does.
pub(crate) fn create_scale_set(world: &mut World, new: NewScaleSet) -> String {
    let id = format!(
        "{}/providers/{}/{}",
        new.group_id,
        super::SCALE_SET,
        new.name
    );
    let now = world.now().to_string();
    let mut body = json!({
        "id": id, "name": new.name, "type": super::SCALE_SET,
        "location": new.location, "tags": new.tags,
        "sku": {"name": new.vm_size, "tier": "Standard", "capacity": new.capacity},
        "properties": {
            "singlePlacementGroup": false,
            "orchestrationMode": "Uniform",
            "upgradePolicy": {"mode": "Manual"},
            "virtualMachineProfile": {
                "osProfile": {"computerNamePrefix": new.name},
                "storageProfile": {"osDisk": {"osType": new.os_type, "createOption": "FromImage"}},
            },
            "provisioningState": "Succeeded",
            "overprovision": false,
            "uniqueId": uuid::Uuid::new_v4().to_string(),
            "timeCreated": now,
        },
    });
    if let Some(identity) = new.identity {
        body["identity"] = identity;
    }
    world.resources.put(Resource::new(&id, body));
    id
}

/// Makes a single machine of a pool that has no scale set.
pub(crate) fn create_machine(
    world: &mut World,
    group_id: &str,
    name: &str,
    location: &str,
    tags: &Value,
    identity: Option<Value>,
) -> String {
    let id = format!("{group_id}/providers/{}/{name}", super::MACHINE);
    let mut body = json!({
        "id": id, "name": name, "type": super::MACHINE, "location": location, "tags": tags,
        "properties": {"vmId": uuid::Uuid::new_v4().to_string(), "osProfile": {"computerName": name},
            "provisioningState": "Succeeded"},
    });
    if let Some(identity) = identity {
        body["identity"] = identity;
    }
    world.resources.put(Resource::new(&id, body));
    id
}

/// Sets the state and leaves the rest.
pub(crate) fn set_state(world: &mut World, id: &str, state: &str) {
    if let Some(resource) = world.resources.get(id) {
        let mut changed = resource.clone();
        object(&mut changed.body, "properties").insert("provisioningState".into(), state.into());
        world.resources.put(changed);
    }
}
