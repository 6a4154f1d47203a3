//! Reads the managed identities that pod identities refer to, and creates them when asked.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join_all, try_join_all};

use super::cluster::Cluster;
use crate::azure::user_assigned_identity::{self, Identity};
use crate::azure::{self, resource_group, subscription};
use crate::context::Context;
use crate::domain::pod_identity::PodIdentity;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};

/// The managed identities that were asked for.
#[derive(Debug, Clone, Default)]
pub struct Managed {
    /// Those that exist, by id.
    pub found: BTreeMap<ResourceId, Identity>,
    /// Those that do not exist and are to be created.
    pub absent: Vec<ResourceId>,
    /// Where each resource group of an absent one is.
    locations: BTreeMap<ResourceId, String>,
}

/// The managed identities of `wanted`; changes nothing.
///
/// One is read by itself; more are read by listing their resource groups, so that the number of
/// requests does not grow with the number of identities.
///
/// # Errors
/// One does not exist (and is not to be created, or cannot be), belongs to another tenant, or may
/// not be read.
pub async fn read(cluster: &Cluster, wanted: &[PodIdentity], create: bool) -> Result<Managed> {
    let ids: BTreeSet<ResourceId> = wanted.iter().map(|item| item.identity.clone()).collect();
    let mut managed = Managed::default();
    for identity in lookup(&cluster.azure, &ids).await? {
        managed.found.insert(identity.id.clone(), identity);
    }
    managed.absent = ids
        .into_iter()
        .filter(|id| !managed.found.contains_key(id))
        .collect();
    if !managed.absent.is_empty() && !create {
        let errors = managed.absent.iter().map(not_found).collect();
        return Err(Error::refusals(errors));
    }
    check_tenant(cluster, managed.found.values()).await?;
    managed.locations = check_creation(&cluster.azure, &managed.absent).await?;
    Ok(managed)
}

/// Those of `ids` that do not exist.
///
/// # Errors
/// One may not be read.
pub async fn deleted(
    cluster: &Cluster,
    ids: &BTreeSet<ResourceId>,
) -> Result<BTreeSet<ResourceId>> {
    if ids.is_empty() {
        return Ok(BTreeSet::new());
    }
    let found = lookup(&cluster.azure, ids).await?;
    let there = |id: &&ResourceId| found.iter().any(|identity| identity.id == **id);
    Ok(ids.iter().filter(|id| !there(id)).cloned().collect())
}

impl Managed {
    /// The identity `id`; one that is still to be created has no client id yet.
    #[must_use]
    pub fn get(&self, id: &ResourceId) -> Identity {
        self.found.get(id).cloned().unwrap_or_else(|| Identity {
            id: id.clone(),
            client_id: String::new(),
            principal_id: String::new(),
            tenant_id: String::new(),
            location: String::new(),
            tags: BTreeMap::new(),
        })
    }

    /// Creates the absent ones, each where its resource group is.
    ///
    /// # Errors
    /// A permission is missing.
    pub async fn create_absent(&mut self, context: &Context, cluster: &Cluster) -> Result<()> {
        for id in std::mem::take(&mut self.absent) {
            let group = id.parent();
            let location = group.and_then(|group| self.locations.get(&group));
            let location = location.map_or("", String::as_str);
            let identity = make(context, &cluster.azure, &id, location).await?;
            self.found.insert(id, identity);
        }
        Ok(())
    }
}

fn not_found(id: &ResourceId) -> Error {
    Error::new(
        Kind::NotFound,
        format!("Managed identity `{}` does not exist", id.name()),
    )
    .hint("check the id with `podid identity list`, or add --create-identity")
    .target(id.to_string())
}

/// The identities of `ids` that exist.
///
/// # Errors
/// They may not be read.
pub async fn lookup(azure: &azure::Client, ids: &BTreeSet<ResourceId>) -> Result<Vec<Identity>> {
    if ids.len() == 1 {
        return each(azure, ids).await;
    }
    let groups: BTreeSet<(String, String)> = ids
        .iter()
        .filter_map(|id| {
            Some((
                id.subscription().to_ascii_lowercase(),
                id.resource_group()?.to_ascii_lowercase(),
            ))
        })
        .collect();
    let lists = groups.iter().map(|(subscription, group)| async move {
        user_assigned_identity::list_by_group(azure, subscription, group).await
    });
    match try_join_all(lists).await {
        Ok(lists) => Ok(lists
            .into_iter()
            .flatten()
            .filter(|item| ids.contains(&item.id))
            .collect()),
        // Managed Identity Operator may be granted on each identity and not on the group.
        Err(error) if error.is_authorization() || error.is_not_found() => each(azure, ids).await,
        Err(error) => Err(error.into()),
    }
}

async fn each(azure: &azure::Client, ids: &BTreeSet<ResourceId>) -> Result<Vec<Identity>> {
    let reads = ids.iter().map(|id| async move {
        match user_assigned_identity::get(azure, id).await {
            Ok(identity) => Ok(Some(identity)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(Error::from(error)
                .context(format!(
                    "Managed identity `{}` could not be read",
                    id.name()
                ))
                .target(id.to_string())),
        }
    });
    Ok(try_join_all(reads).await?.into_iter().flatten().collect())
}

/// Refuses what cannot be created, before anything is: bad names and groups that do not exist.
async fn check_creation(
    azure: &azure::Client,
    absent: &[ResourceId],
) -> Result<BTreeMap<ResourceId, String>> {
    let mut refused = Vec::new();
    for id in absent {
        if let Err(reason) = user_assigned_identity::check_name(id.name()) {
            let message = format!("Managed identity `{}` cannot be created", id.name());
            let refusal = Error::usage(message).cause(reason).target(id.to_string());
            refused.push(refusal);
        }
    }
    let groups: BTreeSet<ResourceId> = absent.iter().filter_map(ResourceId::parent).collect();
    let reads = groups.into_iter().map(|group| async move {
        let name = group.name().to_owned();
        let location = resource_group::location(azure, group.subscription(), &name).await;
        (group, location)
    });
    let mut locations = BTreeMap::new();
    for (group, location) in join_all(reads).await {
        match location {
            Ok(location) => {
                locations.insert(group, location);
            }
            Err(error) if error.is_not_found() => refused.push(
                Error::new(
                    Kind::NotFound,
                    format!("Resource group `{}` does not exist", group.name()),
                )
                .cause("a managed identity is to be created in it")
                .hint("create it first with `az group create`, or check the identity's resource id")
                .target(group.to_string()),
            ),
            Err(error) => {
                let what = format!("Resource group `{}` could not be read", group.name());
                return Err(Error::from(error).context(what).target(group.to_string()));
            }
        }
    }
    if refused.is_empty() {
        Ok(locations)
    } else {
        Err(Error::refusals(refused))
    }
}

async fn make(
    context: &Context,
    azure: &azure::Client,
    id: &ResourceId,
    location: &str,
) -> Result<Identity> {
    let identity = user_assigned_identity::create(azure, id, location, &BTreeMap::new())
        .await
        .map_err(|error| {
            Error::from(error)
                .context(format!("Managed identity `{}` was not created", id.name()))
                .target(id.to_string())
        })?;
    context.ui.status(&format!(
        "Created managed identity `{}` in {location}",
        id.name()
    ));
    Ok(identity)
}

/// IMDS only gives tokens of the cluster's own tenant.
async fn check_tenant(
    cluster: &Cluster,
    identities: impl Iterator<Item = &Identity>,
) -> Result<()> {
    let identities: Vec<&Identity> = identities.collect();
    let token = cluster.azure.principal().await?.tenant_id;
    let of = |tenant: &str| {
        let own = |identity: &&Identity| identity.tenant_id.eq_ignore_ascii_case(tenant);
        identities.iter().all(own)
    };
    let tenant = match cluster.managed.tenant_id() {
        Some(tenant) => tenant.to_owned(),
        None if of(&token) => return Ok(()),
        // Whoever signs in to another tenant with delegated rights has a token of that tenant.
        None => {
            let subscription = subscription::get(&cluster.azure, cluster.id.subscription()).await?;
            subscription.tenant_id.unwrap_or(token)
        }
    };
    let foreign: Vec<Error> = identities
        .iter()
        .filter(|identity| !identity.tenant_id.eq_ignore_ascii_case(&tenant))
        .map(|identity| {
            Error::usage(format!(
                "Managed identity `{}` belongs to another tenant",
                identity.id.name()
            ))
            .cause(format!(
                "its tenant is {}, the cluster's is {tenant}",
                identity.tenant_id
            ))
            .hint("use an identity of the cluster's tenant")
            .target(identity.id.to_string())
        })
        .collect();
    if foreign.is_empty() {
        Ok(())
    } else {
        Err(Error::refusals(foreign))
    }
}
