//! What podid-mic itself assigned to each host: kept in the cluster, cached here.
//!
//! An identity is written down before the PATCH that adds it and struck out after it is gone, so that
//! a process that dies in between leaves too much in the record, never too little.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fence::{Fence, Lost};
use crate::domain::resource_id::ResourceId;
use crate::k8s::{self, ownership_record, ownership_record::OwnershipRecord};

/// How often one change is tried when others change the record as well.
const TRIES: u32 = 4;

/// Why the record was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// This process may not write any more.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The API server did not take it.
    #[error(transparent)]
    Kubernetes(#[from] Box<k8s::Error>),
}

impl From<k8s::Error> for RecordError {
    fn from(error: k8s::Error) -> Self {
        Self::Kubernetes(Box::new(error))
    }
}

/// The records of all hosts; clones share them.
#[derive(Clone)]
pub struct Record(Arc<Inner>);

struct Inner {
    client: kube::Client,
    namespace: String,
    fence: Fence,
    hosts: Mutex<BTreeMap<ResourceId, OwnershipRecord>>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Record").field(&self.hosts()).finish()
    }
}

impl Record {
    /// Reads the records in podid-mic's `namespace`.
    ///
    /// # Errors
    /// See [`k8s::Error`].
    pub async fn load(
        client: kube::Client,
        namespace: &str,
        fence: Fence,
    ) -> Result<Self, k8s::Error> {
        let listed = ownership_record::list(&client, namespace).await?;
        let hosts = listed
            .into_iter()
            .map(|record| (record.host.clone(), record))
            .collect();
        Ok(Self(Arc::new(Inner {
            client,
            namespace: namespace.to_owned(),
            fence,
            hosts: Mutex::new(hosts),
        })))
    }

    /// The hosts that something is recorded of.
    #[must_use]
    pub fn hosts(&self) -> BTreeSet<ResourceId> {
        let recorded = |record: &&OwnershipRecord| !record.identities.is_empty();
        let hosts = self.cached();
        let hosts = hosts.values().filter(recorded);
        hosts.map(|record| record.host.clone()).collect()
    }

    /// What podid-mic assigned to `host`, or was about to.
    #[must_use]
    pub fn owned(&self, host: &ResourceId) -> BTreeSet<ResourceId> {
        let hosts = self.cached();
        let record = hosts.get(host);
        record.map_or_else(BTreeSet::new, |record| record.identities.clone())
    }

    /// Writes identities down.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn add(
        &self,
        host: &ResourceId,
        identities: &BTreeSet<ResourceId>,
    ) -> Result<(), RecordError> {
        self.change(host, |owned| owned.extend(identities.iter().cloned()))
            .await
    }

    /// Takes over identities that a forerunner assigned, so that they are taken off when nobody
    /// needs them.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn adopt(
        &self,
        host: &ResourceId,
        identities: &BTreeSet<ResourceId>,
    ) -> Result<(), RecordError> {
        self.add(host, identities).await
    }

    /// Strikes identities out.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn remove(
        &self,
        host: &ResourceId,
        identities: &BTreeSet<ResourceId>,
    ) -> Result<(), RecordError> {
        self.change(host, |owned| owned.retain(|id| !identities.contains(id)))
            .await
    }

    /// Forgets a host that is gone.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub async fn forget(&self, host: &ResourceId) -> Result<(), RecordError> {
        let Some(record) = self.cached().get(host).cloned() else {
            return Ok(());
        };
        self.0.fence.check()?;
        ownership_record::delete(&self.0.client, &self.0.namespace, &record).await?;
        self.cached().remove(host);
        Ok(())
    }

    async fn change(
        &self,
        host: &ResourceId,
        edit: impl Fn(&mut BTreeSet<ResourceId>),
    ) -> Result<(), RecordError> {
        let inner = &*self.0;
        let mut tries = 1;
        loop {
            let cached = self.cached().get(host).cloned();
            let before = cached.unwrap_or_else(|| OwnershipRecord::new(host.clone()));
            let mut wanted = before.clone();
            edit(&mut wanted.identities);
            if wanted == before {
                return Ok(());
            }
            inner.fence.check()?;
            let written = ownership_record::write(&inner.client, &inner.namespace, &wanted).await;
            match written {
                Ok(written) => {
                    self.cached().insert(host.clone(), written);
                    return Ok(());
                }
                // Somebody else changed it: a forerunner, or this process, whose answer was lost.
                Err(k8s::Error::Conflict { .. } | k8s::Error::NotFound { .. }) if tries < TRIES => {
                    tries += 1;
                }
                Err(error) => return Err(error.into()),
            }
            let read = ownership_record::get(&inner.client, &inner.namespace, host).await?;
            match read {
                Some(read) => self.cached().insert(host.clone(), read),
                None => self.cached().remove(host),
            };
        }
    }

    fn cached(&self) -> MutexGuard<'_, BTreeMap<ResourceId, OwnershipRecord>> {
        self.0.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
