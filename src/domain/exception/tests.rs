//! Tests of [`super`].

use proptest::prelude::*;

use super::*;

fn labels(text: &str) -> Labels {
    let pairs = text
        .split_whitespace()
        .map(|pair| pair.split_once('=').unwrap());
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn pod(name: &str, owner: &str, own: &str) -> Pod {
    Pod {
        namespace: "billing".to_owned(),
        name: name.to_owned(),
        labels: labels(own),
        owner: Owner {
            kind: "Deployment".to_owned(),
            name: owner.to_owned(),
        },
        host_network: false,
        active: true,
    }
}

fn exception(namespace: &str, own: &str) -> Exception {
    Exception {
        namespace: namespace.to_owned(),
        name: "e".to_owned(),
        pod_labels: labels(own),
    }
}

#[test]
fn one_equal_label_is_enough() {
    let pod = pod("p", "web", "app=Web tier=front");
    for (namespace, own, expected) in [
        ("billing", "app=web", true),
        ("billing", "app=web tier=back", true),
        ("billing", "app=api tier=FRONT", true),
        ("billing", "app=api", false),
        ("billing", "App=web", false),
        ("billing", "zone=1", false),
        ("billing", "", false),
        ("other", "app=web", false),
    ] {
        let exception = exception(namespace, own);
        assert_eq!(exception.applies_to(&pod), expected, "{namespace} {own}");
        let found = matches(std::slice::from_ref(&exception), &pod).len();
        assert_eq!(found, usize::from(expected));
    }
}

#[test]
fn each_label_is_told() {
    let compared = compare_labels(
        &labels("app=web tier=front zone=1"),
        &labels("app=Web tier=x"),
    );
    let told: Vec<(bool, Option<&str>)> = compared
        .iter()
        .map(|one| (one.is_equal(), one.found.as_deref()))
        .collect();
    assert_eq!(
        told,
        [(true, Some("Web")), (false, Some("x")), (false, None)]
    );
}

#[test]
fn names_are_made_of_the_labels() {
    let name = |items: &[&str]| {
        default_name(&PodLabels::parse(items).unwrap())
            .unwrap()
            .to_string()
    };
    assert_eq!(name(&["app=Web"]), name(&["app=Web"]));
    assert_eq!(name(&["a=b", "c=d"]), name(&["c=d", "a=b"]));
    assert!(
        name(&["app=Web"]).starts_with("app-web-"),
        "{}",
        name(&["app=Web"])
    );
    assert_ne!(name(&["app=web"]), name(&["app-web="]));
    assert_ne!(name(&["app=Web"]), name(&["app=web"]));
}

#[test]
fn reach_counts_what_nmi_would_see() {
    let mut host = pod("host-1", "agent", "app=web");
    host.host_network = true;
    let mut done = pod("done-1", "batch", "app=web");
    done.active = false;
    let mut elsewhere = pod("web-9", "web", "app=web");
    elsewhere.namespace = "other".to_owned();
    let bound = pod("api-1", "api", "app=web aadpodidbinding=reader");
    let pods = [
        pod("web-1", "web", "app=web"),
        pod("web-2", "web", "app=web"),
        pod("db-1", "db", "app=db"),
        bound,
        host,
        done,
        elsewhere,
    ];
    let reach = Reach::of(&labels("app=web"), "billing", &pods);
    assert_eq!(reach.count(), 3);
    assert!(reach.is_broad());
    assert_eq!(reach.bound, ["api-1"]);
    assert!(!Reach::of(&labels("app=db"), "billing", &pods).is_broad());
}

#[test]
fn compares_by_name_and_labels() {
    let wanted = WantedException {
        namespace: "billing".parse().unwrap(),
        name: "e".parse().unwrap(),
        pod_labels: PodLabels::parse(&["app=web"]).unwrap(),
    };
    let there = |namespace, own| [exception(namespace, own)];
    assert_eq!(
        compare(&wanted, &there("billing", "app=web")),
        Comparison::Same
    );
    assert_eq!(
        compare(&wanted, &there("other", "app=web")),
        Comparison::Absent
    );
    assert_eq!(
        compare(&wanted, &there("billing", "app=api tier=x")),
        Comparison::Different("`app=api tier=x`".to_owned())
    );
    assert_eq!(
        compare(&wanted, &there("billing", "")),
        Comparison::Different("no labels".to_owned())
    );
    let twice = [exception("billing", "app=web"), exception("billing", "a=b")];
    assert_eq!(
        compare(&wanted, &twice),
        Comparison::Different("`a=b`".to_owned())
    );
    let same = there("billing", "app=web");
    let found = with_labels(&wanted.namespace, &wanted.pod_labels, &same);
    assert_eq!(found, Some(&same[0]));
}

proptest! {
    #[test]
    fn every_set_of_labels_has_a_valid_name(
        set in proptest::collection::btree_map("[a-zA-Z0-9]([a-zA-Z0-9._-]{0,60}[a-zA-Z0-9])?", "[a-z]{0,5}", 1..4)
    ) {
        let labels = PodLabels::from_map(set).unwrap();
        prop_assert!(default_name(&labels).is_ok());
    }

    #[test]
    fn more_labels_never_match_fewer_pods(
        own in proptest::collection::btree_map("[a-c]", "[x-y]", 0..3),
        fewer in proptest::collection::btree_map("[a-c]", "[x-y]", 0..3),
        more in proptest::collection::btree_map("[d-e]", "[x-y]", 0..3),
    ) {
        let mut all = fewer.clone();
        all.extend(more);
        prop_assert!(!lets_through(&fewer, &own) || lets_through(&all, &own));
        let told = compare_labels(&all, &own).iter().any(LabelComparison::is_equal);
        prop_assert_eq!(told, lets_through(&all, &own));
    }
}
