//! Addresses that go from one pod to the next, also while a request is under way.

use std::io::Write;

use serde_json::json;

use crate::client::{Reply, connect, read, token_request};
use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::until;

const AT: &str = "127.0.0.2";

fn node() -> Node {
    let node = Node::new();
    node.bind("reader", "reads");
    node.bind("writer", "writes");
    node
}

/// The next pod at the address; the daemon has heard that the former is gone.
fn take_over(node: &Node, daemon: &Daemon, former: &str, next: &str, selector: &str) {
    node.delete_pod(former);
    daemon.until_token("the former pod to be gone", AT, "", |reply| {
        reply.code_or_none() == Some("UnknownCaller")
    });
    node.pod(next, AT, &json!({"aadpodidbinding": selector}));
}

#[test]
fn a_request_under_way_is_not_answered_to_the_next_pod_at_its_address() {
    let node = node();
    node.pod("web", AT, &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &["--prefetch", "off"]);
    node.site
        .fault(&json!({"match": {"service": "imds"}, "times": 1, "action": {"hang": "before"}}));
    let mut stream = connect(AT, daemon.address);
    stream
        .write_all(&token_request("https://vault.azure.net", ""))
        .unwrap();
    until("the request to hang", || node.site.hanging() == 1);
    take_over(&node, &daemon, "web", "next", "writes");
    let next = daemon.until_token("the next pod", AT, "", |reply| reply.status == 200);
    assert_eq!(next.claims()["oid"], node.object_id("writer"));
    node.site.heal();
    let late = read(&mut stream);
    assert_eq!((late.status, late.code()), (400, "NotBound"), "{late:?}");
    assert!(!late.body.contains("access_token"));

    // The token that came too late is in the cache, for those alone who are bound to it.
    let reader = format!("&client_id={}", node.client_id("reader"));
    assert_eq!(daemon.token(AT, &reader).code(), "NotBound");
    let calls = node.imds_calls();
    node.pod("other", "127.0.0.3", &json!({"aadpodidbinding": "reads"}));
    let other = daemon.until_token("the other", "127.0.0.3", "", |reply| reply.status == 200);
    assert_eq!(other.claims()["oid"], node.object_id("reader"));
    assert_eq!(node.imds_calls(), calls);
}

#[test]
fn a_request_that_is_passed_on_is_not_answered_to_the_next_pod() {
    let node = node();
    let exception = json!({"spec": {"podLabels": {"app": "driver"}}});
    node.put("AzurePodIdentityException", "drivers", &exception);
    node.pod("driver", AT, &json!({"app": "driver"}));
    let daemon = Daemon::start(&node, &["--prefetch", "off"]);
    let reader = format!("&client_id={}", node.client_id("reader"));
    let through = token_request("https://vault.azure.net", &reader);
    let ask = || {
        node.site.fault(
            &json!({"match": {"service": "imds"}, "times": 1, "action": {"hang": "before"}}),
        );
        let mut stream = connect(AT, daemon.address);
        stream.write_all(&through).unwrap();
        until("the request to hang", || node.site.hanging() == 1);
        stream
    };
    let answer = |mut stream| -> Reply {
        node.site.heal();
        read(&mut stream)
    };
    assert_eq!(answer(ask()).status, 200);
    let waiting = ask();
    take_over(&node, &daemon, "driver", "next", "writes");
    daemon.until_token("the next pod", AT, "", |reply| reply.status == 200);
    assert_eq!(answer(waiting).code(), "NotBound");

    take_over(&node, &daemon, "next", "again", "");
    node.delete_pod("again");
    node.pod("driver", AT, &json!({"app": "driver"}));
    daemon.until_token("the exception", AT, &reader, |reply| reply.status == 200);
    let waiting = ask();
    node.delete("AzurePodIdentityException", "drivers");
    daemon.until_token("the exception to be gone", AT, &reader, |reply| {
        reply.code_or_none() == Some("NoLabel")
    });
    assert_eq!(answer(waiting).code(), "NotBound");
}

#[test]
fn an_address_that_changes_hands_again_and_again_never_brings_the_formers_token() {
    let node = node();
    node.pod("pod-0", AT, &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &["--prefetch", "off"]);
    let first = daemon.token(AT, "").claims();
    assert_eq!(first["oid"], node.object_id("reader"));
    for round in 1..10 {
        let (identity, selector) = match round % 3 {
            0 => ("reader", "reads"),
            1 => ("writer", "writes"),
            _ => ("", "nothing"),
        };
        let (former, next) = (format!("pod-{}", round - 1), format!("pod-{round}"));
        take_over(&node, &daemon, &former, &next, selector);
        // Whatever comes until the new one is known, it is no token of another.
        let mut replies = Vec::new();
        until("the next pod", || {
            let reply = daemon.token(AT, "");
            let known = reply.code_or_none() != Some("UnknownCaller");
            replies.push(reply);
            known
        });
        replies.extend((0..3).map(|_| daemon.token(AT, "")));
        for reply in replies.iter().filter(|reply| reply.status == 200) {
            assert_eq!(reply.claims()["oid"], node.object_id(identity), "{round}");
        }
        let last = replies.last().unwrap();
        let expected = if identity.is_empty() { 400 } else { 200 };
        assert_eq!(last.status, expected, "{round}: {last:?}");
    }
}
