//! The redirect of pods' requests from the metadata service of Azure to podid-nmi.
//!
//! State: a table of nf_tables, or chains of iptables, that only podid writes; see
//! `docs/decisions/0006-redirect-to-the-node-address.md`.
//!
//! Guarantees:
//! - While the rules are there, no packet of a pod reaches a metadata address, listening podid-nmi
//!   or not. They stay when podid-nmi ends, however it ends, until [`cleanup`].
//! - The rules are replaced in one step; there is no moment without rules.
//! - The node's own requests, and those of pods in its network, are left alone.
//! - The sender's address is left as it is: podid-nmi sees the pod.
//!
//! - The capability NET_ADMIN is used in threads of the redirect's own, the others need none.
//!
//! Assumptions: podid-nmi is in the network namespace of the node and has the capability
//! NET_ADMIN when the redirect is first used; packets of pods pass through netfilter of the node.

mod address;
mod cidr;
mod conntrack;
mod error;
mod iptables;
mod keeper;
mod netlink;
mod nftables;
mod options;
mod probe;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

pub use self::cidr::Cidr;
pub use self::error::{Error, Result};
use self::keeper::Keeper;
pub use self::options::{METADATA, Method, Options};
pub use self::probe::PATH as PROBE_PATH;

/// The shortest time between two comparisons, so that a fight over the rules burns no CPU.
const BREATH: Duration = Duration::from_millis(50);

/// What is in the kernel, compared with what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Nothing of podid's.
    Missing,
    /// Exactly what is wanted.
    Same,
    /// Something else; written by the instance of this number.
    Other { epoch: u64 },
}

/// The redirect of one instance of podid-nmi. Clones are the same redirect.
#[derive(Debug, Clone)]
pub struct Redirect {
    options: Arc<Options>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The number of this instance, higher than those of the instances before it.
    epoch: AtomicU64,
    intact: AtomicBool,
    restored: AtomicU64,
    /// Made by the thread that uses the redirect first, with its rights.
    keeper: OnceLock<Keeper>,
}

impl Redirect {
    /// Checks the options; changes nothing.
    ///
    /// # Errors
    /// [`Error::Options`] when they cannot work.
    pub fn new(options: Options) -> Result<Self> {
        options.check()?;
        let (options, state) = (Arc::new(options), Arc::default());
        Ok(Redirect { options, state })
    }

    /// Writes the rules in one step, in place of those of an earlier instance, and cuts the
    /// connections of pods from before.
    ///
    /// The rights of the first thread that calls this, or anything else here, are kept for the
    /// redirect: that thread and all others can give theirs up.
    ///
    /// # Errors
    /// When the target is not the node's, a capability, a kernel feature or a program is missing.
    pub async fn install(&self) -> Result<()> {
        self.blocking(Self::install_now).await
    }

    /// Puts the rules back whenever they are changed, until `stop` is done.
    ///
    /// A later instance that redirects to another address takes over: its rules are left alone.
    ///
    /// # Errors
    /// When changes cannot be listened to. A failure to put rules back is logged and tried again.
    pub async fn watch(&self, stop: impl Future<Output = ()>) -> Result<()> {
        tokio::pin!(stop);
        if self.options.method == Method::None {
            stop.await;
            return Ok(());
        }
        let socket = self.blocking(|_| netlink::Changes::of_nftables()).await?;
        let mut announced = netlink::Changes::on(socket)?;
        let mut resync = interval(self.options.resync.max(BREATH));
        resync.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let method = self.options.method;
        let concerns = |change: &netlink::Answer| match method {
            Method::Nftables => nftables::concerns(change),
            Method::Iptables => iptables::concerns(change),
            Method::None => false,
        };
        loop {
            tokio::select! {
                () = &mut stop => return Ok(()),
                heard = announced.next(concerns) => heard?,
                _ = resync.tick() => {}
            }
            let breath = Instant::now() + BREATH;
            if let Err(error) = self.blocking(Self::restore_now).await {
                tracing::error!(%error, "the redirect rules could not be put back; trying again");
            }
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = sleep_until(breath) => {}
            }
        }
    }

    /// Proves that the redirect works: the rules read back are the wanted ones, and a request
    /// through them is answered by the target.
    ///
    /// The request comes from the node itself, marked: it cannot show that packets of pods pass
    /// through netfilter of the node at all.
    ///
    /// # Errors
    /// [`Error::Rules`], [`Error::Probe`], [`Error::Elsewhere`]: what is not as it should be.
    pub async fn verify(&self) -> Result<()> {
        self.blocking(Self::verify_now).await
    }

    /// Removes the rules of this method, whichever instance wrote them; whether there were any.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub async fn cleanup(&self) -> Result<bool> {
        self.state.intact.store(false, Ordering::Relaxed);
        self.blocking(|redirect| remove(redirect.options.method))
            .await
    }

    /// Whether the rules were the wanted ones when they were last looked at.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.options.method == Method::None || self.state.intact.load(Ordering::Relaxed)
    }

    /// How often the rules had to be put back.
    #[must_use]
    pub fn restored(&self) -> u64 {
        self.state.restored.load(Ordering::Relaxed)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let redirect = self.clone();
        self.keeper()?.run(move || work(&redirect)).await
    }

    fn keeper(&self) -> Result<&Keeper> {
        if let Some(keeper) = self.state.keeper.get() {
            return Ok(keeper);
        }
        let made = Keeper::start(self.options.method)?;
        Ok(self.state.keeper.get_or_init(|| made))
    }

    fn install_now(&self) -> Result<()> {
        if self.options.method == Method::None {
            return Ok(());
        }
        let own = address::of_this_node()?;
        let foreign = |target: &&std::net::SocketAddr| !own.contains(&target.ip());
        if let Some(target) = self.options.targets.iter().find(foreign) {
            return Err(Error::NotLocal(target.ip()));
        }
        // Later than the last writer even if the clock was put back; of two that start at once the
        // clock makes one the later.
        let epoch = self.writer()?.saturating_add(1).max(clock());
        self.state.epoch.store(epoch, Ordering::Relaxed);
        self.apply(epoch)?;
        if self.options.method == Method::Iptables {
            // Both at once would send requests to the target of an earlier instance.
            nftables::remove()?;
        }
        let cut = conntrack::cut(&self.options)?;
        let method = self.options.method.name();
        tracing::info!(method, epoch, cut, "redirect installed");
        Ok(())
    }

    fn restore_now(&self) -> Result<()> {
        let epoch = self.state.epoch.load(Ordering::Relaxed);
        match self.look()? {
            Found::Same => {
                self.state.intact.store(true, Ordering::Relaxed);
                return Ok(());
            }
            Found::Other { epoch: other } if other > epoch => {
                if self.state.intact.swap(false, Ordering::Relaxed) {
                    tracing::info!(epoch, other, "a later instance has taken over the redirect");
                }
                return Ok(());
            }
            Found::Missing | Found::Other { .. } => {}
        }
        self.state.intact.store(false, Ordering::Relaxed);
        self.apply(epoch)?;
        self.state.restored.fetch_add(1, Ordering::Relaxed);
        let cut = conntrack::cut(&self.options)?;
        tracing::warn!(
            epoch,
            cut,
            "the redirect rules had been changed; they are put back"
        );
        Ok(())
    }

    fn verify_now(&self) -> Result<()> {
        if self.options.method == Method::None {
            return Ok(());
        }
        match self.look()? {
            Found::Same => probe::run(&self.options),
            Found::Missing => Err(Error::Rules("there are none".to_owned())),
            Found::Other { epoch } => {
                let reason = format!("they are those of another instance, number {epoch}");
                Err(Error::Rules(reason))
            }
        }
    }

    fn apply(&self, epoch: u64) -> Result<()> {
        match self.options.method {
            Method::Nftables => nftables::apply(&self.options, epoch)?,
            Method::Iptables => iptables::apply(&self.options, epoch)?,
            Method::None => {}
        }
        self.state.intact.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn look(&self) -> Result<Found> {
        match self.options.method {
            Method::Nftables => nftables::look(&self.options),
            Method::Iptables => iptables::look(&self.options),
            Method::None => Ok(Found::Same),
        }
    }

    fn writer(&self) -> Result<u64> {
        match self.options.method {
            Method::Nftables => nftables::writer(),
            Method::Iptables => iptables::writer(),
            Method::None => Ok(0),
        }
    }
}

/// Removes the rules of `method`, whichever instance wrote them, and nothing else; whether there
/// were any.
///
/// # Errors
/// When they cannot be removed.
pub async fn cleanup(method: Method) -> Result<bool> {
    match tokio::task::spawn_blocking(move || remove(method)).await {
        Ok(done) => done,
        Err(error) => Err(Error::Stopped(error.to_string())),
    }
}

fn remove(method: Method) -> Result<bool> {
    match method {
        Method::Nftables => nftables::remove(),
        Method::Iptables => iptables::remove(),
        Method::None => Ok(false),
    }
}

/// Microseconds since 1970.
fn clock() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let micros = since.unwrap_or_default().as_micros();
    u64::try_from(micros).unwrap_or_default()
}
