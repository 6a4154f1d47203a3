//! Listeners and connections: HTTP/1.1 and HTTP/2, with or without TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming as HyperBody;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::Shared;
use super::handler::{Dropped, respond};
use super::incoming::{Incoming, Origin};
use crate::imds::node::NodeName;

/// A listener at work.
pub struct Listening {
    /// Its address.
    pub address: SocketAddr,
    /// Its task; ends its connections with it.
    pub task: JoinHandle<()>,
}

/// Listens on a port of 127.0.0.1 (0: any free one).
///
/// # Errors
/// When the port cannot be had.
pub async fn listen(
    shared: Arc<Shared>,
    port: u16,
    tls: Option<TlsAcceptor>,
    node: Option<NodeName>,
) -> std::io::Result<Listening> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let origin = Arc::new(Origin {
        scheme: if tls.is_some() { "https" } else { "http" },
        fallback_host: address.to_string(),
        node,
    });
    let task = tokio::spawn(accept(listener, shared, tls, origin));
    Ok(Listening { address, task })
}

async fn accept(
    listener: TcpListener,
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
    origin: Arc<Origin>,
) {
    // Aborting this task drops the set, and with it every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve(stream, Arc::clone(&shared), tls.clone(), Arc::clone(&origin)));
                } else {
                    // Out of file descriptors, most likely: let others finish first.
                    tokio::task::yield_now().await;
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(
    stream: TcpStream,
    shared: Arc<Shared>,
    tls: Option<TlsAcceptor>,
    origin: Arc<Origin>,
) {
    // Small replies must not wait for the delayed acknowledgements of Nagle's algorithm.
    let _ = stream.set_nodelay(true);
    let result = match tls {
        None => connection(TokioIo::new(stream), shared, origin).await,
        Some(acceptor) => match acceptor.accept(stream).await {
            Ok(stream) => connection(TokioIo::new(stream), shared, origin).await,
            Err(error) => Err(error.into()),
        },
    };
    if let Err(error) = result {
        tracing::debug!(%error, "connection ended");
    }
}

async fn connection<I>(
    io: I,
    shared: Arc<Shared>,
    origin: Arc<Origin>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
where
    I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let service = service_fn(move |request: http::Request<HyperBody>| {
        let shared = Arc::clone(&shared);
        let origin = Arc::clone(&origin);
        async move { answer(shared, origin, request).await }
    });
    auto::Builder::new(TokioExecutor::new())
        .serve_connection(io, service)
        .await
}

async fn answer(
    shared: Arc<Shared>,
    origin: Arc<Origin>,
    request: http::Request<HyperBody>,
) -> Result<http::Response<Full<Bytes>>, Dropped> {
    let (parts, body) = request.into_parts();
    // A client that leaves in the middle of its body has made no request.
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let incoming = Incoming::new(&parts, body, &origin);
    respond(shared, incoming).await
}

/// Builds the response; headers that HTTP does not allow are left out.
pub(crate) fn response(
    status: u16,
    headers: &[(String, String)],
    body: Bytes,
) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(body));
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        let name: Result<http::HeaderName, _> = name.parse();
        let value: Result<http::HeaderValue, _> = value.parse();
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
