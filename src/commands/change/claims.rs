//! Reads claims from the cluster and waits for releases that are under way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::context::Context;
use crate::domain::claim::{self, Claim, Record};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, Identity};

/// All `AzureIdentity` objects at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The objects.
    pub identities: Vec<Identity>,
    /// The same as claims, in the same order.
    pub claims: Vec<Claim>,
    /// Records that cannot be read, each with the managed identity it is about.
    unreadable: Vec<(Option<ResourceId>, Error)>,
}

impl Snapshot {
    /// The claim of the object `namespace/name`.
    #[must_use]
    pub fn claim(&self, namespace: &str, name: &str) -> Option<&Claim> {
        self.claims
            .iter()
            .find(|claim| claim.namespace == namespace && claim.name == name)
    }

    /// The object `namespace/name`.
    #[must_use]
    pub fn find(&self, namespace: &str, name: &str) -> Option<&Identity> {
        self.identities
            .iter()
            .find(|item| item.namespace == namespace && item.name == name)
    }

    /// Refuses to go on with managed identities whose records cannot all be read. A broken record
    /// about another one is in nobody's way.
    ///
    /// # Errors
    /// A record about one of `identities` cannot be read.
    pub fn check_records<'a>(
        &self,
        identities: impl IntoIterator<Item = &'a ResourceId>,
    ) -> Result<()> {
        let broken = identities.into_iter().find_map(|identity| {
            let about = |(of, _): &&(Option<ResourceId>, Error)| of.as_ref() == Some(identity);
            self.unreadable.iter().find(about)
        });
        broken.map_or(Ok(()), |(_, error)| Err(error.clone()))
    }
}

/// Reads all claims of the cluster; a consistent list.
///
/// # Errors
/// The API server does not answer or refuses.
pub async fn snapshot(client: &kube::Client) -> Result<Snapshot> {
    let identities = pod_identity::list_identities(client, None).await?;
    let mut unreadable = Vec::new();
    let claims = identities.iter().map(|identity| {
        let managed = identity.resource_id.parse().ok();
        let record = recorded(identity).unwrap_or_else(|error| {
            unreadable.push((managed.clone(), error));
            Record::new()
        });
        Claim {
            namespace: identity.namespace.clone(),
            name: identity.name.clone(),
            uid: identity.uid.clone(),
            identity: managed,
            record,
            releasing_until: identity.releasing_until().map(Timestamp::as_second),
        }
    });
    let claims = claims.collect();
    Ok(Snapshot {
        identities,
        claims,
        unreadable,
    })
}

/// What podid assigned, as recorded on the object.
///
/// # Errors
/// The record was edited into something that cannot be read. Taking it for empty would make
/// podid forget what it owns.
pub fn recorded(identity: &Identity) -> Result<Record> {
    identity
        .record()
        .map_err(|error| unreadable(identity, &error.to_string()))
}

fn unreadable(identity: &Identity, reason: &str) -> Error {
    Error::new(Kind::Failed, "The record of what podid assigned cannot be read")
        .cause(reason)
        .hint(format!(
            "repair or remove annotation {} of azureidentity {}/{}; without it podid leaves the identity on the scale sets",
            pod_identity::ASSIGNED_SCALE_SETS, identity.namespace, identity.name
        ))
        .target(format!("{}/{}", identity.namespace, identity.name))
}

/// Waits until nobody is releasing one of `identities` any more, and returns the claims then.
///
/// Call it after the own claim was written (see [`crate::domain::claim`]).
///
/// # Errors
/// A release is still under way when the time is over.
pub async fn await_releases(
    context: &Context,
    client: &kube::Client,
    identities: &BTreeSet<ResourceId>,
) -> Result<Snapshot> {
    let deadline = Instant::now() + context.timeout();
    let mut pause = Duration::from_millis(200);
    let mut told = false;
    loop {
        let snapshot = snapshot(client).await?;
        snapshot.check_records(identities)?;
        let now = Timestamp::now().as_second();
        let busy: BTreeSet<String> = identities
            .iter()
            .flat_map(|identity| claim::releases(&snapshot.claims, identity, now))
            .map(Claim::key)
            .collect();
        if busy.is_empty() {
            return Ok(snapshot);
        }
        let names = busy.into_iter().collect::<Vec<_>>().join(", ");
        if Instant::now() + pause > deadline {
            return Err(Error::new(Kind::Pending, format!("Pod identity {names} is still being removed"))
                .cause("its managed identity may leave the scale sets until that removal ends")
                .hint("run the same command again; if that removal was killed, run `podid remove` again to end it"));
        }
        if !told {
            context
                .ui
                .status(&format!("Waiting for the removal of {names} to end"));
            told = true;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}
