//! Items that AKS is stuck with, because their managed identity was deleted first.

use insta::assert_snapshot;
use serde_json::json;

use super::{delete_identity, refuse_put, site};
use crate::support::{Site, until};

/// `reader` lost its managed identity; `writer` is still to be added.
fn blocked() -> Site {
    let site = site();
    site.add("reader", &[]).ok();
    delete_identity(&site, "reader");
    site
}

#[test]
fn an_unrelated_add_names_the_item_and_the_repair() {
    let site = blocked();
    assert_snapshot!(site.add("writer", &[]).error(), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: Cluster identity has no assignment permission over identity 'resourceId: /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader - clientId: GUID - objectId: GUID'. Please grant at least 'Managed Identity Operator' permission before assigning pod identity.
    Hint: pod identity `billing/reader` blocks every change: its managed identity was deleted, or the control plane lost its role on it
    Hint: take it away with `podid remove --repair -g demo --cluster-name demo`
    Hint: or, when the managed identity exists: grant the control plane its role with `podid role grant --for managed -g demo --cluster-name demo --identity-resource-id /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`
          request GUID  code PodIdentityAddonIdentitiesAssignmentError
    ");
}

#[test]
fn repair_finds_and_removes_it_and_adds_work_again() {
    let site = blocked();
    assert_snapshot!(site.podid(&["remove", "--repair", "--dry-run"]).all(), @r#"
    exit code 0
    ----- stdout
    [
      {
        "name": "reader",
        "namespace": "billing",
        "outcome": "wouldRemove",
        "via": "aks",
        "changes": [
          "remove `billing/reader` from podIdentityProfile"
        ]
      }
    ]
    ----- stderr
    Pod identity `billing/reader` is Assigned: its managed identity `/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader` does not exist
    "#);
    assert_snapshot!(site.podid(&["remove", "--repair"]).error(), @"
    exit code 2
    Error: A confirmation is needed and nobody can be asked here
    Hint: add --yes when not running interactively
    ");
    site.forget_calls();
    let output = site.podid(&["remove", "--repair", "--yes"]).ok();
    assert_eq!(output.json()[0]["outcome"], "removed");
    assert_eq!(site.writes(), ["PUT demo"]);
    assert!(site.profile_items().is_empty());
    site.add("writer", &[]).ok();
    assert_snapshot!(site.podid(&["remove", "--repair"]).all(), @"
    exit code 0
    ----- stdout
    []
    ");
}

#[test]
fn several_go_in_one_request() {
    let site = site();
    for name in ["reader", "writer"] {
        site.add(name, &[]).ok();
    }
    for name in ["reader", "writer"] {
        delete_identity(&site, name);
    }
    // One alone cannot be removed: the other one blocks it.
    let one = site.remove("reader", &[]).ends_with(1);
    assert!(one.stderr.contains("--repair"), "{}", one.stderr);
    site.forget_calls();
    site.podid(&["remove", "--repair", "--yes"]).ok();
    assert_eq!(site.writes(), ["PUT demo"]);
    assert!(site.profile_items().is_empty());
}

#[test]
fn the_one_that_is_named_needs_no_question() {
    let site = blocked();
    site.remove("reader", &["--repair"]).ok();
    assert!(site.profile_items().is_empty());
}

#[test]
fn an_item_that_failed_is_repaired_by_the_same_add() {
    let site = site();
    refuse_put(
        &site,
        1,
        &json!({"operation": "Failed", "code": "InternalError", "message": "It broke."}),
    );
    site.add("reader", &[]).ends_with(1);
    assert_eq!(site.profile_items(), ["reader Failed"]);
    site.add("reader", &[]).ok();
    assert_eq!(site.profile_items(), ["reader Assigned"]);
}

#[test]
fn a_removal_that_failed_is_repaired() {
    let site = site();
    site.add("reader", &[]).ok();
    refuse_put(
        &site,
        1,
        &json!({"operation": "Failed", "code": "InternalError", "message": "It broke."}),
    );
    assert_snapshot!(site.remove("reader", &[]).error(), @"
    exit code 1
    Error: Pod identity `billing/reader` was not removed from cluster `demo`
    Caused by: It broke. (InternalError)
    Hint: when managed identity `/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader` was deleted: make it again with `podid identity create`, grant the control plane its role, and run the same command again
    Hint: after that delete the managed identity, never before
          code InternalError
    ");
    let table = site.podid(&["list", "-o", "table"]).ok();
    assert!(table.stdout.contains("Failed"), "{}", table.stdout);
    let output = site.podid(&["remove", "--repair", "--yes"]).ok();
    assert!(
        output.stderr.contains("is Failed: It broke."),
        "{}",
        output.stderr
    );
    assert!(site.profile_items().is_empty());
}

#[test]
fn without_the_add_on_there_is_nothing_to_repair() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["remove", "--repair"]).all(), @"
    exit code 2
    ----- stderr
    Error: There is nothing to repair in cluster `demo`
    Caused by: --repair is about items of podIdentityProfile, and the pod identity add-on is off
    Hint: run the command that was cut short again; `podid list` shows what needs it
    ");
}

#[test]
fn what_somebody_heals_meanwhile_is_not_removed() {
    let site = site();
    refuse_put(
        &site,
        1,
        &json!({"operation": "Failed", "code": "InternalError", "message": "It broke."}),
    );
    site.add("reader", &[]).ends_with(1);
    refuse_put(&site, 1, &json!({"hang": "before"}));
    let started = site.start(&[], &["remove", "--repair", "--yes"], None);
    until("podid sends its PUT", || site.hanging() == 1);
    let healed = json!({"enabled": true, "userAssignedIdentities": [site.item("reader")]});
    site.put_profile(&healed);
    site.heal();
    assert_snapshot!(started.finish().error(), @"
    exit code 5
    Error: Pod identity of cluster `demo` was changed by others meanwhile
    Caused by: podid would undo what it has not looked at; nothing was changed
    Hint: run the same command again
    ");
    assert_eq!(site.profile_items(), ["reader Assigned"]);
}
