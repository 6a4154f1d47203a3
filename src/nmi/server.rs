//! Connections: for how long, and their end. How many there may be: [`super::connections`].
//!
//! The address of the socket's peer is the identity of the caller, so a connection carries it from here to the
//! handler, and nothing that a client sends can replace it.

use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
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
use super::connections::{Connections, Counted};

/// Time for the head of a request, and for the next one on a connection.
const HEAD_LIMIT: Duration = Duration::from_secs(30);
/// Oldest a connection gets; clients open another one.
const LIFETIME: Duration = Duration::from_mins(10);
/// Largest head of a request.
const LARGEST_HEAD: usize = 16 * 1024;
/// Pause when no more connections can be accepted.
const NO_MORE: Duration = Duration::from_millis(50);

/// Serves a listener until `stop`, then lets requests under way end, for `drain` at most.
pub async fn serve<F, A>(
    listener: TcpListener,
    connections: Arc<Connections>,
    drain: Duration,
    stop: watch::Receiver<bool>,
    answer: F,
) where
    F: Fn(IpAddr, Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    let mut open = JoinSet::new();
    let mut stopping = stop.clone();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let peer = peer.ip().to_canonical();
                    if let Some(counted) = connections.enter(peer) {
                        let answer = answer.clone();
                        let stop = stop.clone();
                        open.spawn(connection(stream, peer, counted, answer, stop, drain));
                    }
                }
                // Most likely out of file descriptors: wait for others to end.
                Err(error) => {
                    tracing::warn!(%error, "no connection could be accepted");
                    tokio::time::sleep(NO_MORE).await;
                }
            },
            Some(_) = open.join_next() => {}
            () = stopped(&mut stopping) => break,
        }
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

async fn connection<F, A>(
    stream: TcpStream,
    peer: IpAddr,
    counted: Counted,
    answer: F,
    mut stop: watch::Receiver<bool>,
    drain: Duration,
) where
    F: Fn(IpAddr, Request<Incoming>) -> A,
    A: Future<Output = Response<Body>> + Send + 'static,
{
    // Small answers must not wait for the delayed acknowledgements of Nagle's algorithm.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let answer = answer(peer, request);
        let counted = &counted;
        async move {
            counted.set_busy(true);
            let answer = answer.await;
            counted.set_busy(false);
            Ok::<_, std::convert::Infallible>(answer)
        }
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
        () = counted.displaced() => {
            tracing::debug!(%peer, "a connection gave way to one of a pod with fewer");
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
