//! How many requests a change takes.

use serde_json::json;

use crate::support::{Plan, Site};

fn site() -> Site {
    let identities = (0..20).map(|n| format!("identity-{n:02}")).collect();
    let site = Site::planned(&Plan {
        identities,
        ..Plan::pools(10)
    });
    site.settings(&json!({"throttling": {"enabled": false}}));
    site
}

/// Adds the first `count` identities with one command; (PATCHes, reads) of Resource Manager.
fn add(site: &Site, count: usize) -> (usize, usize) {
    let entries: Vec<_> = (0..count)
        .map(|n| {
            let name = format!("identity-{n:02}");
            json!({"namespace": site.namespace, "name": name, "identityResourceId": site.identity(&name)})
        })
        .collect();
    let file = site.write(
        "identities.json",
        &json!({"podIdentities": entries}).to_string(),
    );
    site.forget_calls();
    site.podid(&["add", "--from-file", &file]).ok();
    let calls = site.calls();
    let arm = calls.iter().filter(|call| call.is_arm());
    let polls = |path: &str| path.to_ascii_lowercase().contains("/operations/");
    let patches = arm.clone().filter(|call| call.method == "PATCH").count();
    let reads = arm
        .filter(|call| call.method == "GET" && !polls(&call.path))
        .count();
    (patches, reads)
}

#[test]
fn twenty_identities_on_ten_pools_take_ten_patches() {
    let site = site();
    let (patches, _) = add(&site, 20);
    assert_eq!(patches, 10);
    assert_eq!(site.holders("identity-00").len(), 10);
    assert_eq!(site.holders("identity-19").len(), 10);
    let (patches, _) = add(&site, 20);
    assert_eq!(patches, 0, "the second time there is nothing to do");
}

#[test]
fn reads_do_not_grow_with_the_number_of_identities() {
    let (_, few) = add(&site(), 2);
    let (_, many) = add(&site(), 20);
    assert_eq!(few, many);
}
