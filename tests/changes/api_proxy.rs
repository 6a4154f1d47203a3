//! An API server with faults: a relay that speaks plain HTTP and can hold or refuse one write.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::{Request, Response, header};
use kube::client::Body;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::{Site, wait};

/// What happens to the write that is not skipped any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It is held and never reaches the server.
    HeldBefore,
    /// It reaches the server; the answer is held.
    HeldAfter,
    /// It is held and reaches the server afterwards.
    Delayed,
    /// It is answered so, and does not reach the server.
    Refused(u16),
}

#[derive(Default)]
struct Order {
    trouble: Option<Trouble>,
    /// A part of the path; anything when empty.
    path: String,
    skip: u64,
    held: bool,
}

/// The relay in front of a site's API server.
pub(crate) struct ApiProxy {
    order: Arc<Mutex<Order>>,
    released: watch::Sender<u64>,
    kubeconfig: String,
}

impl ApiProxy {
    pub(crate) fn start(site: &Site) -> ApiProxy {
        let listener = wait(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (released, watched) = watch::channel(0);
        let order = Arc::new(Mutex::new(Order::default()));
        let relay = Relay {
            server: site.kubernetes.clone(),
            order: Arc::clone(&order),
            released: watched,
        };
        wait(async move {
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(relay.clone().serve(stream));
                }
            });
        });
        let kubeconfig = site.write("relayed", &kubeconfig(address));
        ApiProxy {
            order,
            released,
            kubeconfig,
        }
    }

    /// The arguments that send podid through the relay.
    pub(crate) fn arguments(&self) -> [&str; 3] {
        ["--kubeconfig", &self.kubeconfig, "--force-context"]
    }

    /// Orders trouble for the write after `skip` others whose path contains `path`.
    pub(crate) fn order(&self, trouble: Trouble, path: &str, skip: u64) {
        *self.order.lock().unwrap() = Order {
            trouble: Some(trouble),
            path: path.to_owned(),
            skip,
            held: false,
        };
    }

    /// Whether a write is held.
    pub(crate) fn holds_one(&self) -> bool {
        self.order.lock().unwrap().held
    }

    /// Calls the trouble off; a write that is held fails, or goes on when it was only delayed.
    pub(crate) fn heal(&self) {
        *self.order.lock().unwrap() = Order::default();
        self.released.send_modify(|times| *times += 1);
    }
}

fn kubeconfig(address: SocketAddr) -> String {
    serde_json::json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "relayed",
        "clusters": [{"name": "relayed", "cluster": {"server": format!("http://{address}")}}],
        "users": [{"name": "nobody", "user": {}}],
        "contexts": [{"name": "relayed", "context": {"cluster": "relayed", "user": "nobody"}}],
    })
    .to_string()
}

#[derive(Clone)]
struct Relay {
    server: kube::Client,
    order: Arc<Mutex<Order>>,
    released: watch::Receiver<u64>,
}

impl Relay {
    async fn serve(mut self, stream: TcpStream) {
        let mut stream = BufStream::new(stream);
        while let Some(request) = read(&mut stream).await {
            let Some(reply) = self.answer(request).await else {
                return;
            };
            if stream.write_all(&reply).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
    }

    /// The reply; none when the connection is to be closed instead.
    async fn answer(&mut self, request: Request<Body>) -> Option<Vec<u8>> {
        let trouble = self.take(&request);
        if let Some(Trouble::Refused(status)) = trouble {
            let body = serde_json::json!({
                "apiVersion": "v1", "kind": "Status", "status": "Failure",
                "reason": "Forbidden", "message": "not here", "code": status,
            });
            return Some(reply(status, body.to_string().as_bytes()));
        }
        if trouble == Some(Trouble::HeldBefore) {
            self.hold().await;
            return None;
        }
        if trouble == Some(Trouble::Delayed) {
            self.hold().await;
        }
        let response: Response<Body> = self.server.send(request).await.ok()?;
        let status = response.status().as_u16();
        let body = response.into_body().collect_bytes().await.ok()?;
        if trouble == Some(Trouble::HeldAfter) {
            self.hold().await;
            return None;
        }
        Some(reply(status, &body))
    }

    fn take(&self, request: &Request<Body>) -> Option<Trouble> {
        let mut order = self.order.lock().unwrap();
        if request.method() == http::Method::GET || !request.uri().path().contains(&order.path) {
            return None;
        }
        if order.skip > 0 {
            order.skip -= 1;
            return None;
        }
        order.trouble.take()
    }

    async fn hold(&mut self) {
        self.released.mark_unchanged();
        self.order.lock().unwrap().held = true;
        self.released.changed().await.ok();
    }
}

fn reply(status: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status} .\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The next request of a connection; none at its end.
async fn read(stream: &mut BufStream<TcpStream>) -> Option<Request<Body>> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let mut request = Request::builder().method(words.next()?).uri(words.next()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case(header::CONTENT_LENGTH.as_str()) {
            length = value.parse().unwrap();
        } else if [header::CONTENT_TYPE, header::ACCEPT]
            .iter()
            .any(|passed| name.eq_ignore_ascii_case(passed.as_str()))
        {
            request = request.header(name, value);
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    request.body(Body::from(body)).ok()
}
