//! Tokens for pods that have just been scheduled, before they ask.

use serde_json::json;

use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::until;

const VAULT: &str = "https://vault.azure.net";
const HITS: &str = "podid_nmi_cache_lookups_total{result=\"hit\"}";
const PREFETCHED: &str = "podid_nmi_prefetched_total{outcome=\"Ok\"}";

fn labels() -> serde_json::Value {
    json!({"aadpodidbinding": "reads"})
}

fn count(daemon: &Daemon, line: &str, wanted: u32) -> bool {
    (daemon.counter(line) - f64::from(wanted)).abs() < 0.1
}

#[test]
fn the_first_token_of_a_new_pod_comes_from_the_cache() {
    let node = Node::new();
    // It was here before; nothing is fetched for it.
    node.bind("writer", "writes");
    node.pod("old", "127.0.0.3", &json!({"aadpodidbinding": "writes"}));
    let daemon = Daemon::start(&node, &["--prefetch-resource", VAULT]);
    node.make_pod("web", &labels(), &json!({}));
    node.bind("reader", "reads");
    until("the token to be fetched", || count(&daemon, PREFETCHED, 1));
    assert_eq!(node.imds_calls(), 1);

    node.pod_status("web", "Running", &["127.0.0.2"]);
    let reply = daemon.token("127.0.0.2", "");
    assert_eq!(reply.claims()["oid"], node.object_id("reader"));
    assert!(count(&daemon, HITS, 1));
    assert_eq!(node.imds_calls(), 1);
    // A pod without a binding profits from nothing.
    node.pod("stranger", "127.0.0.4", &json!({}));
    let refused = daemon.until_token("the stranger", "127.0.0.4", "", |reply| {
        reply.code() != "UnknownCaller"
    });
    assert_eq!(refused.code(), "NoLabel");
}

#[test]
fn what_an_identity_was_asked_for_before_is_fetched_for_the_next_pod() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &labels());
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    // A changed identity is another one to the cache.
    let client = node.client_id("reader");
    let spec = json!({"type": 0, "clientID": client});
    node.put("AzureIdentity", "reader", &json!({"spec": spec}));
    let by_id = format!("&msi_res_id={}", node.site.identity("reader"));
    daemon.until_token("the change", "127.0.0.2", &by_id, |reply| {
        reply.status != 200
    });
    assert_eq!(node.imds_calls(), 1);
    node.make_pod("next", &labels(), &json!({}));
    until("the token to be fetched", || count(&daemon, PREFETCHED, 1));
    node.pod_status("next", "Running", &["127.0.0.3"]);
    assert_eq!(daemon.token("127.0.0.3", "").status, 200);
    // One call for each identity: what the next pod got had been fetched before it asked.
    assert_eq!(node.imds_calls(), 2);
}

#[test]
fn many_new_pods_take_from_the_metadata_service_what_one_would() {
    let node = Node::new();
    node.bind("writer", "writes");
    node.pod("old", "127.0.0.3", &json!({"aadpodidbinding": "writes"}));
    let resources: Vec<String> = (0..40).map(|n| format!("https://{n}.example")).collect();
    let resources = resources.join(",");
    let daemon = Daemon::start(
        &node,
        &["--imds-rate", "2", "--prefetch-resource", &resources],
    );
    node.bind("reader", "reads");
    node.make_pod("web", &labels(), &json!({}));
    until("prefetching to wait for its turn", || {
        daemon.counter(PREFETCHED) >= 2.0
    });
    let before = std::time::Instant::now();
    assert_eq!(daemon.token("127.0.0.3", "").status, 200);
    // The line of what is fetched ahead is some 20 seconds long.
    assert!(before.elapsed().as_secs() < 8, "{:?}", before.elapsed());
    assert!(daemon.counter(PREFETCHED) < 40.0);
}

#[test]
fn it_can_be_switched_off() {
    let node = Node::new();
    let daemon = Daemon::start(&node, &["--prefetch=off", "--prefetch-resource", VAULT]);
    node.bind("reader", "reads");
    node.make_pod("web", &labels(), &json!({}));
    node.pod_status("web", "Running", &["127.0.0.2"]);
    daemon.until_token("the pod", "127.0.0.2", "", |reply| reply.status == 200);
    assert!(count(&daemon, PREFETCHED, 0) && count(&daemon, HITS, 0));
    assert_eq!(node.imds_calls(), 1);
}
