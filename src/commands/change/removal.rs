//! Removes a pod identity: its claim is marked, the binding goes, the managed identity leaves the
//! scale sets, the claim goes.
//!
//! The claim goes last, so that a run killed at any point is finished by the same command; while
//! it is marked as releasing, an `add` of the same managed identity waits (see
//! [`crate::domain::claim`]).

use jiff::{SignedDuration, Timestamp};

use self::unassign::Removal;
use super::claims::{self, Snapshot};
use super::cluster::Cluster;
use super::leave::Leave;
use super::records;
use super::scale_sets::Wish;
use crate::context::Context;
use crate::domain::claim::{self, Claim, Release};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, Binding, Identity};

mod unassign;

/// How often the claims are looked at again when they change under the removal.
const TRIES: u32 = 20;

/// What a removal finds.
#[derive(Debug, Clone)]
pub struct Found {
    /// Namespace of both objects.
    pub namespace: String,
    /// Name of the pod identity.
    pub name: String,
    /// The `AzureIdentity`, if there is one.
    pub identity: Option<Identity>,
    /// The binding `NAME-binding`, if there is one.
    pub binding: Option<Binding>,
    /// Other bindings of the same `AzureIdentity`, which would be left without it.
    pub foreign_bindings: Vec<String>,
}

impl Found {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether there is anything to remove.
    #[must_use]
    pub fn is_something(&self) -> bool {
        self.identity.is_some() || self.binding.is_some()
    }

    /// The managed identity, when the object names one.
    #[must_use]
    pub fn managed_identity(&self) -> Option<ResourceId> {
        self.identity.as_ref()?.resource_id.parse().ok()
    }
}

/// Looks up `namespace/name` in what was read.
#[must_use]
pub fn find(namespace: &str, name: &str, snapshot: &Snapshot, bindings: &[Binding]) -> Found {
    let own_binding = format!("{name}{}", crate::domain::name::BINDING_SUFFIX);
    let of_this =
        |binding: &&Binding| binding.namespace == namespace && binding.identity_name == name;
    Found {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        identity: snapshot.find(namespace, name).cloned(),
        binding: bindings
            .iter()
            .filter(of_this)
            .find(|binding| binding.name == own_binding)
            .cloned(),
        foreign_bindings: bindings
            .iter()
            .filter(of_this)
            .filter(|binding| binding.name != own_binding)
            .map(|binding| binding.name.clone())
            .collect(),
    }
}

/// What a removal did to the scale sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The identity left these node pools.
    Unassigned(Vec<String>),
    /// The identity stays: another pod identity needs it.
    StillNeeded(String),
    /// podid had not assigned it anywhere, or it was gone already.
    Nothing,
}

impl Effect {
    /// Both together, for an object that lets go of several managed identities.
    fn and(self, other: Effect) -> Effect {
        match (self, other) {
            (Effect::Unassigned(mut pools), Effect::Unassigned(more)) => {
                let new = more.into_iter().filter(|pool| !pools.contains(pool));
                let new: Vec<String> = new.collect();
                pools.extend(new);
                Effect::Unassigned(pools)
            }
            (effect, Effect::Nothing) | (Effect::Nothing, effect) => effect,
            (still_needed @ Effect::StillNeeded(_), _) | (_, still_needed) => still_needed,
        }
    }
}

/// Removes what was found.
///
/// # Errors
/// A scale set could not be changed, the objects changed all the time, or a service refused.
/// The same command continues.
pub async fn run(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    found: &Found,
    no_wait: bool,
) -> Result<Effect> {
    let removed = remove(context, cluster, client, found, no_wait).await;
    removed.map_err(|error| {
        error
            .context(format!(
                "Pod identity `{}` was not removed completely",
                found.key()
            ))
            .hint("run the same command again to continue")
            .target(found.key())
    })
}

async fn remove(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    found: &Found,
    no_wait: bool,
) -> Result<Effect> {
    let Some(identity) = &found.identity else {
        delete_orphan(client, found).await?;
        return Ok(Effect::Nothing);
    };
    let wish = Wish {
        no_wait,
        deadline: Some(std::time::Instant::now() + context.timeout()),
        leave: Some(Leave::of(client, identity)),
        ..Wish::default()
    };
    let until = Timestamp::now()
        + SignedDuration::try_from(context.timeout()).unwrap_or(SignedDuration::from_mins(5));
    if records::mark(client, identity, until).await?.is_none() {
        delete_orphan(client, found).await?;
        return Ok(Effect::Nothing);
    }
    delete_binding(client, found, identity).await?;
    let removal = Removal {
        context,
        cluster,
        client,
        wish,
    };
    let mut effect = Effect::Nothing;
    for _ in 0..TRIES {
        // Listed after the mark: whoever claims the identity later sees the mark and waits.
        let snapshot = claims::snapshot(client).await?;
        snapshot.check_records(&found.managed_identity())?;
        let Some(own) = snapshot
            .find(&found.namespace, &found.name)
            .filter(|own| own.uid == identity.uid)
        else {
            return Ok(effect);
        };
        let (done, complete) = removal.release(own, &snapshot).await?;
        effect = effect.and(done);
        if !complete {
            continue;
        }
        match pod_identity::delete_identity(client, &found.namespace, &found.name, &own.expected())
            .await
        {
            Ok(_) => return Ok(effect),
            // Somebody handed a record over to this object in the meantime: look again.
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::new(
        Kind::Conflict,
        "The object is changed by others all the time",
    ))
}

/// Deletes the binding: pods stop getting tokens before the identity leaves their node.
///
/// It is read after the claim was marked: a binding that an `add` writes at the same time is found
/// here, or that `add` finds the mark. The claim is read after the binding: as long as it is the
/// one that was marked, the binding is not that of a later pod identity of the same name.
async fn delete_binding(client: &kube::Client, found: &Found, claim: &Identity) -> Result<()> {
    let name = format!("{}{}", found.name, crate::domain::name::BINDING_SUFFIX);
    for _ in 0..TRIES {
        let binding = pod_identity::get_binding(client, &found.namespace, &name).await?;
        let Some(binding) = binding.filter(|binding| binding.identity_name == found.name) else {
            return Ok(());
        };
        let now = pod_identity::get_identity(client, &found.namespace, &found.name).await?;
        if now.is_none_or(|now| now.uid != claim.uid) {
            return delete_orphan(client, found).await;
        }
        let expected = binding.expected();
        match pod_identity::delete_binding(client, &found.namespace, &name, &expected).await {
            Ok(_) => return Ok(()),
            Err(error) if error.is_conflict() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(contended())
}

/// Deletes the binding that was found, now that its claim is gone: one of the same name may be
/// that of a later pod identity.
async fn delete_orphan(client: &kube::Client, found: &Found) -> Result<()> {
    let Some(binding) = &found.binding else {
        return Ok(());
    };
    let (namespace, name) = (&binding.namespace, &binding.name);
    match pod_identity::delete_binding(client, namespace, name, &binding.expected()).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_conflict() => {
            let now = pod_identity::get_binding(client, namespace, name).await?;
            match now.filter(|now| now.uid == binding.uid) {
                Some(_) => Err(contended()),
                None => Ok(()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

fn contended() -> Error {
    Error::new(
        Kind::Conflict,
        "The binding was changed by others meanwhile",
    )
}

/// One line per change that [`run`] would make now.
///
/// # Errors
/// The scale sets may not be listed.
pub async fn preview(cluster: &Cluster, found: &Found, snapshot: &Snapshot) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    if let Some(binding) = &found.binding {
        let key = format!("{}/{}", binding.namespace, binding.name);
        lines.push(format!("delete AzureIdentityBinding {key}"));
    }
    for managed in snapshot
        .claim(&found.namespace, &found.name)
        .map(Claim::identities)
        .unwrap_or_default()
    {
        match claim::release(&snapshot.claims, &managed, &found.namespace, &found.name) {
            Release::HandOver {
                namespace,
                name,
                complete: false,
                ..
            } => {
                let heir = format!("{namespace}/{name}");
                lines.push(format!(
                    "hand the record of scale sets to AzureIdentity {heir}"
                ));
            }
            Release::HandOver { .. } => {}
            Release::Unassign(owned) => {
                let pools = unassign::holders(cluster, cluster.pools().await?, &owned).await?;
                let leaving = unassign::leaving(cluster, &managed, &owned, &pools);
                let sets = leaving.keys();
                lines.extend(sets.map(|set| format!("unassign from scale set {}", set.name())));
            }
        }
    }
    if found.identity.is_some() {
        lines.push(format!("delete AzureIdentity {}", found.key()));
    }
    Ok(lines)
}
