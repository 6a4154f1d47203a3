//! Claims that change between podid's look at them and its write: by people and tools that know
//! nothing of podid's marks.

use serde_json::{Value, json};

use crate::support::{Plan, Site, Started, until};

fn site() -> Site {
    Site::planned(&Plan::pools(2))
}

/// Applies an `AzureIdentity` for `identity` as GitOps would.
fn claim(site: &Site, name: &str, identity: &str) {
    let spec = json!({"type": 0, "resourceID": site.identity(identity), "clientID": ""});
    site.apply(
        "AzureIdentity",
        name,
        &json!({"metadata": {}, "spec": spec}),
    );
}

/// What podid recorded on an object, as names of scale sets by name of identity.
fn record(site: &Site, name: &str) -> Value {
    let objects = site.objects("AzureIdentity");
    let object = objects
        .iter()
        .find(|object| object["metadata"]["name"] == name);
    let annotations = &object.unwrap()["metadata"]["annotations"];
    let text = annotations["podid.dev/assigned-scale-sets"].as_str();
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
}

/// Starts podid and waits until the call that `fits` is held before it takes effect.
fn held<'a>(site: &'a Site, fits: &Value, arguments: &[&str]) -> Started<'a> {
    site.fault(&json!({"match": fits, "action": {"hang": "before"}}));
    let run = site.start(&[], arguments, None);
    until("the call to be held", || site.hanging() > 0);
    run
}

fn remove(site: &Site) -> Vec<&str> {
    let namespace = site.namespace.as_str();
    vec!["remove", "--namespace", namespace, "--name", "reader"]
}

#[test]
fn an_identity_claimed_during_its_removal_stays() {
    let site = site();
    site.add("reader", &[]).ok();
    site.forget_calls();
    // The claims are read by now, the scale sets are not.
    let list = json!({"method": "GET", "path": "/virtualMachineScaleSets"});
    let run = held(&site, &list, &remove(&site));
    claim(&site, "late", "reader");
    site.heal();
    let output = run.finish().ok();
    let late = format!("{}/late", site.namespace);
    assert_eq!(output.json()["stillNeededBy"], json!(late));
    assert_eq!(output.json()["unassignedPools"], json!([]));
    assert_eq!(site.holders("reader"), ["pool0", "pool1"]);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert_eq!(site.object_names(), ["AzureIdentity late"]);
    // The record went with the claim.
    site.remove("late", &[]).ok();
    assert!(site.holders("reader").is_empty());
}

#[test]
fn the_claims_are_read_again_before_a_patch_is_sent_again() {
    let site = site();
    site.add("reader", &[]).ok();
    let first = site.scale_set("pool0");
    site.fault(&json!({
        "match": {"method": "PATCH", "path": first},
        "action": {"status": 412, "code": "PreconditionFailed", "message": "It changed."},
    }));
    let again = json!({"method": "GET", "path": first});
    let run = held(&site, &again, &remove(&site));
    until("the other scale set to be changed", || {
        site.holders("reader") == ["pool0"]
    });
    claim(&site, "late", "reader");
    site.heal();
    let late = format!("{}/late", site.namespace);
    assert_eq!(run.finish().ok().json()["stillNeededBy"], json!(late));
    assert_eq!(site.holders("reader"), ["pool0"]);
    // What was taken off before is podid's no more.
    let recorded = record(&site, "late");
    let sets = recorded.as_object().unwrap().values().next().unwrap();
    assert_eq!(sets.as_array().unwrap().len(), 1, "{recorded}");
    assert!(sets[0].as_str().unwrap().eq_ignore_ascii_case(&first));
}

#[test]
fn a_removal_whose_object_is_deleted_by_somebody_stops_and_says_so() {
    let site = site();
    site.add("reader", &[]).ok();
    site.forget_calls();
    let list = json!({"method": "GET", "path": "/virtualMachineScaleSets"});
    let run = held(&site, &list, &remove(&site));
    site.delete("AzureIdentity", "reader");
    site.heal();
    let output = run.finish().ends_with(5);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(
        output.stderr.contains("was deleted by somebody else"),
        "{}",
        output.stderr
    );
    let unassign = format!(
        "podid nodepool unassign --identity-resource-id {}",
        site.identity("reader")
    );
    let told = output.raw_stderr.to_ascii_lowercase();
    assert!(told.contains(&unassign.to_ascii_lowercase()), "{told}");
}

#[test]
fn an_identity_claimed_while_it_is_unassigned_is_put_back() {
    let site = site();
    site.assign_by_hand("reader", "pool0");
    let reader = site.identity("reader");
    let unassign = ["nodepool", "unassign", "--identity-resource-id", &reader];
    let run = held(&site, &json!({"method": "PATCH"}), &unassign);
    // Everything that it needs is there: it has nothing to assign.
    let own = ["--timeout", "1m", "--query", "outcome"];
    site.assign_by_hand("reader", "pool1");
    let added = site.add("reader", &own).ok();
    assert_eq!(added.stdout, "\"added\"\n");
    site.heal();
    let output = run.finish();
    let told = output.all();
    assert_eq!(output.code, 5, "{told}");
    assert!(told.contains("which was added meanwhile"), "{told}");
    assert!(told.contains("Caused by: it was put back"), "{told}");
    assert_eq!(output.json()[0]["outcome"], "failed");
    assert_eq!(site.holders("reader"), ["pool0", "pool1"]);
    // Somebody else had assigned it, and podid only put it back.
    site.remove("reader", &[]).ok();
    assert_eq!(site.holders("reader"), ["pool0", "pool1"]);
}

#[test]
fn an_identity_claimed_before_the_patch_is_not_taken_off() {
    let site = site();
    site.assign_by_hand("reader", "pool0");
    let first = site.scale_set("pool0");
    site.fault(&json!({
        "match": {"method": "PATCH", "path": first},
        "action": {"status": 412, "code": "PreconditionFailed", "message": "It changed."},
    }));
    let reader = site.identity("reader");
    let unassign = ["nodepool", "unassign", "--identity-resource-id", &reader];
    let again = json!({"method": "GET", "path": first});
    let run = held(&site, &again, &unassign);
    claim(&site, "late", "reader");
    site.heal();
    let output = run.finish().ends_with(5);
    assert!(output.stderr.contains("needs its managed identity"));
    assert_eq!(site.holders("reader"), ["pool0"]);
}
