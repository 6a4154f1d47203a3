//! Where the exceptions of a cluster are kept, and how they are changed.
//!
//! Directly they are `AzurePodIdentityException` objects, written by podid itself.

use crate::commands::arguments::{ClusterArgs, KubernetesArgs, Via};
use crate::commands::change::cluster::{self, Cluster};
use crate::context::Context;
use crate::domain::exception::{Exception, WantedException};
use crate::domain::label;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, Exception as Object, Expected};

/// How often an exception that others change at the same time is tried.
const TRIES: u32 = 5;

/// A cluster whose exceptions are read or changed.
pub(super) struct Site {
    /// The cluster.
    pub(super) cluster: Cluster,
    /// Its Kubernetes API.
    pub(super) client: kube::Client,
}

/// Reads the cluster and chooses the way.
///
/// # Errors
/// The cluster or its Kubernetes API cannot be used, or it cannot be changed this way.
pub(super) async fn open(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
    via: Via,
) -> Result<Site> {
    let (cluster, connection) = cluster::read_both(context, cluster, kubernetes).await?;
    if cluster.managed.pod_identity_enabled() {
        let name = cluster.id.name();
        if via == Via::Auto {
            return Err(
                Error::usage(format!("Cluster `{name}` uses the pod identity add-on"))
                    .cause("its exceptions are kept by the AKS resource provider")
                    .hint("change them with `az aks pod-identity exception`, or use --via direct if you know why")
                    .target("--via"),
            );
        }
        context
            .ui
            .warn("the pod identity add-on is on; the AKS resource provider may undo this change");
    }
    Ok(Site {
        cluster,
        client: connection.client,
    })
}

impl Site {
    /// The word for the way in results.
    pub(super) fn via(&self) -> &'static str {
        "direct"
    }

    /// The exceptions of a namespace.
    ///
    /// # Errors
    /// They may not be read.
    pub(super) async fn exceptions(&self, namespace: &str) -> Result<Vec<Exception>> {
        let objects = pod_identity::list_exceptions(&self.client, Some(namespace)).await?;
        Ok(objects.into_iter().map(exception).collect())
    }

    /// Says which way the change is made, right before it is.
    pub(super) fn announce(&self, context: &Context) {
        let name = self.cluster.id.name();
        context.ui.status(&format!(
            "Changing cluster `{name}` directly (Kubernetes objects)"
        ));
    }

    /// Makes an exception that was not there.
    ///
    /// # Errors
    /// Somebody made another one of this name meanwhile, or the API server refuses.
    pub(super) async fn create(&self, wanted: &WantedException) -> Result<()> {
        let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
        let labels = wanted.pod_labels.as_map();
        match pod_identity::create_exception(&self.client, namespace, name, labels).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => {
                let there = pod_identity::get_exception(&self.client, namespace, name).await?;
                if there.is_some_and(|there| there.pod_labels == *labels) {
                    return Ok(());
                }
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Gives an exception other labels.
    ///
    /// # Errors
    /// It is gone, the add-on keeps it, or the API server refuses.
    pub(super) async fn replace(&self, wanted: &WantedException) -> Result<()> {
        let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
        for _ in 0..TRIES {
            let there = pod_identity::get_exception(&self.client, namespace, name).await?;
            let there = there.ok_or_else(|| not_found(&self.cluster, &wanted.key()))?;
            check_owner(&there)?;
            let labels = wanted.pod_labels.as_map();
            match pod_identity::replace_pod_labels(&self.client, &there, labels).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::new(
            Kind::Conflict,
            format!(
                "Exception `{}` is changed by others all the time",
                wanted.key()
            ),
        )
        .hint("run the same command again"))
    }

    /// Deletes an exception; one that is gone meanwhile is no error.
    ///
    /// # Errors
    /// The add-on keeps it, or the API server refuses.
    pub(super) async fn delete(&self, exception: &Exception) -> Result<()> {
        let (namespace, name) = (exception.namespace.as_str(), exception.name.as_str());
        let Some(there) = pod_identity::get_exception(&self.client, namespace, name).await? else {
            return Ok(());
        };
        check_owner(&there)?;
        let expected = Expected {
            uid: Some(there.uid),
            resource_version: None,
        };
        pod_identity::delete_exception(&self.client, namespace, name, &expected).await?;
        Ok(())
    }

    /// Refuses to touch what others keep; for a dry run, before anything is written.
    ///
    /// # Errors
    /// The add-on keeps it, or it cannot be read.
    pub(super) async fn check(&self, exception: &Exception) -> Result<()> {
        let (namespace, name) = (exception.namespace.as_str(), exception.name.as_str());
        match pod_identity::get_exception(&self.client, namespace, name).await? {
            Some(there) => check_owner(&there),
            None => Ok(()),
        }
    }

    /// The command that would make an exception again.
    pub(super) fn restore_command(&self, exception: &Exception) -> Option<String> {
        if exception.pod_labels.is_empty() {
            return None;
        }
        Some(add_command(
            &self.cluster,
            &exception.namespace,
            Some(&exception.name),
            &exception.pod_labels,
        ))
    }
}

/// The command that makes an exception.
pub(super) fn add_command(
    cluster: &Cluster,
    namespace: &str,
    name: Option<&str>,
    pod_labels: &label::Labels,
) -> String {
    let name = name.map_or_else(String::new, |name| format!(" --name {name}"));
    format!(
        "podid exception add -g {} --cluster-name {} --namespace {namespace}{name} --pod-labels {}",
        cluster.group(),
        cluster.id.name(),
        label::shown(pod_labels)
    )
}

/// An exception as the rules see it.
pub(super) fn exception(object: Object) -> Exception {
    Exception {
        namespace: object.namespace,
        name: object.name,
        pod_labels: object.pod_labels,
    }
}

/// That there is no such exception.
pub(super) fn not_found(cluster: &Cluster, key: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("Cluster `{}` has no exception `{key}`", cluster.id.name()),
    )
    .hint("see what there is with `podid exception list`")
    .target(key)
}

fn check_owner(object: &Object) -> Result<()> {
    if !object.is_of_add_on() {
        return Ok(());
    }
    let key = format!("{}/{}", object.namespace, object.name);
    Err(Error::new(
        Kind::Conflict,
        format!("Exception `{key}` belongs to AKS"),
    )
    .cause("it carries the label kubernetes.azure.com/managedby=aks: AKS would undo the change")
    .hint("leave it as it is, and make an exception of another name beside it")
    .target(key))
}
