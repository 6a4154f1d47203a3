//! Brings the CRDs to a cluster, and tells whether they are there.
//!
//! Guarantees: a CRD of a newer podid, or one that serves versions this podid does not know, is left as
//! it is; one that somebody else manages with other content is replaced only when told to; a second
//! installation changes nothing.

use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde::Serialize;
use tokio::time::Instant;

use super::definition::{REVISION, REVISION_ANNOTATION};
use super::{GROUP, VERSION, manifests};
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;
use crate::k8s::{FIELD_MANAGER, paging};

const CRDS: &str = "customresourcedefinitions.apiextensions.k8s.io";
/// The server itself writes the status of a CRD while it is being installed.
const TRIES: u32 = 10;
const POLL: Duration = Duration::from_millis(100);
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// How to install.
#[derive(Debug, Clone, Default)]
pub struct InstallOptions {
    /// Ask the server what would happen; change nothing.
    pub dry_run: bool,
    /// Take over CRDs that somebody else manages with other content.
    pub force: bool,
    /// How long to wait until the CRDs are served; one minute without.
    pub timeout: Option<Duration>,
}

/// What became of one CRD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstallOutcome {
    /// Name of the CRD.
    pub name: String,
    /// What was done.
    pub action: InstallAction,
}

/// What was done with one CRD.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum InstallAction {
    /// It was not there.
    Created,
    /// It had other content.
    Updated,
    /// It was as it should be.
    Unchanged,
    /// It comes from a newer podid and was left alone.
    Newer,
    /// It serves versions that this podid does not know and was left alone.
    UnknownVersions(Vec<String>),
    /// Others manage it, with other content; it was left alone and works as it is.
    ManagedByOthers(Vec<String>),
}

/// Which CRDs a cluster has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrdState {
    /// Names of the CRDs that are served.
    pub present: Vec<String>,
    /// Names of the CRDs that are not.
    pub missing: Vec<String>,
}

impl CrdState {
    /// Tells whether all four are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Finds out which of the four resources the cluster serves.
///
/// Reads the discovery document, which every signed-in user may do; rights on CRDs are not needed.
///
/// # Errors
/// The API server cannot be reached or refuses.
pub async fn check(client: &Client) -> Result<CrdState> {
    let served = served(client).await?;
    let (present, missing) = names().partition(|name| served.contains(name));
    Ok(CrdState { present, missing })
}

fn names() -> impl Iterator<Item = String> {
    manifests().into_iter().map(|crd| crd.name_any())
}

async fn served(client: &Client) -> Result<Vec<String>> {
    let operation = || Operation::cluster_object("get", "apis", &format!("{GROUP}/{VERSION}"));
    let listed = client
        .list_api_group_resources(&format!("{GROUP}/{VERSION}"))
        .await
        .explain(operation);
    match listed {
        Ok(list) => Ok(list
            .resources
            .into_iter()
            .map(|resource| format!("{}.{GROUP}", resource.name))
            .collect()),
        Err(Error::NotFound { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Installs the four CRDs and waits until the cluster serves them.
///
/// # Errors
/// The API server cannot be reached, a permission is missing, or a CRD is not served in time.
pub async fn install(client: &Client, options: &InstallOptions) -> Result<Vec<InstallOutcome>> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let mut outcomes = Vec::new();
    for manifest in manifests() {
        let name = manifest.name_any();
        let action = install_one(&api, &name, &manifest, options).await?;
        outcomes.push(InstallOutcome { name, action });
    }
    if !options.dry_run {
        wait_until_served(client, &api, options.timeout.unwrap_or(DEFAULT_TIMEOUT)).await?;
    }
    Ok(outcomes)
}

/// Reads, decides and writes; again when the CRD changed in between.
async fn install_one(
    api: &Api<CustomResourceDefinition>,
    name: &str,
    manifest: &CustomResourceDefinition,
    options: &InstallOptions,
) -> Result<InstallAction> {
    let mut tries = 0;
    loop {
        tries += 1;
        match try_install(api, name, manifest.clone(), options).await {
            Err(Error::Conflict { .. }) if tries < TRIES => {}
            other => return other,
        }
    }
}

async fn try_install(
    api: &Api<CustomResourceDefinition>,
    name: &str,
    mut manifest: CustomResourceDefinition,
    options: &InstallOptions,
) -> Result<InstallAction> {
    let before = api
        .get_opt(name)
        .await
        .explain(|| Operation::cluster_object("get", CRDS, name))?;
    if let Some(refusal) = before.as_ref().and_then(refusal) {
        return Ok(refusal);
    }
    // What was looked at is what is replaced: a newer podid may install at the same moment.
    manifest.metadata.resource_version = before.as_ref().and_then(ResourceExt::resource_version);
    let mut params = PatchParams::apply(FIELD_MANAGER);
    params.dry_run = options.dry_run;
    params.force = options.force;
    let applied = api
        .patch(name, &params, &Patch::Apply(&manifest))
        .await
        .explain(|| Operation::cluster_object("patch", CRDS, name));
    match (before, applied) {
        (Some(_), Err(Error::OwnedByOthers { managers, .. })) => {
            Ok(InstallAction::ManagedByOthers(managers))
        }
        (_, Err(error)) => Err(error),
        (None, Ok(_)) => Ok(InstallAction::Created),
        (Some(before), Ok(after)) if same_content(&before, &after) => Ok(InstallAction::Unchanged),
        (Some(_), Ok(_)) => Ok(InstallAction::Updated),
    }
}

/// Why an installed CRD must not be touched.
fn refusal(installed: &CustomResourceDefinition) -> Option<InstallAction> {
    let revision = installed.annotations().get(REVISION_ANNOTATION);
    // An annotation that is no number was not written by this or an older podid.
    if revision.is_some_and(|text| {
        text.parse::<u32>()
            .map_or(true, |revision| revision > REVISION)
    }) {
        return Some(InstallAction::Newer);
    }
    let unknown: Vec<String> = installed
        .spec
        .versions
        .iter()
        .filter(|version| version.served && version.name != VERSION)
        .map(|version| version.name.clone())
        .collect();
    (!unknown.is_empty()).then_some(InstallAction::UnknownVersions(unknown))
}

/// A dry run never moves the resource version, so content is compared, without who wrote it.
fn same_content(before: &CustomResourceDefinition, after: &CustomResourceDefinition) -> bool {
    before.spec == after.spec
        && before.metadata.annotations == after.metadata.annotations
        && before.metadata.labels == after.metadata.labels
}

async fn wait_until_served(
    client: &Client,
    api: &Api<CustomResourceDefinition>,
    timeout: Duration,
) -> Result<()> {
    let deadline = Instant::now() + timeout;
    loop {
        let state = check(client).await?;
        if state.is_complete() {
            // Discovery runs ahead of the handler that serves the objects.
            match probe(client, &state.present).await {
                Err(Error::CrdsMissing { .. }) => {}
                other => return other,
            }
        }
        if Instant::now() >= deadline {
            let name = state
                .missing
                .into_iter()
                .next()
                .unwrap_or_else(|| GROUP.to_owned());
            let message = condition(api, &name).await;
            return Err(Error::CrdNotEstablished { name, message });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Lists each resource once; a user who may not list them still learns that they are served.
async fn probe(client: &Client, names: &[String]) -> Result<()> {
    for name in names {
        let plural = name.split('.').next().unwrap_or_default();
        match paging::probe(client, plural).await {
            Ok(()) | Err(Error::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn condition(api: &Api<CustomResourceDefinition>, name: &str) -> String {
    let Ok(Some(crd)) = api.get_opt(name).await else {
        return "it cannot be read".to_owned();
    };
    let conditions = crd
        .status
        .and_then(|status| status.conditions)
        .unwrap_or_default();
    let failing: Vec<String> = conditions
        .into_iter()
        .filter(|condition| condition.status != "True")
        .map(|condition| {
            format!(
                "{}: {}",
                condition.type_,
                condition.message.unwrap_or_default()
            )
        })
        .collect();
    if failing.is_empty() {
        "the API server does not list it yet".to_owned()
    } else {
        failing.join("; ")
    }
}
