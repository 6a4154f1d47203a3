//! The load: clients on connections that stay, each from the address of a pod, each with one request under way.

use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Whom to ask, from where, and what.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) pods: Vec<IpAddr>,
    pub(crate) request: Vec<u8>,
}

/// What a burst of requests was like.
#[derive(Debug)]
pub(crate) struct Burst {
    pub(crate) wall: Duration,
    /// In order of length.
    pub(crate) latencies: Vec<Duration>,
}

impl Burst {
    /// Requests per second.
    #[allow(clippy::cast_precision_loss)] // not that many
    pub(crate) fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.wall.as_secs_f64()
    }

    /// The latency that so many of a thousand requests keep.
    pub(crate) fn at(&self, per_mille: usize) -> Duration {
        let last = self.latencies.len() - 1;
        self.latencies[last * per_mille / 1000]
    }
}

/// A request for a token of the vault, with more parameters.
pub(crate) fn request(path: &str, more: &str) -> Vec<u8> {
    format!(
        "GET {path}?api-version=2018-02-01&resource=https://vault.azure.net{more} HTTP/1.1\r\n\
         Host: 169.254.169.254\r\nMetadata: true\r\nUser-Agent: bench\r\n\r\n"
    )
    .into_bytes()
}

/// Asks for some time with so many requests under way, on a thread of its own.
pub(crate) fn load(target: &Target, concurrency: usize, time: Duration) -> Burst {
    std::thread::scope(|scope| {
        let work = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(burst(target, concurrency, time))
        });
        work.join().unwrap()
    })
}

async fn burst(target: &Target, concurrency: usize, time: Duration) -> Burst {
    let clients = (0..concurrency).map(|number| Client::open(target, number, concurrency));
    let clients: Vec<Client> = join_all(clients).await;
    let started = Instant::now();
    let end = started + time;
    let asked = clients
        .into_iter()
        .map(|client| client.ask(&target.request, end));
    let latencies = join_all(asked).await;
    let wall = started.elapsed();
    let mut latencies = latencies.concat();
    latencies.sort_unstable();
    Burst { wall, latencies }
}

/// Asks in the name of some of the pods in turn.
struct Client {
    connections: Vec<TcpStream>,
    answer: Vec<u8>,
}

impl Client {
    async fn open(target: &Target, number: usize, concurrency: usize) -> Client {
        // Fewer pods than clients: several clients of one pod.
        let first = number % target.pods.len();
        let own = target.pods.iter().skip(first).step_by(concurrency);
        let mut connections = Vec::new();
        for pod in own {
            connections.push(connect(*pod, target.address).await);
        }
        Client {
            connections,
            answer: Vec::with_capacity(64 * 1024),
        }
    }

    async fn ask(mut self, request: &[u8], end: Instant) -> Vec<Duration> {
        let mut latencies = Vec::with_capacity(1 << 16);
        let count = self.connections.len();
        for turn in 0.. {
            let before = Instant::now();
            if before >= end {
                break;
            }
            let stream = &mut self.connections[turn % count];
            stream.write_all(request).await.unwrap();
            read(stream, &mut self.answer).await;
            latencies.push(before.elapsed());
        }
        latencies
    }
}

/// A connection from an address of this machine.
pub(crate) async fn connect(from: IpAddr, to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(from, 0)).unwrap();
    let stream = socket.connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Reads one answer to its end; panics unless it is a token.
pub(crate) async fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) {
    answer.clear();
    loop {
        let count = stream.read_buf(answer).await.unwrap();
        assert!(count > 0, "the connection ended: {}", text(answer));
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        if answer.len() < head + 4 + length(&answer[..head]) {
            continue;
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", text(answer));
        return;
    }
}

fn length(head: &[u8]) -> usize {
    let head = text(head).to_ascii_lowercase();
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length: "));
    length.and_then(|length| length.parse().ok()).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
