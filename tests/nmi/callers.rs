//! Who asks: addresses that are new, shared, the node's, of pods that have ended, and of others than before.

use serde_json::json;

use crate::client::{connect, read, token_request};
use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::until;

const BOUND: &str = "reads";

fn bound() -> serde_json::Value {
    json!({"aadpodidbinding": BOUND})
}

#[test]
fn an_address_of_nobody_is_told_to_come_back() {
    let node = Node::new();
    let daemon = Daemon::start(&node, &[]);
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (503, "UnknownCaller"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.json()["error"], "unknown_source");
}

#[test]
fn the_first_request_may_overtake_the_report_of_its_address() {
    use std::io::Write;
    let node = Node::new();
    node.bind("reader", BOUND);
    node.make_pod("web", &bound(), &json!({}));
    let daemon = Daemon::start(&node, &[]);
    let mut early = connect("127.0.0.2", daemon.address);
    early
        .write_all(&token_request("https://vault.azure.net", ""))
        .unwrap();
    node.pod_status("web", "Running", &["127.0.0.2"]);
    assert_eq!(read(&mut early).claims()["oid"], node.object_id("reader"));
}

#[test]
fn pods_of_other_nodes_are_nobody() {
    let (node, other) = (Node::new(), Node::new());
    other.bind("reader", BOUND);
    other.pod("web", "127.0.0.2", &bound());
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").code(), "UnknownCaller");
}

#[test]
fn the_host_and_pods_on_its_network_are_refused() {
    let node = Node::new();
    node.bind("reader", BOUND);
    node.make_pod("proxy", &bound(), &json!({"hostNetwork": true}));
    node.pod_status("proxy", "Running", &["127.0.0.5"]);
    let daemon = Daemon::start(&node, &[]);
    let refused = daemon.token("127.0.0.5", "");
    assert_eq!((refused.status, refused.code()), (403, "HostNetwork"));
}

#[test]
fn a_pod_that_has_ended_leaves_its_address_to_the_next() {
    let node = Node::new();
    node.bind("reader", BOUND);
    node.pod("job", "127.0.0.2", &bound());
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    node.pod_status("job", "Succeeded", &["127.0.0.2"]);
    let refused = daemon.until_token("the end of the job", "127.0.0.2", "", |reply| {
        reply.status != 200
    });
    assert_eq!((refused.status, refused.code()), (403, "Ended"));

    // Another pod gets the address; it is bound to nothing and must not get the job's token from the cache.
    node.pod("stranger", "127.0.0.2", &json!({}));
    let stranger = daemon.until_token("the stranger", "127.0.0.2", "", |reply| {
        reply.code() != "Ended"
    });
    assert_eq!(stranger.code(), "NoLabel");
    node.delete_pod("job");
    assert_eq!(daemon.token("127.0.0.2", "").code(), "NoLabel");
}

#[test]
fn an_address_of_two_pods_is_nobodys_until_one_is_gone() {
    let node = Node::new();
    node.bind("reader", BOUND);
    node.pod("one", "127.0.0.2", &bound());
    node.pod("two", "127.0.0.2", &bound());
    let daemon = Daemon::start(&node, &[]);
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (503, "SharedAddress"));
    node.delete_pod("one");
    daemon.until_token("one of them to go", "127.0.0.2", "", |reply| {
        reply.status == 200
    });
}

#[test]
fn dual_stack_pods_are_known_by_each_address() {
    let node = Node::new();
    node.bind("reader", BOUND);
    node.make_pod("web", &bound(), &json!({}));
    node.pod_status("web", "Running", &["127.0.0.2", "::1"]);
    let daemon = Daemon::start(&node, &["--listen-address", "::1"]);
    assert!(daemon.address.is_ipv6());
    assert_eq!(
        daemon.token("::1", "").claims()["oid"],
        node.object_id("reader")
    );
}

#[test]
fn a_pending_pod_may_ask_and_a_header_says_nothing_of_who_asks() {
    let node = Node::new();
    node.bind("reader", BOUND);
    node.make_pod("web", &bound(), &json!({}));
    node.pod_status("web", "Pending", &["127.0.0.2"]);
    node.pod("plain", "127.0.0.3", &json!({}));
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    for header in [
        "X-Real-IP",
        "Forwarded",
        "X-Client-IP",
        "X-Forwarded-Host",
        "X-Forwarded",
        "X-Forwarded_For",
        "X-Original-Forwarded-For",
        "X-Cluster-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Envoy-External-Address",
        "X-ProxyUser-Ip",
        "Via",
        "podname",
        "podns",
        "Host",
    ] {
        let target = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";
        let spoofed = crate::client::request(
            "GET",
            target,
            &[("Metadata", "true"), (header, "127.0.0.2")],
        );
        let refused = crate::client::send("127.0.0.3", daemon.address, &spoofed);
        assert_ne!(refused.status, 200, "{header}");
    }
}

#[test]
fn a_pod_of_the_same_name_does_not_inherit() {
    let node = Node::new();
    node.bind("reader", BOUND);
    node.pod("web", "127.0.0.2", &bound());
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    node.delete_pod("web");
    node.pod("web", "127.0.0.3", &json!({}));
    until("the new pod", || {
        daemon.token("127.0.0.3", "").code() == "NoLabel"
    });
    assert_eq!(daemon.token("127.0.0.2", "").code(), "UnknownCaller");
}
