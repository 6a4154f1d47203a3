//! Follows all objects of a kind: a list, then a watch, again and again.
//!
//! Guarantees: what is told is complete and in order; after trouble the sink hears of everything again from a new
//! list, or of every change since the last one. A connection that died without a word (a firewall that drops idle
//! ones) is noticed within the silence of [`Contact`]: every watch ends by itself before that. It also says when the API
//! server was last heard of, so that nobody takes an old picture for a fresh one.

use std::fmt::Debug;
use std::hash::{BuildHasher, RandomState};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use kube::api::{Api, ListParams, WatchEvent, WatchParams};
use kube::{Resource, ResourceExt};
use serde::de::DeserializeOwned;

use super::error::{Error, Result};
use super::error_mapping::Explain;
use super::operation::Operation;

/// Objects per page of a list.
const PAGE: u32 = 500;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What happened to the objects, in the terms of whoever follows them.
#[derive(Debug)]
pub enum Change<T> {
    /// These are all there are.
    Listed(Vec<T>),
    /// One is new or has changed.
    Applied(T),
    /// One is gone.
    Deleted(T),
}

/// Which objects to follow.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Selector on labels.
    pub labels: Option<String>,
    /// Selector on fields.
    pub fields: Option<String>,
}

/// When the API server was last heard of.
#[derive(Debug)]
pub struct Contact {
    longest_silence: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    synced: bool,
    heard: Option<Instant>,
    problem: Option<String>,
}

impl Contact {
    /// A connection that is silent for longer counts as dead.
    #[must_use]
    pub fn new(longest_silence: Duration) -> Self {
        Self {
            longest_silence,
            state: Mutex::default(),
        }
    }

    /// Seconds after which a watch ends and starts again, which is a sign of life on a quiet cluster.
    fn watch_seconds(&self) -> u32 {
        let seconds = self.longest_silence.as_secs() * 3 / 4;
        u32::try_from(seconds).unwrap_or(u32::MAX).max(1)
    }

    /// Everything has been listed at least once.
    pub fn is_synced(&self) -> bool {
        self.state().synced
    }

    /// Time since the server was heard of; none when it never was.
    pub fn silence(&self) -> Option<Duration> {
        self.state().heard.map(|heard| heard.elapsed())
    }

    /// What stands in the way now.
    pub fn problem(&self) -> Option<String> {
        self.state().problem.clone()
    }

    fn heard(&self, synced: bool) {
        let mut state = self.state();
        state.synced |= synced;
        state.heard = Some(Instant::now());
        state.problem = None;
    }

    fn failed(&self, error: &Error) {
        self.state().problem = Some(error.to_string());
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows objects until dropped.
///
/// Each is turned into a `T` as soon as it is read: an object of the wire is several times as large, and a list is
/// long.
pub async fn follow<K, T>(
    api: Api<K>,
    selection: Selection,
    resource: &'static str,
    contact: Arc<Contact>,
    mut sink: impl FnMut(Change<T>),
) where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
    T: From<K> + Send,
{
    let mut failures = 0;
    let mut version: Option<String> = None;
    loop {
        let from = match version.take() {
            Some(version) => Ok(version),
            None => list(&api, &selection, resource)
                .await
                .map(|(items, version)| {
                    sink(Change::Listed(items));
                    contact.heard(true);
                    version
                }),
        };
        let before = Instant::now();
        let ended = match from {
            Ok(from) => watch(&api, &selection, resource, from, &contact, &mut sink).await,
            Err(error) => Err(error),
        };
        match ended {
            Ok(next) => {
                version = next;
                // One that ends at once, again and again, is trouble too.
                if before.elapsed() > Duration::from_secs(1) {
                    failures = 0;
                    continue;
                }
            }
            Err(error) => {
                tracing::warn!(resource, error = %error, "the API server is not heard of");
                contact.failed(&error);
            }
        }
        failures += 1;
        tokio::time::sleep(pause(failures)).await;
    }
}

/// All objects, and the version they are of.
async fn list<K, T>(
    api: &Api<K>,
    selection: &Selection,
    resource: &'static str,
) -> Result<(Vec<T>, String)>
where
    K: Resource + Clone + DeserializeOwned + Debug,
    T: From<K> + Send,
{
    let mut params = ListParams {
        label_selector: selection.labels.clone(),
        field_selector: selection.fields.clone(),
        ..ListParams::default().limit(PAGE)
    };
    let mut items = Vec::new();
    loop {
        let page = api.list(&params).await;
        let page = page.explain(|| Operation::list(resource, None))?;
        items.extend(page.items.into_iter().map(T::from));
        match page.metadata.continue_ {
            Some(token) if !token.is_empty() => params.continue_token = Some(token),
            _ => return Ok((items, page.metadata.resource_version.unwrap_or_default())),
        }
    }
}

/// Follows changes from `version` until the watch ends; from where to go on, or none to list again.
async fn watch<K, T>(
    api: &Api<K>,
    selection: &Selection,
    resource: &'static str,
    mut version: String,
    contact: &Contact,
    sink: &mut impl FnMut(Change<T>),
) -> Result<Option<String>>
where
    K: Resource + Clone + DeserializeOwned + Debug + Send + 'static,
    T: From<K> + Send,
{
    let silence = contact.longest_silence;
    let operation = || Operation {
        verb: "watch",
        ..Operation::list(resource, None)
    };
    let params = WatchParams {
        label_selector: selection.labels.clone(),
        field_selector: selection.fields.clone(),
        timeout: Some(contact.watch_seconds()),
        bookmarks: true,
        ..WatchParams::default()
    };
    let silent = || Error::Protocol {
        operation: operation(),
        message: format!("nothing was heard for {} seconds", silence.as_secs()),
    };
    let started = tokio::time::timeout(silence, api.watch(&params, &version)).await;
    let events = match started.map_err(|_| silent())? {
        Err(kube::Error::Api(status)) if status.code == 410 => return Ok(None),
        other => other.explain(operation)?,
    };
    contact.heard(false);
    let mut events = pin!(events);
    loop {
        let next = tokio::time::timeout(silence, events.try_next()).await;
        let event = match next.map_err(|_| silent())? {
            Err(kube::Error::Api(status)) if status.code == 410 => return Ok(None),
            other => other.explain(operation)?,
        };
        let Some(event) = event else {
            return Ok(Some(version));
        };
        contact.heard(false);
        match event {
            WatchEvent::Added(object) | WatchEvent::Modified(object) => {
                version = object.resource_version().unwrap_or(version);
                sink(Change::Applied(object.into()));
            }
            WatchEvent::Deleted(object) => {
                version = object.resource_version().unwrap_or(version);
                sink(Change::Deleted(object.into()));
            }
            WatchEvent::Bookmark(bookmark) => version = bookmark.metadata.resource_version,
            // Whatever it is, a new list is right; 410 above all: the version is too old.
            WatchEvent::Error(status) => {
                tracing::debug!(
                    resource,
                    code = status.code,
                    "the watch ended with an error"
                );
                return Ok(None);
            }
        }
    }
}

/// Longer with each failure, and not the same on all nodes.
fn pause(failures: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << failures.min(6));
    let random = RandomState::new().hash_one(failures) % 500;
    let per_mille = 500 + u32::try_from(random).unwrap_or(0);
    (longest * per_mille / 1000).min(LONGEST_PAUSE)
}
