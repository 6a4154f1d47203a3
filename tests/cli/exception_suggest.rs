//! `podid exception suggest`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Kubernetes, Plan, Site};

#[test]
fn a_quiet_namespace_has_no_suggestion() {
    let site = Site::new();
    site.run_pod("web", &[("app", "web")], "");
    let output = site.exception("suggest", &["-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stderr
    No exception to suggest for cluster `demo`: no sign of a pod that lacks one
    ");
    assert_eq!(site.exception("suggest", &[]).ok().stdout, "[]\n");
}

#[test]
fn shows_evidence_and_the_commands() {
    let site = Site::new();
    let labels = [
        ("app", "web"),
        ("pod-template-hash", "1"),
        ("aadpodidbinding", "reader"),
    ];
    site.run_pod("web-1-a", &labels, "ReplicaSet/web-1");
    site.run_pod("web-1-b", &labels, "ReplicaSet/web-1");
    site.run_pod(
        "agent",
        &[("app", "agent"), ("tier", "x")],
        "DaemonSet/agent",
    );
    site.report_on(
        "agent",
        "podid-nmi",
        "NoLabel",
        "the pod has no label aadpodidbinding",
    );
    site.run_pod("other", &[("app", "other")], "");
    site.report_on("other", "podid-nmi", "NotReady", "not ready");
    site.report_on("other", "kubelet", "NoLabel", "somebody else's words");
    site.forget_calls();
    assert_snapshot!(site.exception("suggest", &["-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    NAMESPACE	WORKLOADS	PODS	POD-LABELS	WHY
    billing	DaemonSet/agent	1	app=agent	NMI refused: the pod has no label aadpodidbinding
    billing	Deployment/web	2	app=web	no binding has selector `reader`
    ");
    assert_snapshot!(site.exception("suggest", &["--query", "[1]"]).ok().stdout, @r#"
    {
      "alsoMatches": [],
      "command": "podid exception add -g demo --cluster-name demo --namespace billing --pod-labels app=web",
      "explanation": "no binding has selector `reader`",
      "instead": "podid add -g demo --cluster-name demo --namespace billing --binding-selector reader --identity-resource-id ID",
      "namespace": "billing",
      "owners": [
        "Deployment/web"
      ],
      "podLabels": {
        "app": "web"
      },
      "pods": [
        "web-1-a",
        "web-1-b"
      ],
      "reason": "noBinding"
    }
    "#);
    assert!(site.writes().is_empty() && site.exceptions().is_empty());
}

#[test]
fn its_commands_work_and_then_there_is_nothing_left() {
    let site = Site::new();
    site.run_pod("web", &[("app", "web"), ("aadpodidbinding", "nobody")], "");
    site.run_pod(
        "mic",
        &[("component", "mic"), ("app", "mic")],
        "Deployment/mic",
    );
    let commands = site
        .exception("suggest", &["--query", "[].command"])
        .ok()
        .json();
    let commands = commands.as_array().unwrap();
    assert_eq!(commands.len(), 2);
    for command in commands {
        let words: Vec<&str> = command.as_str().unwrap().split(' ').skip(1).collect();
        site.podid(&words).ok();
    }
    assert_eq!(site.exception("suggest", &[]).ok().stdout, "[]\n");
}

#[test]
fn a_binding_is_enough_unless_its_identity_is_kept_to_another_namespace() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.run_pod("web", &[("app", "web"), ("aadpodidbinding", "reader")], "");
    assert_eq!(site.exception("suggest", &[]).ok().stdout, "[]\n");
    let elsewhere = Site::new();
    elsewhere.run_pod(
        "web",
        &[("app", "web"), ("aadpodidbinding", "only-there")],
        "",
    );
    let reasons = ["--query", "[].reason"];
    assert_eq!(
        elsewhere.exception("suggest", &reasons).ok().json(),
        json!(["noBinding"])
    );
    site.add("writer", &["--binding-selector", "only-there"])
        .ok();
    assert_eq!(
        elsewhere.exception("suggest", &reasons).ok().json(),
        json!(["noBinding"])
    );
}

#[test]
fn system_workloads_are_known_in_the_whole_cluster() {
    let kubernetes = Kubernetes::with_crds();
    let site = Site::on(&kubernetes, &Plan::default());
    for namespace in ["kube-system", "flux-system"] {
        kubernetes.make_namespace(namespace);
    }
    let managed = [("kubernetes.azure.com/managedby", "aks"), ("k8s-app", "x")];
    site.run_pod_in(
        "kube-system",
        "metrics",
        &managed,
        "ReplicaSet/metrics",
        false,
    );
    site.run_pod_in("kube-system", "logs", &managed, "DaemonSet/logs", false);
    site.run_pod_in("kube-system", "csi", &managed, "DaemonSet/csi", true);
    let flux = [("app.kubernetes.io/name", "flux-extension")];
    site.run_pod_in("flux-system", "agent", &flux, "Deployment/agent", false);
    let query = "[].[namespace, owners[0], explanation, command]";
    let output = site.podid(&["exception", "suggest", "--query", query, "-o", "tsv"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    flux-system	Deployment/agent	Flux extension ask IMDS for tokens by themselves	podid exception add -g demo --cluster-name demo --namespace flux-system --name flux-extension-exception --pod-labels app.kubernetes.io/name=flux-extension
    kube-system	DaemonSet/logs	AKS add-ons ask IMDS for tokens by themselves	podid exception add -g demo --cluster-name demo --namespace kube-system --name aks-addon-exception --pod-labels kubernetes.azure.com/managedby=aks
    ----- stderr
    Warning: no NMI runs in this cluster: nothing catches the requests of pods, and no exception is needed until one does
    ");
}
