//! How many writes `podid apply` takes: never more than there are scale sets, or clusters with the
//! add-on.

use serde_json::{Value, json};

use crate::support::{Plan, Site};

const IDENTITIES: usize = 100;
const SHARED: usize = 50;
const POOLS: usize = 10;
const CLUSTERS: [&str; 3] = ["demo", "demo2", "demo3"];

/// Three clusters of ten pools, and a hundred managed identities.
fn site(add_on: bool) -> Site {
    let site = Site::planned(&Plan {
        identities: (0..IDENTITIES)
            .map(|n| format!("identity-{n:03}"))
            .collect(),
        add_on,
        ..Plan::pools(POOLS)
    });
    site.settings(&json!({"throttling": {"enabled": false}}));
    for name in &CLUSTERS[1..] {
        site.another_cluster(name);
    }
    if add_on {
        site.allow_control_plane();
    }
    site
}

/// A file that asks for all identities in every cluster, half of them under shared selectors: a
/// further binding each where podid itself writes them, else their own.
fn file(site: &Site, add_on: bool) -> String {
    let clusters = CLUSTERS.map(|name| {
        let namespace = site.another_namespace(name);
        let selector = |n: usize| match (add_on, n < SHARED) {
            (true, true) => format!("shared-{}", n / 2),
            _ => format!("identity-{n:03}"),
        };
        let entries: Vec<Value> = (0..IDENTITIES)
            .map(|n| {
                json!({
                    "namespace": namespace,
                    "name": format!("identity-{n:03}"),
                    "identityResourceId": site.identity(&format!("identity-{n:03}")),
                    "bindingSelector": selector(n),
                })
            })
            .collect();
        let mut cluster = json!({"resourceGroup": "demo", "name": name, "podIdentities": entries});
        if !add_on {
            let bindings = (0..SHARED).map(|n| {
                json!({
                    "namespace": namespace,
                    "name": format!("shared-{n}"),
                    "identity": format!("identity-{n:03}"),
                    "selector": format!("shared-{}", n / 2),
                })
            });
            cluster["bindings"] = bindings.collect();
        }
        cluster
    });
    let text = json!({
        "apiVersion": "podid.dev/v1", "kind": "PodIdentities", "clusters": clusters,
    });
    site.write("wanted.json", &text.to_string())
}

/// Applies twice; the writes of the first run, by method.
#[expect(
    clippy::print_stderr,
    reason = "the number of writes is what this test is about"
)]
fn writes(site: &Site, add_on: bool) -> Vec<String> {
    let file = file(site, add_on);
    let apply = ["apply", "-f", &file, "--yes", "-o", "none"];
    site.forget_calls();
    let start = std::time::Instant::now();
    site.podid(&apply).ok();
    let took = start.elapsed();
    let first = site.writes();
    site.forget_calls();
    site.podid(&apply).ok();
    let second = site.writes();
    assert!(second.is_empty(), "the second time: {second:?}");
    let reads = site.calls().iter().filter(|call| call.is_arm()).count();
    eprintln!(
        "{IDENTITIES} identities, {SHARED} bindings with shared selectors, {POOLS} pools, {} clusters: \
         {} writes in {:.1} s; again: 0 writes, {reads} requests",
        CLUSTERS.len(),
        first.len(),
        took.as_secs_f64(),
    );
    first
}

#[test]
fn a_hundred_identities_on_three_clusters_take_one_patch_per_scale_set() {
    let site = site(false);
    let writes = writes(&site, false);
    assert_eq!(writes.len(), POOLS * CLUSTERS.len(), "{writes:?}");
    assert!(
        writes.iter().all(|write| write.starts_with("PATCH ")),
        "{writes:?}"
    );
    assert_eq!(site.holders("identity-099").len(), POOLS);
}

#[test]
fn a_hundred_identities_on_three_clusters_take_one_put_per_cluster() {
    let site = site(true);
    let writes = writes(&site, true);
    assert_eq!(writes, ["PUT demo", "PUT demo2", "PUT demo3"]);
}
