//! Operations that fail after ARM took them, identities that were deleted or made again, and an API
//! server that refuses in the middle of many.

use serde_json::{Value, json};

use crate::TIMINGS;
use crate::api_proxy::{ApiProxy, Trouble};
use crate::support::{Plan, Site, until};

fn site() -> Site {
    Site::planned(&Plan::pools(2))
}

/// What podid recorded on `reader`: the names of scale sets.
fn recorded(site: &Site) -> Vec<String> {
    let object = &site.objects("AzureIdentity")[0];
    let text = object["metadata"]["annotations"]["podid.dev/assigned-scale-sets"].as_str();
    let record: Value = text.map_or(json!({}), |text| serde_json::from_str(text).unwrap());
    let sets = record.as_object().unwrap().values();
    let sets = sets.flat_map(|sets| sets.as_array().unwrap());
    sets.map(|set| set.as_str().unwrap().to_ascii_lowercase())
        .collect()
}

/// The operation of the next PATCH of this pool fails with this message.
fn fail(site: &Site, pool: &str, message: &str) {
    site.fault(&json!({
        "match": {"method": "PATCH", "path": site.scale_set(pool)},
        "action": {"operation": "Failed", "code": "OverconstrainedAllocationRequest", "message": message},
    }));
}

#[test]
fn the_record_says_what_a_failed_operation_left() {
    for timing in TIMINGS {
        for names_it in [false, true] {
            let site = site();
            site.settings(&json!({"identityShown": timing}));
            for kept in [false, true] {
                site.settings(&json!({"identityKeptAfterFailure": kept}));
                let case = format!("{timing}, names it {names_it}, kept {kept}");
                let reader = site.identity("reader");
                fail(&site, "pool1", if names_it { &reader } else { "No room." });
                let failed = site.add("reader", &[]).ends_with(1).json();
                assert_eq!(failed["outcome"], "failed", "{case}");
                assert_eq!(failed["failedPools"], json!(["pool1"]), "{case}");
                let mut sets = vec![site.scale_set("pool0").to_ascii_lowercase()];
                if kept {
                    sets.push(site.scale_set("pool1").to_ascii_lowercase());
                } else {
                    // Somebody else is faster than the next run.
                    site.assign_by_hand("reader", "pool1");
                }
                assert_eq!(recorded(&site), sets, "{case}");
                site.add("reader", &[]).ok();
                site.remove("reader", &[]).ok();
                let left: &[&str] = if kept { &[] } else { &["pool1"] };
                assert_eq!(site.holders("reader"), left, "{case}");
                let off = ["nodepool", "unassign", "--identity-resource-id", &reader];
                site.podid(&off).ok();
            }
        }
    }
}

#[test]
fn a_removal_whose_operation_failed_is_finished_by_the_next() {
    for timing in TIMINGS {
        let site = site();
        site.settings(&json!({"identityShown": timing}));
        for kept in [false, true] {
            site.settings(&json!({"identityKeptAfterFailure": kept}));
            let case = format!("{timing}, kept {kept}");
            site.add("reader", &[]).ok();
            fail(&site, "pool1", "No room.");
            site.remove("reader", &[]).ends_with(1);
            let left: &[&str] = if kept { &[] } else { &["pool1"] };
            assert_eq!(site.holders("reader"), left, "{case}");
            // What somebody assigns from here on is theirs.
            site.assign_by_hand("reader", "pool0");
            site.remove("reader", &[]).ok();
            assert_eq!(site.holders("reader"), ["pool0"], "{case}");
            assert!(site.object_names().is_empty(), "{case}");
            let reader = site.identity("reader");
            let off = ["nodepool", "unassign", "--identity-resource-id", &reader];
            site.podid(&off).ok();
        }
    }
}

/// Deletes the managed identity and makes it again under the same name.
fn make_again(site: &Site, name: &str) {
    let id = site.identity(name);
    site.azure("DELETE", &id, &Value::Null);
    site.azure("PUT", &id, &json!({"location": "westeurope"}));
}

fn pod_identity_state(site: &Site) -> Value {
    let namespace = site.namespace.as_str();
    let list = ["list", "--namespace", namespace, "--query", "[].state"];
    site.podid(&list).ok().json()
}

#[test]
fn a_managed_identity_that_was_made_again_is_assigned_anew() {
    let site = site();
    site.assign_by_hand("reader", "pool1");
    site.add("reader", &[]).ok();
    make_again(&site, "reader");
    assert_eq!(pod_identity_state(&site), json!(["Stale"]));
    let dry = site.add("reader", &["--dry-run"]).ok();
    assert!(
        dry.stdout.contains("assign anew to scale set"),
        "{}",
        dry.stdout
    );
    site.forget_calls();
    let output = site.add("reader", &[]).ok();
    assert_eq!(output.json()["outcome"], "added");
    let told = "Managed identity `reader` was deleted and made again: assigning it anew to `pool0`, `pool1`";
    assert!(output.stderr.contains(told), "{}", output.stderr);
    assert_eq!(
        site.writes().len(),
        4,
        "off and on again: {:?}",
        site.writes()
    );
    assert_eq!(pod_identity_state(&site), json!(["Assigned"]));
    let again = site.add("reader", &["--query", "outcome"]).ok();
    assert_eq!(again.stdout, "\"unchanged\"\n");
    // Who had assigned it stays who had assigned it.
    site.remove("reader", &[]).ok();
    assert_eq!(site.holders("reader"), ["pool1"]);
}

#[test]
fn a_deleted_identity_that_blocks_others_is_named() {
    let site = site();
    site.assign_by_hand("writer", "pool0");
    let writer = site.identity("writer");
    site.azure("DELETE", &writer, &Value::Null);
    let output = site.add("reader", &[]).ends_with(1);
    let told = output.raw_stderr.to_ascii_lowercase();
    let why = "identity `writer` is on this scale set but does not exist any more";
    assert!(told.contains(why), "{told}");
    let hint = format!("podid nodepool unassign --identity-resource-id {writer}");
    assert!(told.contains(&hint.to_ascii_lowercase()), "{told}");
    let off = ["nodepool", "unassign", "--identity-resource-id", &writer];
    site.podid(&off).ok();
    site.add("reader", &[]).ok();
    assert_eq!(site.holders("reader"), ["pool0", "pool1"]);
}

/// Three pod identities in a file.
fn three(site: &Site) -> String {
    let identities = ["one", "two", "three"].map(|name| {
        json!({
            "namespace": site.namespace, "name": name,
            "identityResourceId": site.identity(if name == "two" { "writer" } else { "reader" }),
        })
    });
    let text = json!({"podIdentities": identities}).to_string();
    site.write("three.json", &text)
}

#[test]
fn one_refusal_of_the_api_server_holds_up_no_other() {
    let site = site();
    let proxy = ApiProxy::start(&site);
    let file = three(&site);
    let add = [
        &["add", "--from-file", file.as_str()],
        &proxy.arguments()[..],
    ]
    .concat();
    let outcomes = |code: i32| {
        let output = site.podid(&add).ends_with(code);
        let list = output.json();
        let outcomes = list.as_array().unwrap().iter();
        let outcomes: Vec<Value> = outcomes.map(|item| item["outcome"].clone()).collect();
        json!(outcomes)
    };
    for path in ["azureidentities/two", "azureidentitybindings/two-binding"] {
        // The claim, then the binding; the last rerun has everything but that.
        proxy.order(Trouble::Refused(403), path, 0);
        let ends = outcomes(4);
        assert_eq!(ends[1], "failed", "{path}");
        assert!(ends[0] != "failed" && ends[2] != "failed", "{path}: {ends}");
    }
    assert_eq!(site.holders("reader"), ["pool0", "pool1"]);
    assert_eq!(outcomes(0), json!(["unchanged", "added", "unchanged"]));
    assert_eq!(site.object_names().len(), 6);
    assert_eq!(site.holders("writer"), ["pool0", "pool1"]);
}

#[test]
fn an_api_server_that_goes_away_leaves_a_report_of_all() {
    let site = site();
    let file = three(&site);
    site.fault(&json!({
        "match": {"method": "PATCH"}, "times": 2, "action": {"hang": "after"},
    }));
    let add = ["add", "--from-file", file.as_str(), "--timeout", "8s"];
    let run = site.start(&[], &add, None);
    until("both PATCHes", || site.hanging() == 2);
    site.api_server_reachable(false);
    site.heal();
    let output = run.finish().ends_with(1);
    let list = output.json();
    for item in list.as_array().unwrap() {
        assert_eq!(item["outcome"], "failed", "{list}");
        assert_eq!(item["pools"], json!(["pool0", "pool1"]), "{list}");
    }
    assert!(
        output
            .stderr
            .contains("3 of 3 pod identities were not added")
    );
    site.api_server_reachable(true);
    let add = ["add", "--from-file", file.as_str(), "--query", "[].outcome"];
    assert_eq!(
        site.podid(&add).ok().json(),
        json!(["added", "added", "added"])
    );
    assert_eq!(site.object_names().len(), 6);
}
