//! Matching against examples.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::domain::token_request::WantedIdentity;

pub(super) fn pod(namespace: &str, name: &str, selector: &str, address: &str) -> Pod {
    Pod {
        key: Key::new(namespace, name),
        uid: format!("{namespace}-{name}-1"),
        selector: (!selector.is_empty()).then(|| selector.to_owned()),
        labels: BTreeMap::from([("app".to_owned(), name.to_owned())]),
        addresses: vec![address.parse().unwrap()],
        ..Pod::default()
    }
}

pub(super) fn identity(namespace: &str, name: &str) -> Identity {
    Identity {
        key: Key::new(namespace, name),
        client_id: format!("client-{namespace}-{name}"),
        resource_id: format!("/subscriptions/S/{namespace}/{name}"),
        ..Identity::default()
    }
}

pub(super) fn binding(namespace: &str, name: &str, identity: &str, selector: &str) -> Binding {
    Binding {
        key: Key::new(namespace, name),
        identity: identity.to_owned(),
        selector: selector.to_owned(),
    }
}

pub(super) fn assignment(pod: &Pod, identity: &Identity, assigned: bool) -> Assignment {
    Assignment {
        key: Key::new("default", format!("{}-{}", pod.key.name, identity.key.name)),
        pod: pod.key.clone(),
        identity: identity.key.clone(),
        resource_id: identity.resource_id.clone(),
        assigned,
    }
}

#[test]
fn an_older_list_undoes_nothing_that_was_told_since() {
    let at = |pods: &Pods, address: &str| pods.at(address.parse().unwrap()).map(|p| p.key.clone());
    let (gone, late) = (
        pod("a", "gone", "", "10.0.0.1"),
        pod("a", "late", "", "10.0.0.2"),
    );
    let early = Pod {
        addresses: Vec::new(),
        ..pod("a", "early", "", "10.0.0.3")
    };
    let mut pods = Pods::default();
    pods.apply(early.clone());
    pods.begin_look_up();
    // Told while the list is on its way: one pod has come and gone, one has ended without an address.
    pods.apply(gone.clone());
    pods.remove(&gone.key, &gone.uid);
    let ended = Pod {
        ended: true,
        ..early
    };
    pods.apply(ended);
    let list = [
        gone.clone(),
        late.clone(),
        pod("a", "early", "", "10.0.0.3"),
    ];
    pods.end_look_up(list.clone());
    assert_eq!(at(&pods, "10.0.0.1"), Err(NoCaller::Unknown));
    assert_eq!(at(&pods, "10.0.0.3"), Err(NoCaller::Unknown));
    assert_eq!(at(&pods, "10.0.0.2"), Ok(late.key));
    // A list of everything came in between.
    pods.begin_look_up();
    pods.replace([]);
    pods.end_look_up(list);
    assert!(pods.is_empty());
    // Nobody asked for a list.
    pods.end_look_up([gone]);
    assert!(pods.is_empty());
}

fn names(bound: &Bound) -> Vec<String> {
    bound.ready.iter().map(|one| one.key.to_string()).collect()
}

#[test]
fn an_address_leads_to_the_one_pod_that_lives_there() {
    let mut pods = Pods::default();
    let at = |pods: &Pods, address: &str| pods.at(address.parse().unwrap()).map(|p| p.key.clone());
    assert_eq!(at(&pods, "10.0.0.1"), Err(NoCaller::Unknown));
    let mut dual = pod("a", "web", "", "10.0.0.1");
    dual.addresses.push("fd00::1".parse().unwrap());
    pods.apply(dual.clone());
    assert_eq!(at(&pods, "fd00::1"), Ok(dual.key.clone()));
    assert_eq!(at(&pods, "::ffff:10.0.0.1"), Ok(dual.key.clone()));
    pods.apply(pod("b", "other", "", "10.0.0.1"));
    assert_eq!(
        at(&pods, "10.0.0.1"),
        Err(NoCaller::Shared(vec![
            Key::new("a", "web"),
            Key::new("b", "other")
        ]))
    );
    dual.ended = true;
    pods.apply(dual.clone());
    assert_eq!(at(&pods, "10.0.0.1"), Ok(Key::new("b", "other")));
    assert_eq!(at(&pods, "fd00::1"), Err(NoCaller::Ended(dual.key.clone())));
    let mut host = pod("kube-system", "proxy", "", "10.0.0.1");
    host.host_network = true;
    pods.apply(host.clone());
    assert_eq!(
        at(&pods, "10.0.0.1"),
        Err(NoCaller::HostNetwork(host.key.clone()))
    );
    pods.remove(&host.key, "another-uid");
    assert!(at(&pods, "10.0.0.1").is_err());
    pods.remove(&host.key, &host.uid);
    assert_eq!(at(&pods, "10.0.0.1"), Ok(Key::new("b", "other")));
}

#[test]
fn bindings_match_in_their_own_namespace() {
    let mut all = Catalogue::new(Scope::default());
    let web = pod("a", "web", "reader", "10.0.0.1");
    assert_eq!(
        all.bound(&pod("a", "web", "", "10.0.0.1")),
        Err(Unbound::NoLabel)
    );
    let unbound = Unbound::NoBinding {
        selector: "reader".to_owned(),
    };
    assert_eq!(all.bound(&web), Err(unbound.clone()));
    all.apply_binding(binding("b", "bind", "id", "reader"));
    all.apply_identity(identity("b", "id"));
    all.apply_identity(identity("a", "id"));
    all.apply_binding(binding("a", "nobody", "id", ""));
    assert_eq!(all.bound(&web), Err(unbound.clone()));
    all.apply_binding(binding("a", "bind", "gone", "reader"));
    let missing = vec![Key::new("a", "gone")];
    assert_eq!(all.bound(&web), Err(Unbound::NoIdentity { missing }));
    all.apply_binding(binding("a", "bind", "id", "reader"));
    all.apply_binding(binding("a", "bind2", "id", "reader"));
    assert_eq!(names(&all.bound(&web).unwrap()), ["a/id"]);
    all.remove_binding(&Key::new("a", "bind"));
    assert_eq!(names(&all.bound(&web).unwrap()), ["a/id"]);
    all.remove_binding(&Key::new("a", "bind2"));
    assert_eq!(all.bound(&web), Err(unbound));
}

#[test]
fn across_namespaces_is_a_choice_and_an_identity_may_decline() {
    let scope = Scope {
        across_namespaces: true,
        ..Scope::default()
    };
    let mut all = Catalogue::new(scope);
    let web = pod("a", "web", "reader", "10.0.0.1");
    all.apply_binding(binding("b", "bind", "id", "reader"));
    all.apply_identity(identity("b", "id"));
    assert_eq!(names(&all.bound(&web).unwrap()), ["b/id"]);
    all.apply_identity(Identity {
        namespaced: true,
        ..identity("b", "id")
    });
    assert!(matches!(all.bound(&web), Err(Unbound::NoBinding { .. })));
}

#[test]
fn a_record_decides_when_never_whether() {
    let scope = Scope {
        needs_assignment: true,
        ..Scope::default()
    };
    let mut all = Catalogue::new(scope);
    let web = pod("a", "web", "reader", "10.0.0.1");
    let id = identity("a", "id");
    all.apply_assignment(assignment(&web, &id, true));
    all.apply_identity(id.clone());
    assert!(matches!(all.bound(&web), Err(Unbound::NoBinding { .. })));
    all.apply_binding(binding("a", "bind", "id", "reader"));
    assert_eq!(names(&all.bound(&web).unwrap()), ["a/id"]);
    all.apply_assignment(assignment(&web, &id, false));
    let bound = all.bound(&web).unwrap();
    assert!(bound.ready.is_empty() && bound.pending.len() == 1);
    assert_eq!(
        choose(&WantedIdentity::default(), &bound),
        Err(Refusal::Pending(bound.pending.clone()))
    );
    all.apply_assignment(assignment(&web, &id, true));
    // The identity now means another managed identity, which nobody has assigned yet.
    all.apply_identity(Identity {
        resource_id: "/subscriptions/S/other".to_owned(),
        ..id
    });
    assert!(all.bound(&web).unwrap().ready.is_empty());
}

#[test]
fn exceptions_need_one_equal_label_in_their_namespace() {
    let mut all = Catalogue::new(Scope::default());
    let exception = |namespace: &str, value: &str| Exception {
        key: Key::new(namespace, "ex"),
        labels: BTreeMap::from([
            ("app".to_owned(), value.to_owned()),
            ("none".to_owned(), "x".to_owned()),
        ]),
    };
    let web = pod("a", "web", "", "10.0.0.1");
    all.apply_exception(exception("b", "web"));
    assert_eq!(all.exception(&web), None);
    all.apply_exception(exception("a", "other"));
    assert_eq!(all.exception(&web), None);
    all.apply_exception(exception("a", "WEB"));
    assert!(all.exception(&web).is_some());
    all.apply_exception(Exception {
        labels: BTreeMap::new(),
        ..exception("a", "")
    });
    assert_eq!(all.exception(&web), None);
}

#[test]
fn ids_choose_among_what_is_bound() {
    let bound = Bound {
        ready: vec![
            Arc::new(identity("a", "one")),
            Arc::new(identity("a", "two")),
        ],
        pending: Vec::new(),
    };
    let choice = |client: Option<&str>, resource: Option<&str>| {
        let wanted = WantedIdentity {
            client_id: client.map(str::to_lowercase),
            resource_id: resource.map(str::to_lowercase),
            object_id: None,
        };
        choose(&wanted, &bound).map(|choice| match choice {
            Choice::One(identity) => identity.key.name.clone(),
            Choice::ByObjectId { .. } => "?".to_owned(),
        })
    };
    assert_eq!(choice(None, None), Ok("one".to_owned()));
    assert_eq!(choice(Some("CLIENT-a-two"), None), Ok("two".to_owned()));
    assert_eq!(
        choice(None, Some("/subscriptions/s/A/two")),
        Ok("two".to_owned())
    );
    assert_eq!(choice(Some("client-b-two"), None), Err(Refusal::NotBound));
    assert_eq!(
        choice(Some("client-a-one"), Some("/subscriptions/s/a/two")),
        Err(Refusal::Contradiction)
    );
    assert_eq!(
        choice(Some("client-a-one"), Some("/subscriptions/s/a/none")),
        Err(Refusal::NotBound)
    );
    let by_object = WantedIdentity {
        object_id: Some("oid".to_owned()),
        ..WantedIdentity::default()
    };
    assert!(matches!(
        choose(&by_object, &bound),
        Ok(Choice::ByObjectId { candidates, .. }) if candidates.len() == 2
    ));
}
