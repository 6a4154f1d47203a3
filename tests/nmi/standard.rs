//! Standard mode: the record that the node holds the identity, and the wait for it.

use std::io::Write;
use std::time::{Duration, Instant};

use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::client::{connect, read, token_request};
use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::wait;

const STANDARD: &[&str] = &["--mode", "standard"];

/// Writes the record, as MIC does.
fn record(node: &Node, pod: &str, identity: &str, status: &str) {
    let name = format!("{pod}-{}-{identity}", node.site.namespace);
    let object = json!({
        "metadata": {"labels": {"nodename": node.name}},
        "spec": {
            "azureIdentityRef": {
                "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
                "metadata": {"name": identity, "namespace": node.site.namespace},
                "spec": {"type": 0, "resourceID": node.site.identity(identity), "clientID": node.client_id(identity)},
            },
            "azureBindingRef": {
                "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentityBinding",
                "metadata": {"name": identity, "namespace": node.site.namespace}, "spec": {},
            },
            "pod": pod, "podNamespace": node.site.namespace, "nodename": node.name,
        },
        "status": {"status": status},
    });
    node.put_in("default", "AzureAssignedIdentity", &name, &object);
}

fn set_status(node: &Node, pod: &str, identity: &str, status: &str) {
    let name = format!("{pod}-{}-{identity}", node.site.namespace);
    let patch: Value = json!({"status": {"status": status}});
    let api = node.kind("AzureAssignedIdentity", "default");
    wait(api.patch(&name, &PatchParams::default(), &Patch::Merge(patch))).unwrap();
}

#[test]
fn a_waiting_request_is_answered_when_its_identity_is_assigned() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    record(&node, "web", "reader", "Created");
    let daemon = Daemon::start(&node, STANDARD);
    let mut waiting = connect("127.0.0.2", daemon.address);
    waiting
        .write_all(&token_request("https://vault.azure.net", ""))
        .unwrap();
    // Another one with little patience is told that the identity is on its way.
    let brief = Daemon::start(&node, &["--mode", "standard", "--assignment-timeout", "0"]);
    let refused = brief.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (503, "NotAssigned"));
    assert_eq!(refused.header("retry-after"), Some("5"));

    let before = Instant::now();
    set_status(&node, "web", "reader", "Assigned");
    let reply = read(&mut waiting);
    assert_eq!(reply.claims()["oid"], node.object_id("reader"));
    // Upstream looks every 5 seconds.
    assert!(
        before.elapsed() < Duration::from_secs(3),
        "{:?}",
        before.elapsed()
    );
}

#[test]
fn without_label_or_binding_the_answer_comes_at_once() {
    let node = Node::new();
    node.pod("plain", "127.0.0.2", &json!({}));
    node.pod("alone", "127.0.0.3", &json!({"aadpodidbinding": "nothing"}));
    let daemon = Daemon::start(&node, STANDARD);
    let before = Instant::now();
    assert_eq!(daemon.token("127.0.0.2", "").code(), "NoLabel");
    assert_eq!(daemon.token("127.0.0.3", "").code(), "NoBinding");
    assert!(
        before.elapsed() < Duration::from_secs(3),
        "{:?}",
        before.elapsed()
    );
}

#[test]
fn a_record_without_a_binding_gives_nothing_and_other_nodes_records_count_nothing() {
    let node = Node::new();
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    record(&node, "web", "reader", "Assigned");
    let daemon = Daemon::start(&node, &["--mode", "standard", "--assignment-timeout", "0"]);
    assert_eq!(daemon.token("127.0.0.2", "").code(), "NoBinding");
    node.bind("reader", "reads");
    daemon.until_token("the binding", "127.0.0.2", "", |reply| reply.status == 200);

    let name = format!("web-{}-reader", node.site.namespace);
    let api = node.kind("AzureAssignedIdentity", "default");
    wait(api.delete(&name, &DeleteParams::default())).unwrap();
    let refused = daemon.until_token("the record to be gone", "127.0.0.2", "", |reply| {
        reply.status != 200
    });
    assert_eq!(refused.code(), "NotAssigned");
}
