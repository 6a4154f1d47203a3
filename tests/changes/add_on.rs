//! Several commands at the same moment on the profile of one cluster, and a writer that does not
//! say which version it writes.

use std::thread;

use serde_json::{Value, json};

use crate::support::{Plan, Site};

const ROUNDS: usize = 20;
const PROCESSES: usize = 10;
const EACH: usize = 2;

/// A site whose cluster takes a fiftieth of a second and refuses a second change meanwhile.
fn site(identities: &[&str]) -> Site {
    let site = Site::planned(&Plan::with_add_on(identities));
    site.allow_control_plane();
    site.settings(&json!({"timeScale": 0.0002, "throttling": {"enabled": false}}));
    site
}

/// A write as `az` makes it: the cluster as it was read, without its ETag, tried again while busy.
fn write_without_etag(site: &Site, edit: impl Fn(&mut Value)) {
    loop {
        let mut cluster = site.azure("GET", &site.cluster(), &Value::Null);
        edit(&mut cluster["properties"]["podIdentityProfile"]);
        if site.try_azure("PUT", &site.cluster(), &cluster).0 < 300 {
            return;
        }
    }
}

fn clear(site: &Site) {
    write_without_etag(site, |profile| *profile = json!({"enabled": true}));
    crate::support::until("an empty profile", || site.profile_items().is_empty());
}

fn assigned(names: &[String]) -> Vec<String> {
    let mut items: Vec<String> = names
        .iter()
        .map(|name| format!("{name} Assigned"))
        .collect();
    items.sort();
    items
}

#[test]
fn twenty_adds_in_ten_processes_lose_nothing() {
    let names: Vec<String> = (0..PROCESSES * EACH)
        .map(|n| format!("id-{n:02}"))
        .collect();
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    let site = site(&list);
    for round in 0..ROUNDS {
        thread::scope(|scope| {
            for own in names.chunks(EACH) {
                let site = &site;
                scope.spawn(move || {
                    for name in own {
                        let output = site.add(name, &["--via", "aks"]).ok();
                        assert_eq!(output.json()["outcome"], "added", "round {round}");
                    }
                });
            }
        });
        assert_eq!(site.profile_items(), assigned(&names), "round {round}");
        clear(&site);
    }
}

#[test]
fn adds_and_removes_of_different_names_at_once() {
    let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let site = site(&["a", "b", "c", "d"]);
    site.add("a", &[]).ok();
    site.add("b", &[]).ok();
    let mut order = [0, 1, 2, 3];
    for round in 0..5 {
        let [first, second, third, fourth] = order.map(|n: usize| names[n].as_str());
        thread::scope(|scope| {
            let site = &site;
            for (verb, name) in [
                ("remove", first),
                ("remove", second),
                ("add", third),
                ("add", fourth),
            ] {
                scope.spawn(move || match verb {
                    "add" => site.add(name, &[]).ok(),
                    _ => site.remove(name, &[]).ok(),
                });
            }
        });
        let there = [third.to_owned(), fourth.to_owned()];
        assert_eq!(site.profile_items(), assigned(&there), "round {round}");
        order.rotate_left(2);
    }
}

#[test]
fn one_name_is_given_to_one_identity() {
    let site = site(&["a", "b"]);
    for round in 0..5 {
        let runs = ["a", "b"].map(|identity| {
            let id = site.identity(identity);
            let arguments = [
                "add",
                "--namespace",
                &site.namespace,
                "--name",
                "one",
                "--identity-resource-id",
                &id,
            ];
            site.start(&[], &arguments, None)
        });
        let mut codes = runs.map(|run| run.finish().code);
        codes.sort_unstable();
        assert_eq!(codes, [0, 5], "round {round}");
        assert_eq!(site.profile_items(), ["one Assigned"], "round {round}");
        clear(&site);
    }
}

#[test]
fn two_adds_beside_a_writer_without_an_etag() {
    let site = site(&["a", "b", "az"]);
    for round in 0..5 {
        thread::scope(|scope| {
            let site = &site;
            for name in ["a", "b"] {
                scope.spawn(move || site.add(name, &[]).ok());
            }
            scope.spawn(move || {
                let item = json!({
                    "name": "az", "namespace": site.namespace,
                    "identity": {"resourceId": site.identity("az")},
                });
                write_without_etag(site, |profile| {
                    let items = &mut profile["userAssignedIdentities"];
                    let mut kept = items.as_array().cloned().unwrap_or_default();
                    kept.retain(|item| item["provisioningState"] != "Deleting");
                    kept.push(item.clone());
                    *items = Value::Array(kept);
                });
            });
        });
        let has = |name: &str| site.profile_items().contains(&format!("{name} Assigned"));
        crate::support::until("the end of the other write", || has("az"));
        // The other writer may have taken back what podid added before it came; podid never takes
        // back what it wrote, and the same commands bring everything about.
        for name in ["a", "b"] {
            site.add(name, &[]).ok();
        }
        let all = ["a", "az", "b"].map(str::to_owned);
        assert_eq!(site.profile_items(), assigned(&all), "round {round}");
        clear(&site);
    }
}
