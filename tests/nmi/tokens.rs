//! The cache.

use std::io::Write;

use serde_json::json;

use crate::client::{connect, read, token_request};
use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::until;

fn node() -> Node {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    node.pod("too", "127.0.0.3", &json!({"aadpodidbinding": "reads"}));
    node
}

#[test]
fn a_token_is_asked_for_once_per_resource_however_many_ask() {
    let node = node();
    let daemon = Daemon::start(&node, &[]);
    // Held back, so that all of them wait for the same request.
    node.site
        .fault(&json!({"match": {"service": "imds"}, "times": 1, "action": {"hang": "before"}}));
    let mut waiting: Vec<_> = (0..10)
        .map(|n| {
            let from = if n % 2 == 0 { "127.0.0.2" } else { "127.0.0.3" };
            let mut stream = connect(from, daemon.address);
            stream
                .write_all(&token_request("https://vault.azure.net", ""))
                .unwrap();
            stream
        })
        .collect();
    until("the request to hang", || node.site.hanging() == 1);
    until("all of them to wait", || {
        daemon.counter("podid_nmi_cache_lookups_total{result=\"miss\"}") >= 10.0
    });
    node.site.heal();
    let tokens: Vec<_> = waiting
        .iter_mut()
        .map(|stream| read(stream).json()["access_token"].clone())
        .collect();
    assert!(
        tokens
            .iter()
            .all(|token| token.is_string() && *token == tokens[0])
    );
    assert_eq!(node.imds_calls(), 1);
    assert_eq!(
        daemon.token("127.0.0.3", "").json()["access_token"],
        tokens[0]
    );
    assert_eq!(node.imds_calls(), 1);
    let other = crate::client::send(
        "127.0.0.2",
        daemon.address,
        &token_request("https://storage.azure.com", ""),
    );
    assert_eq!(other.claims()["aud"], "https://storage.azure.com");
    assert_eq!(node.imds_calls(), 2);
    assert_eq!(daemon.token("127.0.0.2", "&bypass_cache=true").status, 200);
    assert_eq!(node.imds_calls(), 3);
}

#[test]
fn the_cache_can_be_switched_off() {
    let node = node();
    let daemon = Daemon::start(&node, &["--token-cache=off"]);
    for calls in 1..4 {
        assert_eq!(daemon.token("127.0.0.2", "").status, 200);
        assert_eq!(node.imds_calls(), calls);
    }
}

#[test]
fn trouble_of_the_metadata_service_does_not_reach_those_with_a_token() {
    let node = node();
    let daemon = Daemon::start(&node, &[]);
    let token = daemon.token("127.0.0.2", "").json()["access_token"].clone();
    node.site
        .fault(&json!({"match": {"service": "imds"}, "times": 1000, "action": {"status": 500}}));
    assert_eq!(
        daemon.token("127.0.0.2", "&bypass_cache=true").code(),
        "Unavailable"
    );
    assert_eq!(daemon.token("127.0.0.2", "").json()["access_token"], token);
    node.site.heal();
    // A refusal for good takes it away.
    node.site
        .fault(&json!({"match": {"service": "imds"}, "times": 1, "action": {"status": 403}}));
    assert_eq!(
        daemon.token("127.0.0.2", "&bypass_cache=true").code(),
        "Refused"
    );
    let before = node.imds_calls();
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    assert_eq!(node.imds_calls(), before + 1);
}

#[test]
fn a_flood_of_resources_is_bounded_and_displaces_only_its_own() {
    let node = node();
    node.bind("writer", "writes");
    node.pod("loud", "127.0.0.4", &json!({"aadpodidbinding": "writes"}));
    node.site
        .settings(&json!({"throttling": {"enabled": false}}));
    let daemon = Daemon::start(&node, &["--token-cache-size", "8", "--imds-rate", "0"]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    for n in 0..60 {
        let flood = token_request(&format!("https://{n}.example"), "");
        assert_eq!(
            crate::client::send("127.0.0.4", daemon.address, &flood).status,
            200
        );
    }
    assert!(daemon.counter("podid_nmi_objects{kind=\"token\"}") <= 8.0);
    let before = node.imds_calls();
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    assert_eq!(node.imds_calls(), before);
    assert!(!daemon.ask("/metrics").body.contains("example"));
}

#[test]
fn no_token_is_logged() {
    let node = node();
    let daemon = Daemon::start(&node, &["--log-level", "trace"]);
    let body = daemon.token("127.0.0.2", "").json();
    let token = body["access_token"].as_str().unwrap();
    until("the request to be logged", || {
        daemon.log_text().contains("\"answered\"")
    });
    let signature = token.rsplit('.').next().unwrap();
    assert!(!daemon.log_text().contains(signature));
}
