//! A TCP relay in front of the API server that a test can cut or freeze: the server goes down half-way, or a firewall
//! forgets the connections there are.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::servers::{runtime, wait};

/// A relay on a port of its own.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    open: watch::Sender<bool>,
    frozen: watch::Sender<u32>,
}

impl Proxy {
    /// Relays to `target` until cut.
    pub(super) fn start(target: SocketAddr) -> Proxy {
        let (open, watched) = watch::channel(true);
        let (frozen, thawed) = watch::channel(0);
        let listener = wait(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime().spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(relay(stream, target, watched.clone(), thawed.clone()));
            }
        });
        Proxy {
            address,
            open,
            frozen,
        }
    }

    /// Nothing passes any more on the connections there are; new ones are not touched.
    pub(super) fn freeze(&self) {
        self.frozen.send_modify(|count| *count += 1);
    }

    /// Closes every connection and lets none through, or lets them through again.
    pub(super) fn set_open(&self, open: bool) {
        self.open.send_replace(open);
    }
}

async fn relay(
    mut client: TcpStream,
    target: SocketAddr,
    mut open: watch::Receiver<bool>,
    mut frozen: watch::Receiver<u32>,
) {
    frozen.mark_unchanged();
    if !*open.borrow_and_update() {
        return;
    }
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    let went_silent = tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => false,
        _ = open.wait_for(|open| !open) => false,
        Ok(()) = frozen.changed() => true,
    };
    if went_silent {
        // Neither side hears anything of the other again, nor that the connection has ended.
        let _ = open.wait_for(|open| !open).await;
    }
}
