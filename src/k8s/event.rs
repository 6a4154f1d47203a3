//! Events: what `kubectl describe` shows of what a controller did or could not do.

use k8s_openapi::api::core::v1::{Event, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kube::Client;
use kube::api::{Api, PostParams};

use super::error::Result;
use super::error_mapping::Explain;
use super::operation::Operation;
use crate::domain::matching::Key;

/// Longest message that the API server takes.
const LONGEST: usize = 1024;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// A pod.
    Pod,
    /// An `AzureIdentity`.
    Identity,
    /// An `AzureIdentityBinding`.
    Binding,
}

impl About {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pod => ("v1", "Pod"),
            Self::Identity => ("aadpodidentity.k8s.io/v1", "AzureIdentity"),
            Self::Binding => ("aadpodidentity.k8s.io/v1", "AzureIdentityBinding"),
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct Told {
    /// What kind of object it is about.
    pub about: About,
    /// Which object.
    pub key: Key,
    /// Its uid, when known.
    pub uid: Option<String>,
    /// Something needs attention.
    pub warning: bool,
    /// One word.
    pub reason: String,
    /// A sentence.
    pub message: String,
}

/// Writes one event as `component`.
///
/// # Errors
/// A permission is missing, the namespace goes away, or the API server does not answer.
pub async fn write(client: &Client, component: &str, told: &Told) -> Result<()> {
    let namespace = &told.key.namespace;
    let (api_version, kind) = told.about.words();
    let now = Time(jiff::Timestamp::now());
    let stem: String = told.key.name.chars().take(200).collect();
    let event = Event {
        metadata: ObjectMeta {
            generate_name: Some(format!("{stem}.")),
            namespace: Some(namespace.clone()),
            ..ObjectMeta::default()
        },
        involved_object: ObjectReference {
            api_version: Some(api_version.to_owned()),
            kind: Some(kind.to_owned()),
            name: Some(told.key.name.clone()),
            namespace: Some(namespace.clone()),
            uid: told.uid.clone(),
            ..ObjectReference::default()
        },
        reason: Some(told.reason.chars().take(128).collect()),
        message: Some(told.message.chars().take(LONGEST).collect()),
        type_: Some(if told.warning { "Warning" } else { "Normal" }.to_owned()),
        count: Some(1),
        first_timestamp: Some(now.clone()),
        last_timestamp: Some(now),
        source: Some(EventSource {
            component: Some(component.to_owned()),
            host: None,
        }),
        ..Event::default()
    };
    let api: Api<Event> = Api::namespaced(client.clone(), namespace);
    let written = api.create(&PostParams::default(), &event).await;
    written
        .explain(|| Operation::object("create", "events", namespace, &stem))
        .map(drop)
}
