//! Writes what podid assigned, and that a release is under way, on the `AzureIdentity` object.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::claims;
use crate::domain::claim::Record;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, ASSIGNED_SCALE_SETS, Identity, RELEASING, ownership};

/// How often a record that others change at the same time is tried.
const TRIES: u32 = 10;

/// An annotation and its new value; none takes it away.
type Change = (&'static str, Option<String>);

/// Changes the record of `identity` with a pure edit, against concurrent writers.
///
/// Writes nothing when the edit changes nothing. `None` when the object is gone.
///
/// # Errors
/// The record cannot be read, or the API server refuses.
pub async fn edit(
    client: &kube::Client,
    identity: &Identity,
    change: impl Fn(&mut Record),
) -> Result<Option<Identity>> {
    swap(client, identity, |current| {
        let before = claims::recorded(current)?;
        let mut after = before.clone();
        change(&mut after);
        after.retain(|_, sets| !sets.is_empty());
        let value = ownership::record_value(&after);
        Ok((after != before).then_some((ASSIGNED_SCALE_SETS, value)))
    })
    .await
}

/// Takes `sets` off what is recorded about `managed`.
///
/// # Errors
/// The record cannot be read, or the API server refuses.
pub async fn forget(
    client: &kube::Client,
    identity: &Identity,
    managed: &ResourceId,
    sets: &BTreeSet<ResourceId>,
) -> Result<()> {
    edit(client, identity, |record| {
        if let Some(recorded) = record.get_mut(managed) {
            recorded.retain(|set| !sets.contains(set));
        }
    })
    .await?;
    Ok(())
}

/// What a run recorded before it assigned anything.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The object that carries the record.
    object: Identity,
    /// The managed identity that is about to be assigned.
    managed: ResourceId,
    /// The scale sets this run added to it; what an earlier run recorded is not among them.
    fresh: BTreeSet<ResourceId>,
}

/// Records on `object` that podid is about to assign `managed` to `sets`; `None` when the object
/// is gone.
///
/// # Errors
/// The record cannot be read, or the API server refuses.
pub async fn intend(
    client: &kube::Client,
    object: &Identity,
    managed: &ResourceId,
    sets: BTreeSet<ResourceId>,
) -> Result<Option<Intent>> {
    let recorded = claims::recorded(object)?.remove(managed);
    let fresh: BTreeSet<ResourceId> = sets
        .difference(&recorded.unwrap_or_default())
        .cloned()
        .collect();
    let written = edit(client, object, |record| {
        record
            .entry(managed.clone())
            .or_default()
            .extend(fresh.iter().cloned());
    })
    .await?;
    Ok(written.map(|object| Intent {
        object,
        managed: managed.clone(),
        fresh,
    }))
}

impl Intent {
    /// Takes back what this run recorded and then did not assign: somebody else was faster, or
    /// ARM refused.
    ///
    /// # Errors
    /// The record cannot be read, or the API server refuses.
    pub async fn settle(
        &self,
        client: &kube::Client,
        assigned: impl Fn(&ResourceId) -> bool,
    ) -> Result<()> {
        let not_ours: BTreeSet<ResourceId> = self
            .fresh
            .iter()
            .filter(|set| !assigned(set))
            .cloned()
            .collect();
        if not_ours.is_empty() {
            return Ok(());
        }
        forget(client, &self.object, &self.managed, &not_ours).await
    }
}

/// Sets the record of the object exactly as it was read; `false` when it changed meanwhile.
///
/// # Errors
/// The API server refuses.
pub async fn replace(client: &kube::Client, identity: &Identity, record: &Record) -> Result<bool> {
    let value = ownership::record_value(record);
    once(client, identity, (ASSIGNED_SCALE_SETS, value)).await
}

/// Clears the expired mark of a removal that was killed, if the object is still as it was read.
///
/// Whoever changed it meanwhile may have marked it anew; the caller looks again in any case.
///
/// # Errors
/// The API server refuses.
pub async fn clear_mark(client: &kube::Client, identity: &Identity) -> Result<()> {
    once(client, identity, (RELEASING, None)).await.map(|_| ())
}

/// Marks the object as being released until `until`.
///
/// `None` when the object is gone.
///
/// # Errors
/// The API server refuses.
pub async fn mark(
    client: &kube::Client,
    identity: &Identity,
    until: Timestamp,
) -> Result<Option<Identity>> {
    let value = ownership::releasing_value(until);
    swap(client, identity, |_| {
        Ok(Some((RELEASING, Some(value.clone()))))
    })
    .await
}

/// Compare-and-swap: writes what `decide` wants of the object as it is, and decides again when
/// somebody else was faster. `None` when the object is gone, or another one has its name.
async fn swap(
    client: &kube::Client,
    identity: &Identity,
    decide: impl Fn(&Identity) -> Result<Option<Change>>,
) -> Result<Option<Identity>> {
    let mut current = identity.clone();
    for _ in 0..TRIES {
        let Some(change) = decide(&current)? else {
            return Ok(Some(current));
        };
        match write(client, &current, change).await {
            Ok(written) => return Ok(Some(written)),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
        let read = pod_identity::get_identity(client, &current.namespace, &current.name).await?;
        match read.filter(|read| read.uid == identity.uid) {
            Some(read) => current = read,
            None => return Ok(None),
        }
    }
    Err(contended(&current))
}

/// One try; `false` when the object is not as it was read.
async fn once(client: &kube::Client, identity: &Identity, change: Change) -> Result<bool> {
    match write(client, identity, change).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_conflict() || error.is_not_found() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn write(
    client: &kube::Client,
    identity: &Identity,
    (key, value): Change,
) -> crate::k8s::Result<Identity> {
    let changes = BTreeMap::from([(key.to_owned(), value)]);
    let Identity {
        namespace, name, ..
    } = identity;
    let version = &identity.resource_version;
    pod_identity::patch_annotations(client, namespace, name, version, &changes).await
}

fn contended(identity: &Identity) -> Error {
    let key = format!("{}/{}", identity.namespace, identity.name);
    Error::new(
        Kind::Conflict,
        format!("azureidentity {key} is changed by others all the time"),
    )
    .hint("run the same command again")
    .target(key)
}
