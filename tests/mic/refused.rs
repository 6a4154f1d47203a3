//! Identities that Azure refuses, and nodes that cannot hold any.

use serde_json::json;

use crate::scene::Scene;
use crate::support::until;

#[test]
fn what_azure_refuses_says_why_and_delays_nothing_else() {
    let (scene, _controller) = Scene::led(&["good"]);
    scene.bind("good", "web");
    scene.bind("missing", "web");
    scene.pod("web", "node0", "web");
    scene.until_records(&["web good node0 Assigned", "web missing node0 Created"]);
    until_told(&scene);
}

/// Waits until the record that is not assigned says why.
#[track_caller]
fn until_told(scene: &Scene) {
    until("a reason in the record", || {
        let records = scene.records();
        let missing = records
            .iter()
            .find(|one| one["status"]["status"] == "Created");
        let condition = missing.map(|one| one["status"]["conditions"][0].clone());
        condition.is_some_and(|told| told["status"] == "False" && told["reason"] != "Pending")
    });
}

#[test]
fn an_identity_that_comes_into_being_is_assigned_at_the_next_try() {
    let scene = Scene::new(&["good"]);
    let controller = crate::controller::Controller::start(&scene.site, &["--retry-interval", "1s"]);
    controller.until_leading();
    scene.bind("late", "web");
    scene.pod("web", "node0", "web");
    scene.until_records(&["web late node0 Created"]);
    until_told(&scene);
    scene.site.azure(
        "PUT",
        &scene.site.identity("late"),
        &json!({"location": "westeurope"}),
    );
    scene.until_records(&["web late node0 Assigned"]);
}

#[test]
fn a_node_that_is_no_machine_of_azures_is_named() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("web", "elsewhere", "reader");
    scene.until_records(&["web reader elsewhere Created"]);
    let condition = scene.records()[0]["status"]["conditions"][0].clone();
    assert_eq!(condition["reason"], "NoHost", "{condition}");
    scene.node("elsewhere", "pool1");
    scene.until_records(&["web reader elsewhere Assigned"]);
}
