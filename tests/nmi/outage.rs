//! Servers that are away for long: the API server for ten times the silence that is allowed, as it would be for ten
//! minutes with the usual `--api-server-silence`, and a metadata service that says nothing at all.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{connect, read, token_request};
use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::until;

#[test]
fn an_api_server_that_is_away_for_long_is_told_lived_with_and_come_back_to() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.bind("writer", "writes");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    node.pod("job", "127.0.0.3", &json!({"aadpodidbinding": "writes"}));
    let silence = Duration::from_secs(2);
    let arguments = [
        "--api-server-silence",
        "2s",
        "--token-cache=off",
        "--imds-rate",
        "0",
    ];
    node.site
        .settings(&json!({"throttling": {"enabled": false}}));
    let daemon = Daemon::start(&node, &arguments);
    node.site.api_server_reachable(false);
    let away = Instant::now();
    until("readiness to tell it", || {
        let ready = daemon.ask("/readyz");
        ready.status == 503 && ready.body.contains("[-]pods failed: nothing heard for")
    });
    assert!(away.elapsed() < silence * 4, "{:?}", away.elapsed());
    // What happens meanwhile: a binding goes, a pod takes over another's address, a new one comes.
    node.delete("AzureIdentityBinding", "reader");
    node.delete_pod("job");
    node.pod("next", "127.0.0.3", &json!({}));
    node.pod("late", "127.0.0.4", &json!({"aadpodidbinding": "writes"}));
    let mut answered = 0;
    while away.elapsed() < silence * 10 {
        assert_eq!(daemon.token("127.0.0.2", "").status, 200);
        assert_eq!(daemon.ask("/healthz").status, 200);
        assert_eq!(daemon.ask("/readyz").status, 503);
        answered += 1;
    }
    assert!(answered > 5, "{answered}");
    assert_eq!(daemon.token("127.0.0.4", "").code(), "UnknownCaller");

    node.site.api_server_reachable(true);
    daemon.until_ready();
    assert_eq!(daemon.token("127.0.0.2", "").code(), "NoBinding");
    assert_eq!(daemon.token("127.0.0.3", "").code(), "NoLabel");
    let late = daemon.token("127.0.0.4", "").claims();
    assert_eq!(late["oid"], node.object_id("writer"));
}

#[test]
fn a_metadata_service_that_says_nothing_holds_up_those_alone_who_need_it() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    node.pod("other", "127.0.0.3", &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &["--prefetch", "off"]);
    assert_eq!(daemon.token("127.0.0.3", "").status, 200);
    node.site
        .fault(&json!({"match": {"service": "imds"}, "times": 1000, "action": {"hang": "before"}}));
    let mut waiting: Vec<_> = (0..10)
        .map(|n| {
            let mut stream = connect("127.0.0.2", daemon.address);
            let request = token_request(&format!("https://{n}.example"), "");
            stream.write_all(&request).unwrap();
            stream
        })
        .collect();
    let mut instance = connect("127.0.0.2", daemon.address);
    let path = "/metadata/instance?api-version=2021-02-01";
    let request = crate::client::request("GET", path, &[("Metadata", "true")]);
    instance.write_all(&request).unwrap();
    until("all of them to hang", || node.site.hanging() == 11);
    // From the cache, as if nothing were.
    let before = Instant::now();
    assert_eq!(daemon.token("127.0.0.3", "").status, 200);
    assert!(before.elapsed() < Duration::from_secs(2));
    for stream in waiting.iter_mut().chain([&mut instance]) {
        let reply = read(stream);
        assert_eq!((reply.status, reply.code()), (504, "Timeout"), "{reply:?}");
        assert_eq!(reply.header("retry-after"), Some("2"));
    }
    node.site.heal();
    assert_eq!(daemon.token("127.0.0.2", "&bypass_cache=true").status, 200);
}
