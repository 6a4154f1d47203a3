//! Which way a cluster is changed, and what that way needs.

use super::{Cluster, connect_to, read, read_both};
use crate::commands::arguments::{ClusterArgs, KubernetesArgs, Via};
use crate::commands::change::aks;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::k8s;

/// Who changes a cluster, once it is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// podid itself: scale sets and Kubernetes objects.
    Direct,
    /// The add-on: `podIdentityProfile`.
    Aks,
}

impl Way {
    /// The word of `--via` and of results.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Direct => "direct",
            Way::Aks => "aks",
        }
    }
}

/// A cluster, and what the way of changing it needs beside it.
pub enum Reached {
    /// The add-on changes it: nothing more.
    Aks(Cluster),
    /// podid itself changes it: the Kubernetes API.
    Direct(Cluster, Box<k8s::Connection>),
}

/// Reads the cluster, decides on the way, and connects to Kubernetes only when that way needs it.
///
/// # Errors
/// As [`read_both`], or the way does not fit the cluster.
pub async fn reach(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
    via: Via,
) -> Result<Reached> {
    if via == Via::Direct {
        let (cluster, connection) = read_both(context, cluster, kubernetes).await?;
        cluster.way(via)?;
        return Ok(Reached::Direct(cluster, Box::new(connection)));
    }
    let cluster = read(context, cluster).await?;
    Ok(match cluster.way(via)? {
        Way::Aks => Reached::Aks(cluster),
        Way::Direct => {
            let connection = connect_to(context, &cluster, kubernetes).await?;
            Reached::Direct(cluster, Box::new(connection))
        }
    })
}

/// Like [`reach`] for commands that only read: nothing keeps them from looking.
///
/// # Errors
/// As [`read_both`].
pub async fn reach_to_read(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
) -> Result<Reached> {
    let cluster = read(context, cluster).await?;
    if cluster.managed.pod_identity_enabled() {
        return Ok(Reached::Aks(cluster));
    }
    let connection = connect_to(context, &cluster, kubernetes).await?;
    Ok(Reached::Direct(cluster, Box::new(connection)))
}

impl Cluster {
    /// The way the cluster is changed: the one that was asked for, or the one that fits.
    ///
    /// # Errors
    /// The way that was asked for does not fit.
    pub fn way(&self, via: Via) -> Result<Way> {
        match (via, self.managed.pod_identity_enabled()) {
            (Via::Auto | Via::Aks, true) => Ok(Way::Aks),
            (Via::Aks, false) => Err(aks::off(self)),
            (Via::Auto | Via::Direct, _) => self.check_direct().map(|()| Way::Direct),
        }
    }

    /// Refuses to change itself what the add-on changes.
    ///
    /// # Errors
    /// The add-on owns pod identity here.
    pub fn check_direct(&self) -> Result<()> {
        let name = self.id.name();
        if self.managed.pod_identity_enabled() {
            return Err(
                Error::usage(format!("Cluster `{name}` uses the pod identity add-on"))
                    .cause("the AKS resource provider would undo changes that podid makes itself")
                    .hint("change it through the add-on, with `podid add` and `podid remove` without --via direct")
                    .target("--via"),
            );
        }
        Ok(())
    }

    /// Refuses a cluster whose scale sets podid cannot change.
    ///
    /// # Errors
    /// The node resource group is locked.
    pub fn check_unlocked(&self) -> Result<()> {
        if self.managed.is_locked() {
            return Err(self.locked());
        }
        Ok(())
    }

    /// The refusal of a locked node resource group.
    #[must_use]
    pub fn locked(&self) -> Error {
        let name = self.id.name();
        Error::usage(format!("The node resource group of cluster `{name}` is locked"))
            .cause("its restriction level is ReadOnly: a deny assignment forbids changes of its scale sets")
            .hint("pod identity cannot run on this cluster; use Entra Workload ID")
            .target(self.managed.node_resource_group().unwrap_or_default())
    }

    /// Refuses changes of single node pools where only the add-on may make them.
    ///
    /// # Errors
    /// As [`Cluster::check_direct`], or the add-on's way was asked for.
    pub fn check_single_pools(&self, via: Via) -> Result<()> {
        if via == Via::Aks {
            return Err(
                Error::usage("The add-on assigns identities to every node pool itself")
                    .hint("use `podid add --via aks`")
                    .target("--via"),
            );
        }
        self.check_direct()
    }

    /// Says which way the change is made and why, right before it is.
    pub fn announce(&self, context: &Context, way: Way) {
        let name = self.id.name();
        context.ui.status(&match way {
            Way::Direct => {
                format!("Changing cluster `{name}` directly (scale sets and Kubernetes objects)")
            }
            Way::Aks => format!(
                "Changing cluster `{name}` through its pod identity add-on (podIdentityProfile is enabled)"
            ),
        });
    }
}
