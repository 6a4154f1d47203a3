//! podid itself writes `AzurePodIdentityException` objects.

use crate::commands::change::cluster::Cluster;
use crate::domain::exception::{Exception, WantedException};
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, Exception as Object, Expected};

/// How often an exception that others change at the same time is tried.
const TRIES: u32 = 5;

/// Makes an exception that was not there.
///
/// # Errors
/// Somebody made another one of this name meanwhile, or the API server refuses.
pub(super) async fn create(client: &kube::Client, wanted: &WantedException) -> Result<()> {
    let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
    let labels = wanted.pod_labels.as_map();
    match pod_identity::create_exception(client, namespace, name, labels).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_conflict() => {
            let there = pod_identity::get_exception(client, namespace, name).await?;
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
/// It is gone, AKS keeps it, or the API server refuses.
pub(super) async fn replace(
    cluster: &Cluster,
    client: &kube::Client,
    wanted: &WantedException,
) -> Result<()> {
    let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
    for _ in 0..TRIES {
        let there = pod_identity::get_exception(client, namespace, name).await?;
        let there = there.ok_or_else(|| super::not_found(cluster, &wanted.key()))?;
        check_owner(&there)?;
        let labels = wanted.pod_labels.as_map();
        match pod_identity::replace_pod_labels(client, &there, labels).await {
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
/// AKS keeps it, or the API server refuses.
pub(super) async fn delete(client: &kube::Client, exception: &Exception) -> Result<()> {
    let (namespace, name) = (exception.namespace.as_str(), exception.name.as_str());
    let Some(there) = pod_identity::get_exception(client, namespace, name).await? else {
        return Ok(());
    };
    check_owner(&there)?;
    let expected = Expected {
        uid: Some(there.uid),
        resource_version: None,
    };
    pod_identity::delete_exception(client, namespace, name, &expected).await?;
    Ok(())
}

/// Refuses to touch what AKS keeps.
///
/// # Errors
/// AKS keeps it, or it cannot be read.
pub(super) async fn check(client: &kube::Client, exception: &Exception) -> Result<()> {
    let (namespace, name) = (exception.namespace.as_str(), exception.name.as_str());
    match pod_identity::get_exception(client, namespace, name).await? {
        Some(there) => check_owner(&there),
        None => Ok(()),
    }
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
