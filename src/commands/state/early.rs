//! Asks Kubernetes while Azure still answers.
//!
//! Which server is the cluster's, and whether Kubernetes is needed at all, is known only once Azure
//! has answered. The lists are read meanwhile and thrown away when they turn out to be of another
//! cluster: reading harms nobody, and the two services take about as long.

use std::future::Future;
use std::pin::{Pin, pin};

use crate::commands::arguments::KubernetesArgs;
use crate::commands::change::cluster::{self, Cluster};
use crate::context::Context;
use crate::error::Result;
use crate::k8s::pod_identity::{self, Binding, Identity};
use crate::k8s::{self, Connection};

/// What podid reads of Kubernetes.
pub(super) type Objects = (Vec<Identity>, Vec<Binding>);

/// The lists and where they come from; nothing where a connection has to wait for Azure.
pub(super) type Early = Option<(Connection, Result<Objects, k8s::Error>)>;

/// Lists that may still be on their way.
pub(super) type Coming<'a> = Pin<Box<dyn Future<Output = Early> + Send + 'a>>;

/// Connects and lists, where that needs nothing but the kubeconfig.
pub(super) fn objects<'a>(context: &'a Context, kubernetes: &'a KubernetesArgs) -> Coming<'a> {
    Box::pin(async move {
        let connection = cluster::connect_early(context, kubernetes).await?;
        let lists = list(&connection).await;
        Some((connection, lists))
    })
}

async fn list(connection: &Connection) -> Result<Objects, k8s::Error> {
    let client = &connection.client;
    tokio::try_join!(
        pod_identity::list_identities(client, None),
        pod_identity::list_bindings(client, None),
    )
}

/// Runs both until the cluster is read; the lists go on where they are.
///
/// # Errors
/// Those of `reading`.
pub(super) async fn beside<'a>(
    reading: impl Future<Output = Result<Cluster>>,
    mut coming: Coming<'a>,
) -> Result<(Cluster, Coming<'a>)> {
    let mut reading = pin!(reading);
    tokio::select! {
        cluster = &mut reading => Ok((cluster?, coming)),
        early = &mut coming => {
            let there: Coming<'a> = Box::pin(std::future::ready(early));
            Ok((reading.await?, there))
        }
    }
}

/// The lists, when they are of this cluster.
///
/// # Errors
/// The kubeconfig cannot be used or belongs to another cluster, or the lists cannot be read.
pub(super) async fn checked(
    context: &Context,
    cluster: &Cluster,
    kubernetes: &KubernetesArgs,
    coming: Coming<'_>,
) -> Result<Objects> {
    if let Some((connection, lists)) = coming.await {
        cluster::check_server(cluster, &connection, kubernetes)?;
        return Ok(lists?);
    }
    let connection = cluster::connect_to(context, cluster, kubernetes).await?;
    Ok(list(&connection).await?)
}
