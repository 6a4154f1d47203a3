//! The steps of `podid add` for everything at once, then those of `podid remove`.

use std::collections::BTreeSet;

use super::Ledger;
use crate::commands::change::addition::{self, Added, Manner, Wanted};
use crate::commands::change::cluster::Cluster;
use crate::commands::change::removal;
use crate::commands::desired::identities::Identities;
use crate::commands::desired::planned::PlannedCluster;
use crate::commands::desired::site::Held;
use crate::context::Context;
use crate::domain::change_plan::{Action, Change, Kind as Resource};
use crate::domain::exception::WantedException;
use crate::domain::file::Binding;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{self, ApplyOptions, Expected, WantedBinding};

pub(super) async fn run(
    context: &Context,
    planned: &PlannedCluster,
    identities: &Identities,
    (no_wait, granted): (bool, bool),
    ledger: &mut Ledger,
) -> Result<()> {
    let client = planned.site.client()?;
    let Some(held) = &planned.held else {
        return Ok(());
    };
    let of = |kind: Resource| {
        let changes = planned.changes.iter();
        changes.filter(move |change| change.kind == kind && change.action != Action::Delete)
    };
    let adds = of(Resource::AzureIdentity).next().is_some()
        || of(Resource::AzureIdentityBinding).next().is_some()
        || of(Resource::ScaleSet).next().is_some();
    if adds && !planned.site.wanted.pod_identities.is_empty() {
        let manner = Manner {
            no_wait,
            replace: true,
            permissions_may_be_late: granted,
        };
        add_all(context, planned, held, identities, manner, ledger).await?;
    }
    for binding in &planned.site.wanted.bindings {
        let key = format!("{}/{}", binding.namespace, binding.name);
        if of(Resource::AzureIdentityBinding).any(|change| change.name == key) {
            let outcome = write_binding(client, binding, held).await;
            ledger.note(Resource::AzureIdentityBinding, key, outcome);
        }
    }
    for exception in &planned.site.wanted.exceptions {
        let key = exception.key();
        if of(Resource::AzurePodIdentityException).any(|change| change.name == key) {
            let outcome = write_exception(client, exception, held).await;
            ledger.note(Resource::AzurePodIdentityException, key, outcome);
        }
    }
    // What goes stays as long as what comes is not complete.
    if ledger.failures.is_empty() {
        prune(context, planned, held, no_wait, ledger).await?;
    }
    Ok(())
}

async fn add_all(
    context: &Context,
    planned: &PlannedCluster,
    held: &Held,
    identities: &Identities,
    manner: Manner,
    ledger: &mut Ledger,
) -> Result<()> {
    let client = planned.site.client()?;
    let cluster = &planned.site.cluster;
    let wanted = &planned.site.wanted.pod_identities;
    let pairs = wanted.iter().filter_map(|item| {
        let managed = identities.found.get(&item.identity)?;
        Some((item.clone(), managed.clone()))
    });
    let compared = addition::compare_all(pairs.collect(), &held.snapshot, &held.bindings, true)?;
    release_replaced(context, planned, &compared, held).await?;
    let added = addition::run(context, cluster, client, compared, manner).await;
    note_added(planned, added, ledger);
    Ok(())
}

/// Releases the former managed identity of each name that gets another one, as `podid remove` does.
async fn release_replaced(
    context: &Context,
    planned: &PlannedCluster,
    compared: &[Wanted],
    held: &Held,
) -> Result<()> {
    let client = planned.site.client()?;
    let cluster = everywhere(&planned.site.cluster);
    for item in compared {
        let wanted = &item.pod_identity;
        let (namespace, name) = (wanted.namespace.as_str(), wanted.name.as_str());
        let found = removal::find(namespace, name, &held.snapshot, &held.bindings);
        if found.identity.is_some() && found.managed_identity().as_ref() != Some(&wanted.identity) {
            removal::run(context, &cluster, client, &found, false).await?;
        }
    }
    Ok(())
}

/// The cluster with all its node pools: what goes leaves those that the file does not name too.
fn everywhere(cluster: &Cluster) -> Cluster {
    Cluster {
        chosen_pools: None,
        ..cluster.clone()
    }
}

fn note_added(planned: &PlannedCluster, added: Vec<Added>, ledger: &mut Ledger) {
    let mut failed_pools = BTreeSet::new();
    let mut all_ran = true;
    for item in added {
        let wanted = &item.wanted.pod_identity;
        let on_pools = !item.failed_pools.is_empty();
        failed_pools.extend(item.failed_pools);
        // The claim is written before the scale sets are touched.
        if item.failure.is_none() || on_pools {
            ledger.done(Resource::AzureIdentity, wanted.key());
        }
        match item.failure {
            None => {
                let binding = format!("{}/{}", wanted.namespace, wanted.name.binding());
                ledger.done(Resource::AzureIdentityBinding, binding);
            }
            Some(error) => {
                all_ran &= on_pools;
                ledger.failed(error);
            }
        }
    }
    let sets = planned.changes.iter();
    for change in sets.filter(|change| change.kind == Resource::ScaleSet) {
        let pool = change.after["nodePool"].as_str().unwrap_or_default();
        if all_ran && !failed_pools.contains(pool) && !loses(change) {
            ledger.done(Resource::ScaleSet, change.name.clone());
        }
    }
}

/// Whether identities are to leave the scale set: then it is done when they have.
fn loses(change: &Change) -> bool {
    let empty = Vec::new();
    let after = change.after["identities"].as_array().unwrap_or(&empty);
    let before = change.before["identities"].as_array().unwrap_or(&empty);
    before.iter().any(|identity| !after.contains(identity))
}

async fn write_binding(client: &kube::Client, binding: &Binding, held: &Held) -> Result<()> {
    let (namespace, name) = (binding.namespace.as_str(), binding.name.as_str());
    let found = held
        .bindings
        .iter()
        .find(|found| found.namespace == namespace && found.name == name);
    let wanted = WantedBinding {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        identity_name: binding.identity.to_string(),
        selector: binding.selector.to_string(),
        expected: found.map_or_else(Expected::absent, pod_identity::Binding::expected),
        ..WantedBinding::default()
    };
    let options = ApplyOptions {
        force: true,
        ..ApplyOptions::default()
    };
    pod_identity::apply_binding(client, &wanted, options).await?;
    Ok(())
}

async fn write_exception(
    client: &kube::Client,
    exception: &WantedException,
    held: &Held,
) -> Result<()> {
    let (namespace, name) = (exception.namespace.as_str(), exception.name.as_str());
    let labels = exception.pod_labels.as_map();
    let found = held
        .exceptions
        .iter()
        .find(|found| found.namespace == namespace && found.name == name);
    match found {
        None => pod_identity::create_exception(client, namespace, name, labels).await?,
        Some(found) => pod_identity::replace_pod_labels(client, found, labels).await?,
    };
    Ok(())
}

async fn prune(
    context: &Context,
    planned: &PlannedCluster,
    held: &Held,
    no_wait: bool,
    ledger: &mut Ledger,
) -> Result<()> {
    let client = planned.site.client()?;
    let deleted = |kind: Resource| {
        let changes = planned.changes.iter();
        changes.filter(move |change| change.kind == kind && change.action == Action::Delete)
    };
    for change in deleted(Resource::AzurePodIdentityException) {
        let outcome = delete_exception(client, change, held).await;
        ledger.note(change.kind, change.name.clone(), outcome);
    }
    // Bindings first: pods stop getting tokens before the identity leaves their node.
    for change in deleted(Resource::AzureIdentityBinding) {
        let outcome = delete_binding(client, change, held).await;
        ledger.note(change.kind, change.name.clone(), outcome);
    }
    if !ledger.failures.is_empty() {
        return Ok(());
    }
    let cluster = everywhere(&planned.site.cluster);
    for (namespace, name) in &planned.pruned {
        // Listed again: somebody may have bound the identity since the plan was made.
        let bindings = pod_identity::list_bindings(client, Some(namespace)).await?;
        let found = removal::find(namespace, name, &held.snapshot, &bindings);
        let outcome = match unused(&found) {
            Ok(()) => removal::run(context, &cluster, client, &found, no_wait).await,
            Err(error) => Err(error),
        };
        ledger.note(
            Resource::AzureIdentity,
            format!("{namespace}/{name}"),
            outcome.map(|_| ()),
        );
    }
    if ledger.failures.is_empty() {
        let sets = planned.changes.iter();
        for change in sets.filter(|change| change.kind == Resource::ScaleSet) {
            ledger.done(Resource::ScaleSet, change.name.clone());
        }
    }
    Ok(())
}

/// Refuses to remove what others use.
fn unused(found: &removal::Found) -> Result<()> {
    if found.foreign_bindings.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Conflict,
        format!(
            "Pod identity `{}` was not removed: other bindings use it now",
            found.key()
        ),
    )
    .cause(format!(
        "azureidentitybindings {} in namespace `{}` refer to it",
        found.foreign_bindings.join(", "),
        found.namespace
    ))
    .hint("delete them first with `kubectl delete azureidentitybinding`, or add them to the file")
    .target(found.key()))
}

async fn delete_binding(client: &kube::Client, change: &Change, held: &Held) -> Result<()> {
    let found = held
        .bindings
        .iter()
        .find(|found| format!("{}/{}", found.namespace, found.name) == change.name);
    if let Some(found) = found {
        let (namespace, name) = (&found.namespace, &found.name);
        pod_identity::delete_binding(client, namespace, name, &found.expected()).await?;
    }
    Ok(())
}

async fn delete_exception(client: &kube::Client, change: &Change, held: &Held) -> Result<()> {
    let found = held
        .exceptions
        .iter()
        .find(|found| format!("{}/{}", found.namespace, found.name) == change.name);
    if let Some(found) = found {
        let (namespace, name) = (&found.namespace, &found.name);
        pod_identity::delete_exception(client, namespace, name, &found.expected()).await?;
    }
    Ok(())
}
