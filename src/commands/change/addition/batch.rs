//! Pod identities on their way: each step takes those along for which nothing has failed yet.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};

use super::objects::{is_about, overtaken, write_binding, write_claim};
use super::{Added, Manner, Wanted, holdings, lacking, with_stale};
use crate::azure::scale_set;
use crate::commands::change::claims;
use crate::commands::change::cluster::{Cluster, Pool};
use crate::commands::change::records::{self, Intent};
use crate::commands::change::scale_sets::{self, Outcome, Wish};
use crate::context::Context;
use crate::domain::assignment::{self, Holdings};
use crate::domain::pod_identity::PodIdentity;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::Identity;

/// Objects written side by side.
const PARALLEL: usize = 8;

struct Item {
    wanted: Wanted,
    /// The own object, once nobody releases its managed identity any more.
    own: Option<Identity>,
    intent: Option<Intent>,
    failure: Option<Error>,
}

impl Item {
    fn pod_identity(&self) -> &PodIdentity {
        &self.wanted.pod_identity
    }

    /// What became of a step; errors that speak of another command stand by themselves.
    fn note<T>(&mut self, step: Result<T>) -> Option<T> {
        match step {
            Ok(done) => Some(done),
            Err(error) if error.target.as_ref() == Some(&self.pod_identity().key()) => {
                self.failure = Some(error);
                None
            }
            Err(error) => {
                self.failure = Some(not_added(self.pod_identity(), error));
                None
            }
        }
    }
}

/// Everything that one command adds.
pub(super) struct Batch<'a> {
    context: &'a Context,
    cluster: &'a Cluster,
    client: &'a kube::Client,
    manner: Manner,
    items: Vec<Item>,
    /// The node pools that can hold identities, as read last.
    pools: Vec<Pool>,
    /// What the scale sets were to get.
    add: Holdings,
    outcomes: Vec<Outcome>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        context: &'a Context,
        cluster: &'a Cluster,
        client: &'a kube::Client,
        wanted: Vec<Wanted>,
        manner: Manner,
    ) -> Self {
        let items = wanted.into_iter().map(|wanted| Item {
            wanted,
            own: None,
            intent: None,
            failure: None,
        });
        Batch {
            context,
            cluster,
            client,
            manner,
            items: items.collect(),
            pools: Vec::new(),
            add: Holdings::new(),
            outcomes: Vec::new(),
        }
    }

    /// Goes all steps.
    pub(super) async fn run(mut self) -> Vec<Added> {
        self.write_claims().await;
        if let Err(error) = self.assign().await {
            for item in self.live() {
                item.note::<()>(Err(error.clone()));
            }
        }
        self.write_bindings().await;
        let items = std::mem::take(&mut self.items);
        items.into_iter().map(|item| self.end(item)).collect()
    }

    fn live(&mut self) -> impl Iterator<Item = &mut Item> {
        self.items.iter_mut().filter(|item| item.failure.is_none())
    }

    /// The managed identities of those that nothing has failed for.
    fn identities(&self) -> BTreeSet<ResourceId> {
        let live = self.items.iter().filter(|item| item.failure.is_none());
        live.map(|item| item.pod_identity().identity.clone())
            .collect()
    }

    /// Takes every live item through a step, several at once.
    async fn each<F>(&mut self, step: impl Fn(Item) -> F)
    where
        F: Future<Output = (Item, Result<()>)>,
    {
        let items = std::mem::take(&mut self.items);
        let ends = items.into_iter().map(|item| async {
            if item.failure.is_some() {
                return item;
            }
            let (mut item, end) = step(item).await;
            item.note(end);
            item
        });
        self.items = stream::iter(ends).buffered(PARALLEL).collect().await;
    }

    async fn write_claims(&mut self) {
        let (client, manner) = (self.client, self.manner);
        self.each(|item| async move {
            let written = if item.wanted.is_written() {
                Ok(())
            } else {
                write_claim(client, &item.wanted, manner).await
            };
            (item, written)
        })
        .await;
    }

    /// Brings the managed identities onto the scale sets.
    async fn assign(&mut self) -> Result<()> {
        self.find_own().await?;
        if self.identities().is_empty() {
            return Ok(());
        }
        // Read after the claims: from here on nobody takes these identities away unseen.
        self.pools = self.cluster.settled_pools(self.context).await?;
        self.pools.retain(|pool| pool.target().is_some());
        let client_ids = self.client_ids();
        self.look_closer(&client_ids).await?;
        let holdings = holdings(&self.pools);
        self.record_intents(&assignment::missing(&self.identities(), &holdings))
            .await;
        // Without a record nothing is assigned.
        self.add = assignment::missing(&self.identities(), &holdings);
        self.renew(&client_ids);
        let wish = Wish {
            add: self.add.clone(),
            client_ids,
            no_wait: self.manner.no_wait,
            permissions_may_be_late: self.manner.permissions_may_be_late,
            ..Wish::default()
        };
        self.outcomes =
            scale_sets::converge(self.context, &self.cluster.azure, &self.pools, &wish).await;
        self.settle_records().await;
        Ok(())
    }

    /// Finds the own objects once nobody releases one of the managed identities any more.
    ///
    /// A mark that a killed removal left on an own object is cleared, and the claims are looked at
    /// again after that: while it was marked the object did not count as a claim.
    async fn find_own(&mut self) -> Result<()> {
        loop {
            let identities = self.identities();
            if identities.is_empty() {
                return Ok(());
            }
            let snapshot = claims::await_releases(self.context, self.client, &identities).await?;
            let client = self.client;
            let mut marked = false;
            for item in self.live() {
                let wanted = item.pod_identity();
                let object = snapshot.find(wanted.namespace.as_str(), wanted.name.as_str());
                let own = match object {
                    None => Err(overtaken(wanted, "removed")),
                    Some(object) if !is_about(object, wanted) => {
                        Err(overtaken(wanted, "given another managed identity"))
                    }
                    Some(object) => Ok(object.clone()),
                };
                item.own = item.note(own);
                if let Some(own) = &item.own
                    && own.releasing_until().is_some()
                {
                    marked = true;
                    let cleared = records::clear_mark(client, own).await;
                    item.note(cleared);
                }
            }
            if !marked {
                return Ok(());
            }
        }
    }

    /// The client ids of the managed identities, by which one that was deleted and made again is
    /// told from its predecessor. The cluster's own are never taken off, not even for that.
    fn client_ids(&self) -> BTreeMap<ResourceId, String> {
        let managed = self.items.iter().map(|item| &item.wanted.managed);
        managed
            .filter(|managed| !managed.client_id.is_empty())
            .filter(|managed| !self.cluster.is_own_identity(&managed.id))
            .map(|managed| (managed.id.clone(), managed.client_id.clone()))
            .collect()
    }

    /// Reads a scale set by itself that is listed without client ids: a list may leave them out,
    /// which is no reason to take anything off.
    async fn look_closer(&mut self, client_ids: &BTreeMap<ResourceId, String>) -> Result<()> {
        for pool in &mut self.pools {
            let Some(set) = &mut pool.scale_set else {
                continue;
            };
            let nameless = set
                .identity
                .user_assigned
                .iter()
                .any(|(id, ids)| ids.client_id.is_none() && client_ids.contains_key(id));
            if nameless {
                *set = scale_set::get(&self.cluster.azure, &set.id).await?;
            }
        }
        Ok(())
    }

    /// Adds the scale sets that hold a managed identity from before it was made again.
    fn renew(&mut self, client_ids: &BTreeMap<ResourceId, String>) {
        let live = self.identities();
        let mut stale = Holdings::new();
        with_stale(&mut stale, &self.pools, client_ids);
        for identity in live {
            let sets = lacking(&identity, &stale);
            let pools = self
                .pools
                .iter()
                .filter(|pool| pool.target().is_some_and(|set| sets.contains(&set.id)));
            let names: Vec<String> = pools.map(|pool| format!("`{}`", pool.name)).collect();
            if names.is_empty() {
                continue;
            }
            self.context.ui.status(&format!(
                "Managed identity `{}` was deleted and made again: assigning it anew to {}",
                identity.name(),
                names.join(", ")
            ));
            for set in sets {
                self.add.entry(set).or_default().insert(identity.clone());
            }
        }
    }

    async fn record_intents(&mut self, missing: &Holdings) {
        let client = self.client;
        self.each(|mut item| async move {
            let intent = match &item.own {
                None => Ok(None),
                Some(own) => {
                    let identity = &item.pod_identity().identity;
                    records::intend(client, own, identity, lacking(identity, missing)).await
                }
            };
            let intent = intent
                .and_then(|intent| intent.ok_or_else(|| overtaken(item.pod_identity(), "removed")));
            let noted = intent.map(|intent| item.intent = Some(intent));
            (item, noted)
        })
        .await;
    }

    async fn settle_records(&mut self) {
        let client = self.client;
        let outcomes = std::mem::take(&mut self.outcomes);
        let told = &outcomes;
        self.each(|item| async move {
            let settled = match &item.intent {
                None => Ok(()),
                Some(intent) => {
                    let identity = &item.pod_identity().identity;
                    let assigned = |set: &ResourceId| scale_sets::assigned(told, set, identity);
                    intent.settle(client, assigned).await
                }
            };
            (item, settled)
        })
        .await;
        self.outcomes = outcomes;
    }

    /// Writes the bindings of what is complete.
    async fn write_bindings(&mut self) {
        let (client, manner) = (self.client, self.manner);
        let incomplete: BTreeSet<ResourceId> = self
            .identities()
            .into_iter()
            .filter(|identity| self.failures(identity).next().is_some())
            .collect();
        let incomplete = &incomplete;
        self.each(|item| async move {
            let wanted = &item.wanted;
            let skip = wanted.is_written() || incomplete.contains(&wanted.pod_identity.identity);
            let written = if skip {
                Ok(())
            } else {
                write_binding(client, wanted, manner).await
            };
            (item, written)
        })
        .await;
    }

    /// The pools that were to get `identity` and did not. A pool that held it before does not
    /// matter, however its other changes went.
    fn failures(&self, identity: &ResourceId) -> impl Iterator<Item = (&str, &Error)> {
        let lacked = |outcome: &&Outcome| {
            let missing = self.add.get(&outcome.scale_set);
            missing.is_some_and(|missing| missing.contains(identity))
        };
        let outcomes = self.outcomes.iter().filter(lacked);
        outcomes.filter_map(|outcome| Some((outcome.pool.as_str(), outcome.error_for(identity)?)))
    }

    /// What became of one.
    fn end(&self, item: Item) -> Added {
        let identity = &item.pod_identity().identity;
        let lacked = lacking(identity, &self.add);
        let (failed_pools, failures): (Vec<String>, Vec<Error>) = self
            .failures(identity)
            .map(|(pool, error)| (pool.to_owned(), error.clone()))
            .unzip();
        let holds = |pool: &&Pool| {
            let set = pool.target();
            // What was not attempted is where it was.
            let attempted = self.outcomes.iter().any(|one| one.pool == pool.name);
            !failed_pools.contains(&pool.name)
                && set
                    .is_some_and(|set| set.holds(identity) || attempted && lacked.contains(&set.id))
        };
        let pools = self.pools.iter().filter(holds);
        let pools = pools.map(|pool| pool.name.clone()).collect();
        let failure = item.failure.or_else(|| {
            (!failures.is_empty())
                .then(|| incomplete(&item.wanted.pod_identity, failures, self.pools.len()))
        });
        Added {
            changed: failure.is_some() || !lacked.is_empty() || !item.wanted.is_written(),
            wanted: item.wanted,
            pools,
            failed_pools,
            failure,
        }
    }
}

fn incomplete(wanted: &PodIdentity, failures: Vec<Error>, targets: usize) -> Error {
    let key = wanted.key();
    let pending = failures.iter().all(|error| error.kind == Kind::Pending);
    let count = failures.len();
    let message = if pending {
        format!(
            "Pod identity `{key}` is not complete yet: {count} of {targets} node pools are still being changed"
        )
    } else {
        format!(
            "Pod identity `{key}` was not added: {count} of {targets} node pools lack its managed identity"
        )
    };
    Error::several(message, failures).target(key)
}

fn not_added(wanted: &PodIdentity, error: Error) -> Error {
    error
        .context(format!(
            "Pod identity `{}` was not added completely",
            wanted.key()
        ))
        .hint("run the same command again to continue")
        .target(wanted.key())
}
