//! A fair share of the metadata service for every pod.
//!
//! The metadata service answers a machine some 20 token requests a second and then refuses everybody on it. So
//! requests to it stand in one queue per pod, and the queues take turns: a pod that asks a thousand times waits
//! behind itself. A queue is short; who finds it full is told to come back.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::nmi::refusal::{self, Refusal};

/// Requests of one pod that wait at most.
const QUEUE: usize = 32;
/// Pods that wait at most.
const QUEUES: usize = 512;
/// Longest pause that the metadata service can ask for.
const LONGEST_PAUSE: u64 = 60;

/// The budget.
#[derive(Debug)]
pub struct Budget {
    /// Requests per second, also the number that may come at once; 0 is no limit.
    rate: f64,
    state: Mutex<State>,
    work: Notify,
}

#[derive(Debug)]
struct State {
    available: f64,
    counted: Instant,
    paused_until: Option<Instant>,
    /// In the order of their turns.
    queues: VecDeque<(String, VecDeque<oneshot::Sender<()>>)>,
}

impl Budget {
    /// A budget of `rate` requests a second; 0 is no limit. [`Budget::run`] has to run.
    #[must_use]
    pub fn new(rate: u32) -> Arc<Self> {
        Arc::new(Self {
            rate: f64::from(rate),
            state: Mutex::new(State {
                available: f64::from(rate),
                counted: Instant::now(),
                paused_until: None,
                queues: VecDeque::new(),
            }),
            work: Notify::new(),
        })
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Too many requests of the same payer are waiting already, or the metadata service asked for a pause.
    pub async fn enter(&self, payer: &str) -> Result<(), Refusal> {
        let turn = {
            let mut state = self.lock();
            let now = Instant::now();
            if state.paused_until.is_some_and(|until| until > now) {
                return Err(state.paused(now));
            }
            if self.rate <= 0.0 {
                return Ok(());
            }
            state.refill(self.rate, now);
            if state.queues.is_empty() && state.available >= 1.0 {
                state.available -= 1.0;
                return Ok(());
            }
            state.stand_in_line(payer)?
        };
        self.work.notify_one();
        // The other end is dropped when a pause begins; or when the daemon ends.
        turn.await.map_err(|_| self.lock().paused(Instant::now()))
    }

    /// Nobody asks the metadata service for so many seconds; whoever stands in line is told so.
    pub fn pause(&self, seconds: Option<u64>) {
        let seconds = seconds.unwrap_or(1).clamp(1, LONGEST_PAUSE);
        let mut state = self.lock();
        state.paused_until = Some(Instant::now() + Duration::from_secs(seconds));
        state.queues.clear();
        tracing::warn!(seconds, "the metadata service asked for a pause");
    }

    /// Gives out turns until dropped.
    pub async fn run(self: Arc<Self>) {
        loop {
            let Some(wait) = self.give() else {
                self.work.notified().await;
                continue;
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Gives out the turns that are there; how long until the next one, none when nobody waits.
    fn give(&self) -> Option<Duration> {
        let mut state = self.lock();
        state.refill(self.rate, Instant::now());
        while state.available >= 1.0 {
            let turn = state.next()?;
            // Who hung up meanwhile leaves the turn to the next.
            if turn.send(()).is_ok() {
                state.available -= 1.0;
            }
        }
        if state.queues.is_empty() {
            return None;
        }
        Some(Duration::from_secs_f64((1.0 - state.available) / self.rate))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The refusal of those who ask in a pause, with what is left of it.
    fn paused(&self, now: Instant) -> Refusal {
        let left = self
            .paused_until
            .map(|until| until.saturating_duration_since(now));
        let seconds = left.unwrap_or_default().as_secs() + 1;
        let detail = "the metadata service asked for a pause";
        Refusal::new(refusal::THROTTLED, detail).after(Some(seconds))
    }

    fn refill(&mut self, rate: f64, now: Instant) {
        let passed = now.saturating_duration_since(self.counted).as_secs_f64();
        self.available = (self.available + passed * rate).min(rate.max(1.0));
        self.counted = now;
    }

    fn stand_in_line(&mut self, payer: &str) -> Result<oneshot::Receiver<()>, Refusal> {
        let (sender, turn) = oneshot::channel();
        let waiting = self.queues.len();
        let own = self.queues.iter_mut().find(|(name, _)| name == payer);
        match own {
            Some((_, queue)) if queue.len() >= QUEUE => {
                let detail = format!("{QUEUE} requests of this pod are waiting already");
                return Err(Refusal::new(refusal::BUSY, detail));
            }
            Some((_, queue)) => queue.push_back(sender),
            None if waiting >= QUEUES => {
                let detail = format!("requests of {QUEUES} pods are waiting already");
                return Err(Refusal::new(refusal::BUSY, detail));
            }
            None => {
                let queue = (payer.to_owned(), VecDeque::from([sender]));
                self.queues.push_back(queue);
            }
        }
        Ok(turn)
    }

    /// The next in turn; its queue goes to the end of the line.
    fn next(&mut self) -> Option<oneshot::Sender<()>> {
        let (name, mut queue) = self.queues.pop_front()?;
        let turn = queue.pop_front();
        if !queue.is_empty() {
            self.queues.push_back((name, queue));
        }
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_take_turns() {
        let mut state = Budget::new(1).lock_for_test();
        let mut turns = Vec::new();
        for payer in ["loud", "loud", "loud", "quiet"] {
            turns.push(state.stand_in_line(payer).unwrap());
        }
        let order: Vec<usize> = (0..4)
            .map(|_| {
                state.next().unwrap().send(()).unwrap();
                turns
                    .iter_mut()
                    .position(|turn| turn.try_recv().is_ok())
                    .unwrap()
            })
            .collect();
        assert_eq!(order, [0, 3, 1, 2]);
        assert!(state.next().is_none());
    }

    #[test]
    fn a_full_queue_refuses_its_own_pod_only() {
        let mut state = Budget::new(1).lock_for_test();
        let _turns: Vec<_> = (0..QUEUE)
            .map(|_| state.stand_in_line("loud").unwrap())
            .collect();
        assert_eq!(state.stand_in_line("loud").unwrap_err().code, refusal::BUSY);
        assert!(state.stand_in_line("quiet").is_ok());
    }

    #[tokio::test]
    async fn a_pause_is_told_with_its_length() {
        let budget = Budget::new(0);
        budget.enter("a").await.unwrap();
        budget.pause(Some(7));
        let refusal = budget.enter("a").await.unwrap_err();
        assert_eq!(refusal.code, refusal::THROTTLED);
        assert!((7..=8).contains(&refusal.pause().unwrap()));
    }

    #[tokio::test]
    async fn a_pause_reaches_those_who_stand_in_line() {
        let budget = Budget::new(1);
        budget.enter("a").await.unwrap();
        // Nobody gives out turns here, so that this one waits until the pause.
        let waiting = tokio::spawn({
            let budget = Arc::clone(&budget);
            async move { budget.enter("a").await }
        });
        while budget.lock().queues.is_empty() {
            tokio::task::yield_now().await;
        }
        budget.pause(Some(7));
        let refusal = waiting.await.unwrap().unwrap_err();
        assert_eq!(refusal.code, refusal::THROTTLED);
        assert!((7..=8).contains(&refusal.pause().unwrap()));
    }

    impl Budget {
        fn lock_for_test(self: Arc<Self>) -> State {
            Arc::into_inner(self).unwrap().state.into_inner().unwrap()
        }
    }
}
