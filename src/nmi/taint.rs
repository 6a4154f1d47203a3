//! The taint that keeps pods off the node until podid-nmi answers there.
//!
//! State: one taint of this instance's node. Guarantees: it is removed only while every check of `/readyz` passes;
//! no other taint is changed, also when somebody changes them at the same time. Assumption: whoever makes the node
//! sets the taint; podid-nmi never does.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use k8s_openapi::api::core::v1::Node;
use kube::Client;
use kube::api::Api;
use serde_json::{Value, json};

/// Between two looks at the checks, and between two tries.
const AGAIN: Duration = Duration::from_millis(500);

/// Removes the taints of key `key` from the node once `ready`.
///
/// Tried until it succeeds: without it no pod would ever come.
pub async fn remove_when_ready(client: Client, node: &str, key: &str, ready: impl Fn() -> bool) {
    let mut told = String::new();
    loop {
        if !ready() {
            tokio::time::sleep(AGAIN).await;
            continue;
        }
        match remove(&client, node, key).await {
            Ok(0) => return,
            Ok(removed) => {
                tracing::info!(
                    node,
                    key,
                    removed,
                    "the node is ready: startup taint removed"
                );
                return;
            }
            Err(error) => {
                let error = error.to_string();
                if error != told {
                    tracing::warn!(node, key, error, "the startup taint stays; trying again");
                    told = error;
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

/// Removes all taints of the key; how many there were.
async fn remove(client: &Client, name: &str, key: &str) -> kube::Result<usize> {
    let nodes: Api<Node> = Api::all(client.clone());
    let node = nodes.get(name).await?;
    let taints = node.spec.and_then(|spec| spec.taints).unwrap_or_default();
    let taints: Vec<Value> = taints.iter().map(|taint| json!(taint)).collect();
    let patch = patch(&taints, key);
    let removed = patch.len() / 2;
    if removed == 0 {
        return Ok(0);
    }
    let request = http::Request::patch(format!("/api/v1/nodes/{name}"))
        .header(CONTENT_TYPE, "application/json-patch+json")
        .body(Value::Array(patch).to_string().into_bytes())
        .map_err(kube::Error::HttpError)?;
    client.request::<Node>(request).await?;
    Ok(removed)
}

/// A JSON patch that removes the taints of the key; refused by the server if they are not where they were.
///
/// From the last to the first, so that each is still in its place when its turn comes.
fn patch(taints: &[Value], key: &str) -> Vec<Value> {
    let mut operations = Vec::new();
    for (at, taint) in taints.iter().enumerate().rev() {
        if taint["key"] == key {
            let path = format!("/spec/taints/{at}");
            operations.push(json!({"op": "test", "path": path, "value": taint}));
            operations.push(json!({"op": "remove", "path": path}));
        }
    }
    operations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_before_it_removes_from_the_last_to_the_first() {
        let taint = |key: &str| json!({"key": key, "effect": "NoSchedule"});
        let taints = [taint("podid"), taint("other"), taint("podid")];
        assert_eq!(
            patch(&taints, "podid"),
            [
                json!({"op": "test", "path": "/spec/taints/2", "value": taint("podid")}),
                json!({"op": "remove", "path": "/spec/taints/2"}),
                json!({"op": "test", "path": "/spec/taints/0", "value": taint("podid")}),
                json!({"op": "remove", "path": "/spec/taints/0"}),
            ]
        );
        assert!(patch(&taints, "podid-2").is_empty());
    }
}
