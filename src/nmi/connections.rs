//! How many connections there may be, and who gives one up when there are no more.
//!
//! State: every open connection, by its peer. One peer has at most its share; when all places are taken, the peer that
//! holds most gives up one for a peer that holds fewer: those that wait for nothing first, the oldest of them. So a few
//! peers that hold on to all they can get do not keep the others out.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::metrics::Metrics;

/// How many connections there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all.
    pub all: usize,
    /// From one address.
    pub per_peer: usize,
}

/// The open connections of one or more listeners.
#[derive(Debug)]
pub struct Connections {
    limits: Limits,
    open: Mutex<Open>,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    /// The number of the next one; the lower, the older.
    next: u64,
    by_peer: HashMap<IpAddr, BTreeMap<u64, Arc<Place>>>,
}

/// What others see of a connection.
#[derive(Debug, Default)]
struct Place {
    busy: AtomicBool,
    wanted: Notify,
}

/// One counted connection; its place is free when it is dropped.
#[derive(Debug)]
pub struct Counted {
    connections: Arc<Connections>,
    peer: IpAddr,
    number: u64,
    place: Arc<Place>,
}

impl Connections {
    /// None yet.
    #[must_use]
    pub fn new(limits: Limits, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self {
            limits,
            open: Mutex::default(),
            metrics,
        })
    }

    /// A place for a connection from `peer`; none when there is none for it.
    #[must_use]
    pub fn enter(self: &Arc<Self>, peer: IpAddr) -> Option<Counted> {
        let mut open = self.lock();
        let own = open.by_peer.get(&peer).map_or(0, BTreeMap::len);
        let free = open.all < self.limits.all;
        if own >= self.limits.per_peer || !(free || open.displace(own)) {
            drop(open);
            // The socket is dropped, which the client sees at once.
            self.metrics.turned_away();
            return None;
        }
        if !free {
            self.metrics.displaced();
        }
        let (number, place) = (open.next, Arc::<Place>::default());
        open.next += 1;
        open.all += 1;
        let places = open.by_peer.entry(peer).or_default();
        places.insert(number, Arc::clone(&place));
        Some(Counted {
            connections: Arc::clone(self),
            peer,
            number,
            place,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Takes a place from the peer that holds most, if that leaves it no worse off than one that holds `own`.
    fn displace(&mut self, own: usize) -> bool {
        let most = self.by_peer.iter().max_by_key(|(_, places)| places.len());
        let Some((peer, places)) = most.filter(|(_, places)| places.len() > own + 1) else {
            return false;
        };
        let idle = places
            .iter()
            .find(|(_, place)| !place.busy.load(Ordering::Relaxed));
        let Some((number, place)) = idle.or_else(|| places.last_key_value()) else {
            return false;
        };
        place.wanted.notify_one();
        let (peer, number) = (*peer, *number);
        self.leave(peer, number);
        true
    }

    fn leave(&mut self, peer: IpAddr, number: u64) {
        let Some(places) = self.by_peer.get_mut(&peer) else {
            return;
        };
        if places.remove(&number).is_some() {
            self.all -= 1;
        }
        if places.is_empty() {
            self.by_peer.remove(&peer);
        }
    }
}

impl Counted {
    /// Whether a request is being answered on it.
    pub fn set_busy(&self, busy: bool) {
        self.place.busy.store(busy, Ordering::Relaxed);
    }

    /// Waits until its place is given to somebody else.
    pub async fn displaced(&self) {
        self.place.wanted.notified().await;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.connections.lock().leave(self.peer, self.number);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn connections(all: usize, per_peer: usize) -> Arc<Connections> {
        Connections::new(Limits { all, per_peer }, Arc::default())
    }

    fn peer(last: u8) -> IpAddr {
        [10, 0, 0, last].into()
    }

    fn is_displaced(one: &Counted) -> bool {
        one.displaced().now_or_never().is_some()
    }

    #[test]
    fn a_peer_has_its_share_and_no_more() {
        let all = connections(10, 2);
        let held = [all.enter(peer(1)).unwrap(), all.enter(peer(1)).unwrap()];
        assert!(all.enter(peer(1)).is_none());
        assert!(all.enter(peer(2)).is_some());
        drop(held);
        assert!(all.enter(peer(1)).is_some());
        let open = all.lock();
        assert_eq!((open.all, open.by_peer.len()), (0, 0));
    }

    #[test]
    fn whoever_holds_most_gives_up_the_oldest_that_waits_for_nothing() {
        let all = connections(6, 5);
        let loud: Vec<Counted> = (0..5).map(|_| all.enter(peer(1)).unwrap()).collect();
        let quiet = all.enter(peer(2)).unwrap();
        loud[0].set_busy(true);
        // One that holds as many gets nothing from it.
        assert!(all.enter(peer(1)).is_none());
        let third = all.enter(peer(3)).unwrap();
        let gone: Vec<bool> = loud.iter().map(is_displaced).collect();
        assert_eq!(gone, [false, true, false, false, false]);
        assert!(!is_displaced(&quiet) && !is_displaced(&third));
        // All busy: the newest goes.
        for one in &loud {
            one.set_busy(true);
        }
        let _second = all.enter(peer(2)).unwrap();
        assert!(is_displaced(&loud[4]));
        // Now nobody holds two more than a newcomer would.
        assert_eq!(all.lock().all, 6);
        let _fifth = all.enter(peer(4)).unwrap();
        assert!(all.enter(peer(3)).is_none());
        // A place that was given away is not given back a second time.
        drop(loud);
        assert_eq!(all.lock().all, 4);
    }
}
