//! Identities, bindings, labels and records are changed under a pod.

use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::scene::Scene;
use crate::support::{until, wait};

#[test]
fn a_binding_that_goes_takes_the_identity_and_one_that_comes_brings_it() {
    let (scene, _controller) = Scene::led(&["reader", "writer"]);
    scene.bind("reader", "web");
    scene.pod("web", "node0", "web");
    scene.until_records(&["web reader node0 Assigned"]);
    scene.bind("writer", "web");
    scene.until_records(&["web reader node0 Assigned", "web writer node0 Assigned"]);
    scene.delete("AzureIdentityBinding", "reader");
    scene.until_records(&["web writer node0 Assigned"]);
    scene.until_held("reader", &[]);
    scene.delete("AzureIdentity", "writer");
    scene.until_records(&[]);
    scene.until_held("writer", &[]);
}

#[test]
fn a_label_that_changes_binds_anew() {
    let (scene, _controller) = Scene::led(&["reader", "writer"]);
    scene.bind("reader", "reader");
    scene.bind("writer", "writer");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    scene.label("web", "writer");
    scene.until_records(&["web writer node0 Assigned"]);
    scene.until_held("reader", &[]);
}

#[test]
fn an_edit_that_means_nothing_changes_nothing() {
    let (scene, _controller) = Scene::led(&["reader", "writer"]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    let before = scene.records();
    for kind in ["AzureIdentity", "AzureIdentityBinding"] {
        let api = scene.kind(kind, &scene.site.namespace);
        let patch = Patch::Merge(
            json!({"metadata": {"annotations": {"team": "a"}, "labels": {"team": "a"}}}),
        );
        wait(api.patch("reader", &PatchParams::default(), &patch)).unwrap();
    }
    // Something that does mean something comes after it, and has been carried out.
    scene.bind("writer", "writer");
    scene.pod("other", "node0", "writer");
    scene.until_records(&["other writer node0 Assigned", "web reader node0 Assigned"]);
    let after = scene.records();
    assert!(after.contains(&before[0]), "{after:?}");
}

#[test]
fn an_identity_that_points_elsewhere_is_followed() {
    let (scene, _controller) = Scene::led(&["reader", "writer"]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    let spec = json!({"type": 0, "resourceID": scene.site.identity("writer")});
    scene.put(
        &scene.site.namespace,
        "AzureIdentity",
        "reader",
        &json!({"spec": spec}),
    );
    scene.until_held("writer", &["pool0"]);
    scene.until_held("reader", &[]);
    until("the record to speak of the other identity", || {
        let record = &scene.records()[0];
        record["spec"]["azureIdentityRef"]["spec"]["resourceID"]
            == json!(scene.site.identity("writer"))
            && record["status"]["status"] == "Assigned"
    });
}

#[test]
fn a_record_that_somebody_deletes_goes_and_comes_back() {
    let (scene, _controller) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    let record = &scene.records()[0];
    let (name, uid) = (
        record["metadata"]["name"].as_str().unwrap().to_owned(),
        record["metadata"]["uid"].clone(),
    );
    scene.delete("AzureAssignedIdentity", &name);
    until("another record in its place", || {
        let records = scene.records();
        records.len() == 1
            && records[0]["metadata"]["uid"] != uid
            && records[0]["status"]["status"] == "Assigned"
    });
    assert_eq!(scene.patches(), 1);
}

#[test]
fn a_service_principal_needs_no_machine() {
    let (scene, _controller) = Scene::led(&[]);
    let spec = json!({
        "type": 1, "clientID": "00000000-0000-0000-0000-00000000c001", "tenantID": "t",
        "clientPassword": {"name": "s", "namespace": scene.site.namespace},
    });
    scene.put(
        &scene.site.namespace,
        "AzureIdentity",
        "principal",
        &json!({"spec": spec}),
    );
    let spec = json!({"azureIdentity": "principal", "selector": "principal"});
    scene.put(
        &scene.site.namespace,
        "AzureIdentityBinding",
        "principal",
        &json!({"spec": spec}),
    );
    scene.pod("web", "node0", "principal");
    scene.until_records(&["web principal node0 Assigned"]);
    assert_eq!(scene.patches(), 0);
}
