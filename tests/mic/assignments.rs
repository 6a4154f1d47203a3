//! Pods come and go: records and identities follow.

use serde_json::json;

use crate::scene::Scene;
use crate::support::until;

#[test]
fn a_pod_that_is_scheduled_gets_its_identity_and_the_last_one_takes_it_away() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    assert_eq!(scene.site.holders("reader"), ["pool0"]);
    let record = &scene.records()[0];
    assert_eq!(record["metadata"]["labels"]["nodename"], "node0");
    assert_eq!(record["metadata"]["namespace"], json!(scene.site.namespace));
    assert_eq!(record["metadata"]["ownerReferences"][0]["kind"], "Pod");
    assert_eq!(
        record["spec"]["azureIdentityRef"]["spec"]["resourceID"],
        json!(scene.site.identity("reader"))
    );

    scene.pod("api", "node0", "reader");
    scene.until_records(&["api reader node0 Assigned", "web reader node0 Assigned"]);
    assert_eq!(scene.patches(), 1, "the scale set holds it already");

    scene.delete_pod("web");
    scene.until_records(&["api reader node0 Assigned"]);
    scene.delete_pod("api");
    scene.until_records(&[]);
    scene.until_held("reader", &[]);
    assert_eq!(scene.patches(), 2);
}

#[test]
fn an_identity_that_was_there_before_stays() {
    let scene = Scene::new(&["reader"]);
    scene.site.assign_by_hand("reader", "pool0");
    let controller = crate::controller::Controller::start(&scene.site, &[]);
    controller.until_leading();
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    scene.pod("other", "node1", "reader");
    scene.until_held("reader", &["pool0", "pool1"]);
    scene.delete_pod("web");
    scene.delete_pod("other");
    scene.until_held("reader", &["pool0"]);
    assert_eq!(
        scene.patches(),
        2,
        "one for pool1 to assign, one to unassign"
    );
}

#[test]
fn pods_of_one_name_in_two_namespaces_do_not_share_their_fate() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.namespace("na");
    scene.namespace("nb");
    for namespace in ["na", "nb"] {
        scene.bind_in(namespace, "reader", "reader");
        scene.pod_in(namespace, "web-0", "node0", "reader");
    }
    scene.until_records(&[
        "na/web-0 reader node0 Assigned",
        "nb/web-0 reader node0 Assigned",
    ]);
    scene.delete_pod_in("na", "web-0");
    scene.until_records(&["nb/web-0 reader node0 Assigned"]);
    // A change after it shows that the removal was thought about.
    scene.bind("reader", "reader");
    scene.pod("probe", "node1", "reader");
    scene.until_held("reader", &["pool0", "pool1"]);
    assert_eq!(scene.patches(), 2);
}

#[test]
fn names_that_aad_pod_identity_confuses_are_kept_apart() {
    let (scene, _controller) = Scene::led(&["id1"]);
    for (namespace, pod) in [("b-c", "a"), ("c", "a-b")] {
        scene.namespace(namespace);
        scene.bind_in(namespace, "id1", "id1");
        scene.pod_in(namespace, pod, "node0", "id1");
    }
    scene.until_records(&["b-c/a id1 node0 Assigned", "c/a-b id1 node0 Assigned"]);
}

#[test]
fn a_pod_that_has_ended_holds_nothing() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("job", "node0", "reader");
    scene.until_records(&["job reader node0 Assigned"]);
    scene.phase("job", "Succeeded");
    scene.until_records(&[]);
    scene.until_held("reader", &[]);
}

#[test]
fn a_stateful_pod_takes_its_identity_to_another_node() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("db-0", "node0", "reader");
    scene.until_records(&["db-0 reader node0 Assigned"]);
    scene.delete_pod("db-0");
    scene.pod("db-0", "node1", "reader");
    scene.until_records(&["db-0 reader node1 Assigned"]);
    scene.until_held("reader", &["pool1"]);
}

#[test]
fn a_node_that_goes_takes_its_uses_with_it() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    scene.delete_node("node0");
    scene.delete_pod("web");
    scene.until_records(&[]);
    scene.until_held("reader", &[]);
}

#[test]
fn the_systems_own_identity_survives() {
    let (scene, _controller) = Scene::led(&["reader"]);
    let set = scene.site.scale_set("pool0");
    scene.site.azure(
        "PATCH",
        &set,
        &json!({"identity": {"type": "SystemAssigned, UserAssigned"}}),
    );
    let principal = scene.site.azure("GET", &set, &json!(null))["identity"]["principalId"].clone();
    assert!(principal.is_string());
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    scene.delete_pod("web");
    scene.until_held("reader", &[]);
    until("the system's identity to be as before", || {
        scene.site.azure("GET", &set, &json!(null))["identity"]["principalId"] == principal
    });
}
