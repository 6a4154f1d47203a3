//! What the API server says of this node's pods and of identities, kept up to date.
//!
//! State flow: one watch per kind feeds two indexes, [`Pods`] and [`Catalogue`]; every change wakes whoever waits.
//! Guarantees: nothing is answered from an index before every kind has been listed once; readers never wait for the
//! API server. Assumption: the API server's order of changes per object is the true one.

use std::fmt::Debug;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use kube::api::Api;
use kube::{Client, Resource};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::domain::matching::{
    Assignment, Binding, Bound, Catalogue, Exception, Identity, Pod, Pods, Scope, Unbound,
};
use crate::k8s::crd::{
    AzureAssignedIdentity, AzureIdentity, AzureIdentityBinding, AzurePodIdentityException,
};
use crate::k8s::matching as wire;
use crate::k8s::watch::{Change, Contact, Selection, follow};

/// What is known of the cluster.
pub struct Cluster {
    /// For live look-ups.
    pub client: Client,
    /// The node.
    pub node: String,
    pods: RwLock<Pods>,
    catalogue: RwLock<Catalogue>,
    changed: watch::Sender<u64>,
    contacts: Vec<(&'static str, Arc<Contact>)>,
    /// Longer without a word from the API server, and what is known counts as old.
    stale: Duration,
}

impl Cluster {
    /// Starts to follow everything; the watches end with `tasks`.
    pub fn start(
        client: Client,
        node: &str,
        scope: Scope,
        silence: Duration,
        tasks: &mut JoinSet<()>,
    ) -> Arc<Self> {
        let kinds = [
            "pods",
            "identities",
            "bindings",
            "exceptions",
            "assignments",
        ];
        let count = if scope.needs_assignment { 5 } else { 4 };
        let contact = |kind: &&'static str| (*kind, Arc::new(Contact::new(silence)));
        let cluster = Arc::new(Self {
            client,
            node: node.to_owned(),
            pods: RwLock::default(),
            catalogue: RwLock::new(Catalogue::new(scope)),
            changed: watch::Sender::new(0),
            contacts: kinds[..count].iter().map(contact).collect(),
            stale: silence * 3 / 2,
        });
        cluster.follow_pods(tasks);
        cluster.follow_kind::<AzureIdentity, Identity>(
            tasks,
            1,
            Selection::default(),
            |all, change| match change {
                Change::Listed(list) => all.replace_identities(list),
                Change::Applied(one) => all.apply_identity(one),
                Change::Deleted(one) => all.remove_identity(&one.key),
            },
        );
        cluster.follow_kind::<AzureIdentityBinding, Binding>(
            tasks,
            2,
            Selection::default(),
            |all, change| match change {
                Change::Listed(list) => all.replace_bindings(list),
                Change::Applied(one) => all.apply_binding(one),
                Change::Deleted(one) => all.remove_binding(&one.key),
            },
        );
        cluster.follow_kind::<AzurePodIdentityException, Exception>(
            tasks,
            3,
            Selection::default(),
            |all, change| match change {
                Change::Listed(list) => all.replace_exceptions(list),
                Change::Applied(one) => all.apply_exception(one),
                Change::Deleted(one) => all.remove_exception(&one.key),
            },
        );
        if scope.needs_assignment {
            cluster.follow_assignments(tasks);
        }
        cluster
    }

    fn follow_assignments(self: &Arc<Self>, tasks: &mut JoinSet<()>) {
        let of_node = Selection {
            labels: Some(format!("nodename={}", self.node)),
            fields: None,
        };
        self.follow_kind::<AzureAssignedIdentity, Assignment>(tasks, 4, of_node, |all, change| {
            match change {
                Change::Listed(list) => all.replace_assignments(list),
                Change::Applied(one) => all.apply_assignment(one),
                Change::Deleted(one) => all.remove_assignment(&one.key),
            }
        });
    }

    fn follow_pods(self: &Arc<Self>, tasks: &mut JoinSet<()>) {
        let selection = Selection {
            labels: None,
            fields: Some(format!("spec.nodeName={}", self.node)),
        };
        let contact = Arc::clone(&self.contacts[0].1);
        let (api, cluster) = (wire::pods(&self.client), Arc::clone(self));
        tasks.spawn(follow(api, selection, "pods", contact, move |change| {
            cluster.change_pods(|pods| match change {
                Change::Listed(list) => pods.replace(list),
                Change::Applied(pod) => pods.apply(pod),
                Change::Deleted(pod) => pods.remove(&pod.key, &pod.uid),
            });
        }));
    }

    fn follow_kind<K, T>(
        self: &Arc<Self>,
        tasks: &mut JoinSet<()>,
        number: usize,
        selection: Selection,
        put: impl Fn(&mut Catalogue, Change<T>) + Send + 'static,
    ) where
        K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug + Send + Sync + 'static,
        T: From<K> + Send + 'static,
    {
        let (name, contact) = &self.contacts[number];
        let api: Api<K> = Api::all(self.client.clone());
        let cluster = Arc::clone(self);
        tasks.spawn(follow(
            api,
            selection,
            name,
            Arc::clone(contact),
            move |change| {
                let mut catalogue = write(&cluster.catalogue);
                put(&mut catalogue, change);
                drop(catalogue);
                cluster.wake();
            },
        ));
    }

    /// Changes the pods and wakes whoever waits.
    pub fn change_pods(&self, change: impl FnOnce(&mut Pods)) {
        change(&mut write(&self.pods));
        self.wake();
    }

    fn wake(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Tells of every change from now on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The pods.
    pub fn pods(&self) -> RwLockReadGuard<'_, Pods> {
        read(&self.pods)
    }

    /// The identities bound to a pod.
    ///
    /// # Errors
    /// Why there are none.
    pub fn bound(&self, pod: &Pod) -> Result<Bound, Unbound> {
        read(&self.catalogue).bound(pod)
    }

    /// An exception lets the pod through to the metadata service.
    pub fn is_excepted(&self, pod: &Pod) -> bool {
        read(&self.catalogue).exception(pod).is_some()
    }

    /// How many pods, identities and bindings are known.
    pub fn sizes(&self) -> (usize, usize, usize) {
        let (identities, bindings) = read(&self.catalogue).sizes();
        (self.pods().len(), identities, bindings)
    }

    /// Everything has been listed at least once.
    pub fn is_synced(&self) -> bool {
        self.contacts.iter().all(|(_, contact)| contact.is_synced())
    }

    /// Each kind, and what is wrong with it.
    pub fn checks(&self) -> Vec<(&'static str, Option<String>)> {
        let check = |contact: &Contact| {
            let problem = contact.problem();
            if !contact.is_synced() {
                return Some(problem.unwrap_or_else(|| "not yet listed".to_owned()));
            }
            let silence = contact.silence().filter(|silence| *silence > self.stale)?;
            let silence = format!("nothing heard for {} s", silence.as_secs());
            Some(problem.map_or(silence.clone(), |problem| format!("{silence}: {problem}")))
        };
        let contacts = self.contacts.iter();
        contacts
            .map(|(name, contact)| (*name, check(contact)))
            .collect()
    }

    /// Longest time since the API server was heard of, over all kinds.
    pub fn silence(&self) -> Option<Duration> {
        let silences = self.contacts.iter().map(|(_, contact)| contact.silence());
        silences.collect::<Option<Vec<_>>>()?.into_iter().max()
    }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
