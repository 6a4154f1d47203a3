//! Opens a listener that is the metadata service of one node, for SDKs that take a host only.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use crate::arm::error::ArmError;
use crate::arm::request::Reply;
use crate::imds::node::{Node, NodeName};
use crate::server::Shared;
use crate::server::connections;
use crate::server::incoming::Incoming;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Listen {
    scale_set: String,
    instance: String,
}

/// Listens for a node; answers `{url}`.
///
/// # Errors
/// 404 for an unknown node, 500 when no port can be had.
pub async fn listen(shared: &Arc<Shared>, incoming: &Incoming) -> Result<Reply, ArmError> {
    let wanted: Listen = super::body(incoming)?;
    let name = NodeName {
        scale_set: wanted.scale_set,
        instance: wanted.instance,
    };
    if Node::find(&shared.world(), &name).is_none() {
        return Err(ArmError::new(
            404,
            "NodeNotFound",
            "No such node: neither scale set nor instance exist.",
        ));
    }
    let listening = connections::listen(Arc::clone(shared), 0, None, Some(name))
        .await
        .map_err(|error| ArmError::new(500, "NoPort", error.to_string()))?;
    shared.keep(listening.task.abort_handle());
    Ok(Reply::created(
        json!({"url": format!("http://{}", listening.address)}),
    ))
}
