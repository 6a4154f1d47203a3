//! What has to change in the profile of the pod identity add-on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Action, Change, Kind, sort};
use crate::domain::file::WantedCluster;
use crate::domain::profile::{Edit, Effect, NewIdentity, Profile};
use crate::domain::resource_id::ResourceId;

/// Client id and object id of managed identities.
pub type Principals = BTreeMap<ResourceId, (String, String)>;

/// The edits of the profile that `cluster` asks for.
#[must_use]
pub fn edits(cluster: &WantedCluster, principals: &Principals) -> Vec<Edit> {
    let mut edits = Vec::new();
    match cluster.enabled {
        Some(true) => edits.push(Edit::Enable {
            allow_network_plugin_kubenet: cluster.allow_network_plugin_kubenet == Some(true),
        }),
        Some(false) => edits.push(Edit::Disable),
        None => {}
    }
    for item in &cluster.pod_identities {
        let (client_id, object_id) = principals.get(&item.identity).cloned().unwrap_or_default();
        edits.push(Edit::AddIdentity(NewIdentity {
            namespace: item.namespace.to_string(),
            name: item.name.to_string(),
            selector: item.selector.to_string(),
            resource_id: item.identity.to_string(),
            client_id,
            object_id,
        }));
    }
    for item in &cluster.exceptions {
        edits.push(Edit::SetException {
            namespace: item.namespace.to_string(),
            name: item.name.to_string(),
            labels: item.pod_labels.as_map().clone(),
            must_exist: false,
        });
    }
    edits
}

/// The changes that `edits` make, in the order in which they are shown.
#[must_use]
pub fn changes(edits: &[Edit], effects: &[Effect], profile: &Profile) -> Vec<Change> {
    let mut changes: Vec<Change> = edits
        .iter()
        .zip(effects)
        .filter_map(|(edit, effect)| change(edit, *effect, profile))
        .collect();
    if edits.contains(&Edit::Disable) && profile.enabled {
        changes.extend(lost(profile));
    }
    sort(&mut changes);
    changes
}

/// The change that one edit makes; none when it makes none.
#[must_use]
pub fn change(edit: &Edit, effect: Effect, profile: &Profile) -> Option<Change> {
    let (action, why) = match effect {
        Effect::Unchanged | Effect::Absent => return None,
        Effect::Added => (Action::Create, "the file asks for it"),
        Effect::Replaced => (Action::Update, "the file asks for other content"),
        Effect::Repaired => (
            Action::Update,
            "it failed, or its managed identity was made again",
        ),
        Effect::Removed => (Action::Delete, "the file asks for it"),
    };
    let (kind, before, after) = match edit {
        Edit::Enable {
            allow_network_plugin_kubenet,
        } => return Some(switch(profile, true, *allow_network_plugin_kubenet, why)),
        Edit::Disable => return Some(switch(profile, false, false, why)),
        Edit::AddIdentity(new) => {
            let client = Some(&new.client_id).filter(|id| !id.is_empty());
            let after = pod_identity(&new.resource_id, client, &new.selector);
            (
                Kind::PodIdentity,
                there(profile, &new.namespace, &new.name),
                after,
            )
        }
        Edit::RemoveIdentity { namespace, name } | Edit::RepairIdentity { namespace, name } => (
            Kind::PodIdentity,
            there(profile, namespace, name),
            Value::Null,
        ),
        Edit::SetException {
            namespace,
            name,
            labels,
            ..
        } => {
            let before = exception(profile, namespace, name);
            (
                Kind::PodIdentityException,
                before,
                json!({"podLabels": labels}),
            )
        }
        Edit::RemoveException { namespace, name } => {
            let before = exception(profile, namespace, name);
            (Kind::PodIdentityException, before, Value::Null)
        }
    };
    Some(Change {
        action,
        cluster: None,
        kind,
        name: edit.key(),
        before,
        after,
        why: why.to_owned(),
    })
}

/// The add-on goes on or off, or consent to kubenet is given.
fn switch(profile: &Profile, on: bool, consent: bool, why: &str) -> Change {
    let consented = profile.allow_network_plugin_kubenet;
    Change {
        action: Action::Update,
        cluster: None,
        kind: Kind::AddOn,
        name: Edit::Disable.key(),
        before: json!({"enabled": profile.enabled, "allowNetworkPluginKubenet": consented}),
        after: json!({"enabled": on, "allowNetworkPluginKubenet": on && (consent || consented)}),
        why: why.to_owned(),
    }
}

/// What goes with the add-on.
fn lost(profile: &Profile) -> Vec<Change> {
    let gone = |kind, name: String, before| Change {
        action: Action::Delete,
        cluster: None,
        kind,
        name,
        before,
        after: Value::Null,
        why: "it goes with the add-on".to_owned(),
    };
    let identities = profile.identities.iter().map(|item| {
        let before = there(profile, &item.namespace, &item.name);
        gone(Kind::PodIdentity, item.key(), before)
    });
    let exceptions = profile.exceptions.iter().map(|item| {
        let before = exception(profile, &item.namespace, &item.name);
        gone(Kind::PodIdentityException, item.key(), before)
    });
    identities.chain(exceptions).collect()
}

fn pod_identity(resource_id: &str, client_id: Option<&String>, selector: &str) -> Value {
    json!({
        "identityResourceId": resource_id,
        "clientId": client_id,
        "bindingSelector": selector,
    })
}

fn there(profile: &Profile, namespace: &str, name: &str) -> Value {
    profile
        .identity(namespace, name)
        .map_or(Value::Null, |item| {
            pod_identity(&item.resource_id, Some(&item.client_id), &item.selector)
        })
}

fn exception(profile: &Profile, namespace: &str, name: &str) -> Value {
    let found = profile.exception(namespace, name);
    found.map_or(Value::Null, |item| json!({"podLabels": item.labels}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{file, profile};

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x";

    fn cluster(more: &str) -> WantedCluster {
        let text = format!(
            "apiVersion: podid.dev/v1\nkind: PodIdentities\nclusters:\n- resourceGroup: g\n  name: c\n{more}"
        );
        file::read(&text).unwrap().wanted.clusters.remove(0)
    }

    fn lines(more: &str, raw: &Value) -> Vec<String> {
        let principals = BTreeMap::from([(ID.parse().unwrap(), ("c".to_owned(), "o".to_owned()))]);
        let edits = edits(&cluster(more), &principals);
        let edited = profile::edit(raw, &edits, true).unwrap();
        changes(&edits, &edited.effects, &Profile::of(raw))
            .iter()
            .map(|change| format!("{} {} {}", change.action.sign(), change.kind, change.name))
            .collect()
    }

    #[test]
    fn enabling_and_filling_is_one_set_of_changes() {
        let wanted = format!(
            "  enabled: true\n  podIdentities:\n  - {{namespace: a, identityResourceId: {ID}}}\n  exceptions:\n  - {{namespace: a, name: e, podLabels: {{k: v}}}}\n"
        );
        assert_eq!(
            lines(&wanted, &json!({})),
            [
                "~ AddOn podIdentityProfile",
                "+ PodIdentity a/x",
                "+ PodIdentityException a/e"
            ]
        );
        let there = json!({
            "enabled": true,
            "userAssignedIdentities": [{"namespace": "a", "name": "x", "bindingSelector": "x",
                "provisioningState": "Assigned",
                "identity": {"resourceId": ID, "clientId": "c", "objectId": "o"}}],
            "userAssignedIdentityExceptions": [{"namespace": "a", "name": "e", "podLabels": {"k": "w"}}],
        });
        assert_eq!(lines(&wanted, &there), ["~ PodIdentityException a/e"]);
        assert_eq!(
            lines("  enabled: false\n", &there),
            [
                "~ AddOn podIdentityProfile",
                "- PodIdentityException a/e",
                "- PodIdentity a/x"
            ]
        );
    }
}
