//! Who acts: one of several instances, by a lease.
//!
//! Flow: try, and try again until the lease is held; then renew it several times within its duration. A leader whose
//! renewals fail stops writing at [`Held::until`](crate::k8s::lease::Held) by itself, through its [`Fence`], and ends:
//! it starts again as a standby with nothing of its former state.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::fence::Fence;
use crate::k8s::lease::{Elector, Terms};

/// A standby looks this often.
const LOOK: Duration = Duration::from_secs(1);

/// Until when this process may write; `None` before it leads.
#[derive(Debug, Clone, Default)]
pub struct Term(Arc<Mutex<Option<Instant>>>);

impl Term {
    /// A fence that holds as long as the term does.
    #[must_use]
    pub fn fence(&self) -> Fence {
        let own = self.clone();
        Fence::new(move || own.until().is_some_and(|until| Instant::now() < until))
    }

    /// Until when this process may write.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, until: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

/// Waits until this process leads; the elector to go on with.
pub async fn wait(client: kube::Client, terms: Terms, term: &Term) -> Elector {
    let mut elector = Elector::new(client, terms);
    loop {
        match elector.try_hold().await {
            Ok(Some(held)) => {
                term.set(Some(held.until));
                return elector;
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the lease cannot be asked for"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Renews until told to stop, or until the term is over; whether it was lost.
pub async fn keep(
    elector: &mut Elector,
    term: &Term,
    every: Duration,
    mut stop: watch::Receiver<bool>,
) -> bool {
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.wait_for(|stop| *stop) => return false,
        }
        let left = term
            .until()
            .map(|until| until.saturating_duration_since(Instant::now()));
        let Some(left) = left.filter(|left| !left.is_zero()) else {
            return true;
        };
        match tokio::time::timeout(left, elector.try_hold()).await {
            Ok(Ok(Some(held))) => term.set(Some(held.until)),
            Ok(Ok(None)) => {
                tracing::error!("another instance has taken the lease");
                term.set(None);
                return true;
            }
            Ok(Err(error)) => tracing::warn!(%error, "the lease could not be renewed"),
            Err(_) => return true,
        }
    }
}

/// Writes nothing from now on, and lets the next instance take over at once.
pub async fn leave(mut elector: Elector, term: &Term) {
    term.set(None);
    if let Err(error) = elector.release().await {
        tracing::warn!(%error, "the lease was not given back; it ends by itself");
    }
}
