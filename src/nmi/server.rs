//! Connections: who may have how many, for how long, and their end.
//!
//! The address of the socket's peer is the identity of the caller, so a connection carries it from here to the
//! handler, and nothing that a client sends can replace it.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answer::Body;
use super::metrics::Metrics;

/// Time for the head of a request, and for the next one on a connection.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// Oldest a connection gets; clients open another one.
const LIFETIME: Duration = Duration::from_mins(10);
/// Largest head of a request.
const LARGEST_HEAD: usize = 16 * 1024;
/// Pause when no more connections can be accepted.
const NO_MORE: Duration = Duration::from_millis(50);

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all.
    pub all: usize,
    /// From one address.
    pub per_peer: usize,
    /// Time that requests under way have when the daemon ends.
    pub drain: Duration,
}

/// Counts connections by peer.
#[derive(Debug)]
struct Counts {
    limits: Limits,
    open: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// One counted connection.
struct Counted {
    counts: Arc<Counts>,
    peer: IpAddr,
}

impl Counts {
    fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Counted> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, by_peer) = &mut *open;
        let own = by_peer.get(&peer).copied().unwrap_or_default();
        if *all >= self.limits.all || own >= self.limits.per_peer {
            return None;
        }
        *all += 1;
        by_peer.insert(peer, own + 1);
        Some(Counted {
            counts: Arc::clone(self),
            peer,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let open = self.counts.open.lock();
        let mut open = open.unwrap_or_else(PoisonError::into_inner);
        let (all, by_peer) = &mut *open;
        *all -= 1;
        if let Some(own) = by_peer.get_mut(&self.peer) {
            *own -= 1;
            if *own == 0 {
                by_peer.remove(&self.peer);
            }
        }
    }
}

/// Serves a listener until `stop`, then lets requests under way end.
pub async fn serve<F, A>(
    listener: TcpListener,
    limits: Limits,
    metrics: Arc<Metrics>,
    stop: watch::Receiver<bool>,
    answer: F,
) where
    F: Fn(IpAddr, Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let counts = Arc::new(Counts {
        limits,
        open: Mutex::default(),
    });
    let mut connections = JoinSet::new();
    let mut stopping = stop.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match counts.enter(peer.ip().to_canonical()) {
                    Some(counted) => {
                        let work = connection(stream, peer, answer.clone(), stop.clone(), limits.drain);
                        connections.spawn(async move {
                            let _counted = counted;
                            work.await;
                        });
                    }
                    // Dropped, which the client sees at once.
                    None => metrics.turned_away(),
                },
                // Most likely out of file descriptors: wait for others to end.
                Err(error) => {
                    tracing::warn!(%error, "no connection could be accepted");
                    tokio::time::sleep(NO_MORE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = stopped(&mut stopping) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn connection<F, A>(
    stream: TcpStream,
    peer: SocketAddr,
    answer: F,
    mut stop: watch::Receiver<bool>,
    drain: Duration,
) where
    F: Fn(IpAddr, Request<Incoming>) -> A,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    // Small answers must not wait for the delayed acknowledgements of Nagle's algorithm.
    let _ = stream.set_nodelay(true);
    let peer = peer.ip().to_canonical();
    let service = service_fn(move |request| {
        let answer = answer(peer, request);
        async move { Ok::<_, std::convert::Infallible>(answer.await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut served = pin!(served);
    tokio::select! {
        ended = served.as_mut() => {
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "a connection ended");
            }
            return;
        }
        () = stopped(&mut stop) => {}
        () = tokio::time::sleep(LIFETIME) => {}
    }
    served.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(drain, served).await;
}

/// Waits until the daemon is asked to end, or is gone.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
