//! What AKS refuses, as a user reads it: the service's code and words, and what to do next.

use crate::azure;
use crate::commands::change::cluster::Cluster;
use crate::domain::profile::{Edit, Item, ItemError, Profile, Refusal};
use crate::error::{Error, Kind};

/// AKS's words when the control plane may not assign an identity; its code differs by place.
const NO_ASSIGNMENT: &str = "has no assignment permission over identity";

/// The refusals of edits, before anything was sent.
pub(super) fn refused(cluster: &Cluster, refusals: Vec<Refusal>) -> Error {
    let name = cluster.id.name();
    let told = refusals.into_iter().map(|refusal| {
        let why = refusal.to_string();
        match refusal {
            Refusal::OtherIdentity { key, .. } | Refusal::OtherSelector { key, .. } => Error::new(
                Kind::Conflict,
                format!("Pod identity `{key}` exists with other content"),
            )
            .cause(why)
            .hint("use --replace to change it, or another --name")
            .target(key),
            Refusal::OtherLabels { key, .. } => Error::new(
                Kind::Conflict,
                format!("Exception `{key}` exists with other content"),
            )
            .cause(why)
            .hint("change it with `podid exception update`, or use another --name")
            .target(key),
            Refusal::Gone { key } => Error::new(
                Kind::NotFound,
                format!("Cluster `{name}` has no exception `{key}` any more"),
            )
            .cause("somebody removed it meanwhile")
            .hint("make it anew with `podid exception add`")
            .target(key),
            Refusal::Off => off(cluster),
            Refusal::TooMany { .. } => {
                Error::usage(format!("Cluster `{name}` cannot hold that many"))
                    .cause(why)
                    .hint("remove what is not used any more; `podid list` shows what there is")
            }
        }
    });
    Error::refusals(told.collect())
}

/// The add-on is off, and the add-on's way was wanted.
pub(in crate::commands) fn off(cluster: &Cluster) -> Error {
    Error::usage(format!(
        "The pod identity add-on of cluster `{}` is off",
        cluster.id.name()
    ))
    .cause("its podIdentityProfile is not enabled")
    .hint(format!(
        "turn it on with `podid enable {}`, or use --via direct",
        cluster.flags()
    ))
    .target("--via")
}

/// Whether AKS says that the control plane may not assign an identity.
pub(super) fn is_assignment(error: &azure::Error) -> bool {
    error.message().contains(NO_ASSIGNMENT)
}

/// Whether an item failed because the control plane may not assign its identity.
pub(super) fn is_of_assignment(error: &ItemError) -> bool {
    error.message.contains(NO_ASSIGNMENT)
}

/// A failed PUT or operation.
pub(super) fn told(cluster: &Cluster, edits: &[Edit], error: azure::Error) -> Error {
    let name = cluster.id.name();
    let what = if error.is_pending() {
        "is still being changed"
    } else {
        "was not changed"
    };
    let message = error.message();
    let is_operation = matches!(error, azure::Error::OperationFailed { .. });
    let state = match &error {
        azure::Error::OperationFailed { state, .. } => Some(state.clone()),
        _ => None,
    };
    let mut told = Error::from(error).context(format!("Cluster `{name}` {what}"));
    if let Some(state) = state.filter(|_| is_operation) {
        told = told.cause(format!("the operation ended as {state}"));
    }
    for hint in hints(cluster, edits, &message) {
        told = told.hint(hint);
    }
    told.target(cluster.id.to_string())
}

/// `error` with what the service says about a failed item.
pub(super) fn of_item(cluster: &Cluster, mut error: Error, item: Option<&Item>) -> Error {
    let Some(item) = item else { return error };
    let Some(info) = &item.error else {
        return error.cause(format!("AKS says {} and nothing more", item.state));
    };
    error = error.cause(format!("{} ({})", info.message, info.code));
    error.code = Some(info.code.clone());
    if info.message.contains(NO_ASSIGNMENT) {
        return error.hint(grant_hint(cluster, &item.resource_id));
    }
    error
}

/// `error` of a removal, with the way out that is left when AKS cannot even forget an item.
pub(super) fn of_removed_item(cluster: &Cluster, error: Error, item: Option<&Item>) -> Error {
    let error = of_item(cluster, error, item);
    let Some(item) = item else { return error };
    let id = &item.resource_id;
    error
        .hint(format!(
            "when managed identity `{id}` was deleted: make it again with `podid identity create`, grant the control plane its role, and run the same command again"
        ))
        .hint("after that delete the managed identity, never before")
}

/// `error` with the command that repairs one pod identity, or all of them.
pub(super) fn with_repair(error: Error, cluster: &Cluster, key: Option<(&str, &str)>) -> Error {
    let which = key.map_or_else(String::new, |(namespace, name)| {
        format!(" --namespace {namespace} --name {name}")
    });
    error.hint(format!(
        "repair it with `podid remove --repair {}{which}`",
        cluster.flags()
    ))
}

/// What to do about AKS's words (they have no codes of their own).
fn hints(cluster: &Cluster, edits: &[Edit], message: &str) -> Vec<String> {
    let flags = cluster.flags();
    if message.contains(NO_ASSIGNMENT) {
        return assignment_hints(cluster, edits, message);
    }
    let hint = if message.contains("use different identities with the same name") {
        "use --replace to change the pod identity of that name, or another --name".to_owned()
    } else if message.contains("requires managed identity") {
        format!(
            "give the cluster a managed identity with `az aks update -g {} -n {} --enable-managed-identity`, or use --via direct",
            cluster.group(),
            cluster.id.name()
        )
    } else if message.contains("kubenet is not supported") {
        format!("accept the risk with `podid enable {flags} --allow-network-plugin-kubenet`")
    } else if message.contains("Change kubelet identity") {
        "somebody changed the kubelet identity meanwhile; run the same command again".to_owned()
    } else if message.contains("when a managed cluster is created")
        || message.contains("NotAllowedInCreation")
    {
        "create the cluster first; pod identities can be added to a cluster that exists".to_owned()
    } else {
        return Vec::new();
    };
    vec![hint]
}

/// The identity that AKS names is one of those being added, or a stuck one that blocks every change.
fn assignment_hints(cluster: &Cluster, edits: &[Edit], message: &str) -> Vec<String> {
    let Some(named) = named_identity(message) else {
        return Vec::new();
    };
    let is = |id: &str| id.eq_ignore_ascii_case(named);
    let added = |edit: &Edit| matches!(edit, Edit::AddIdentity(new) if is(&new.resource_id));
    let view = Profile::of(cluster.managed.pod_identity_profile());
    let stuck: Vec<&Item> = view
        .identities
        .iter()
        .filter(|item| is(&item.resource_id))
        .collect();
    if stuck.is_empty() || edits.iter().any(added) {
        return vec![grant_hint(cluster, named)];
    }
    let keys: Vec<String> = stuck
        .iter()
        .map(|item| format!("`{}`", item.key()))
        .collect();
    let keys = keys.join(", ");
    let flags = cluster.flags();
    vec![
        format!(
            "pod identity {keys} blocks every change: its managed identity was deleted, or the control plane lost its role on it"
        ),
        format!("take it away with `podid remove --repair {flags}`"),
        format!(
            "or, when the managed identity exists: {}",
            grant_hint(cluster, named)
        ),
    ]
}

/// The resource id in `... over identity 'resourceId: ID - clientId: ...'`.
fn named_identity(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("resourceId: ")?;
    let end = rest.find([' ', '\'']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|id| !id.is_empty())
}

/// The command that gives the control plane its role on an identity.
fn grant_hint(cluster: &Cluster, identity: &str) -> String {
    format!(
        "grant the control plane its role with `podid role grant --for managed {} --identity-resource-id {identity}`",
        cluster.flags()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_is_found_in_the_words_of_aks() {
        let message = "Cluster identity has no assignment permission over identity 'resourceId: /s/x - clientId: c - objectId: o'. Please grant";
        assert_eq!(named_identity(message), Some("/s/x"));
        assert_eq!(named_identity("nothing"), None);
    }
}
