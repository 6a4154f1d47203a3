//! Ten thousand connections that ask for nothing, clients that are slow, and what they cost the others.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::client::{connect, request, token_request};
use crate::daemon::Daemon;
use crate::node::Node;

/// The memory that `podid install` allows, in KiB.
const MEMORY: u64 = 128 * 1024;

/// Lets this process have so many connections: as many as the system allows it.
fn allow_files(wanted: u64) {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(wanted);
    assert!(
        most >= wanted,
        "this test opens {wanted} files and may open {most}: raise the limit (ulimit -Hn)"
    );
    let raised = Rlimit {
        current: Some(most),
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

#[test]
fn ten_thousand_idle_connections_keep_nobody_out() {
    allow_files(11_000);
    let node = Node::new();
    node.bind("reader", "reads");
    let bound = json!({"aadpodidbinding": "reads"});
    node.pod("web", "127.0.0.2", &bound);
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    // A connection that is used before the crowd comes.
    let kept = token_request("https://vault.azure.net", "");
    let kept = String::from_utf8(kept).unwrap();
    let kept = kept.replace("Connection: close\r\n", "");
    let mut early = connect("127.0.0.2", daemon.address);
    answered(&mut early, &kept);

    let mut idle = Vec::new();
    for pod in 0..40 {
        for n in 0..250 {
            let mut stream = connect(&format!("127.1.0.{pod}"), daemon.address);
            // Half of them begin a request as large as one may be, and never end it.
            if n % 2 == 0 {
                let _ = stream.write_all(b"GET /metadata/identity HTTP/1.1\r\nX-Large: ");
                let _ = stream.write_all(&[b'x'; 15 * 1024]);
            }
            idle.push(stream);
        }
    }
    assert_eq!(idle.len(), 10_000);
    for _ in 0..20 {
        assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    }
    answered(&mut early, &kept);
    // One that has only now been scheduled, and comes after all the others.
    node.pod("late", "127.0.0.3", &bound);
    daemon.until_token("the late one", "127.0.0.3", "", |reply| reply.status == 200);
    daemon.until_ready();
    let displaced = daemon.counter("podid_nmi_connections_displaced_total");
    assert!(displaced > 0.0, "nobody gave way");
    let files = std::fs::read_dir(format!("/proc/{}/fd", daemon.id()));
    let files = files.unwrap().count();
    assert!(files < 2048 + 100, "{files} files are open");
    let most = daemon.peak_memory();
    assert!(most < MEMORY, "{most} KiB at the most");
    drop(idle);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
}

/// Asks on a connection that stays open.
fn answered(stream: &mut TcpStream, request: &str) {
    stream.write_all(request.as_bytes()).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\"Bearer\"}") {
        let mut byte = [0];
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the connection ended");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 200 OK\r\n"));
}

#[test]
fn who_does_not_read_the_answers_holds_up_nobody_but_itself() {
    let node = Node::new();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "reads"}));
    let daemon = Daemon::start(&node, &[]);
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    let before = daemon.memory();
    let one = token_request("https://vault.azure.net", "");
    let one = String::from_utf8(one).unwrap();
    let many = one.replace("Connection: close\r\n", "").repeat(200);
    let mut deaf = Vec::new();
    for _ in 0..50 {
        let mut stream = connect("127.0.0.2", daemon.address);
        stream
            .set_write_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        // Until nothing more fits into what lies between the two.
        for _ in 0..100 {
            if stream.write_all(many.as_bytes()).is_err() {
                break;
            }
        }
        deaf.push(stream);
    }
    assert_eq!(daemon.token("127.0.0.2", "").status, 200);
    let grown = daemon.memory().saturating_sub(before);
    assert!(grown < 16 * 1024, "grown by {grown} KiB");
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for_long() {
    let node = Node::new();
    node.put(
        "AzurePodIdentityException",
        "drivers",
        &json!({"spec": {"podLabels": {"app": "driver"}}}),
    );
    node.pod("driver", "127.0.0.2", &json!({"app": "driver"}));
    node.pod("other", "127.0.0.3", &json!({}));
    let daemon = Daemon::start(&node, &[]);
    let ask = |from: &str, length: &str| {
        let head = request(
            "POST",
            "/metadata/scheduledevents?api-version=2020-07-01",
            &[("Metadata", "true"), ("Content-Length", length)],
        );
        let mut stream = connect(from, daemon.address);
        stream.write_all(&head).unwrap();
        stream
    };
    let mut slow = ask("127.0.0.2", "10");
    // Whoever may not write is told so before a byte of it is read.
    let refused = crate::client::read(&mut ask("127.0.0.3", "1000000"));
    assert_eq!((refused.status, refused.code()), (405, "Method"));
    let large = crate::client::read(&mut ask("127.0.0.2", "1000000"));
    assert_eq!((large.status, large.code()), (400, "Body"));
    let late = crate::client::read(&mut slow);
    assert_eq!((late.status, late.code()), (400, "Body"));
}
