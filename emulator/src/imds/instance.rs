//! `/metadata/instance`.

use serde_json::{Value, json};

use super::error;
use super::node::Node;
use crate::arm::request::Reply;
use crate::server::incoming::Incoming;
use crate::world::World;

/// Answers the whole document or, with a path below it, a part; `format=text` gives a leaf as text.
pub fn serve(world: &World, incoming: &Incoming, node: &Node, path: &[&str]) -> Reply {
    let Some(document) = document(world, node) else {
        return error(404, "not_found", "No such node.");
    };
    let mut part = &document;
    for name in path {
        let found = part
            .as_object()
            .and_then(|map| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)));
        match found {
            Some((_, value)) => part = value,
            None => return error(404, "not_found", "The requested resource was not found."),
        }
    }
    if !part.is_object()
        && !part.is_array()
        && incoming.query.get("format").is_none_or(|f| f != "text")
    {
        return error(400, "bad_request", "Format must be 'text' for this path.");
    }
    if part.is_object() || part.is_array() {
        return Reply::ok(part.clone());
    }
    let text = part
        .as_str()
        .map_or_else(|| part.to_string(), str::to_owned);
    Reply::ok(text.into()).header("Content-Type", "text/plain; charset=utf-8")
}

fn document(world: &World, node: &Node) -> Option<Value> {
    let scale_set = world.resources.get(&node.scale_set)?;
    let parts: Vec<&str> = scale_set.id.split('/').collect();
    let tags: Vec<(String, String)> = scale_set.body["tags"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    let os = scale_set
        .body
        .pointer("/properties/virtualMachineProfile/storageProfile/osDisk/osType")
        .cloned()
        .unwrap_or_else(|| "Linux".into());
    let vm_id = uuid::Uuid::new_v5(
        &uuid::Uuid::NAMESPACE_URL,
        format!("{}/{}", scale_set.id, node.instance).as_bytes(),
    );
    Some(json!({
        "compute": {
            "azEnvironment": "AzurePublicCloud",
            "location": scale_set.location(),
            "name": format!("{}_{}", scale_set.name(), node.instance),
            "osType": os,
            "provider": "Microsoft.Compute",
            "resourceGroupName": parts.get(4).copied().unwrap_or_default(),
            "resourceId": format!("{}/virtualMachines/{}", scale_set.id, node.instance),
            "subscriptionId": parts.get(2).copied().unwrap_or_default(),
            "tags": tags.iter().map(|(n, v)| format!("{n}:{v}")).collect::<Vec<_>>().join(";"),
            "tagsList": tags.iter().map(|(n, v)| json!({"name": n, "value": v})).collect::<Vec<_>>(),
            "vmId": vm_id.to_string(),
            "vmScaleSetName": scale_set.name(),
            "vmSize": scale_set.body["sku"]["name"].as_str().unwrap_or_default(),
            "zone": "",
        },
        "network": {"interface": []},
    }))
}
