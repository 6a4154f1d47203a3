//! What goes to the metadata service, byte for byte, and what of its answers comes back, however odd they are.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::client::{connect, read, request, send, token_request};
use crate::daemon::Daemon;
use crate::node::Node;

/// A metadata service that gives one answer, as it is, and keeps what it was asked.
struct Scripted {
    url: String,
    answer: Arc<Mutex<Vec<u8>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    fn start() -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scripted = Scripted {
            url: format!("http://{}/", listener.local_addr().unwrap()),
            answer: Arc::default(),
            asked: Arc::default(),
        };
        let (answer, asked) = (Arc::clone(&scripted.answer), Arc::clone(&scripted.asked));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut bytes = [0; 8 * 1024];
                let mut text = String::new();
                // What one request has: its head, and the body that the tests send.
                while !text.contains("\r\n\r\n") || text.contains("POST") && !text.ends_with('}') {
                    let Ok(count @ 1..) = stream.read(&mut bytes) else {
                        break;
                    };
                    text += &String::from_utf8_lossy(&bytes[..count]);
                }
                asked.lock().unwrap().push(text);
                let _ = stream.write_all(&answer.lock().unwrap());
            }
        });
        scripted
    }

    fn says(&self, answer: &str) {
        *self.answer.lock().unwrap() = answer.as_bytes().to_vec();
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn served() -> (Node, Scripted, Daemon) {
    let imds = Scripted::start();
    let mut node = Node::new();
    node.imds.clone_from(&imds.url);
    node.put(
        "AzurePodIdentityException",
        "drivers",
        &json!({"spec": {"podLabels": {"app": "driver"}}}),
    );
    node.pod("driver", "127.0.0.2", &json!({"app": "driver"}));
    let daemon = Daemon::start(&node, &["--imds-rate", "0", "--prefetch", "off"]);
    (node, imds, daemon)
}

#[test]
fn what_is_passed_on_is_written_anew() {
    let (_node, imds, daemon) = served();
    imds.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    let odd = request(
        "GET",
        "/metadata//instance/./compute?api-version=2021-02-01&x=%0d%0aY:%201",
        &[
            ("Metadata", "true"),
            ("Connection", "X-Secret, keep-alive"),
            ("X-Secret", "1"),
            ("Proxy-Authorization", "Basic x"),
            ("X-IDENTITY-HEADER", "x"),
            ("Upgrade", "h2c"),
            ("TE", "trailers"),
            ("X-Original-URL", "/metadata/identity/oauth2/token"),
            ("X-Rewrite-URL", "/metadata/identity/oauth2/token"),
            ("X-HTTP-Method-Override", "POST"),
        ],
    );
    assert_eq!(send("127.0.0.2", daemon.address, &odd).status, 200);
    let asked = imds.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let lines: Vec<String> = asked[0].trim_end().lines().map(str::to_lowercase).collect();
    assert_eq!(
        lines[0],
        "get /metadata/instance/compute?api-version=2021-02-01&x=%0d%0ay:%201 http/1.1"
    );
    let names: Vec<&str> = lines[1..]
        .iter()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    for name in &names {
        let fits = ["metadata", "host", "user-agent", "accept"].contains(name);
        assert!(fits, "{name} was passed on: {asked:?}");
    }
}

#[test]
fn a_body_is_one_request_whatever_is_in_it() {
    let (_node, imds, daemon) = served();
    imds.says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    let inner = "{\"a\":1}\r\n\r\nGET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=r HTTP/1.1\r\nMetadata: true\r\n\r\n{}";
    let length = inner.len().to_string();
    let post = |headers: &[(&str, &str)], body: &str| {
        let path = "/metadata/scheduledevents?api-version=2020-07-01";
        let all = [&[("Metadata", "true")], headers].concat();
        let bytes = [request("POST", path, &all), body.as_bytes().to_vec()].concat();
        send("127.0.0.2", daemon.address, &bytes)
    };
    assert_eq!(post(&[("Content-Length", &length)], inner).status, 200);
    let asked = imds.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    let text = asked[0].to_lowercase();
    assert!(text.contains(&format!("\r\ncontent-length: {length}\r\n")));
    assert!(!text.contains("transfer-encoding"));
    let chunked = format!("{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len());
    assert_eq!(
        post(&[("Transfer-Encoding", "chunked")], &chunked).status,
        200
    );
    let again = imds.asked();
    assert_eq!(again.len(), 1, "{again:?}");
    assert_eq!(again[0].to_lowercase(), text);
    // Of a length and chunks the chunks count, as the standard has it; what the length leaves over is no request.
    let both = [("Content-Length", "3"), ("Transfer-Encoding", "chunked")];
    assert_eq!(post(&both, &chunked).status, 200);
    let again = imds.asked();
    assert_eq!(again.len(), 1, "{again:?}");
    assert_eq!(again[0].to_lowercase(), text);
    // Two lengths are none.
    for headers in [
        [("Content-Length", "3"), ("Content-Length", "4")],
        [
            ("Transfer-Encoding", "chunked"),
            ("Transfer-Encoding", "identity"),
        ],
    ] {
        assert_eq!(post(&headers, &chunked).status, 400, "{headers:?}");
    }
    assert_eq!(imds.asked(), Vec::<String>::new());
}

#[test]
fn an_odd_answer_stays_one_answer() {
    let (_node, imds, daemon) = served();
    let second = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake";
    let twice = |answer: &str| {
        imds.says(answer);
        // Two requests on one connection: what is too much in the first answer would be taken for the second.
        let path = "/metadata/instance?api-version=2021-02-01";
        let last = request("GET", path, &[("Metadata", "true")]);
        let first = String::from_utf8(last.clone()).unwrap();
        let first = first.replace("Connection: close\r\n", "");
        let mut stream = connect("127.0.0.2", daemon.address);
        stream.write_all(first.as_bytes()).unwrap();
        stream.write_all(&last).unwrap();
        let reply = read(&mut stream);
        format!("{}\r\n\r\n{}", reply.head, reply.body)
    };
    let both = twice(&format!(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n{second}"
    ));
    assert!(
        !both.contains("fake") && !both.contains("content-length: 1\r\n"),
        "{both}"
    );
    for answer in [
        format!("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc{second}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc{second}"),
        // It ends before it is whole.
        "HTTP/1.1 200 OK\r\nContent-Length: 300\r\nConnection: close\r\n\r\nabc".to_owned(),
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"
            .to_owned(),
        "nonsense".to_owned(),
    ] {
        let got = twice(&answer);
        assert!(!got.contains("fake"), "{answer:?}: {got}");
    }
    let headers = "Content-Length: 2\r\nConnection: close\r\nSet-Cookie: a=b\r\nKeep-Alive: x\r\nServer: odd\r\nUpgrade: h2c\r\n";
    let got = twice(&format!("HTTP/1.1 200 OK\r\n{headers}\r\n{{}}"));
    for name in ["set-cookie", "server", "upgrade", "keep-alive"] {
        assert!(!got.to_lowercase().contains(name), "{name}: {got}");
    }
    let elsewhere = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    imds.says(elsewhere);
    let token = send("127.0.0.2", daemon.address, &token_request("r", ""));
    assert_eq!((token.status, token.code()), (503, "Unavailable"));
    assert_eq!(token.header("location"), None);
}

#[test]
fn a_token_that_has_ended_is_not_kept() {
    let (node, imds, daemon) = served();
    node.bind("reader", "reads");
    node.pod("web", "127.0.0.3", &json!({"aadpodidbinding": "reads"}));
    let says = |expires_in: &str, expires_on: &str| {
        let body =
            json!({"access_token": "h.c.s", "expires_in": expires_in, "expires_on": expires_on});
        let body = body.to_string();
        let length = body.len();
        imds.says(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        ));
    };
    // The clock of the metadata service is years ahead of this one's, or behind it; what counts is how long is left.
    for (left, on, kept) in [
        ("3600", "4102444800", true),
        ("3600", "1000000000", true),
        ("5", "4102444800", false),
        ("0", "1000000000", false),
    ] {
        says(left, on);
        let resource = format!("https://{left}.{on}");
        let ask = || send("127.0.0.3", daemon.address, &token_request(&resource, ""));
        daemon.until_token("the pod", "127.0.0.3", "", |reply| reply.status == 200);
        imds.asked();
        assert_eq!(ask().json()["expires_on"], *on);
        ask();
        let calls = imds.asked().len();
        assert_eq!(calls, if kept { 1 } else { 2 }, "{left} {on}");
    }
}
