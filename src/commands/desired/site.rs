//! A cluster that a file names: how it is reached, and what it holds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::commands::add::direct::check_cluster;
use crate::commands::arguments::{KubernetesArgs, Via};
use crate::commands::change::claims::{self, Snapshot};
use crate::commands::change::cluster::{self, Cluster, Pool, Way};
use crate::context::Context;
use crate::domain::assignment::Unsuitable;
use crate::domain::change_plan::Kind as ObjectKind;
use crate::domain::change_plan::direct::{self, Object, Owner, World};
use crate::domain::file::{self, WantedCluster};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};
use crate::k8s;
use crate::k8s::pod_identity::{
    self, AKS_MANAGED_BY_LABEL, Binding, Exception, Identity, IdentityKind, MANAGED_BY_LABEL,
};

/// A cluster that is reached.
#[derive(Clone)]
pub struct Site {
    /// What it is to hold.
    pub wanted: WantedCluster,
    /// `resource group/name`.
    pub label: String,
    /// The cluster.
    pub cluster: Cluster,
    /// Who changes it.
    pub way: Way,
    /// Its Kubernetes API; none where the add-on changes it.
    pub connection: Option<k8s::Connection>,
}

/// What a cluster holds, when podid itself changes it.
#[derive(Debug, Clone)]
pub struct Held {
    /// The claims.
    pub snapshot: Snapshot,
    /// The bindings.
    pub bindings: Vec<Binding>,
    /// The exceptions.
    pub exceptions: Vec<Exception>,
    /// The node pools.
    pub pools: Vec<Pool>,
}

/// The resource id of the cluster, in the usual subscription when the file names none.
///
/// # Errors
/// No subscription is known, or the id is refused.
pub async fn id(context: &Context, wanted: &WantedCluster) -> Result<ResourceId> {
    let key = &wanted.key;
    let subscription = match &key.subscription {
        Some(id) => id,
        None => context.subscription().await?,
    };
    let id = ResourceId::managed_cluster(subscription, &key.resource_group, &key.name)?;
    Ok(id)
}

/// Reaches the cluster. `several` says whether the file names more than one.
///
/// # Errors
/// It does not exist, cannot be reached, or cannot be changed the way the file says.
pub async fn reach(
    context: &Context,
    wanted: &WantedCluster,
    kubernetes: &KubernetesArgs,
    several: bool,
) -> Result<Site> {
    let key = &wanted.key;
    let id = id(context, wanted).await?;
    let mut cluster = cluster::read_at(context, id).await?;
    cluster.chosen_pools.clone_from(&wanted.pools);
    let way = way(&cluster, wanted)?;
    let connection = match way {
        Way::Aks => None,
        Way::Direct => {
            let arguments = arguments(wanted, kubernetes, several);
            Some(cluster::connect_to(context, &cluster, &arguments).await?)
        }
    };
    Ok(Site {
        wanted: wanted.clone(),
        label: format!("{}/{}", key.resource_group, key.name),
        cluster,
        way,
        connection,
    })
}

/// Who changes the cluster: as the file says, else the add-on when it is on or asked for.
fn way(cluster: &Cluster, wanted: &WantedCluster) -> Result<Way> {
    let name = cluster.id.name();
    let way = match wanted.via {
        file::Way::Direct => cluster.way(Via::Direct)?,
        // The file may turn it on.
        file::Way::Aks => Way::Aks,
        file::Way::Auto if wanted.enabled.is_some() => Way::Aks,
        file::Way::Auto => cluster.way(Via::Auto)?,
    };
    let direct_only = [
        ("bindings", !wanted.bindings.is_empty()),
        ("pools", wanted.pools.is_some()),
    ];
    let refused = direct_only.iter().find(|(_, there)| *there);
    if let (Way::Aks, Some((key, _))) = (way, refused) {
        return Err(Error::usage(format!(
            "Cluster `{name}` is changed through its pod identity add-on, which knows no `{key}`"
        ))
        .hint(format!("leave `{key}` of this cluster out of the file"))
        .target(cluster.id.to_string()));
    }
    Ok(way)
}

/// A kubeconfig has one current context: with several clusters each names its own, or its
/// credentials come from Azure.
fn arguments(wanted: &WantedCluster, given: &KubernetesArgs, several: bool) -> KubernetesArgs {
    let mut arguments = given.clone();
    if let Some(context) = &wanted.kube_context {
        arguments.context = Some(context.clone());
        arguments.kubeconfig_from_azure = false;
        arguments.admin = false;
    } else if several && !arguments.admin {
        arguments.kubeconfig_from_azure = true;
    }
    arguments
}

impl Site {
    /// The client of its Kubernetes API.
    ///
    /// # Errors
    /// The add-on changes this cluster.
    pub fn client(&self) -> Result<&kube::Client> {
        let connection = self.connection.as_ref();
        connection
            .map(|connection| &connection.client)
            .ok_or_else(|| {
                Error::usage(format!(
                    "Cluster `{}` is changed through its pod identity add-on",
                    self.cluster.id.name()
                ))
            })
    }

    /// Reads what the cluster holds.
    ///
    /// # Errors
    /// The CRDs or namespaces are missing, or it may not be read.
    pub async fn read(&self, context: &Context) -> Result<Held> {
        let client = self.client()?;
        let namespaces = self.namespaces();
        let (pools, snapshot, bindings, exceptions, warning) = tokio::try_join!(
            self.cluster.pools(),
            claims::snapshot(client),
            async { Ok(pod_identity::list_bindings(client, None).await?) },
            async { Ok(pod_identity::list_exceptions(client, None).await?) },
            check_cluster(client, &namespaces),
        )?;
        snapshot.check_records(&self.wanted.identities())?;
        self.check_pools(context, &pools)?;
        if let Some(text) = warning {
            context
                .ui
                .warn(&format!("cluster `{}`: {text}", self.label));
        }
        Ok(Held {
            snapshot,
            bindings,
            exceptions,
            pools,
        })
    }

    /// Refuses pools that do not exist or cannot hold identities.
    fn check_pools(&self, context: &Context, pools: &[Pool]) -> Result<()> {
        if let Some(names) = &self.wanted.pools {
            let names: Vec<String> = names.iter().cloned().collect();
            self.cluster.check_pool_names(pools, &names)?;
            let mut chosen = pools.iter().filter(|pool| names.contains(&pool.name));
            let unsuitable = chosen.find_map(|pool| Some((pool, pool.unsuitable?)));
            if let Some((pool, reason)) = unsuitable {
                return Err(Error::usage(format!(
                    "Node pool `{}` of cluster `{}` cannot hold identities: {reason}",
                    pool.name, self.label
                ))
                .hint("leave it out of `pools.include`"));
            }
        }
        self.cluster.check_usable(context, pools)
    }

    fn namespaces(&self) -> Vec<String> {
        let wanted = &self.wanted;
        let identities = wanted.pod_identities.iter().map(|item| &item.namespace);
        let bindings = wanted.bindings.iter().map(|item| &item.namespace);
        let exceptions = wanted.exceptions.iter().map(|item| &item.namespace);
        let all: BTreeSet<String> = identities
            .chain(bindings)
            .chain(exceptions)
            .map(ToString::to_string)
            .collect();
        all.into_iter().collect()
    }
}

/// Who keeps an object, by its labels.
#[must_use]
pub fn owner(labels: &BTreeMap<String, String>) -> Owner {
    let is = |key: &str, value: &str| labels.get(key).is_some_and(|found| found == value);
    if is(AKS_MANAGED_BY_LABEL, "aks") {
        Owner::AddOn
    } else if is(MANAGED_BY_LABEL, "podid") {
        Owner::Podid
    } else {
        Owner::Other
    }
}

impl Held {
    /// The same in the words of the plan.
    #[must_use]
    pub fn world(&self, cluster: &Cluster, client_ids: BTreeMap<ResourceId, String>) -> World {
        let identities = self
            .snapshot
            .identities
            .iter()
            .filter(|item| item.kind == IdentityKind::ManagedIdentity)
            .map(identity);
        let bindings = self.bindings.iter().map(binding);
        let exceptions = self.exceptions.iter().map(exception);
        let pools = self.pools.iter().filter_map(|pool| {
            // A pool that the file does not name is still left by what goes.
            let set = pool.scale_set.as_ref()?;
            // One from before its managed identity was made again gives no tokens.
            let is_stale = |id: &ResourceId| {
                let client_id = client_ids.get(id);
                client_id.is_some_and(|client_id| set.is_stale(id, client_id))
            };
            let held = set.identity.user_assigned.keys();
            let held = held.filter(|id| !is_stale(id)).cloned().collect();
            let name = pool.name.clone();
            let suitable = matches!(pool.unsuitable, None | Some(Unsuitable::NotChosen));
            suitable.then(|| (set.id.clone(), direct::Pool { name, held }))
        });
        let held: BTreeSet<&ResourceId> = self
            .pools
            .iter()
            .filter_map(|pool| pool.scale_set.as_ref())
            .flat_map(|set| set.identity.user_assigned.keys())
            .collect();
        let own = held
            .into_iter()
            .filter(|id| cluster.is_own_identity(id))
            .cloned()
            .collect();
        World {
            objects: identities.chain(bindings).chain(exceptions).collect(),
            claims: self.snapshot.claims.clone(),
            pools: pools.collect(),
            own,
            client_ids,
        }
    }
}

fn identity(item: &Identity) -> Object {
    Object {
        kind: ObjectKind::AzureIdentity,
        namespace: item.namespace.clone(),
        name: item.name.clone(),
        owner: owner(&item.labels),
        spec: json!({"resourceID": item.resource_id, "clientID": text(&item.client_id)}),
        version: item.resource_version.clone(),
    }
}

fn binding(item: &Binding) -> Object {
    Object {
        kind: ObjectKind::AzureIdentityBinding,
        namespace: item.namespace.clone(),
        name: item.name.clone(),
        owner: owner(&item.labels),
        spec: json!({"azureIdentity": item.identity_name, "selector": item.selector}),
        version: item.resource_version.clone(),
    }
}

fn exception(item: &Exception) -> Object {
    Object {
        kind: ObjectKind::AzurePodIdentityException,
        namespace: item.namespace.clone(),
        name: item.name.clone(),
        owner: owner(&item.labels),
        spec: json!({"podLabels": item.pod_labels}),
        version: item.resource_version.clone(),
    }
}

fn text(value: &str) -> Value {
    if value.is_empty() {
        Value::Null
    } else {
        json!(value)
    }
}
