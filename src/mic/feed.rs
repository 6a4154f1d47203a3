//! What is watched: pods with the label, nodes, identities, bindings and assigned identities.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use kube::api::Api;
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

use super::args::Mode;
use super::state::{Seen, Sight};
use crate::k8s::crd::{AzureAssignedIdentity, AzureIdentity, AzureIdentityBinding};
use crate::k8s::pod_identity::SELECTOR_LABEL;
use crate::k8s::watch::{Change, Contact, Selection, follow};
use crate::k8s::{matching, node};

/// The watches, by what they watch.
#[derive(Clone)]
pub struct Feed(Vec<(&'static str, Arc<Contact>)>);

impl Feed {
    /// Starts to watch; the watches end with `tasks`.
    pub fn start(
        client: &Client,
        mode: Mode,
        silence: Duration,
        sights: &UnboundedSender<Sight>,
        tasks: &mut JoinSet<()>,
    ) -> Self {
        let mut feed = Self(Vec::new());
        let labelled = Selection {
            labels: Some(SELECTOR_LABEL.to_owned()),
            fields: None,
        };
        let all = Selection::default;
        let mut watches = Watches {
            feed: &mut feed,
            silence,
            sights,
            tasks,
        };
        if mode == Mode::Standard {
            watches.add("pods", matching::pods(client), labelled, Sight::Pods);
            let records: Api<AzureAssignedIdentity> = Api::all(client.clone());
            watches.add("assignments", records, all(), Sight::Records);
        }
        watches.add("nodes", node::nodes(client), all(), Sight::Nodes);
        let identities: Api<AzureIdentity> = Api::all(client.clone());
        watches.add("identities", identities, all(), Sight::Identities);
        let bindings: Api<AzureIdentityBinding> = Api::all(client.clone());
        watches.add("bindings", bindings, all(), Sight::Bindings);
        feed
    }

    /// Everything has been listed at least once.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        self.0.iter().all(|(_, contact)| contact.is_synced())
    }

    /// Each watch, and what is wrong with it.
    #[must_use]
    pub fn checks(&self, stale: Duration) -> Vec<(&'static str, Option<String>)> {
        let check = |contact: &Contact| {
            if !contact.is_synced() {
                return Some(
                    contact
                        .problem()
                        .unwrap_or_else(|| "not yet listed".to_owned()),
                );
            }
            let silence = contact.silence().filter(|silence| *silence > stale)?;
            Some(format!("nothing heard for {} s", silence.as_secs()))
        };
        self.0
            .iter()
            .map(|(name, contact)| (*name, check(contact)))
            .collect()
    }
}

struct Watches<'a> {
    feed: &'a mut Feed,
    silence: Duration,
    sights: &'a UnboundedSender<Sight>,
    tasks: &'a mut JoinSet<()>,
}

impl Watches<'_> {
    fn add<K, T>(
        &mut self,
        name: &'static str,
        api: Api<K>,
        selection: Selection,
        sight: impl Fn(Seen<T>) -> Sight + Send + 'static,
    ) where
        K: Resource + Clone + DeserializeOwned + Debug + Send + Sync + 'static,
        T: From<K> + 'static,
    {
        let contact = Arc::new(Contact::new(self.silence));
        self.feed.0.push((name, Arc::clone(&contact)));
        let sights = self.sights.clone();
        self.tasks
            .spawn(follow(api, selection, name, contact, move |change| {
                let seen = match change {
                    Change::Listed(all) => Seen::All(all.into_iter().map(T::from).collect()),
                    Change::Applied(one) => Seen::One(one.into()),
                    Change::Deleted(one) => Seen::Gone(one.into()),
                };
                // The engine that would hear it is gone only when the process ends.
                let _ = sights.send(sight(seen));
            }));
    }
}
