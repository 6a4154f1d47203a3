//! Floods of requests that are all different, and what they leave behind in the process.

use std::fmt::Write;

use serde_json::json;

use crate::client::{send, token_request};
use crate::daemon::Daemon;
use crate::node::Node;

/// What the process may grow by once its cache is full, in KiB.
const GROWTH: u64 = 8 * 1024;

/// A resource as long as one may be, told apart by a number.
fn resource(number: u32) -> String {
    let mut text = format!("https://{number}.example/");
    let rest = 1024 - text.len();
    write!(text, "{}", "r".repeat(rest)).unwrap();
    text
}

#[test]
fn floods_of_resources_leave_nothing_behind_but_a_full_cache() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.bind("writer", "writes");
    let pods: Vec<String> = (10..30).map(|last| format!("127.0.0.{last}")).collect();
    for (n, address) in pods.iter().enumerate() {
        let selector = if n == 0 { "reads" } else { "writes" };
        let labels = json!({"aadpodidbinding": selector});
        node.pod(&format!("pod-{n}"), address, &labels);
    }
    node.site
        .settings(&json!({"throttling": {"enabled": false}}));
    let daemon = Daemon::start(&node, &["--imds-rate", "0", "--log-level", "info"]);
    let ask = |from: &str, number: u32| {
        let reply = send(from, daemon.address, &token_request(&resource(number), ""));
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    let tokens = || daemon.counter("podid_nmi_objects{kind=\"token\"}");

    // From one pod: until the cache is full, and as much again.
    (0..1100).for_each(|number| ask(&pods[0], number));
    assert!((tokens() - 1024.0).abs() < 0.1, "{}", tokens());
    let (full, counters) = (daemon.memory(), daemon.ask("/metrics").body);
    (1100..2200).for_each(|number| ask(&pods[0], number));
    let grown = daemon.memory().saturating_sub(full);
    assert!(grown < GROWTH, "grown by {grown} KiB, from {full}");

    // From many, for another identity.
    for number in 2200..3300 {
        ask(&pods[1 + number as usize % 19], number);
    }
    let grown = daemon.memory().saturating_sub(full);
    assert!(grown < GROWTH, "grown by {grown} KiB, from {full}");
    assert!((tokens() - 1024.0).abs() < 0.1, "{}", tokens());
    let after = daemon.ask("/metrics").body;
    assert_eq!(after.lines().count(), counters.lines().count());
    assert!(after.len() < 32 * 1024 && !after.contains("example"));
    assert!(daemon.peak_memory() < 64 * 1024, "{}", daemon.peak_memory());
}

#[test]
fn floods_of_nonsense_leave_nothing_behind() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &["--log-level", "info"]);
    let ask = |number: u32| {
        let from = format!("127.0.{}.{}", 3 + number % 8, 1 + number % 200);
        for target in [
            format!("/metadata/instance/{number}/{}", "x".repeat(900)),
            format!("/{number}?{}", "y".repeat(4000)),
            format!("/metadata/identity/oauth2/token?api-version={number}"),
            format!(
                "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r&client_id={number}{}",
                "z".repeat(400)
            ),
        ] {
            // Strangers would wait for their pod to be reported; those with a pod are told at once.
            let from = if target.contains("token") {
                "127.0.0.2"
            } else {
                &from
            };
            assert_ne!(daemon.get(from, &target).status, 200);
        }
    };
    (0..100).for_each(ask);
    let (before, counters) = (daemon.memory(), daemon.ask("/metrics").body);
    (100..600).for_each(ask);
    let grown = daemon.memory().saturating_sub(before);
    assert!(grown < GROWTH, "grown by {grown} KiB, from {before}");
    let after = daemon.ask("/metrics").body;
    assert_eq!(after.lines().count(), counters.lines().count());
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
}
