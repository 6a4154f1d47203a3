//! A TCP relay in front of the API server that a test can cut: the server goes down half-way.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::servers::{runtime, wait};

/// A relay on a port of its own.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    open: watch::Sender<bool>,
}

impl Proxy {
    /// Relays to `target` until cut.
    pub(super) fn start(target: SocketAddr) -> Proxy {
        let (open, watched) = watch::channel(true);
        let listener = wait(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime().spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(relay(stream, target, watched.clone()));
            }
        });
        Proxy { address, open }
    }

    /// Closes every connection and lets none through, or lets them through again.
    pub(super) fn set_open(&self, open: bool) {
        self.open.send_replace(open);
    }
}

async fn relay(mut client: TcpStream, target: SocketAddr, mut open: watch::Receiver<bool>) {
    if !*open.borrow_and_update() {
        return;
    }
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = open.wait_for(|open| !open) => {}
    }
}
