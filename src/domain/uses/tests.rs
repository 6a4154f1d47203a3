//! Uses by example; [`crate::domain::wanted`] holds them against a model.

use super::*;

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000001";

fn host(name: &str) -> ResourceId {
    ResourceId::scale_set(SUBSCRIPTION, "nodes", name).unwrap()
}

fn ids<const N: usize>(names: [&str; N]) -> BTreeSet<ResourceId> {
    let id = |name| ResourceId::user_assigned_identity(SUBSCRIPTION, "ids", name).unwrap();
    names.into_iter().map(id).collect()
}

/// Nodes n1 and n2 on scale set `one`, n3 on `two`; pod a/web-0 uses `id` on n1.
fn cluster() -> (Uses, Key) {
    let mut uses = Uses::default();
    for (node, at) in [("n1", "one"), ("n2", "one"), ("n3", "two")] {
        assert!(uses.set_node(node, Some(host(at))).is_empty());
    }
    let pod = Key::new("a", "web-0");
    assert_eq!(
        uses.set_pod(&pod, "n1", "u1", ids(["id"])),
        Changed::from([host("one")])
    );
    (uses, pod)
}

#[test]
fn an_identity_is_needed_until_its_last_pod_goes() {
    let (mut uses, pod) = cluster();
    let namesake = Key::new("b", "web-0");
    assert!(uses.set_pod(&namesake, "n2", "u2", ids(["ID"])).is_empty());
    assert!(uses.remove_pod(&pod).is_empty());
    assert_eq!(uses.needed(&host("one")), ids(["id"]));
    assert_eq!(uses.remove_pod(&namesake), Changed::from([host("one")]));
    assert!(uses.needed(&host("one")).is_empty());
    assert!(uses.remove_pod(&namesake).is_empty());
}

#[test]
fn a_pod_made_again_elsewhere_moves_its_need() {
    let (mut uses, pod) = cluster();
    assert!(uses.set_pod(&pod, "n2", "u2", ids(["id"])).is_empty());
    let both = Changed::from([host("one"), host("two")]);
    assert_eq!(uses.set_pod(&pod, "n3", "u3", ids(["id"])), both);
    assert!(uses.needed(&host("one")).is_empty());
    let id = ids(["id"]).pop_first().unwrap();
    let there: Vec<&User> = uses.users(&host("two"), &id).collect();
    assert_eq!(there, [&(pod, "u3".to_owned())]);
}

#[test]
fn a_node_found_late_brings_its_pods_along() {
    let (mut uses, _) = cluster();
    let late = Key::new("a", "late");
    assert!(uses.set_pod(&late, "n4", "u4", ids(["other"])).is_empty());
    assert_eq!(
        uses.set_node("n4", Some(host("two"))),
        Changed::from([host("two")])
    );
    assert_eq!(uses.needed(&host("two")), ids(["other"]));
    assert_eq!(uses.set_node("n4", None), Changed::from([host("two")]));
    assert_eq!(uses.host_of("n4"), None);
    assert_eq!(uses.hosts().count(), 2);
    assert!(uses.set_node("n3", None).is_empty());
    assert_eq!(uses.hosts().collect::<Vec<_>>(), [&host("one")]);
    assert_eq!(
        uses.nodes_of(&host("one")).collect::<Vec<_>>(),
        ["n1", "n2"]
    );
}

#[test]
fn what_a_pod_uses_may_change() {
    let (mut uses, pod) = cluster();
    assert_eq!(
        uses.set_pod(&pod, "n1", "u1", ids(["id", "more"])),
        Changed::from([host("one")])
    );
    assert!(
        uses.set_pod(&pod, "n1", "u1", ids(["id", "more"]))
            .is_empty()
    );
    assert_eq!(
        uses.set_pod(&pod, "n1", "u1", ids([])),
        Changed::from([host("one")])
    );
    assert!(uses.needed(&host("one")).is_empty());
}
