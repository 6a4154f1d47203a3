//! What keeps a repeated write from going over what others did meanwhile.

use serde_json::{Value, json};

use crate::azure::managed_cluster::ManagedCluster;
use crate::domain::profile::{self, EXCEPTIONS, Edit, IDENTITIES, Profile};
use crate::error::{Error, Kind, Result};

/// Whether `edit` takes something away: sent twice, it would take what somebody put there since.
pub(super) fn is_removal(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::RemoveIdentity { .. }
            | Edit::RepairIdentity { .. }
            | Edit::RemoveException { .. }
            | Edit::Disable
    )
}

/// Whether what `edits` are about is another than it was when the caller looked.
pub(super) fn moved(as_read: &Value, now: &Value, edits: &[&Edit]) -> bool {
    !edits.is_empty() && looked_at(as_read, edits) != looked_at(now, edits)
}

/// The part of a profile that `edits` are about, states left aside; all of it for its end.
fn looked_at(profile: &Value, edits: &[&Edit]) -> Option<Value> {
    let mut content = profile::edit(profile, &[], false).ok()?.profile;
    if edits.contains(&&Edit::Disable) {
        return Some(content);
    }
    let keys: Vec<String> = edits.iter().map(|edit| edit.key()).collect();
    let is_about = |item: &Value| {
        let word = |key| item.get(key).and_then(Value::as_str).unwrap_or_default();
        keys.contains(&format!("{}/{}", word("namespace"), word("name")))
    };
    for list in [IDENTITIES, EXCEPTIONS] {
        if let Some(Value::Array(items)) = content.get_mut(list) {
            items.retain(is_about);
        }
    }
    let switches = edits.iter().any(|edit| matches!(edit, Edit::Enable { .. }));
    if !switches {
        let lists = [IDENTITIES, EXCEPTIONS].map(|list| content[list].take());
        content = json!(lists);
    }
    Some(json!([content, healed(profile, edits)]))
}

/// Which of those to repair need no repair: neither failed nor on their way.
fn healed(profile: &Value, edits: &[&Edit]) -> Vec<bool> {
    let view = Profile::of(profile);
    let healed = |edit: &&&Edit| match edit {
        Edit::RepairIdentity { namespace, name } => {
            let item = view.identity(namespace, name);
            Some(item.is_some_and(|item| !item.state.is_failure() && !item.state.is_moving()))
        }
        _ => None,
    };
    edits.iter().filter_map(|edit| healed(&edit)).collect()
}

/// Refuses a cluster whose version is not known: its write would go over those of others.
pub(super) fn check_version(managed: &ManagedCluster) -> Result<()> {
    if managed.etag().is_some() {
        return Ok(());
    }
    let id = managed.id();
    Err(Error::new(
        Kind::Failed,
        format!("Cluster `{}` was not changed", id.name()),
    )
    .cause("Azure did not say which version of it this is (no eTag), so podid could undo what others change")
    .hint("run the same command again; if that does not help, see whether a proxy changes Azure's answers")
    .target(id.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(state: &str, client: &str) -> Value {
        json!({"enabled": true, "userAssignedIdentities": [
            {"name": "a", "namespace": "n", "identity": {"clientId": client}, "provisioningState": state},
        ]})
    }

    fn repair() -> Edit {
        Edit::RepairIdentity {
            namespace: "n".to_owned(),
            name: "a".to_owned(),
        }
    }

    #[test]
    fn what_was_healed_or_made_again_has_moved() {
        let stuck = on("Failed", "c");
        let moved = |now: &Value, edit: &Edit| moved(&stuck, now, &[edit]);
        assert!(!moved(&stuck, &repair()) && !moved(&on("Updating", "c"), &repair()));
        assert!(moved(&on("Assigned", "c"), &repair()));
        assert!(moved(&on("Failed", "other"), &repair()));
        assert!(moved(&json!({"enabled": true}), &repair()));
    }

    #[test]
    fn only_what_the_edits_are_about_counts_but_the_end_is_about_everything() {
        let before = on("Assigned", "c");
        let mut after = before.clone();
        after["userAssignedIdentities"] = json!([
            before["userAssignedIdentities"][0],
            {"name": "b", "namespace": "n", "identity": {"clientId": "d"}},
        ]);
        assert!(!moved(&before, &after, &[&repair()]));
        assert!(moved(&before, &after, &[&Edit::Disable]));
        assert!(!moved(&before, &on("Updating", "c"), &[&Edit::Disable]));
        assert!(!moved(&before, &after, &[]));
    }

    #[test]
    fn a_cluster_without_a_version_is_not_written() {
        let of = |more: Value| {
            let mut raw = json!({
                "id": "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo",
            });
            raw["eTag"] = more;
            ManagedCluster::from_value(raw).unwrap()
        };
        assert!(check_version(&of(json!("e1"))).is_ok());
        let error = check_version(&of(Value::Null)).unwrap_err();
        assert_eq!(error.kind, Kind::Failed);
    }
}
