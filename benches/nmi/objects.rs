//! The cluster's objects: pods of a node, and identities and bindings of everybody else.

use std::net::{IpAddr, Ipv4Addr};

use futures::StreamExt;
use kube::api::{Api, DynamicObject, PostParams};
use serde_json::{Value, json};

use crate::node::Node;
use crate::support::wait;

/// Requests under way while objects are made.
const AT_ONCE: usize = 16;
/// Namespaces that the other identities are spread over.
const NAMESPACES: usize = 20;

/// A node with so many pods, all bound to the identity `reader`; `network` is the third part of their addresses.
pub(crate) fn node(pods: usize, network: u8) -> (Node, Vec<IpAddr>) {
    let node = Node::with(&["reader"]);
    // Azure's own service keeps tokens for a day and never signs one per request.
    let settings = json!({"throttling": {"enabled": false}, "imdsKeepsTokens": true});
    node.site.settings(&settings);
    node.bind("reader", "reads");
    let addresses: Vec<IpAddr> = (0..pods)
        .map(|n| Ipv4Addr::new(127, 1, network, u8::try_from(n + 2).unwrap()).into())
        .collect();
    for (n, address) in addresses.iter().enumerate() {
        let labels = json!({"aadpodidbinding": "reads", "app": format!("app-{n}")});
        node.pod(&format!("web-{n}"), &address.to_string(), &labels);
    }
    (node, addresses)
}

/// Fills the cluster with identities of others and a binding for each, from number `from` to number `to`.
pub(crate) fn fill(node: &Node, from: usize, to: usize) {
    let namespace = |n: usize| format!("tenant-{}", n % NAMESPACES);
    for n in 0..NAMESPACES {
        crate::node::kubernetes().make_namespace(&namespace(n));
    }
    let made = (from..to).map(|n| {
        let namespace = namespace(n);
        let identities = node.kind("AzureIdentity", &namespace);
        let bindings = node.kind("AzureIdentityBinding", &namespace);
        async move {
            let name = format!("identity-of-application-{n}");
            let id = format!(
                "/subscriptions/88888888-8888-8888-8888-888888888888/resourceGroups/applications/providers/\
                 Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
            );
            let client = format!("99999999-9999-9999-9999-{n:012}");
            let spec = json!({"type": 0, "resourceID": id, "clientID": client});
            make(&identities, "AzureIdentity", &name, &spec).await;
            let spec = json!({"azureIdentity": name, "selector": format!("application-{n}")});
            make(&bindings, "AzureIdentityBinding", &name, &spec).await;
        }
    });
    wait(
        futures::stream::iter(made)
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<()>>(),
    );
}

async fn make(api: &Api<DynamicObject>, kind: &str, name: &str, spec: &Value) {
    let object = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": kind, "metadata": {"name": name}, "spec": spec,
    });
    let object: DynamicObject = serde_json::from_value(object).unwrap();
    api.create(&PostParams::default(), &object).await.unwrap();
}
