//! Token requests that are none: headers, methods, bodies, parameters, and clients that behave badly.

use std::io::{Read, Write};
use std::time::Duration;

use serde_json::json;

use crate::client::{connect, read, request, send, token_request};
use crate::daemon::Daemon;
use crate::node::Node;

const TOKEN: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=r";

fn served() -> (Node, Daemon) {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &[]);
    (node, daemon)
}

#[test]
fn headers_methods_and_parameters_are_checked() {
    let (_node, daemon) = served();
    let ask = |method: &str, headers: &[(&str, &str)]| {
        send(
            "127.0.0.2",
            daemon.address,
            &request(method, TOKEN, headers),
        )
    };
    assert_eq!(ask("GET", &[("Metadata", "true")]).status, 200);
    assert_eq!(ask("GET", &[("metadata", "True")]).status, 200);
    for headers in [
        &[][..],
        &[("Metadata", "false")],
        &[("Metadata", "true"), ("Metadata", "true")],
        &[("Metadata", "")],
    ] {
        let refused = ask("GET", headers);
        assert_eq!(
            (refused.status, refused.code()),
            (400, "NoMetadataHeader"),
            "{headers:?}"
        );
        assert_eq!(refused.json()["error"], "bad_request_102");
    }
    let proxied = ask(
        "GET",
        &[("Metadata", "true"), ("X-Forwarded-For", "10.0.0.1")],
    );
    assert_eq!((proxied.status, proxied.code()), (400, "Forwarded"));
    for method in ["POST", "PUT", "HEAD", "OPTIONS"] {
        assert_eq!(ask(method, &[("Metadata", "true")]).status, 405, "{method}");
    }
    for query in [
        "resource=r",
        "api-version=2018-02-01",
        "api-version=x&resource=r",
        "api-version=2018-02-01&resource=",
        "",
        "api-version=2018-02-01&resource=%ff",
    ] {
        let refused = daemon.get(
            "127.0.0.2",
            &format!("/metadata/identity/oauth2/token?{query}"),
        );
        assert_eq!(
            (refused.status, refused.code()),
            (400, "BadQuery"),
            "{query}"
        );
    }
}

#[test]
fn what_came_through_a_proxy_is_refused_however_it_says_so() {
    let (_node, daemon) = served();
    let ask = |headers: &[(&str, &str)]| {
        let bytes = request("GET", TOKEN, headers);
        send("127.0.0.2", daemon.address, &bytes)
    };
    for (name, value) in [
        ("x-forwarded-for", "127.0.0.2"),
        ("X-FORWARDED-FOR", ""),
        ("X-Forwarded-For", "unknown, 10.0.0.1"),
    ] {
        let proxied = ask(&[(name, value), ("Metadata", "true")]);
        assert_eq!(proxied.code(), "Forwarded", "{name}: {value}");
    }
    // Names that other servers would mend are no names.
    for name in ["X-Forwarded-For ", " X-Forwarded-For", "X-Forwarded For"] {
        let broken = ask(&[("Metadata", "true"), (name, "10.0.0.1")]);
        assert_eq!((broken.status, broken.header("x-podid-code")), (400, None));
    }
}

#[test]
fn a_second_request_cannot_be_smuggled_in() {
    let (node, daemon) = served();
    let before = node.imds_calls();
    let inner = "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=smuggled HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n";
    for headers in [
        vec![
            ("Metadata", "true"),
            ("Content-Length", "5"),
            ("Transfer-Encoding", "chunked"),
        ],
        vec![
            ("Metadata", "true"),
            ("Content-Length", "5"),
            ("Content-Length", "6"),
        ],
        vec![
            ("Metadata", "true"),
            ("Transfer-Encoding", "chunked, identity"),
        ],
        vec![("Metadata", "true"), ("Content-Length", "+5")],
    ] {
        let bytes = [request("GET", TOKEN, &headers), inner.as_bytes().to_vec()].concat();
        let reply = send("127.0.0.2", daemon.address, &bytes);
        assert_eq!(reply.status, 400, "{headers:?} {reply:?}");
        assert!(!reply.body.contains("HTTP/1.1"), "{reply:?}");
    }
    let body = [
        request(
            "GET",
            TOKEN,
            &[("Metadata", "true"), ("Content-Length", "4")],
        ),
        b"abcd".to_vec(),
    ]
    .concat();
    assert_eq!(send("127.0.0.2", daemon.address, &body).code(), "Body");
    assert_eq!(node.imds_calls(), before);
}

#[test]
fn large_heads_and_slow_clients_get_nowhere_and_hurt_nobody() {
    let (_node, daemon) = served();
    let large = "x".repeat(64 * 1024);
    let reply = send(
        "127.0.0.2",
        daemon.address,
        &request("GET", TOKEN, &[("Metadata", "true"), ("X-Large", &large)]),
    );
    assert_eq!(reply.status, 431);
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("X-Many", "1"), 500).collect();
    assert_eq!(
        send("127.0.0.2", daemon.address, &request("GET", TOKEN, &many)).status,
        431
    );

    // A client that never ends its head holds its own connection and nothing else.
    let mut slow = connect("127.0.0.2", daemon.address);
    slow.write_all(b"GET /metadata/identity/oauth2/token HTTP/1.1\r\nMeta")
        .unwrap();
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    let mut rest = Vec::new();
    slow.set_read_timeout(Some(Duration::from_secs(50)))
        .unwrap();
    // The end of the connection, not of the test's patience.
    slow.read_to_end(&mut rest).unwrap();
}

#[test]
fn one_pod_cannot_take_all_connections() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &["--max-connections-per-pod", "20"]);
    let idle: Vec<_> = (0..40)
        .map(|_| connect("127.0.0.9", daemon.address))
        .collect();
    crate::support::until("connections over the limit to be counted", || {
        daemon.counter("podid_nmi_connections_turned_away_total") >= 20.0
    });
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    drop(idle);
}

#[test]
fn connections_are_kept_and_answer_in_order() {
    let (_node, daemon) = served();
    let mut stream = connect("127.0.0.2", daemon.address);
    let text = String::from_utf8(token_request("https://vault.azure.net", "")).unwrap();
    let kept = text.replace("Connection: close\r\n", "");
    let bad = kept.replace("Metadata: true\r\n", "");
    stream.write_all((kept + &bad + &text).as_bytes()).unwrap();
    let all = read(&mut stream);
    let whole = format!("{}\r\n\r\n{}", all.head, all.body);
    let statuses: Vec<&str> = whole
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|part| &part[..3])
        .collect();
    assert_eq!(statuses, ["200", "400", "200"]);
}
