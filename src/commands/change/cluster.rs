//! The cluster as a command sees it: ARM's view, the node pools, the Kubernetes API.

mod pools;
mod way;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::azure::managed_cluster::{self, ManagedCluster};
use crate::azure::scale_set::{self, ScaleSet};
use crate::azure::{self};
use crate::commands::arguments::{ClusterArgs, KubernetesArgs};
use crate::context::Context;
use crate::domain::assignment::{self, Unsuitable};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s;

pub use way::{Reached, Way, reach, reach_to_read};

/// A cluster as Azure knows it.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The signed-in client.
    pub azure: azure::Client,
    /// The cluster's id.
    pub id: ResourceId,
    /// What ARM says about it.
    pub managed: ManagedCluster,
    /// The node pools that are to get identities; all that can when none are named.
    pub chosen_pools: Option<BTreeSet<String>>,
}

/// A node pool with its scale set, or the reason why it cannot hold identities.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Name of the pool.
    pub name: String,
    /// `System` or `User`.
    pub mode: String,
    /// `Linux` or `Windows`.
    pub os_type: String,
    /// ARM's pool type.
    pub pool_type: String,
    /// The scale set, if it was found.
    pub scale_set: Option<ScaleSet>,
    /// Why the pool cannot hold identities, if so.
    pub unsuitable: Option<Unsuitable>,
}

impl Pool {
    /// A scale set of the cluster that belongs to no node pool any more.
    #[must_use]
    pub fn stray(set: ScaleSet) -> Self {
        Pool {
            name: set.pool_name().unwrap_or(&set.name).to_owned(),
            mode: String::new(),
            os_type: String::new(),
            pool_type: String::new(),
            scale_set: Some(set),
            unsuitable: None,
        }
    }

    /// The scale set of a pool that can hold identities.
    #[must_use]
    pub fn target(&self) -> Option<&ScaleSet> {
        if self.unsuitable.is_some() {
            None
        } else {
            self.scale_set.as_ref()
        }
    }
}

/// Reads the cluster and connects to its Kubernetes API, side by side.
///
/// # Errors
/// The cluster is not found, a sign-in is missing, or the kubeconfig belongs to another cluster.
pub async fn read_both(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
) -> Result<(Cluster, k8s::Connection)> {
    if kubernetes.admin || kubernetes.kubeconfig_from_azure {
        let cluster = read(context, cluster).await?;
        let connection = connect_to(context, &cluster, kubernetes).await?;
        return Ok((cluster, connection));
    }
    let (cluster, connection) =
        tokio::try_join!(read(context, cluster), connect(context, kubernetes, None))?;
    check_server(&cluster, &connection, kubernetes)?;
    Ok((cluster, connection))
}

/// Connects to the Kubernetes API of a cluster that was read; the add-on's way needs none.
///
/// # Errors
/// A sign-in is missing, or the kubeconfig belongs to another cluster.
pub async fn connect_to(
    context: &Context,
    cluster: &Cluster,
    kubernetes: &KubernetesArgs,
) -> Result<k8s::Connection> {
    if kubernetes.admin || kubernetes.kubeconfig_from_azure {
        return connect_through_azure(context, kubernetes, cluster).await;
    }
    let connection = connect(context, kubernetes, None).await?;
    check_server(cluster, &connection, kubernetes)?;
    Ok(connection)
}

/// Reads the cluster.
///
/// # Errors
/// The cluster is not found, or may not be read.
pub async fn read(context: &Context, args: &ClusterArgs) -> Result<Cluster> {
    read_at(context, args.id(context).await?).await
}

/// Reads the cluster of this id.
///
/// # Errors
/// The cluster is not found, or may not be read.
pub async fn read_at(context: &Context, id: ResourceId) -> Result<Cluster> {
    let azure = context.azure().await?.clone();
    let managed = managed_cluster::get(&azure, &id)
        .await
        .map_err(|error| unreadable(error, &id))?;
    Ok(Cluster {
        azure,
        id,
        managed,
        chosen_pools: None,
    })
}

fn unreadable(error: azure::Error, id: &ResourceId) -> Error {
    let name = id.name();
    if error.has_code("ResourceNotFound") {
        let group = id.resource_group().unwrap_or_default();
        return Error::new(
            Kind::NotFound,
            format!("There is no cluster `{name}` in resource group `{group}`"),
        )
        .hint("check --cluster-name, --resource-group and --subscription")
        .target(id.to_string());
    }
    Error::from(error)
        .context(format!("Cluster `{name}` could not be read"))
        .target(id.to_string())
}

async fn connect(
    context: &Context,
    args: &KubernetesArgs,
    kubeconfig_yaml: Option<Vec<u8>>,
) -> Result<k8s::Connection> {
    let options = k8s::ConnectOptions {
        kubeconfig: args.kubeconfig.clone(),
        context: args.context.clone(),
        kubeconfig_yaml,
        timeout: Some(context.timeout()),
        ..k8s::ConnectOptions::default()
    };
    Ok(k8s::connect(&options).await?)
}

/// Connects before it is known whether the server is the cluster's, for reads that are thrown away
/// when it is not; nothing where a connection needs Azure, or a program that signs in.
pub async fn connect_early(context: &Context, args: &KubernetesArgs) -> Option<k8s::Connection> {
    if args.admin || args.kubeconfig_from_azure {
        return None;
    }
    let options = k8s::ConnectOptions {
        kubeconfig: args.kubeconfig.clone(),
        context: args.context.clone(),
        timeout: Some(context.timeout()),
        without_plugin: true,
        ..k8s::ConnectOptions::default()
    };
    // Whoever needs the connection tries again, and tells what is wrong.
    k8s::connect(&options).await.ok()
}

async fn connect_through_azure(
    context: &Context,
    args: &KubernetesArgs,
    cluster: &Cluster,
) -> Result<k8s::Connection> {
    let kubeconfig = if args.admin {
        managed_cluster::admin_kubeconfig(&cluster.azure, &cluster.id).await?
    } else {
        managed_cluster::user_kubeconfig(&cluster.azure, &cluster.id).await?
    };
    connect(context, args, Some(kubeconfig)).await
}

/// Refuses a kubeconfig of another cluster: objects would go to one and identities to the other.
///
/// # Errors
/// The server is none of the cluster's.
pub fn check_server(
    cluster: &Cluster,
    connection: &k8s::Connection,
    args: &KubernetesArgs,
) -> Result<()> {
    let known: Vec<String> = cluster
        .managed
        .server_names()
        .into_iter()
        .map(str::to_owned)
        .collect();
    if args.force_context || k8s::auth::same_cluster(&connection.server, &known) {
        return Ok(());
    }
    let place = connection
        .context_name
        .as_deref()
        .map_or_else(String::new, |name| format!(" of context `{name}`"));
    Err(Error::usage(format!(
        "The kubeconfig{place} is not of cluster `{}`",
        cluster.id.name()
    ))
    .cause(format!(
        "its server is {}, the cluster's is {}",
        connection.server,
        known.join(" or ")
    ))
    .hint(
        "choose another --context, use --kubeconfig-from-azure, or --force-context if you are sure",
    )
    .target("--context"))
}

impl Cluster {
    /// `-g GROUP --cluster-name NAME`, for commands in hints.
    #[must_use]
    pub fn flags(&self) -> String {
        format!("-g {} --cluster-name {}", self.group(), self.id.name())
    }

    /// Whether `identity` is the cluster's own: the kubelet's, the control plane's or an add-on's.
    ///
    /// Taking one of these off a scale set would cut the nodes from their registry and disks.
    #[must_use]
    pub fn is_own_identity(&self, identity: &ResourceId) -> bool {
        let control_plane = self
            .managed
            .raw
            .pointer("/identity/userAssignedIdentities")
            .and_then(Value::as_object);
        let mut own: Vec<ResourceId> = control_plane
            .into_iter()
            .flatten()
            .filter_map(|(id, _)| id.parse().ok())
            .collect();
        own.extend(
            self.managed
                .kubelet_identity()
                .map(|kubelet| kubelet.resource_id),
        );
        own.extend(self.managed.add_on_identities());
        own.contains(identity)
    }

    /// The id of the node resource group.
    ///
    /// # Errors
    /// Its name is not a valid resource group name.
    pub fn node_resource_group(&self) -> Result<ResourceId> {
        let subscription = self.id.subscription();
        Ok(ResourceId::resource_group_id(
            subscription,
            self.node_group_name()?,
        )?)
    }

    fn node_group_name(&self) -> Result<&str> {
        self.managed.node_resource_group().ok_or_else(|| {
            Error::new(
                Kind::Failed,
                format!("Cluster `{}` names no node resource group", self.id.name()),
            )
            .cause("it is still being created, or its creation failed")
        })
    }

    /// The node pools with their scale sets; one list request.
    ///
    /// # Errors
    /// The scale sets may not be listed.
    pub async fn pools(&self) -> Result<Vec<Pool>> {
        let subscription = self.id.subscription();
        let group = self.node_group_name()?;
        let listed = scale_set::list(&self.azure, subscription, group).await;
        let mut sets = listed.map_err(|error| {
            Error::from(error).context(format!(
                "The scale sets in resource group `{group}` could not be listed"
            ))
        })?;
        // One that is being deleted belongs to a pool that is going or to one that was replaced.
        sets.retain(|set| !set.is_deleting());
        let pools = self.managed.agent_pools().into_iter().map(|pool| {
            let found = sets
                .iter()
                .find(|set| set.pool_name() == Some(pool.name.as_str()))
                .cloned();
            let chosen = self.chosen_pools.as_ref();
            let unsuitable = assignment::suitable(&pool.os_type, &pool.pool_type)
                .err()
                .or(found.is_none().then_some(Unsuitable::NoScaleSet))
                .or(chosen
                    .is_some_and(|names| !names.contains(&pool.name))
                    .then_some(Unsuitable::NotChosen));
            Pool {
                name: pool.name,
                mode: pool.mode,
                os_type: pool.os_type,
                pool_type: pool.pool_type,
                scale_set: found,
                unsuitable,
            }
        });
        Ok(pools.collect())
    }

    /// Like [`Cluster::pools`], once no operation is under way on a scale set that can hold
    /// identities: until then what it holds may be what it held before or will hold after.
    ///
    /// # Errors
    /// As [`Cluster::pools`], or an operation goes on for longer than podid may wait.
    pub async fn settled_pools(&self, context: &Context) -> Result<Vec<Pool>> {
        let deadline = Instant::now() + context.timeout();
        let mut pause = Duration::from_millis(250);
        loop {
            let pools = self.pools().await?;
            let busy = |pool: &&Pool| pool.target().is_some_and(|set| !set.is_settled());
            let Some(pool) = pools.iter().find(busy) else {
                return Ok(pools);
            };
            if Instant::now() + pause > deadline {
                return Err(Error::new(
                    Kind::Pending,
                    format!("Node pool `{}` is still being changed by others", pool.name),
                )
                .hint("run the same command again, or use a longer --timeout"));
            }
            if pause < Duration::from_millis(500) {
                context.ui.status(&format!(
                    "Waiting for another change of node pool `{}`",
                    pool.name
                ));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(4));
        }
    }
}

impl Cluster {
    /// The resource group of the cluster.
    #[must_use]
    pub fn group(&self) -> &str {
        self.id.resource_group().unwrap_or_default()
    }
}
