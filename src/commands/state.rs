//! The state of each pod identity: what Kubernetes, ARM and the scale sets say, joined; on a
//! cluster whose add-on is on, what its profile says.

mod early;
mod profile;

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::arguments::{ClusterArgs, KubernetesArgs};
use super::change::claims;
use super::change::cluster::{self, Cluster, Pool, Way};
use crate::azure::user_assigned_identity::{self, Identity as ManagedIdentity};
use crate::context::Context;
use crate::domain::profile::ItemError;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};
use crate::k8s::pod_identity::{Binding, Identity, IdentityKind};
use crate::output::table::Table;

/// What `list` and `show` read.
#[derive(Debug)]
pub struct View {
    /// The cluster.
    pub cluster: Cluster,
    /// Its pod identities, by namespace and name.
    pub states: Vec<State>,
}

/// One pod identity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// Name of the `AzureIdentity`.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The selectors of its bindings.
    pub binding_selectors: Vec<String>,
    /// The managed identity or service principal.
    pub identity: IdentityState,
    /// Each node pool that can hold identities; not looked at when the add-on sees to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<PoolState>>,
    /// The sum of it.
    pub state: Summary,
    /// Why the add-on failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ItemError>,
    /// When the object was made.
    pub created: Option<Timestamp>,
    /// Who sees to it: `direct` or `aks`.
    pub via: &'static str,
}

/// The managed identity of a pod identity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityState {
    /// ARM resource id.
    pub resource_id: String,
    /// Client id.
    pub client_id: String,
}

/// A node pool.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolState {
    /// Name of the pool.
    pub name: String,
    /// Whether its scale set holds the identity.
    pub assigned: bool,
    /// Whether podid put it there.
    pub assigned_by_podid: bool,
}

/// The sum of what is known about a pod identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Summary {
    /// Every node pool holds the identity and a binding gives it to pods.
    Assigned,
    /// Some node pools hold it.
    Partial,
    /// No node pool holds it.
    NotAssigned,
    /// A removal is under way or was cut short.
    Removing,
    /// No binding gives it to pods.
    NoBinding,
    /// The managed identity was deleted, or deleted and made again.
    Stale,
    /// The record of what podid assigned was edited into something that cannot be read.
    BrokenRecord,
    /// A service principal: nothing to assign.
    ServicePrincipal,
    /// The add-on is putting it on the scale sets.
    Updating,
    /// The add-on is taking it away.
    Deleting,
    /// The add-on gave up; the error says why.
    Failed,
    /// The add-on's operation was cancelled.
    Canceled,
    /// The add-on says nothing podid knows.
    Unknown,
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Reads and joins everything.
///
/// # Errors
/// A part could not be read: a failed read is never shown as a state.
pub async fn read(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
) -> Result<View> {
    let reading = Box::pin(cluster::read(context, cluster));
    let (cluster, objects) = early::beside(reading, early::objects(context, kubernetes)).await?;
    if cluster.managed.pod_identity_enabled() {
        // The add-on's way needs no Kubernetes: whatever was asked there is given up.
        let states = profile::states(&cluster);
        return Ok(View { cluster, states });
    }
    let (pools, (identities, bindings)) = tokio::try_join!(
        cluster.pools(),
        early::checked(context, &cluster, kubernetes, objects)
    )?;
    let known = existing(&cluster, &identities).await?;
    let mut states = identities
        .iter()
        .map(|identity| join(identity, &bindings, &pools, &known))
        .collect::<Vec<_>>();
    states.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    Ok(View { cluster, states })
}

/// The managed identities there are, by subscription and resource group in lower case. A group that
/// may not be read is left out.
type Known = BTreeMap<(String, String), Vec<ManagedIdentity>>;

fn group_of(id: &ResourceId) -> (String, String) {
    let group = id.resource_group().unwrap_or_default();
    (
        id.subscription().to_ascii_lowercase(),
        group.to_ascii_lowercase(),
    )
}

/// Lists the managed identities of every resource group that pod identities refer to.
async fn existing(cluster: &Cluster, identities: &[Identity]) -> Result<Known> {
    let ids = identities
        .iter()
        .filter_map(|identity| identity.resource_id.parse().ok());
    let groups: BTreeSet<(String, String)> = ids.map(|id: ResourceId| group_of(&id)).collect();
    let lists = groups.into_iter().map(|(subscription, group)| async move {
        let listed =
            user_assigned_identity::list_by_group(&cluster.azure, &subscription, &group).await;
        match listed {
            Ok(found) => Ok(Some(((subscription, group), found))),
            Err(error) if error.is_not_found() => Ok(Some(((subscription, group), Vec::new()))),
            Err(error) if error.is_authorization() && !error.is_sign_in() => Ok(None),
            Err(error) => Err(Error::from(error).context(format!(
                "The managed identities in resource group `{group}` could not be listed"
            ))),
        }
    });
    Ok(try_join_all(lists).await?.into_iter().flatten().collect())
}

/// Whether the managed identity was deleted, or made again with another client id.
fn is_gone(id: &ResourceId, client_id: &str, known: &Known) -> bool {
    known.get(&group_of(id)).is_some_and(|there| {
        !there
            .iter()
            .any(|one| one.id == *id && one.client_id.eq_ignore_ascii_case(client_id))
    })
}

fn join(identity: &Identity, bindings: &[Binding], pools: &[Pool], known: &Known) -> State {
    let own = bindings.iter().filter(|binding| {
        binding.namespace == identity.namespace && binding.identity_name == identity.name
    });
    let selectors: Vec<String> = own.map(|binding| binding.selector.clone()).collect();
    let recorded = claims::recorded(identity);
    let broken = recorded.is_err();
    let managed = identity.resource_id.parse::<ResourceId>().ok();
    let recorded = recorded.unwrap_or_default();
    let recorded = managed.as_ref().and_then(|id| recorded.get(id));
    let mut stale = managed
        .as_ref()
        .is_some_and(|id| is_gone(id, &identity.client_id, known));
    let mut states = Vec::new();
    for pool in pools {
        let Some(set) = pool.target() else { continue };
        let assigned = managed.as_ref().is_some_and(|id| set.holds(id));
        // After a deletion ARM shows no client id; after a recreation another one.
        stale |= managed
            .as_ref()
            .is_some_and(|id| set.is_stale(id, &identity.client_id));
        states.push(PoolState {
            name: pool.name.clone(),
            assigned,
            assigned_by_podid: assigned && recorded.is_some_and(|sets| sets.contains(&set.id)),
        });
    }
    let assigned = states.iter().filter(|pool| pool.assigned).count();
    let summary = if identity.releasing_until().is_some() || identity.deleting {
        Summary::Removing
    } else if identity.kind != IdentityKind::ManagedIdentity {
        Summary::ServicePrincipal
    } else if broken {
        Summary::BrokenRecord
    } else if stale {
        Summary::Stale
    } else if assigned == 0 {
        Summary::NotAssigned
    } else if assigned < states.len() {
        Summary::Partial
    } else if selectors.is_empty() {
        Summary::NoBinding
    } else {
        Summary::Assigned
    };
    State {
        name: identity.name.clone(),
        namespace: identity.namespace.clone(),
        binding_selectors: selectors,
        identity: IdentityState {
            resource_id: identity.resource_id.clone(),
            client_id: identity.client_id.clone(),
        },
        pools: Some(states),
        state: summary,
        error: None,
        created: identity.created,
        via: Way::Direct.as_str(),
    }
}

/// The states as a table.
#[must_use]
pub fn table(states: &[State]) -> Table {
    let mut table = Table::new(&[
        "NAMESPACE",
        "NAME",
        "SELECTOR",
        "IDENTITY",
        "POOLS",
        "STATE",
        "AGE",
    ]);
    for item in states {
        let name = item
            .identity
            .resource_id
            .rsplit('/')
            .next()
            .unwrap_or_default();
        table.row([
            item.namespace.clone(),
            item.name.clone(),
            item.binding_selectors.join(","),
            name.to_owned(),
            match &item.pools {
                Some(pools) if item.state != Summary::ServicePrincipal => {
                    let assigned = pools.iter().filter(|pool| pool.assigned).count();
                    format!("{assigned}/{}", pools.len())
                }
                _ => "-".to_owned(),
            },
            item.state.to_string(),
            item.created.map(age).unwrap_or_default(),
        ]);
    }
    table
}

/// An age as kubectl shows it: the two largest units at most.
fn age(created: Timestamp) -> String {
    let seconds = Timestamp::now()
        .duration_since(created)
        .max(SignedDuration::ZERO)
        .as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}
