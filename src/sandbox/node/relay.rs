//! Ways out of a namespace: what connects to an address in it speaks to a server on this machine's loopback.
//!
//! The addresses are the same inside and outside, so that certificates and variables hold in both.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::namespace::Namespace;
use crate::sandbox::error::Error;

/// A way out; closed when dropped, with all its connections.
#[derive(Debug)]
pub(super) struct Relay(AbortHandle);

impl Relay {
    /// Leads from `at` inside the namespace to `to` outside.
    pub(super) fn open(
        namespace: &Namespace,
        at: SocketAddr,
        to: SocketAddr,
    ) -> Result<Relay, Error> {
        let listen = || {
            let listener = std::net::TcpListener::bind(at)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let listener = namespace
            .inside(listen)
            .and_then(TcpListener::from_std)
            .map_err(Error::io(format!("listen on {at} in a namespace")))?;
        Ok(Relay(tokio::spawn(accept(listener, to)).abort_handle()))
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn accept(listener: TcpListener, to: SocketAddr) {
    // Aborting this task drops the set, and with it every connection.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((near, _)) = accepted {
                    connections.spawn(pass(near, to));
                } else {
                    // Out of file descriptors, most likely: let others finish first.
                    tokio::task::yield_now().await;
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn pass(mut near: TcpStream, to: SocketAddr) -> io::Result<()> {
    let mut far = TcpStream::connect(to).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    tokio::io::copy_bidirectional(&mut near, &mut far)
        .await
        .map(drop)
}
