//! What others tell a worker; only the newest counts.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Needed;

/// The way to one worker.
#[derive(Debug, Default)]
pub(in crate::mic) struct Inbox {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    needed: Needed,
    news: News,
}

/// What is new since it was taken last.
#[derive(Debug, Default)]
pub(super) struct News {
    /// The whole of what is needed, when it changed.
    pub(super) needed: Option<Needed>,
    /// The host should be read again.
    pub(super) look: bool,
    /// The worker should end.
    pub(super) stop: bool,
}

impl Inbox {
    pub(in crate::mic) fn want(&self, needed: Needed) {
        let mut state = self.state();
        if state.needed == needed {
            return;
        }
        state.needed.clone_from(&needed);
        state.news.needed = Some(needed);
        self.wake.notify_one();
    }

    pub(in crate::mic) fn look(&self) {
        self.state().news.look = true;
        self.wake.notify_one();
    }

    pub(in crate::mic) fn stop(&self) {
        self.state().news.stop = true;
        self.wake.notify_one();
    }

    /// What is new; a stop stays.
    pub(super) fn take(&self) -> News {
        let mut state = self.state();
        let stop = state.news.stop;
        let rest = News {
            stop,
            ..News::default()
        };
        std::mem::replace(&mut state.news, rest)
    }

    /// Waits for anything new.
    pub(super) async fn news(&self) {
        self.wake.notified().await;
    }

    /// Waits until the worker should end. What else comes in meanwhile is there to be taken.
    pub(super) async fn stopped(&self) {
        while !self.state().news.stop {
            self.wake.notified().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
