//! Writes what podid assigned, and that a release is under way, on the `AzureIdentity` object.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::claims;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, ASSIGNED_SCALE_SETS, Identity, RELEASING, ownership};

/// How often a record that others change at the same time is tried.
const TRIES: u32 = 10;

/// Changes the record of `identity` with a pure edit, against concurrent writers.
///
/// Writes nothing when the edit changes nothing. `None` when the object is gone.
///
/// # Errors
/// The record cannot be read, or the API server refuses.
pub async fn edit(
    client: &kube::Client,
    identity: &Identity,
    change: impl Fn(&mut BTreeSet<ResourceId>),
) -> Result<Option<Identity>> {
    let mut current = identity.clone();
    for _ in 0..TRIES {
        let before = claims::recorded(&current)?;
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Ok(Some(current));
        }
        match write(client, &current, ASSIGNED_SCALE_SETS, record_text(&after)).await {
            Ok(written) => return Ok(Some(written)),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
        match pod_identity::get_identity(client, &current.namespace, &current.name).await? {
            Some(read) => current = read,
            None => return Ok(None),
        }
    }
    Err(contended(&current))
}

/// What a run recorded before it assigned anything.
#[derive(Debug, Clone)]
pub struct Intent {
    /// The object that carries the record.
    object: Identity,
    /// The scale sets this run added to it; what an earlier run recorded is not among them.
    fresh: BTreeSet<ResourceId>,
}

/// Records that podid is about to assign the identity of `object` to `sets`.
///
/// # Errors
/// The record cannot be read, or the API server refuses.
pub async fn intend(
    client: &kube::Client,
    object: &Identity,
    sets: BTreeSet<ResourceId>,
) -> Result<Intent> {
    let fresh: BTreeSet<ResourceId> = sets
        .difference(&claims::recorded(object)?)
        .cloned()
        .collect();
    let written = edit(client, object, |record| {
        record.extend(fresh.iter().cloned());
    })
    .await?;
    Ok(Intent {
        object: written.unwrap_or_else(|| object.clone()),
        fresh,
    })
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
        let not_ours: BTreeSet<&ResourceId> =
            self.fresh.iter().filter(|set| !assigned(set)).collect();
        if not_ours.is_empty() {
            return Ok(());
        }
        edit(client, &self.object, |record| {
            record.retain(|set| !not_ours.contains(set));
        })
        .await?;
        Ok(())
    }
}

/// Sets the record of the object exactly as it was read; `false` when it changed meanwhile.
///
/// # Errors
/// The API server refuses.
pub async fn replace(
    client: &kube::Client,
    identity: &Identity,
    assigned: &BTreeSet<ResourceId>,
) -> Result<bool> {
    match write(client, identity, ASSIGNED_SCALE_SETS, record_text(assigned)).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_conflict() || error.is_not_found() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Clears the expired mark of a removal that was killed, if the object is still as it was read.
///
/// Whoever changed it meanwhile may have marked it anew; the caller looks again in any case.
///
/// # Errors
/// The API server refuses.
pub async fn clear_mark(client: &kube::Client, identity: &Identity) -> Result<()> {
    match write(client, identity, RELEASING, None).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_conflict() || error.is_not_found() => Ok(()),
        Err(error) => Err(error.into()),
    }
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
    let mut current = identity.clone();
    for _ in 0..TRIES {
        match write(
            client,
            &current,
            RELEASING,
            Some(ownership::releasing_value(until)),
        )
        .await
        {
            Ok(written) => return Ok(Some(written)),
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
        match pod_identity::get_identity(client, &current.namespace, &current.name).await? {
            Some(read) => current = read,
            None => return Ok(None),
        }
    }
    Err(contended(&current))
}

async fn write(
    client: &kube::Client,
    identity: &Identity,
    key: &str,
    value: Option<String>,
) -> crate::k8s::Result<Identity> {
    let changes = BTreeMap::from([(key.to_owned(), value)]);
    let version = &identity.resource_version;
    pod_identity::patch_annotations(
        client,
        &identity.namespace,
        &identity.name,
        version,
        &changes,
    )
    .await
}

fn record_text(assigned: &BTreeSet<ResourceId>) -> Option<String> {
    ownership::assigned_value(&assigned.iter().map(ToString::to_string).collect::<Vec<_>>())
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
