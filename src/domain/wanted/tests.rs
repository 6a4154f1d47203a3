//! Wants by example.

use super::*;

pub(super) fn pod(namespace: &str, name: &str, selector: &str) -> BoundPod {
    BoundPod {
        key: Key::new(namespace, name),
        uid: format!("{namespace}-{name}-1"),
        node: "node-1".to_owned(),
        selector: selector.to_owned(),
    }
}

/// An identity whose managed identity is called as the object.
pub(super) fn identity(namespace: &str, name: &str) -> Identity {
    Identity {
        key: Key::new(namespace, name),
        uid: format!("{namespace}-{name}-1"),
        client_id: format!("client-{namespace}-{name}"),
        resource_id: resource(name).as_str().to_owned(),
        ..Identity::default()
    }
}

pub(super) fn resource(name: &str) -> ResourceId {
    let subscription = "00000000-0000-0000-0000-000000000001";
    ResourceId::user_assigned_identity(subscription, "ids", name).unwrap()
}

pub(super) fn binding(namespace: &str, name: &str, identity: &str, selector: &str) -> Binding {
    Binding {
        key: Key::new(namespace, name),
        identity: identity.to_owned(),
        selector: selector.to_owned(),
    }
}

fn shown(touched: &Touched) -> Vec<String> {
    touched.iter().map(ToString::to_string).collect()
}

fn wants(all: &Wanted, namespace: &str, name: &str) -> Vec<String> {
    let wants = all.of(&Key::new(namespace, name));
    let shown = wants
        .iter()
        .map(|want| format!("{} by {}", want.identity.key, want.binding.key));
    shown.collect()
}

/// Pod `a/web`, bound to `a/id` by `a/bind`.
fn bound(across_namespaces: bool) -> Wanted {
    let mut all = Wanted::new(across_namespaces);
    assert!(all.apply_pod(pod("a", "web", "reader")).is_empty());
    assert!(all.apply_identity(identity("a", "id")).is_empty());
    let touched = all.apply_binding(binding("a", "bind", "id", "reader"));
    assert_eq!(shown(&touched), ["a/web"]);
    assert_eq!(wants(&all, "a", "web"), ["a/id by a/bind"]);
    all
}

#[test]
fn an_edit_without_effect_touches_nobody() {
    let mut all = bound(false);
    let made_again = Identity {
        uid: "another".to_owned(),
        ..identity("a", "id")
    };
    assert!(all.apply_identity(made_again).is_empty());
    assert_eq!(all.of(&Key::new("a", "web"))[0].identity.uid, "another");
    assert!(
        all.apply_binding(binding("a", "bind", "id", "reader"))
            .is_empty()
    );
    assert!(all.apply_pod(pod("a", "web", "reader")).is_empty());
    assert!(all.apply_pod(pod("a", "other", "nothing")).is_empty());
    assert!(
        all.apply_binding(binding("b", "bind", "id", "reader"))
            .is_empty()
    );
    assert!(
        all.apply_binding(binding("a", "later", "id", "reader"))
            .is_empty()
    );
    assert!(all.remove_binding(&Key::new("a", "later")).is_empty());
    assert!(all.replace_pods([pod("a", "web", "reader")]).is_empty());
    assert!(all.replace_identities([identity("a", "id")]).is_empty());
    assert!(
        all.replace_bindings([binding("a", "bind", "id", "reader")])
            .is_empty()
    );
}

#[test]
fn what_changes_a_want_touches_its_pods_alone() {
    let mut all = bound(false);
    all.apply_pod(pod("b", "web", "reader"));
    let edited = Identity {
        client_id: "another".to_owned(),
        ..identity("a", "id")
    };
    assert_eq!(shown(&all.apply_identity(edited)), ["a/web"]);
    let moved = BoundPod {
        node: "node-2".to_owned(),
        ..pod("a", "web", "reader")
    };
    assert_eq!(shown(&all.apply_pod(moved)), ["a/web"]);
    assert_eq!(
        all.pods_of_node("node-1")
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["b/web"]
    );
    assert_eq!(
        shown(&all.apply_binding(binding("a", "bind", "none", "reader"))),
        ["a/web"]
    );
    assert!(wants(&all, "a", "web").is_empty());
    assert!(all.remove_pod(&Key::new("a", "web")).is_empty());
}

#[test]
fn a_second_binding_takes_over() {
    let mut all = bound(false);
    all.apply_binding(binding("a", "carry", "id", "reader"));
    assert_eq!(
        shown(&all.remove_binding(&Key::new("a", "bind"))),
        ["a/web"]
    );
    assert_eq!(wants(&all, "a", "web"), ["a/id by a/carry"]);
    assert_eq!(shown(&all.remove_identity(&Key::new("a", "id"))), ["a/web"]);
    assert!(wants(&all, "a", "web").is_empty());
}

#[test]
fn an_empty_selector_binds_nobody() {
    let mut all = bound(false);
    assert_eq!(
        shown(&all.apply_binding(binding("a", "bind", "id", ""))),
        ["a/web"]
    );
    assert!(all.apply_pod(pod("a", "plain", "")).is_empty());
    assert!(wants(&all, "a", "plain").is_empty());
    assert_eq!(
        all.sizes(),
        Sizes {
            pods: 2,
            identities: 1,
            bindings: 0
        }
    );
}

#[test]
fn other_namespaces_are_a_choice_and_an_identity_may_decline() {
    for (across, seen) in [(false, &[][..]), (true, &["a/id by a/bind"][..])] {
        let mut all = bound(across);
        all.apply_pod(pod("b", "web", "reader"));
        assert_eq!(wants(&all, "b", "web"), seen);
        let own = Identity {
            namespaced: true,
            ..identity("a", "id")
        };
        let touched = all.apply_identity(own);
        assert_eq!(touched.contains(&Key::new("b", "web")), across);
        assert!(wants(&all, "b", "web").is_empty());
    }
}

#[test]
fn bound_identities_need_no_pod() {
    let mut all = Wanted::new(false);
    all.apply_identity(identity("a", "unbound"));
    all.apply_identity(identity("a", "two"));
    all.apply_identity(identity("a", "one"));
    all.apply_identity(Identity {
        source: Source::Secret,
        ..identity("a", "principal")
    });
    for name in ["two", "one", "principal", "missing"] {
        all.apply_binding(binding("a", name, name, "reader"));
    }
    let bound = all.bound_identities();
    let names: Vec<&str> = bound.iter().map(|one| one.key.name.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
}

#[test]
fn why_an_identity_is_there_has_an_answer() {
    let all = bound(false);
    let nodes = BTreeSet::from(["node-1".to_owned()]);
    let reason = Reason {
        pod: Key::new("a", "web"),
        binding: Key::new("a", "bind"),
        identity: Key::new("a", "id"),
    };
    let upper = ResourceId::parse(
        &resource("ID")
            .as_str()
            .replace("/subscriptions", "/SUBSCRIPTIONS"),
    );
    assert_eq!(all.explain(&upper.unwrap(), &nodes), [reason]);
    assert!(all.explain(&resource("other"), &nodes).is_empty());
    assert!(all.explain(&resource("id"), &BTreeSet::new()).is_empty());
}
