//! `podid uninstall`.

use insta::assert_snapshot;
use k8s_openapi::api::apps::v1::DaemonSet;
use kube::api::{Api, DynamicObject, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};

use crate::support::{Kubernetes, Plan, Site, wait};

const INSTALL: [&str; 5] = [
    "install",
    "--mode",
    "managed",
    "--image",
    "registry.example/podid:1",
];

fn site(kubernetes: &Kubernetes) -> Site {
    let site = Site::on(kubernetes, &Plan::default());
    kubernetes.make_namespace("kube-system");
    site.podid(&INSTALL).ok();
    site
}

/// Applies an AzureIdentity.
fn put(site: &Site, finalizers: &Value) {
    let gvk = GroupVersionKind::gvk("aadpodidentity.k8s.io", "v1", "AzureIdentity");
    let resource = ApiResource::from_gvk_with_plural(&gvk, "azureidentities");
    let client = site.kubernetes.clone();
    let api: Api<DynamicObject> = Api::namespaced_with(client, &site.namespace, &resource);
    let object = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1",
        "kind": "AzureIdentity",
        "metadata": {"name": "reader", "finalizers": finalizers},
        "spec": {"type": 0, "resourceID": site.identity("reader"), "clientID": "00000000-0000-0000-0000-000000000001"},
    });
    let params = PatchParams::apply("test").force();
    wait(api.patch("reader", &params, &Patch::Apply(&object))).unwrap();
}

#[test]
fn removes_what_runs_before_its_rights() {
    let kubernetes = Kubernetes::bare();
    let site = site(&kubernetes);
    assert_snapshot!(site.podid(&["uninstall", "--dry-run", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    OBJECT	OUTCOME
    DaemonSet kube-system/podid-nmi	wouldDelete
    ClusterRoleBinding podid-nmi	wouldDelete
    ClusterRole podid-nmi	wouldDelete
    ServiceAccount kube-system/podid-nmi	wouldDelete
    ");
    let sets: Api<DaemonSet> = Api::namespaced(kubernetes.client.clone(), "kube-system");
    assert!(wait(sets.get_opt("podid-nmi")).unwrap().is_some());
    assert_snapshot!(site.podid(&["uninstall", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    OBJECT	OUTCOME
    DaemonSet kube-system/podid-nmi	deleted
    ClusterRoleBinding podid-nmi	deleted
    ClusterRole podid-nmi	deleted
    ServiceAccount kube-system/podid-nmi	deleted
    ----- stderr
    Warning: the packet rules of podid-nmi stay on the nodes, and pods there are refused, until `podid-nmi cleanup` runs there or they start anew
    ");
    assert!(wait(sets.get_opt("podid-nmi")).unwrap().is_none());
    assert_snapshot!(site.podid(&["uninstall", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    OBJECT	OUTCOME
    DaemonSet kube-system/podid-nmi	notFound
    ClusterRoleBinding podid-nmi	notFound
    ClusterRole podid-nmi	notFound
    ServiceAccount kube-system/podid-nmi	notFound
    ");
}

#[test]
fn leaves_alone_what_is_not_podids() {
    let kubernetes = Kubernetes::bare();
    let site = site(&kubernetes);
    let sets: Api<DaemonSet> = Api::namespaced(kubernetes.client.clone(), "kube-system");
    let foreign =
        Patch::Merge(json!({"metadata": {"labels": {"app.kubernetes.io/managed-by": "Helm"}}}));
    wait(sets.patch("podid-nmi", &PatchParams::default(), &foreign)).unwrap();
    let output = site.podid(&["uninstall", "-o", "json"]);
    assert_eq!(output.code, 5, "{}", output.stderr);
    assert_eq!(output.json()[0]["outcome"], "managedByOthers");
    assert!(wait(sets.get_opt("podid-nmi")).unwrap().is_some());
}

#[test]
fn definitions_go_only_when_nothing_is_lost_or_stuck() {
    let kubernetes = Kubernetes::bare();
    let site = site(&kubernetes);
    put(&site, &json!(["test.example/held"]));
    let held = site.podid(&["uninstall", "--crds", "--yes"]);
    assert_eq!(held.code, 5, "{}", held.stderr);
    assert!(held.stderr.contains("finalizers"), "{}", held.stderr);
    put(&site, &json!([]));
    let used = site.podid(&["uninstall", "--crds"]);
    assert_eq!(used.code, 5, "{}", used.stderr);
    assert!(used.stderr.contains("azureidentities"), "{}", used.stderr);
    let sets: Api<DaemonSet> = Api::namespaced(kubernetes.client.clone(), "kube-system");
    assert!(wait(sets.get_opt("podid-nmi")).unwrap().is_some());

    let gone = site.podid(&["uninstall", "--crds", "--yes"]).ok();
    let items = gone.json();
    assert_eq!(items.as_array().unwrap().len(), 8);
    assert!(
        items
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["outcome"] == "deleted"),
        "{items}"
    );
    assert_eq!(site.podid(&["list"]).code, 2);
}
