//! Events on pods that were refused: their owners see them with `kubectl describe pod`.
//!
//! The same refusal of the same pod is told once in ten minutes, and all of them together at a rate that the API
//! server does not notice; what is over that is counted and dropped. A request never waits for its event.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::api::PostParams;
use kube::{Api, Client};
use tokio::sync::mpsc;

use super::metrics::Metrics;
use super::refusal::Refusal;
use crate::domain::matching::Pod;

/// The same one again after this time.
const AGAIN: Duration = Duration::from_mins(10);
/// Between two events.
const BETWEEN: Duration = Duration::from_millis(200);
/// Events that wait to be written.
const QUEUE: usize = 64;
/// Refusals remembered.
const MOST: usize = 4096;
const COMPONENT: &str = "podid-nmi";
/// Longest message of an event that the API server takes.
const LONGEST: usize = 1024;

/// One to write.
struct Told {
    pod: Arc<Pod>,
    reason: &'static str,
    message: String,
}

/// Tells pods' owners.
#[derive(Debug)]
pub struct Events {
    queue: mpsc::Sender<Told>,
    recent: Mutex<HashMap<(String, &'static str), Instant>>,
    metrics: Arc<Metrics>,
}

/// Writes what [`Events`] takes in.
pub struct Writer {
    queue: mpsc::Receiver<Told>,
    client: Client,
    node: String,
}

/// A taker and its writer.
#[must_use]
pub fn events(client: Client, node: &str, metrics: Arc<Metrics>) -> (Events, Writer) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let events = Events {
        queue: sender,
        recent: Mutex::default(),
        metrics,
    };
    let writer = Writer {
        queue: receiver,
        client,
        node: node.to_owned(),
    };
    (events, writer)
}

impl Events {
    /// A request was refused.
    pub fn refused(&self, refusal: &Refusal) {
        let Some(pod) = refusal.pod.as_ref().filter(|_| refusal.code.event) else {
            return;
        };
        if !self.is_news(&pod.uid, refusal.code.name) {
            return;
        }
        let told = Told {
            pod: Arc::clone(pod),
            reason: refusal.code.name,
            message: refusal.description().chars().take(LONGEST).collect(),
        };
        if self.queue.try_send(told).is_err() {
            self.metrics.event_dropped();
        }
    }

    fn is_news(&self, uid: &str, reason: &'static str) -> bool {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if recent.len() >= MOST {
            recent.retain(|_, told| now.duration_since(*told) < AGAIN);
            if recent.len() >= MOST {
                return false;
            }
        }
        let key = (uid.to_owned(), reason);
        if recent
            .get(&key)
            .is_some_and(|told| now.duration_since(*told) < AGAIN)
        {
            return false;
        }
        recent.insert(key, now);
        true
    }
}

impl Writer {
    /// Writes until there is nobody left to tell anything.
    pub async fn run(mut self) {
        while let Some(told) = self.queue.recv().await {
            let namespace = &told.pod.key.namespace;
            let api: Api<Event> = Api::namespaced(self.client.clone(), namespace);
            let event = self.event(&told);
            if let Err(error) = api.create(&PostParams::default(), &event).await {
                tracing::warn!(pod = %told.pod.key, %error, "an event could not be written");
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    fn event(&self, told: &Told) -> Event {
        let key = &told.pod.key;
        let now = Time(jiff::Timestamp::now());
        Event {
            metadata: ObjectMeta {
                generate_name: Some(format!(
                    "{}.",
                    key.name.chars().take(200).collect::<String>()
                )),
                namespace: Some(key.namespace.clone()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: Some("v1".to_owned()),
                kind: Some("Pod".to_owned()),
                name: Some(key.name.clone()),
                namespace: Some(key.namespace.clone()),
                uid: Some(told.pod.uid.clone()),
                ..ObjectReference::default()
            },
            reason: Some(told.reason.to_owned()),
            message: Some(told.message.clone()),
            type_: Some("Warning".to_owned()),
            count: Some(1),
            first_timestamp: Some(now.clone()),
            last_timestamp: Some(now),
            source: Some(EventSource {
                component: Some(COMPONENT.to_owned()),
                host: Some(self.node.clone()),
            }),
            ..Event::default()
        }
    }
}
