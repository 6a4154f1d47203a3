//! A client of the metadata service that chooses the address it comes from and sends what it is told, byte for byte.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpSocket;

use crate::support::wait;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The code of a refusal; panics when it is none.
    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        self.code_or_none()
            .unwrap_or_else(|| panic!("no refusal: {self:?}"))
    }

    /// The code, if it is a refusal.
    pub(crate) fn code_or_none(&self) -> Option<&str> {
        self.header("x-podid-code")
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The claims of the token in it; panics unless there is one.
    #[track_caller]
    pub(crate) fn claims(&self) -> Value {
        use base64::Engine;
        assert_eq!(self.status, 200, "{self:?}");
        let body = self.json();
        let token = body["access_token"].as_str().unwrap();
        let part = token.split('.').nth(1).unwrap();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part);
        serde_json::from_slice(&bytes.unwrap()).unwrap()
    }
}

/// A connection from an address.
pub(crate) fn connect(from: &str, to: SocketAddr) -> TcpStream {
    let from: IpAddr = from.parse().unwrap();
    let stream = wait(async {
        let socket = if from.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        };
        let socket = socket.unwrap();
        socket.bind(SocketAddr::new(from, 0)).unwrap();
        socket.connect(to).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_mins(1)))
        .unwrap();
    stream
}

/// Sends bytes and reads until the other side is done.
pub(crate) fn send(from: &str, to: SocketAddr, request: &[u8]) -> Reply {
    let mut stream = connect(from, to);
    // The other side may refuse before it has read everything.
    let _ = stream.write_all(request);
    read(&mut stream)
}

/// Reads one answer from a connection that ends with it.
pub(crate) fn read(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    Reply {
        status: status.unwrap_or(0),
        head: head.to_owned(),
        body: if chunked {
            unchunked(body)
        } else {
            body.to_owned()
        },
    }
}

fn unchunked(mut text: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = text.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        whole.push_str(&rest[..size]);
        text = &rest[size + 2..];
    }
    whole
}

/// A request as text, for a connection that ends with it.
pub(crate) fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut text =
        format!("{method} {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n");
    for (name, value) in headers {
        for part in [name, ": ", value, "\r\n"] {
            text += part;
        }
    }
    (text + "\r\n").into_bytes()
}

/// A token request with everything that belongs to it, and more parameters.
pub(crate) fn token_request(resource: &str, more: &str) -> Vec<u8> {
    let target =
        format!("/metadata/identity/oauth2/token?api-version=2018-02-01&resource={resource}{more}");
    request("GET", &target, &[("Metadata", "true")])
}
