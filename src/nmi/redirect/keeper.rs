//! The one thread that keeps the right to change packet rules.
//!
//! What has to be done with that right is done in threads that this one starts: they inherit it, and end with the
//! work. Two pieces of work can run at once, so that a slow proof does not hold up the rules.

use std::sync::mpsc;
use std::thread;

use rustix::thread::CapabilitySet;
use tokio::sync::oneshot;

use super::error::{Error, Result};
use super::options::Method;
use crate::nmi::privilege::keep_only;

/// Its name, and the beginning of those of the threads it starts.
const NAME: &str = "redirect";
const WORKER: &str = "redirect-work";

type Work = Box<dyn FnOnce() + Send>;

/// Does work with the rights of the thread that made it, as far as the redirect needs them.
#[derive(Debug, Clone)]
pub(super) struct Keeper {
    work: mpsc::Sender<Work>,
}

impl Keeper {
    /// Starts the thread, in the network namespace of this one; it ends with the last clone.
    pub(super) fn start(method: Method) -> Result<Self> {
        let stopped = |error: &dyn std::fmt::Display| Error::Stopped(error.to_string());
        let (work, waiting) = mpsc::channel::<Work>();
        let (started, outcome) = mpsc::sync_channel(1);
        let keep = move || {
            let kept = keep_only(needed(method));
            let sound = kept.is_ok();
            let _ = started.send(kept);
            for work in waiting.iter().take_while(|_| sound) {
                // Without a thread the work is dropped, and whoever waits for it is told.
                let _ = thread::Builder::new().name(WORKER.to_owned()).spawn(work);
            }
        };
        let thread = thread::Builder::new().name(NAME.to_owned());
        thread.spawn(keep).map_err(|error| stopped(&error))?;
        let kept = outcome.recv().map_err(|error| stopped(&error))?;
        kept.map_err(|error| stopped(&error))?;
        Ok(Self { work })
    }

    /// Does one piece of work.
    ///
    /// # Errors
    /// Those of the work; [`Error::Stopped`] when it was broken off.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (done, result) = oneshot::channel();
        let work = Box::new(move || {
            let _ = done.send(work());
        });
        let broken_off = || Error::Stopped("work on the packet rules was broken off".to_owned());
        self.work.send(work).map_err(|_| broken_off())?;
        result.await.unwrap_or_else(|_| Err(broken_off()))
    }
}

/// The programs of iptables open raw sockets, too.
fn needed(method: Method) -> CapabilitySet {
    match method {
        Method::None => CapabilitySet::empty(),
        Method::Nftables => CapabilitySet::NET_ADMIN,
        Method::Iptables => CapabilitySet::NET_ADMIN | CapabilitySet::NET_RAW,
    }
}
