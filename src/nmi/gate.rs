//! Whether pods' requests arrive here: the redirect is installed, proven and kept in place.
//!
//! State: the redirect's rules in the kernel; whether a request through them has been answered.
//!
//! Guarantees: nothing is installed before the addresses to redirect to are listened on; `/readyz` passes only after
//! a request through the redirect was answered by this instance, and only while the rules are the wanted ones.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::watch;

use super::args::{Args, RedirectBy};
use super::redirect::{self, Error, Method, Options, Redirect};

/// Between two tries of the proof.
const AGAIN: Duration = Duration::from_secs(1);

/// The redirect of this instance.
#[derive(Debug)]
pub struct Gate {
    redirect: Redirect,
    method: Method,
    /// Why it is not proven; `None` when it is.
    problem: Mutex<Option<String>>,
}

impl Gate {
    /// The redirect to `listening`, by what the arguments ask for; changes nothing.
    ///
    /// # Errors
    /// The arguments cannot work.
    pub fn new(args: &Args, listening: &[SocketAddr]) -> Result<Self, Error> {
        let method = method(args.redirect);
        let mut targets = Vec::new();
        if method != Method::None {
            for address in hosts(args)? {
                let listens = |at: &&SocketAddr| at.ip() == address || covers(at.ip(), address);
                let port = listening
                    .iter()
                    .find(listens)
                    .map_or(args.port, SocketAddr::port);
                targets.push(SocketAddr::new(address, port));
            }
        }
        let mut options = Options::new(method, targets);
        options.metadata.clone_from(&args.metadata_address);
        options.resync = args.redirect_resync;
        for range in &args.pod_cidr {
            options
                .pod_cidrs
                .push(range.parse().map_err(Error::Options)?);
        }
        Ok(Self {
            redirect: Redirect::new(options)?,
            method,
            problem: Mutex::new(Some("not yet proven".to_owned())),
        })
    }

    /// Installs the rules.
    ///
    /// # Errors
    /// They cannot be installed.
    pub async fn install(&self) -> Result<(), Error> {
        if self.method == Method::None {
            tracing::info!("--redirect none: pods ask here only if something else leads them here");
        }
        self.redirect.install().await
    }

    /// Proves the redirect, and keeps the rules in place until `stopping`.
    pub async fn run(&self, stopping: watch::Receiver<bool>) {
        tokio::join!(self.prove(stopping.clone()), self.keep(stopping));
    }

    async fn prove(&self, stopping: watch::Receiver<bool>) {
        let prove = async {
            while let Err(error) = self.redirect.verify().await {
                let problem = error.to_string();
                if self.problem().as_ref() != Some(&problem) {
                    tracing::warn!(%error, hint = error.hint(), "the redirect does not work yet");
                }
                self.say(Some(problem));
                tokio::time::sleep(AGAIN).await;
            }
            self.say(None);
        };
        tokio::select! {
            () = prove => {}
            () = stop(stopping) => {}
        }
    }

    async fn keep(&self, stopping: watch::Receiver<bool>) {
        while let Err(error) = self.redirect.watch(stop(stopping.clone())).await {
            tracing::error!(%error, hint = error.hint(), "the redirect is not watched; trying again");
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Removes the rules.
    ///
    /// # Errors
    /// They cannot be removed.
    pub async fn close(&self) -> Result<(), Error> {
        self.redirect.cleanup().await.map(drop)
    }

    /// What is wrong with the redirect; `None` when pods' requests arrive here.
    #[must_use]
    pub fn check(&self) -> Option<String> {
        let changed = || (!self.redirect.is_intact()).then(|| "the rules were changed".to_owned());
        self.problem().or_else(changed)
    }

    /// How often the rules had to be put back.
    #[must_use]
    pub fn restored(&self) -> u64 {
        self.redirect.restored()
    }

    fn problem(&self) -> Option<String> {
        self.problem
            .lock()
            .map_or_else(|held| held.into_inner().clone(), |own| own.clone())
    }

    fn say(&self, problem: Option<String>) {
        match self.problem.lock() {
            Ok(mut own) => *own = problem,
            Err(mut held) => **held.get_mut() = problem,
        }
    }
}

/// The node's own addresses that requests are redirected to; none without a redirect.
///
/// # Errors
/// None is given, and there is no route from which one could be told.
pub fn hosts(args: &Args) -> Result<Vec<IpAddr>, Error> {
    if args.redirect == RedirectBy::None || !args.host_ip.is_empty() {
        return Ok(args.host_ip.clone());
    }
    let ipv4 = args
        .metadata_address
        .iter()
        .find(|address| address.is_ipv4());
    let towards = ipv4.or(args.metadata_address.first()).copied();
    // A datagram socket that connects sends nothing; it only looks up the way.
    let own = towards.and_then(|towards| {
        let any = if towards.is_ipv4() {
            "0.0.0.0:0"
        } else {
            "[::]:0"
        };
        let socket = UdpSocket::bind(any).ok()?;
        socket.connect(towards).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    own.map(|own| vec![own]).ok_or_else(|| {
        Error::Options("the address of the node is not known; give --host-ip".to_owned())
    })
}

/// Removes what any instance has left on this node, by any method; whether there was anything.
///
/// # Errors
/// It cannot be removed.
pub async fn clean_up() -> Result<bool, Error> {
    let tables = redirect::cleanup(Method::Nftables).await?;
    let chains = redirect::cleanup(Method::Iptables).await?;
    Ok(tables || chains)
}

/// Whether a socket at `any` hears what is sent to `address`.
pub(super) fn covers(any: IpAddr, address: IpAddr) -> bool {
    any.is_unspecified() && any.is_ipv4() == address.is_ipv4()
}

fn method(by: RedirectBy) -> Method {
    match by {
        RedirectBy::None => Method::None,
        RedirectBy::Nftables => Method::Nftables,
        RedirectBy::Iptables => Method::Iptables,
    }
}

async fn stop(mut stopping: watch::Receiver<bool>) {
    // A sender that is gone means the end, too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
