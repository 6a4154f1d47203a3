//! Tests of scale sets.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;

const SUB: &str = "11111111-2222-3333-4444-555555555555";

fn identity(name: &str) -> ResourceId {
    ResourceId::user_assigned_identity(SUB, "ids", name).unwrap()
}

fn scale_set(kind: &str, held: &[&str]) -> ScaleSet {
    let held: Map<_, _> = held
        .iter()
        .map(|name| {
            (
                identity(name)
                    .to_string()
                    .replace("resourceGroups", "resourcegroups"),
                json!({"clientId": "c", "principalId": null}),
            )
        })
        .collect();
    ScaleSet::from_value(&json!({
        "id": ResourceId::scale_set(SUB, "nodes", "aks-apps-1").unwrap(),
        "location": "westeurope",
        "etag": "\"1\"",
        "tags": {"aks-managed-poolName": "apps"},
        "identity": {"type": kind, "userAssignedIdentities": held},
        "properties": {"provisioningState": "Succeeded"},
    }))
    .unwrap()
}

fn delta(add: &[&str], remove: &[&str]) -> Delta {
    Delta {
        add: add.iter().map(|name| identity(name)).collect(),
        remove: remove.iter().map(|name| identity(name)).collect(),
    }
}

fn body(set: &ScaleSet, change: &Delta) -> String {
    let call = patch_call(set, change, false).unwrap();
    call.body().unwrap()["identity"].to_string().replace(
        &format!("/subscriptions/{SUB}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"),
        "",
    )
}

#[test]
fn a_scale_set_is_read() {
    let set = scale_set("SystemAssigned, UserAssigned", &["a"]);
    assert_eq!(set.pool_name(), Some("apps"));
    assert!(set.identity.kind.system_assigned && set.identity.kind.user_assigned);
    assert!(set.holds(&identity("A")));
    assert_eq!(
        set.identity.user_assigned[&identity("a")]
            .client_id
            .as_deref(),
        Some("c")
    );
    assert!(!set.is_deleting());
}

#[test]
fn a_patch_holds_the_change_and_nothing_else() {
    assert_eq!(
        body(&scale_set("UserAssigned", &["a"]), &delta(&["b"], &["a"])),
        r#"{"type":"UserAssigned","userAssignedIdentities":{"b":{},"a":null}}"#
    );
    assert_eq!(
        body(&scale_set("None", &[]), &delta(&["b"], &[])),
        r#"{"type":"UserAssigned","userAssignedIdentities":{"b":{}}}"#
    );
    assert_eq!(
        body(&scale_set("SystemAssigned", &[]), &delta(&["b"], &[])),
        r#"{"type":"SystemAssigned, UserAssigned","userAssignedIdentities":{"b":{}}}"#
    );
}

#[test]
fn the_last_identity_takes_the_type_with_it() {
    assert_eq!(
        body(&scale_set("UserAssigned", &["a"]), &delta(&[], &["A"])),
        r#"{"type":"None"}"#
    );
    assert_eq!(
        body(
            &scale_set("SystemAssigned, UserAssigned", &["a"]),
            &delta(&[], &["a"])
        ),
        r#"{"type":"SystemAssigned"}"#
    );
    let call = patch_call(
        &scale_set("UserAssigned", &["a"]),
        &delta(&[], &["a"]),
        false,
    )
    .unwrap();
    assert!(
        format!("{call:?}").contains(r#"if_match: Some("\"1\"")"#),
        "{call:?}"
    );
}

#[test]
fn what_is_there_already_is_no_change() {
    let set = scale_set("UserAssigned", &["a"]);
    assert!(delta(&["A"], &["b"]).against(&set.identity).is_empty());
    assert_eq!(
        delta(&["b"], &["a"]).against(&set.identity),
        delta(&["b"], &["a"])
    );
    assert!(patch_call(&set, &Delta::default(), false).is_err());
}

proptest! {
    #[test]
    fn chunks_hold_everything_once_with_additions_first(adds in 0usize..400, removes in 0usize..400) {
        let names = |prefix: &str, count: usize| (0..count).map(|n| identity(&format!("{prefix}{n}"))).collect::<BTreeSet<_>>();
        let change = Delta { add: names("add", adds), remove: names("remove", removes) };
        let chunks = change.chunks();
        let fits = chunks.iter().all(|chunk| {
            let size = chunk.add.len() + chunk.remove.len();
            size > 0 && size <= MAX_IDENTITIES_PER_PATCH
        });
        prop_assert!(fits);
        prop_assert_eq!(chunks.len(), (adds + removes).div_ceil(MAX_IDENTITIES_PER_PATCH));
        let added: usize = chunks.iter().map(|chunk| chunk.add.len()).sum();
        let first_removal = chunks.iter().position(|chunk| !chunk.remove.is_empty()).unwrap_or(chunks.len());
        let later_adds: usize = chunks.iter().skip(first_removal + 1).map(|chunk| chunk.add.len()).sum();
        prop_assert_eq!((added, later_adds), (adds, 0));
        let union: BTreeSet<_> = chunks.iter().flat_map(|chunk| chunk.remove.iter().cloned()).collect();
        prop_assert_eq!(union, change.remove);
    }
}
