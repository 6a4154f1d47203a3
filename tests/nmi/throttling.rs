//! Trouble of the metadata service, and its share for each pod.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{connect, read, token_request};
use crate::daemon::Daemon;
use crate::node::Node;

fn node() -> Node {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    node.pod("quiet", "127.0.0.3", &json!({"aadpodidbinding": "reads"}));
    node
}

#[test]
fn trouble_has_the_status_that_sdks_understand() {
    let node = node();
    let daemon = Daemon::start(&node, &["--token-cache=off"]);
    for (action, status, code) in [
        (json!({"status": 500}), 503, "Unavailable"),
        (json!({"status": 503}), 503, "Unavailable"),
        (json!({"status": 410}), 410, "Updating"),
        (json!({"drop": "before"}), 503, "Unavailable"),
        (
            json!({"status": 400, "message": "AADSTS500011: no such resource"}),
            400,
            "Refused",
        ),
    ] {
        node.site
            .fault(&json!({"match": {"service": "imds"}, "times": 1, "action": action}));
        let refused = daemon.token("127.0.0.2", "");
        assert_eq!((refused.status, refused.code()), (status, code), "{action}");
        assert_eq!(
            refused.header("retry-after").is_some(),
            status != 400,
            "{action}"
        );
    }
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
}

#[test]
fn a_pause_that_the_metadata_service_asks_for_is_kept_for_everybody() {
    let node = node();
    let daemon = Daemon::start(&node, &["--token-cache=off"]);
    node.site.fault(&json!({"match": {"service": "imds"}, "times": 1, "action": {"throttle": {"retryAfter": 30}}}));
    let first = daemon.token("127.0.0.2", "");
    assert_eq!((first.status, first.code()), (429, "Throttled"));
    assert_eq!(first.header("retry-after"), Some("30"));
    let calls = node.imds_calls();
    let second = daemon.token("127.0.0.3", "");
    assert_eq!(second.code(), "Throttled");
    assert!(
        second
            .header("retry-after")
            .unwrap()
            .parse::<u64>()
            .unwrap()
            > 20
    );
    assert_eq!(node.imds_calls(), calls);
}

#[test]
fn a_noisy_pod_waits_behind_itself() {
    let node = node();
    let daemon = Daemon::start(&node, &["--token-cache=off", "--imds-rate", "2"]);
    let ask = |from: &str| {
        let mut stream = connect(from, daemon.address);
        stream
            .write_all(&token_request("https://vault.azure.net", ""))
            .unwrap();
        stream
    };
    let mut noisy: Vec<_> = (0..60).map(|_| ask("127.0.0.2")).collect();
    // 2 at once, 32 in the line, the rest is told to come back.
    crate::support::until("the line to be full", || {
        daemon.counter("podid_nmi_requests_total{route=\"token\",outcome=\"Busy\"}") >= 20.0
    });
    let before = Instant::now();
    assert_eq!(daemon.token("127.0.0.3", "").status, 200);
    // The line of the noisy one is 16 seconds long.
    assert!(
        before.elapsed() < Duration::from_secs(8),
        "{:?}",
        before.elapsed()
    );
    let replies: Vec<_> = noisy.iter_mut().map(read).collect();
    let busy: Vec<_> = replies.iter().filter(|reply| reply.status == 429).collect();
    assert!(busy.len() >= 20, "{}", busy.len());
    for reply in busy {
        assert_eq!(
            (reply.code(), reply.header("retry-after")),
            ("Busy", Some("1"))
        );
    }
}
