//! Tells the owners of objects by Events: what could not be assigned, and what was.
//!
//! The same thing of the same object is told once in ten minutes, all of them together at a rate that the API server does
//! not notice; what is over that is counted and dropped. Nothing waits for an event.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kube::Client;
use tokio::sync::mpsc;

use super::metrics::Metrics;
use super::steps::Step;
use super::workers::Told as HostTold;
use crate::domain::matching::Key;
use crate::domain::wanted::Want;
use crate::k8s::assignment::Progress;
use crate::k8s::crd::AssignmentState;
use crate::k8s::event::{self, About, Told};

const COMPONENT: &str = "podid-mic";
const AGAIN: Duration = Duration::from_mins(10);
const BETWEEN: Duration = Duration::from_millis(100);
const QUEUE: usize = 256;
const MOST: usize = 8192;

/// Takes what is to be told.
pub struct Tell {
    queue: mpsc::Sender<Told>,
    recent: HashMap<(About, Key, String), Instant>,
    metrics: Arc<Metrics>,
}

impl Tell {
    /// Starts to tell; ends when it is dropped.
    #[must_use]
    pub fn start(client: Client, metrics: Arc<Metrics>) -> Self {
        let (queue, mut waiting) = mpsc::channel::<Told>(QUEUE);
        tokio::spawn(async move {
            while let Some(told) = waiting.recv().await {
                if let Err(error) = event::write(&client, COMPONENT, &told).await {
                    tracing::debug!(about = %told.key, %error, "an event could not be written");
                }
                tokio::time::sleep(BETWEEN).await;
            }
        });
        Self {
            queue,
            recent: HashMap::new(),
            metrics,
        }
    }

    /// Tells of what is about to be recorded of a pod.
    pub fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Create { want, progress, .. }
                | Step::Rewrite { want, progress, .. }
                | Step::Progress { want, progress, .. } => self.progress(want, progress),
                Step::Remove { .. } => {}
            }
        }
    }

    fn progress(&mut self, want: &Want, progress: &Progress) {
        let (reason, message) = &progress.reason;
        let assigned = progress.state == AssignmentState::Assigned;
        if assigned {
            let message = format!(
                "identity {} is assigned to the machines of its pods",
                want.identity.key
            );
            self.say(
                About::Binding,
                &want.binding.key,
                None,
                (false, reason, message),
            );
        } else if reason != "Pending" {
            let message = format!("identity {} is not assigned: {message}", want.identity.key);
            let uid = Some(want.pod.uid.clone());
            self.say(
                About::Pod,
                &want.pod.key,
                uid,
                (true, reason, message.clone()),
            );
            let uid = Some(want.identity.uid.clone());
            self.say(
                About::Identity,
                &want.identity.key,
                uid,
                (true, reason, message),
            );
        }
    }

    /// Tells the log how a host is.
    pub fn host(&self, told: &HostTold) {
        for (identity, refused) in &told.refused {
            tracing::warn!(
                host = %told.host, %identity, code = refused.code, request_id = refused.request_id,
                error = refused.message, "an identity was refused"
            );
        }
        if let Some(problem) = &told.problem {
            tracing::warn!(host = %told.host, code = problem.code, request_id = problem.request_id, error = problem.message, "a host does not get what it needs");
        }
    }

    fn say(
        &mut self,
        about: About,
        key: &Key,
        uid: Option<String>,
        (warning, reason, message): (bool, &str, String),
    ) {
        if !self.is_news(about, key, reason) {
            return;
        }
        let told = Told {
            about,
            key: key.clone(),
            uid,
            warning,
            reason: reason.to_owned(),
            message,
        };
        if self.queue.try_send(told).is_err() {
            self.metrics.event_dropped();
        }
    }

    fn is_news(&mut self, about: About, key: &Key, reason: &str) -> bool {
        let now = Instant::now();
        if self.recent.len() >= MOST {
            self.recent
                .retain(|_, told| now.duration_since(*told) < AGAIN);
        }
        let is_old = |told: &Instant| now.duration_since(*told) < AGAIN;
        let entry = (about, key.clone(), reason.to_owned());
        if self.recent.len() >= MOST || self.recent.get(&entry).is_some_and(is_old) {
            return false;
        }
        self.recent.insert(entry, now);
        true
    }
}
