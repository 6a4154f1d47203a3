//! What operators see: readiness, counters, events, the log, and the end.

use std::io::Write;

use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, ListParams};
use serde_json::json;

use crate::client::{connect, read, request, send, token_request};
use crate::daemon::Daemon;
use crate::node::{Node, kubernetes};
use crate::support::{Kubernetes, until, wait};

fn node() -> Node {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    node.pod("plain", "127.0.0.3", &json!({}));
    node
}

#[test]
fn readiness_names_its_checks() {
    let daemon = Daemon::start(&node(), &["--mode", "standard"]);
    let ready = daemon.ask("/readyz").body;
    for check in [
        "pods",
        "identities",
        "bindings",
        "exceptions",
        "assignments",
        "running",
    ] {
        assert!(ready.contains(&format!("[+]{check} ok\n")), "{ready}");
    }
    assert_eq!(daemon.ask("/healthz").body, "ok\n");
    assert_eq!(daemon.ask("/debug/pprof/").status, 404);
    // Nothing of an operator's on the pods' side.
    assert_eq!(
        send(
            "127.0.0.2",
            daemon.address,
            &request("GET", "/metrics", &[("Metadata", "true")])
        )
        .code(),
        "UnknownPath"
    );
}

#[test]
fn without_the_resources_it_is_not_ready_and_answers_nothing() {
    let bare = Kubernetes::bare();
    let node = Node::on(&bare, &["reader"]);
    node.pod("plain", "127.0.0.2", &json!({}));
    let daemon = Daemon::spawn(&node, &[]);
    until("the pods to be listed", || {
        daemon.ask("/readyz").body.contains("[+]pods ok")
    });
    let ready = daemon.ask("/readyz");
    assert_eq!(ready.status, 503);
    assert!(
        ready.body.contains("[-]identities failed: "),
        "{}",
        ready.body
    );
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (503, "NotReady"));
    wait(podid::k8s::crd::install(
        &bare.client,
        &podid::k8s::crd::InstallOptions::default(),
    ))
    .unwrap();
    daemon.until_ready();
    assert_eq!(daemon.token("127.0.0.2", "").code(), "NoLabel");
}

#[test]
fn an_api_server_that_is_away_takes_nothing_from_pods_that_are_known() {
    let node = node();
    let daemon = Daemon::start(&node, &["--token-cache=off"]);
    node.site.api_server_reachable(false);
    until("the loss to be noticed", || {
        daemon.log_text().contains("the API server is not heard of")
    });
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    assert_eq!(daemon.token("127.0.0.9", "").code(), "UnknownCaller");
    // What happens meanwhile is heard of afterwards.
    node.delete("AzureIdentityBinding", "reader");
    node.site.api_server_reachable(true);
    daemon.until_token("the lost binding", "127.0.0.2", "", |reply| {
        reply.status == 400
    });
    assert_eq!(daemon.ask("/readyz").status, 200);
}

#[test]
fn a_watch_that_has_died_without_a_word_is_noticed() {
    let node = node();
    let daemon = Daemon::start(&node, &["--api-server-silence", "8s"]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    node.site.freeze_connections();
    node.delete("AzureIdentityBinding", "reader");
    node.bind("writer", "new");
    node.pod("late", "127.0.0.4", &json!({"aadpodidbinding": "new"}));
    daemon.until_token(
        "the change behind the dead watch",
        "127.0.0.2",
        "",
        |reply| reply.status == 400,
    );
    daemon.until_token("the new pod", "127.0.0.4", "", |reply| reply.status == 200);
    assert!(daemon.log_text().contains("the API server is not heard of"));
    daemon.until_ready();
}

#[test]
fn refusals_are_counted_logged_and_told_as_an_event_once() {
    let node = node();
    let daemon = Daemon::start(&node, &[]);
    for _ in 0..5 {
        assert_eq!(daemon.token("127.0.0.3", "").code(), "NoLabel");
    }
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    let counted = |outcome: &str| {
        daemon.counter(&format!(
            "podid_nmi_requests_total{{route=\"token\",outcome=\"{outcome}\"}}"
        ))
    };
    assert!((counted("NoLabel") - 5.0).abs() < 0.1 && (counted("Ok") - 1.0).abs() < 0.1);
    let events: Api<Event> = Api::namespaced(node.site.kubernetes.clone(), &node.site.namespace);
    let mut found = Vec::new();
    until("the event", || {
        found = wait(events.list(&ListParams::default().fields("involvedObject.name=plain")))
            .unwrap()
            .items;
        !found.is_empty()
    });
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].reason.as_deref(), Some("NoLabel"));
    assert_eq!(
        found[0].source.as_ref().unwrap().component.as_deref(),
        Some("podid-nmi")
    );
    let log = daemon.log();
    let line = log
        .iter()
        .find(|line| line["message"] == "answered")
        .unwrap();
    assert_eq!(line["pod"], "web");
    assert_eq!(line["namespace"], node.site.namespace);
    assert_eq!(line["identity"], format!("{}/reader", node.site.namespace));
    assert!(line["micros"].is_u64());
    assert!(log.iter().any(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("explain"))
    }));
}

#[test]
fn counters_can_have_an_address_of_their_own() {
    let daemon = Daemon::start(&node(), &["--metrics-address", "127.0.0.1:0"]);
    let log = daemon.log();
    let all: Vec<_> = log
        .iter()
        .filter(|line| line["message"] == "answering operators")
        .collect();
    let metrics = all.iter().find(|line| line["offer"] == "Metrics").unwrap();
    let address = metrics["address"].as_str().unwrap().parse().unwrap();
    let ask = |path: &str| send("127.0.0.1", address, &request("GET", path, &[]));
    assert!(ask("/metrics").body.contains("podid_nmi_ready 1"));
    assert_eq!(ask("/readyz").status, 404);
}

#[test]
fn its_end_lets_requests_under_way_end() {
    let node = node();
    let mut daemon = Daemon::start(&node, &[]);
    node.site
        .fault(&json!({"match": {"service": "imds"}, "times": 1, "action": {"hang": "before"}}));
    let mut stream = connect("127.0.0.2", daemon.address);
    stream
        .write_all(&token_request("https://vault.azure.net", ""))
        .unwrap();
    until("the request to hang", || node.site.hanging() == 1);
    daemon.terminate();
    until("no more connections", || {
        std::net::TcpStream::connect(daemon.address).is_err()
    });
    node.site.heal();
    assert_eq!(read(&mut stream).status, 200);
    assert_eq!(daemon.ended(), Some(0));
}

#[test]
fn the_host_asks_for_a_pod_only_when_an_operator_allows_it() {
    let node = node();
    let daemon = Daemon::start(&node, &["--host-token"]);
    let target = "/host/token/?resource=https://vault.azure.net";
    let headers = [("podns", node.site.namespace.as_str()), ("podname", "web")];
    let asked = request("GET", target, &headers);
    let reply = send("127.0.0.1", daemon.address, &asked);
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.json()["clientid"], node.client_id("reader"));
    assert!(reply.json()["token"]["access_token"].is_string());
    assert_eq!(send("127.0.0.2", daemon.address, &asked).code(), "NotHost");
    let proxied = [&headers[..], &[("X-Forwarded-For", "10.0.0.1")]].concat();
    let proxied = request("GET", target, &proxied);
    assert_eq!(
        send("127.0.0.1", daemon.address, &proxied).code(),
        "Forwarded"
    );
    let plain = request(
        "GET",
        target,
        &[
            ("podns", node.site.namespace.as_str()),
            ("podname", "plain"),
        ],
    );
    assert_eq!(send("127.0.0.1", daemon.address, &plain).code(), "NoLabel");
    assert_eq!(
        send("127.0.0.1", daemon.address, &request("GET", target, &[])).code(),
        "BadQuery"
    );
    let off = Daemon::start(&node, &[]);
    assert_eq!(send("127.0.0.1", off.address, &asked).code(), "UnknownPath");
}

#[test]
fn flags_of_aad_pod_identity_are_understood_with_a_warning() {
    let node = Node::on(kubernetes(), &["reader"]);
    let daemon = Daemon::start(
        &node,
        &[
            "--operation-mode=Managed",
            "--forceNamespaced=true",
            "--enableScaleFeatures=true",
        ],
    );
    let warnings: Vec<_> = daemon
        .log()
        .into_iter()
        .filter(|line| line["level"] == "WARN")
        .collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(daemon.id() > 0);
}
