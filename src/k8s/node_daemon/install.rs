//! Brings the daemon to a cluster.

use kube::api::{DynamicObject, Patch, PatchParams, ValidationDirective};
use serde_json::Value;

use super::{KINDS, Kind, NAME, NodeDaemon};
use crate::k8s::FIELD_MANAGER;
use crate::k8s::crd::{InstallAction, InstallOutcome};
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;

/// How to install.
#[derive(Debug, Clone, Copy, Default)]
pub struct InstallOptions {
    /// Ask the server what would happen; change nothing.
    pub dry_run: bool,
    /// Take over fields that somebody else manages with other content.
    pub force: bool,
}

/// Applies the daemon's objects by server-side apply.
///
/// # Errors
/// The API server cannot be reached, or refuses.
pub async fn install(
    client: &kube::Client,
    daemon: &NodeDaemon,
    options: InstallOptions,
) -> Result<Vec<InstallOutcome>> {
    let mut outcomes = Vec::new();
    for (kind, object) in KINDS.into_iter().zip(daemon.objects()) {
        let action = install_one(client, daemon, kind, &object, options).await?;
        let name = kind.shown(&daemon.namespace);
        // The account without its rights, or a daemon without either, helps nobody.
        let stop = matches!(action, InstallAction::ManagedByOthers(_));
        outcomes.push(InstallOutcome { name, action });
        if stop {
            break;
        }
    }
    Ok(outcomes)
}

async fn install_one(
    client: &kube::Client,
    daemon: &NodeDaemon,
    kind: Kind,
    object: &Value,
    options: InstallOptions,
) -> Result<InstallAction> {
    let namespace = &daemon.namespace;
    let api = kind.api(client, namespace);
    let read = api.get_opt(NAME).await;
    let before = read.explain(|| kind.operation("get", namespace))?;
    let mut params = PatchParams::apply(FIELD_MANAGER);
    params.dry_run = options.dry_run;
    params.force = options.force;
    params.field_validation = Some(ValidationDirective::Strict);
    let applied = api.patch(NAME, &params, &Patch::Apply(object)).await;
    match (
        before,
        applied.explain(|| kind.operation("patch", namespace)),
    ) {
        (_, Err(Error::OwnedByOthers { managers, .. })) => {
            Ok(InstallAction::ManagedByOthers(managers))
        }
        (_, Err(error)) => Err(error),
        (None, Ok(_)) => Ok(InstallAction::Created),
        (Some(before), Ok(after)) if content(&before) == content(&after) => {
            Ok(InstallAction::Unchanged)
        }
        (Some(_), Ok(_)) => Ok(InstallAction::Updated),
    }
}

/// An object without what the server writes at every change and what controllers report.
fn content(object: &DynamicObject) -> (Value, Option<Value>) {
    let mut data = object.data.clone();
    if let Some(data) = data.as_object_mut() {
        data.remove("status");
    }
    let labels = serde_json::to_value(&object.metadata.labels).ok();
    (data, labels)
}
