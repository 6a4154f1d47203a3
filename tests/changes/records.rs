//! What podid recorded, after others changed the cluster or the record.

use serde_json::{Value, json};

use crate::support::{Plan, Site, until};

const RECORD: &str = "podid.dev/assigned-scale-sets";

fn site() -> Site {
    Site::planned(&Plan::pools(2))
}

/// Writes the record of `reader` by hand.
fn write_record(site: &Site, record: &Value) {
    let annotations = json!({RECORD: record.to_string()});
    let object = json!({"metadata": {"annotations": annotations}});
    site.apply("AzureIdentity", "reader", &object);
}

/// Whether the scale set holds the identity, whatever pool it belongs to.
fn holds(site: &Site, scale_set: &str, identity: &str) -> bool {
    let set = site.azure("GET", scale_set, &Value::Null);
    let held = set["identity"]["userAssignedIdentities"].as_object();
    let wanted = site.identity(identity);
    held.is_some_and(|held| held.keys().any(|id| id.eq_ignore_ascii_case(&wanted)))
}

#[test]
fn a_scale_set_that_left_its_pool_is_not_forgotten() {
    let site = site();
    site.add("reader", &[]).ok();
    let left = site.scale_set("pool1");
    site.azure(
        "PATCH",
        &left,
        &json!({"tags": {"aks-managed-poolName": "old"}}),
    );
    let dry = site.remove("reader", &["--dry-run", "--query", "length(changes)"]);
    assert_eq!(dry.ok().stdout, "4\n");
    let output = site.remove("reader", &["--query", "unassignedPools"]).ok();
    assert_eq!(output.json(), json!(["pool0", "old"]));
    assert!(!holds(&site, &left, "reader"));
    assert!(site.object_names().is_empty());
}

#[test]
fn a_scale_set_that_was_deleted_holds_nobody_up() {
    let site = site();
    site.add("reader", &[]).ok();
    site.azure("DELETE", &site.scale_set("pool1"), &Value::Null);
    until("the scale set to be gone", || site.scale_sets().len() == 1);
    let output = site.remove("reader", &["--query", "unassignedPools"]).ok();
    assert_eq!(output.json(), json!(["pool0"]));
    assert!(site.object_names().is_empty());
}

#[test]
fn a_record_cannot_name_scale_sets_of_others() {
    let site = site();
    site.add("reader", &[]).ok();
    let theirs = format!(
        "/subscriptions/{}/resourceGroups/demo/providers/Microsoft.Compute/virtualMachineScaleSets/theirs",
        site.subscription
    );
    let reader = site.identity("reader");
    let identity = json!({"type": "UserAssigned", "userAssignedIdentities": {reader.as_str(): {}}});
    let set = json!({"location": "westeurope", "identity": identity, "properties": {}});
    site.azure("PUT", &theirs, &set);
    write_record(&site, &json!({reader.as_str(): [theirs.as_str()]}));
    site.remove("reader", &[]).ok();
    assert!(holds(&site, &theirs, "reader"));
}

#[test]
fn an_object_pointed_at_another_identity_takes_away_only_what_podid_assigned() {
    let site = site();
    site.assign_by_hand("writer", "pool0");
    site.assign_by_hand("writer", "pool1");
    site.add("reader", &[]).ok();
    let spec = json!({"type": 0, "resourceID": site.identity("writer"), "clientID": ""});
    site.apply(
        "AzureIdentity",
        "reader",
        &json!({"metadata": {}, "spec": spec}),
    );
    site.remove("reader", &[]).ok();
    assert_eq!(site.holders("writer"), ["pool0", "pool1"]);
    assert!(site.holders("reader").is_empty());
}

#[test]
fn a_record_in_the_former_form_is_understood() {
    let site = site();
    site.add("reader", &[]).ok();
    write_record(
        &site,
        &json!([site.scale_set("pool0"), site.scale_set("pool1")]),
    );
    site.add("reader", &[]).ok();
    site.remove("reader", &[]).ok();
    assert!(site.holders("reader").is_empty());
}
