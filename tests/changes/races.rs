//! Several commands at the same moment on the same cluster, fifty rounds each.

use serde_json::json;

use crate::TIMINGS;
use crate::support::{Plan, Site};

const ROUNDS: usize = 50;

/// A site whose scale sets take a tenth of a second and refuse a second change meanwhile.
fn site(identities: &[&str]) -> Site {
    let plan = Plan {
        identities: identities.iter().map(|name| (*name).to_owned()).collect(),
        ..Plan::pools(2)
    };
    let site = Site::planned(&plan);
    site.settings(&json!({"timeScale": 0.002, "throttling": {"enabled": false}}));
    site
}

/// Starts a round: the scale sets show changes early in every second one.
fn shown(site: &Site, round: usize) {
    site.settings(&json!({"identityShown": TIMINGS[round % 2]}));
}

fn arguments(site: &Site, verb: &str, name: &str, identity: &str) -> Vec<String> {
    let mut list = vec![verb, "--namespace", &site.namespace, "--name", name];
    let id = site.identity(identity);
    if verb == "add" {
        list.extend(["--identity-resource-id", &id]);
    }
    list.into_iter().map(str::to_owned).collect()
}

/// Runs commands (verb, pod identity, managed identity) at the same moment; all must succeed.
fn at_once(site: &Site, commands: &[(&str, &str, &str)]) {
    let started: Vec<_> = commands
        .iter()
        .map(|(verb, name, identity)| {
            let list = arguments(site, verb, name, identity);
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            site.start(&[], &list, None)
        })
        .collect();
    for run in started {
        run.finish().ok();
    }
}

fn names(site: &Site) -> Vec<String> {
    site.object_names()
}

fn objects_of(pod_identities: &[&str]) -> Vec<String> {
    let mut sorted = pod_identities.to_vec();
    sorted.sort_unstable();
    let identities = sorted.iter().map(|name| format!("AzureIdentity {name}"));
    let bindings = sorted
        .iter()
        .map(|name| format!("AzureIdentityBinding {name}-binding"));
    identities.chain(bindings).collect()
}

#[test]
fn two_adds_and_a_remove_of_different_identities() {
    let site = site(&["a", "b", "c"]);
    let everywhere = ["pool0", "pool1"];
    let mut order = ["a", "b", "c"];
    at_once(&site, &[("add", order[0], order[0])]);
    for round in 0..ROUNDS {
        shown(&site, round);
        let [present, first, second] = order;
        at_once(
            &site,
            &[
                ("add", first, first),
                ("remove", present, present),
                ("add", second, second),
            ],
        );
        assert_eq!(site.holders(first), everywhere, "round {round}");
        assert_eq!(site.holders(second), everywhere, "round {round}");
        assert!(site.holders(present).is_empty(), "round {round}");
        assert_eq!(names(&site), objects_of(&[first, second]), "round {round}");
        at_once(&site, &[("remove", second, second)]);
        order = [first, second, present];
    }
}

#[test]
fn a_remove_and_an_add_of_the_same_managed_identity() {
    let site = site(&["shared"]);
    let mut order = ["one", "two"];
    at_once(&site, &[("add", order[0], "shared")]);
    for round in 0..ROUNDS {
        shown(&site, round);
        let [present, next] = order;
        at_once(
            &site,
            &[("remove", present, "shared"), ("add", next, "shared")],
        );
        assert_eq!(site.holders("shared"), ["pool0", "pool1"], "round {round}");
        assert_eq!(names(&site), objects_of(&[next]), "round {round}");
        order = [next, present];
    }
    // Whatever way the record went: podid still knows that it put the identity there.
    at_once(&site, &[("remove", order[0], "shared")]);
    assert!(site.holders("shared").is_empty());
    assert!(names(&site).is_empty());
}

#[test]
fn two_removes_of_the_same_managed_identity() {
    let site = site(&["shared"]);
    for round in 0..ROUNDS {
        shown(&site, round);
        at_once(&site, &[("add", "one", "shared"), ("add", "two", "shared")]);
        assert_eq!(site.holders("shared"), ["pool0", "pool1"], "round {round}");
        at_once(
            &site,
            &[("remove", "one", "shared"), ("remove", "two", "shared")],
        );
        assert!(site.holders("shared").is_empty(), "round {round}");
        assert!(names(&site).is_empty(), "round {round}");
    }
}

#[test]
fn two_removes_of_the_same_pod_identity() {
    let site = site(&["same"]);
    for round in 0..ROUNDS / 5 {
        shown(&site, round);
        at_once(&site, &[("add", "same", "same")]);
        let runs = [0, 1].map(|_| {
            let mut list = arguments(&site, "remove", "same", "same");
            list.push("--ignore-not-found".to_owned());
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            site.start(&[], &list, None)
        });
        for run in runs {
            run.finish().ok();
        }
        assert!(site.holders("same").is_empty(), "round {round}");
        assert!(names(&site).is_empty(), "round {round}");
    }
}

#[test]
fn an_add_and_a_remove_of_the_same_pod_identity_leave_all_of_it_or_nothing() {
    let site = site(&["same"]);
    for round in 0..ROUNDS / 5 {
        shown(&site, round);
        at_once(&site, &[("add", "same", "same")]);
        let runs = ["add", "remove"].map(|verb| {
            let list = arguments(&site, verb, "same", "same");
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            site.start(&[], &list, None)
        });
        for run in runs {
            let output = run.finish();
            assert!(
                [0, 5].contains(&output.code),
                "round {round}: {}",
                output.all()
            );
        }
        let left = names(&site);
        if left.is_empty() {
            assert!(site.holders("same").is_empty(), "round {round}");
        } else {
            assert_eq!(left, objects_of(&["same"]), "round {round}");
            assert_eq!(site.holders("same"), ["pool0", "pool1"], "round {round}");
        }
    }
}

#[test]
fn one_name_is_given_to_one_managed_identity() {
    let site = site(&["a", "b"]);
    for round in 0..ROUNDS / 5 {
        shown(&site, round);
        let runs = ["a", "b"].map(|identity| {
            let list = arguments(&site, "add", "one", identity);
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            (identity, site.start(&[], &list, None))
        });
        let ends = runs.map(|(identity, run)| (identity, run.finish()));
        let won: Vec<&str> = ends
            .iter()
            .filter(|(_, output)| output.code == 0)
            .map(|(identity, _)| *identity)
            .collect();
        let lost = ends.iter().find(|(_, output)| output.code != 0).unwrap();
        assert_eq!(
            (won.len(), lost.1.code),
            (1, 5),
            "round {round}: {}",
            lost.1.all()
        );
        assert_eq!(site.holders(won[0]), ["pool0", "pool1"], "round {round}");
        assert!(site.holders(lost.0).is_empty(), "round {round}");
        at_once(&site, &[("remove", "one", "")]);
    }
}
