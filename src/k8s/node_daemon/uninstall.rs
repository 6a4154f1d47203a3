//! Takes the daemon, and the CRDs, out of a cluster.
//!
//! Guarantees: first what runs, then what it may do, so that no pod of it is left with errors; a CRD goes only when no
//! object of it waits for a finalizer, because nothing would ever clear it.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject};
use kube::{Client, ResourceExt};
use tokio::time::Instant;

use super::{KINDS, Kind, MANAGED_BY, NAME};
use crate::k8s::crd::{GROUP, VERSION, check};
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;
use crate::k8s::paging;

const CRDS: &str = "customresourcedefinitions.apiextensions.k8s.io";
const POLL: Duration = Duration::from_millis(100);

/// What became of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The object.
    pub name: String,
    /// What was done.
    pub removal: Removal,
}

/// What was done with one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// It was deleted.
    Deleted,
    /// It was not there.
    NotFound,
    /// It is not podid's and was left alone.
    NotOurs,
    /// It was marked for deletion and is not gone yet.
    Pending,
}

/// An object of the four kinds of pod identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Kind, namespace and name.
    pub name: String,
    /// Something has to clear these before it can go.
    pub finalizers: Vec<String>,
}

/// Deletes the daemon's objects.
///
/// # Errors
/// The API server cannot be reached, or refuses.
pub async fn remove(client: &Client, namespace: &str, dry_run: bool) -> Result<Vec<Removed>> {
    let mut all = Vec::new();
    for kind in KINDS.into_iter().rev() {
        let removal = remove_one(client, kind, namespace, dry_run).await?;
        let name = kind.shown(namespace);
        all.push(Removed { name, removal });
    }
    Ok(all)
}

async fn remove_one(
    client: &Client,
    kind: Kind,
    namespace: &str,
    dry_run: bool,
) -> Result<Removal> {
    let api = kind.api(client, namespace);
    let read = api.get_opt(NAME).await;
    let Some(found) = read.explain(|| kind.operation("get", namespace))? else {
        return Ok(Removal::NotFound);
    };
    if found
        .labels()
        .get(MANAGED_BY)
        .is_none_or(|by| by != "podid")
    {
        return Ok(Removal::NotOurs);
    }
    // In the foreground it would wait for a finalizer.
    let mut params = DeleteParams::background();
    params.dry_run = dry_run;
    let deleted = api.delete(NAME, &params).await;
    match deleted.explain(|| kind.operation("delete", namespace)) {
        Ok(_) => Ok(Removal::Deleted),
        Err(Error::NotFound { .. }) => Ok(Removal::NotFound),
        Err(error) => Err(error),
    }
}

/// Every object of the CRDs, in all namespaces.
///
/// # Errors
/// The API server cannot be reached, or refuses.
pub async fn stored(client: &Client) -> Result<Vec<Stored>> {
    let mut all = Vec::new();
    for crd in check(client).await?.present {
        let plural = crd.split('.').next().unwrap_or_default();
        let resource = ApiResource {
            group: GROUP.to_owned(),
            version: VERSION.to_owned(),
            api_version: format!("{GROUP}/{VERSION}"),
            kind: String::new(),
            plural: plural.to_owned(),
        };
        let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
        let listed = paging::list_all(&api, None, Operation::list(&crd, None)).await?;
        all.extend(listed.into_iter().map(|object| Stored {
            name: format!(
                "{plural} {}/{}",
                object.namespace().unwrap_or_default(),
                object.name_any()
            ),
            finalizers: object.finalizers().to_vec(),
        }));
    }
    Ok(all)
}

/// Deletes the CRDs with their objects, and waits until they are gone.
///
/// # Errors
/// The API server cannot be reached, or refuses.
pub async fn remove_crds(
    client: &Client,
    dry_run: bool,
    timeout: Duration,
) -> Result<Vec<Removed>> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let mut params = DeleteParams::background();
    params.dry_run = dry_run;
    let mut all = Vec::new();
    for crd in crate::k8s::crd::manifests() {
        let name = crd.name_any();
        let deleted = api.delete(&name, &params).await;
        let removal = match deleted.explain(|| Operation::cluster_object("delete", CRDS, &name)) {
            Ok(_) if dry_run => Removal::Deleted,
            Ok(_) => Removal::Pending,
            Err(Error::NotFound { .. }) => Removal::NotFound,
            Err(error) => return Err(error),
        };
        all.push(Removed { name, removal });
    }
    let deadline = Instant::now() + timeout;
    for removed in &mut all {
        while removed.removal == Removal::Pending {
            let name = &removed.name;
            let read = api.get_opt(name).await;
            if read
                .explain(|| Operation::cluster_object("get", CRDS, name))?
                .is_none()
            {
                removed.removal = Removal::Deleted;
            } else if Instant::now() >= deadline {
                break;
            } else {
                tokio::time::sleep(POLL).await;
            }
        }
    }
    Ok(all)
}
