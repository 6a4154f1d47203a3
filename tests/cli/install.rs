//! `podid install`, and what commands say about a cluster without CRDs or NMI.

use insta::assert_snapshot;
use k8s_openapi::api::apps::v1::DaemonSet;
use kube::api::{Api, ApiResource, DynamicObject, ListParams, Patch, PatchParams};
use serde_json::{Value, json};

use crate::support::{Kubernetes, Plan, Site, wait};

#[test]
fn installs_the_crds_that_are_missing() {
    let kubernetes = Kubernetes::bare();
    let site = Site::on(&kubernetes, &Plan::default());
    // Which of the reads finds out first differs.
    let missing = site.add("reader", &[]).all();
    let (before, after) = (missing.find(" (").unwrap(), missing.find(')').unwrap());
    assert_snapshot!(missing[..before].to_owned() + &missing[after + 1..], @"
    exit code 2
    ----- stderr
    Error: The cluster does not have the aad-pod-identity CRDs
    Hint: install them with `podid install --crds-only`
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert_eq!(site.podid(&["list"]).code, 2);
    let install = ["install", "--crds-only", "-o", "table"];
    let dry = site.podid(&[&install[..], &["--dry-run"]].concat());
    assert_snapshot!(dry.all(), @"
    exit code 0
    ----- stdout
    CRD	OUTCOME
    azureidentities.aadpodidentity.k8s.io	wouldCreate
    azureidentitybindings.aadpodidentity.k8s.io	wouldCreate
    azureassignedidentities.aadpodidentity.k8s.io	wouldCreate
    azurepodidentityexceptions.aadpodidentity.k8s.io	wouldCreate
    ");
    assert_snapshot!(site.podid(&install).all(), @"
    exit code 0
    ----- stdout
    CRD	OUTCOME
    azureidentities.aadpodidentity.k8s.io	created
    azureidentitybindings.aadpodidentity.k8s.io	created
    azureassignedidentities.aadpodidentity.k8s.io	created
    azurepodidentityexceptions.aadpodidentity.k8s.io	created
    ");
    assert_snapshot!(site.podid(&install).all(), @"
    exit code 0
    ----- stdout
    CRD	OUTCOME
    azureidentities.aadpodidentity.k8s.io	unchanged
    azureidentitybindings.aadpodidentity.k8s.io	unchanged
    azureassignedidentities.aadpodidentity.k8s.io	unchanged
    azurepodidentityexceptions.aadpodidentity.k8s.io	unchanged
    ");

    let added = site.add("reader", &[]).ok();
    let warning = added
        .stderr
        .lines()
        .find(|line| line.starts_with("Warning"));
    assert_snapshot!(warning.unwrap(), @"Warning: no NMI runs in this cluster: pods get no tokens until it is installed");
}

#[test]
fn what_to_install_must_be_said() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["install"]).all(), @"
    exit code 2
    ----- stderr
    error: the following required arguments were not provided:
      <--crds-only|--mode <MODE>>

    Usage: podid install --subscription <NAME_OR_ID> <--crds-only|--mode <MODE>>

    For more information, try '--help'.
    ");
}

const DAEMON: [&str; 5] = [
    "install",
    "--mode",
    "managed",
    "--image",
    "registry.example/podid:1",
];

/// The words for the daemon's own objects.
fn outcomes(output: &crate::support::Output) -> Vec<(String, String)> {
    let list = output.json();
    let word = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    let items = list.as_array().unwrap().iter();
    items
        .map(|item| (word(item, "name"), word(item, "outcome")))
        .filter(|(name, _)| name.contains("podid-nmi"))
        .collect()
}

fn all(outcome: &str) -> Vec<(String, String)> {
    let names = [
        "ServiceAccount kube-system/podid-nmi",
        "ClusterRole podid-nmi",
        "ClusterRoleBinding podid-nmi",
        "DaemonSet kube-system/podid-nmi",
    ];
    names
        .map(|name| (name.to_owned(), outcome.to_owned()))
        .to_vec()
}

#[test]
fn installs_the_node_daemon_once() {
    let kubernetes = Kubernetes::bare();
    let site = Site::on(&kubernetes, &Plan::default());
    kubernetes.make_namespace("kube-system");
    let dry = site.podid(&[&DAEMON[..], &["--dry-run"]].concat()).ok();
    assert_eq!(outcomes(&dry), all("wouldCreate"));
    let sets: Api<DaemonSet> = Api::namespaced(kubernetes.client.clone(), "kube-system");
    assert!(wait(sets.get_opt("podid-nmi")).unwrap().is_none());

    assert_eq!(outcomes(&site.podid(&DAEMON).ok()), all("created"));
    assert_eq!(outcomes(&site.podid(&DAEMON).ok()), all("unchanged"));
    let set = serde_json::to_value(wait(sets.get("podid-nmi")).unwrap()).unwrap();
    let pod = &set["spec"]["template"]["spec"];
    assert_eq!(pod["priorityClassName"], "system-node-critical");
    let container = &pod["containers"][0];
    let arguments = json!(["--mode=managed", "--redirect=nftables"]);
    assert_eq!(container["args"], arguments);
    let capabilities = json!({"add": ["NET_ADMIN"], "drop": ["ALL"]});
    assert_eq!(container["securityContext"]["capabilities"], capabilities);

    let standard = [
        "install",
        "--mode",
        "standard",
        "--image",
        "registry.example/podid:2",
        "--allow-service-principals",
        "--startup-taint",
        "podid",
    ];
    let changed: Vec<String> = outcomes(&site.podid(&standard).ok())
        .into_iter()
        .filter(|(_, outcome)| outcome == "updated")
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        changed,
        ["ClusterRole podid-nmi", "DaemonSet kube-system/podid-nmi"]
    );
}

#[test]
fn what_is_printed_stands_the_strict_validation_of_the_server() {
    let kubernetes = Kubernetes::bare();
    let site = Site::on(&kubernetes, &Plan::default());
    kubernetes.make_namespace("kube-system");
    let arguments = [
        "--startup-taint",
        "podid",
        "--allow-service-principals",
        "-o",
        "yaml",
    ];
    let printed = site.podid(&[&DAEMON[..], &arguments].concat()).ok();
    let sets: Api<DaemonSet> = Api::all(kubernetes.client.clone());
    let listed = wait(sets.list(&ListParams::default())).unwrap();
    assert!(listed.items.is_empty(), "printing installs nothing");
    let documents: Vec<Value> = printed
        .stdout
        .split("\n---\n")
        .map(|text| serde_saphyr::from_str(text.trim_start_matches("---\n")).unwrap())
        .collect();
    assert_eq!(documents.len(), 8, "{}", printed.stdout);
    for document in documents {
        let object: DynamicObject = serde_json::from_value(document).unwrap();
        let types = object.types.clone().unwrap();
        let resource = ApiResource::from_gvk(&types.try_into().unwrap());
        let client = kubernetes.client.clone();
        let api: Api<DynamicObject> = match object.metadata.namespace.as_deref() {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        };
        let name = object.metadata.name.clone().unwrap();
        let strict = PatchParams::apply("test").dry_run().validation_strict();
        wait(api.patch(&name, &strict, &Patch::Apply(&object))).unwrap();
    }
}

#[test]
fn two_daemons_do_not_share_a_cluster() {
    let site = Site::new();
    assert_snapshot!(site.podid(&DAEMON).all(), @"
    exit code 5
    ----- stderr
    Error: Another NMI is installed: DaemonSet `default/nmi`
    Caused by: each of them would take the requests of pods to itself
    Hint: remove it first; `podid disable` turns the add-on of AKS off, `podid uninstall` removes podid's
    ");
}

#[test]
fn the_daemon_needs_an_image() {
    let site = Site::new();
    let output = site.podid(&["install", "--mode", "managed"]);
    assert_eq!(output.code, 2);
    assert!(
        output.stderr.contains("--image <IMAGE>"),
        "{}",
        output.stderr
    );
}
