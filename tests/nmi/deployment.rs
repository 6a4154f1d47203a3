//! The daemon as `podid install` deploys it: its arguments, its account, its rights.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::authentication::v1::TokenRequest;
use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use k8s_openapi::api::core::v1::{Node as ClusterNode, ServiceAccount};
use kube::api::{Api, PostParams};
use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::{Kubernetes, until, wait};

const NAMESPACE: &str = "kube-system";

/// Installs podid-nmi with the command; the pod's spec in the DaemonSet that the API server has.
pub(crate) fn installed(kubernetes: &Kubernetes, node: &Node, mode: &str, extra: &[&str]) -> Value {
    kubernetes.make_namespace(NAMESPACE);
    let install = [
        "install",
        "--mode",
        mode,
        "--image",
        "registry.example/podid:1",
    ];
    node.site.podid(&[&install[..], extra].concat()).ok();
    let sets: Api<DaemonSet> = Api::namespaced(kubernetes.client.clone(), NAMESPACE);
    let set = serde_json::to_value(wait(sets.get("podid-nmi")).unwrap()).unwrap();
    set["spec"]["template"]["spec"].clone()
}

/// Installs podid-nmi, and starts it as the kubelet would, without the redirect.
fn deploy(kubernetes: &Kubernetes, node: &Node, mode: &str, extra: &[&str]) -> Daemon {
    let pod = installed(kubernetes, node, mode, extra);
    let given = pod["containers"][0]["args"].as_array().unwrap().iter();
    let arguments: Vec<String> = given
        .map(|argument| argument.as_str().unwrap().replace("=nftables", "=none"))
        .collect();
    let account = pod["serviceAccountName"].as_str().unwrap();
    let kubeconfig = as_account(kubernetes, node, account);
    let mut all = vec!["--kubeconfig", &kubeconfig];
    all.extend(arguments.iter().map(String::as_str));
    Daemon::start(node, &all)
}

/// A token of the account, as the kubelet puts it into a container.
pub(crate) fn account_token(kubernetes: &Kubernetes, account: &str) -> String {
    let accounts: Api<ServiceAccount> = Api::namespaced(kubernetes.client.clone(), NAMESPACE);
    let request: TokenRequest = serde_json::from_value(json!({"spec": {"audiences": []}})).unwrap();
    let params = PostParams::default();
    let made = wait(accounts.create_token_request(account, &params, &request)).unwrap();
    made.status.unwrap().token
}

/// A kubeconfig with a token of the account, and nothing else to sign in with.
fn as_account(kubernetes: &Kubernetes, node: &Node, account: &str) -> String {
    let token = account_token(kubernetes, account);
    let text = kubernetes.server.kubeconfig();
    let mut config: Value = serde_saphyr::from_str(&text).unwrap();
    config["users"][0]["user"] = json!({"token": token});
    node.site.write("account.yaml", &config.to_string())
}

/// Whether RBAC lets the daemon's account do it.
fn may(kubernetes: &Kubernetes, verb: &str, group: &str, resource: &str) -> bool {
    let review: SubjectAccessReview = serde_json::from_value(json!({"spec": {
        "user": format!("system:serviceaccount:{NAMESPACE}:podid-nmi"),
        "resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": "default"},
    }}))
    .unwrap();
    let reviews: Api<SubjectAccessReview> = Api::all(kubernetes.client.clone());
    let answer = wait(reviews.create(&PostParams::default(), &review)).unwrap();
    answer.status.unwrap().allowed
}

#[test]
fn its_account_may_do_what_it_needs_and_no_more() {
    let kubernetes = Kubernetes::bare();
    let node = Node::on(&kubernetes, &["reader"]);
    let daemon = deploy(&kubernetes, &node, "managed", &[]);
    node.bind("reader", "app");
    node.pod("app", "127.0.0.2", &json!({"aadpodidbinding": "app"}));
    daemon.until_token("a token", "127.0.0.2", "", |reply| reply.status == 200);
    assert!(may(&kubernetes, "create", "", "events"));
    for (verb, group, resource) in [
        ("get", "", "secrets"),
        ("list", "", "secrets"),
        ("patch", "", "nodes"),
        ("patch", "", "pods"),
        ("get", "", "pods"),
        ("patch", "", "events"),
        ("list", "", "nodes"),
        ("list", "aadpodidentity.k8s.io", "azureassignedidentities"),
        ("patch", "aadpodidentity.k8s.io", "azureidentities"),
    ] {
        assert!(
            !may(&kubernetes, verb, group, resource),
            "{verb} {resource}"
        );
    }
}

#[test]
fn rights_come_with_the_arguments_that_need_them() {
    let kubernetes = Kubernetes::bare();
    let node = Node::on(&kubernetes, &["reader"]);
    let tainted: ClusterNode = serde_json::from_value(json!({
        "metadata": {"name": node.name},
        "spec": {"taints": [{"key": "podid.dev/starting", "effect": "NoSchedule"}]},
    }))
    .unwrap();
    let nodes: Api<ClusterNode> = Api::all(kubernetes.client.clone());
    wait(nodes.create(&PostParams::default(), &tainted)).unwrap();
    let more = [
        "--startup-taint",
        "podid.dev/starting",
        "--allow-service-principals",
    ];
    let _daemon = deploy(&kubernetes, &node, "standard", &more);
    until("the startup taint to be gone", || {
        let spec = wait(nodes.get(&node.name)).unwrap().spec.unwrap();
        let mut taints = spec.taints.into_iter().flatten();
        !taints.any(|taint| taint.key == "podid.dev/starting")
    });
    assert!(may(&kubernetes, "get", "", "secrets"));
    assert!(!may(&kubernetes, "list", "", "secrets"));
}
