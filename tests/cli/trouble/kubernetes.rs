//! The Kubernetes API is another one, refuses, or goes away.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Kubernetes, Site, until};

#[test]
fn the_kubeconfig_of_another_cluster() {
    let site = Site::new();
    let neighbour = Site::new();
    let kubeconfig = neighbour.path("kubeconfig");
    let wrong = ["--kubeconfig", kubeconfig.as_str()];
    let refused = site.add("reader", &wrong);
    assert_snapshot!(refused.all(), @"
    exit code 2
    ----- stderr
    Error: The kubeconfig of context `demo` is not of cluster `demo`
    Caused by: its server is https://127.0.0.1:PORT/, the cluster's is 127.0.0.1:PORT or demo-demo-DIGITS.portal.hcp.westeurope.azmk8s.io
    Hint: choose another --context, use --kubeconfig-from-azure, or --force-context if you are sure
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    let forced = [&wrong[..], &["--force-context"]].concat();
    site.add("reader", &forced).ok();
}

#[test]
fn kubeconfigs_that_cannot_be_used() {
    let site = Site::new();
    let list = |more: &[&str]| site.podid(&[&["list"], more].concat()).all();
    assert_snapshot!(list(&["--kubeconfig", "nowhere"]), @"
    exit code 2
    ----- stderr
    Error: Kubeconfig `nowhere` cannot be used: the file does not exist
    ");
    let broken = site.write("broken", "clusters: [");
    assert_snapshot!(list(&["--kubeconfig", &broken]), @"
    exit code 2
    ----- stderr
    Error: Kubeconfig `HOME/broken` cannot be used: it is not valid at line 1, column 11
    ");
    assert_snapshot!(list(&["--context", "other"]), @"
    exit code 2
    ----- stderr
    Error: Kubeconfig `HOME/kubeconfig` has no context `other`; it has `demo`
    Hint: name a context of the kubeconfig with --context
    ");
    let none = site.podid_with(&[("KUBECONFIG", "")], &["list"]);
    assert_snapshot!(none.all(), @"
    exit code 2
    ----- stderr
    Error: No kubeconfig was found (looked at `HOME/.kube/config`, the pod's service account)
    Hint: name one with --kubeconfig, set KUBECONFIG, or take the cluster's own from Azure with --kubeconfig-from-azure
    ");
}

#[test]
fn a_namespace_that_is_not_there() {
    let site = Site::new();
    let arguments = ["add", "--namespace", "nowhere", "--identity-resource-id"];
    let output = site.podid(&[&arguments[..], &[&site.identity("reader")]].concat());
    assert_snapshot!(output.all(), @"
    exit code 3
    ----- stderr
    Error: Namespace `nowhere` does not exist
    Hint: create it with `kubectl create namespace nowhere`
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn a_user_without_rights() {
    let site = Site::new();
    let shared = &Kubernetes::shared().server;
    let kubeconfig = shared.user_kubeconfig("mallory", &[]).unwrap();
    let file = site.write("mallory", &kubeconfig);
    let more = ["--kubeconfig", file.as_str(), "--force-context"];
    assert_snapshot!(site.add("reader", &more).error(), @"
    exit code 4
    Error: No permission to ...
    Hint: ask an administrator of the cluster for it, or use --admin where local accounts are enabled
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn an_api_server_that_is_down() {
    let site = Site::new();
    site.api_server_reachable(false);
    let output = site.add("reader", &["--timeout", "2s"]);
    assert_snapshot!(output.error(), @"
    exit code 1
    Error: The API server https://127.0.0.1:PORT/ cannot be reached: ...
    Hint: is the cluster running, and is this machine in its authorised address ranges or network?
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn an_api_server_that_goes_down_half_way() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH"}, "times": 2, "action": {"hang": "after"},
    }));
    let reader = site.identity("reader");
    let arguments = ["add", "--namespace", &site.namespace, "--timeout", "5s"];
    let arguments = [&arguments[..], &["--identity-resource-id", &reader]].concat();
    let run = site.start(&[], &arguments, None);
    until("both PATCHes", || site.hanging() == 2);
    site.api_server_reachable(false);
    site.heal();
    assert_snapshot!(run.finish().error(), @"
    exit code 1
    Error: Pod identity `billing/reader` was not added completely
    Caused by: The API server https://127.0.0.1:PORT/ cannot be reached: ...
    Hint: is the cluster running, and is this machine in its authorised address ranges or network?
    Hint: run the same command again to continue
    ");
    site.api_server_reachable(true);
    assert_eq!(site.object_names(), ["AzureIdentity reader"]);

    site.podid(&arguments).ok();
    assert_eq!(site.object_names().len(), 2);
    site.remove("reader", &[]).ok();
    assert!(site.holders("reader").is_empty());
}

#[test]
fn a_broken_record_is_never_taken_for_an_empty_one() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let broken =
        serde_json::json!({"metadata": {"annotations": {"podid.dev/assigned-scale-sets": "?"}}});
    site.apply("AzureIdentity", "reader", &broken);
    assert_snapshot!(site.remove("reader", &[]).all(), @"
    exit code 1
    ----- stderr
    Error: The record of what podid assigned cannot be read
    Caused by: annotation podid.dev/assigned-scale-sets of AzureIdentity `billing/reader` is not an object of resource ids
    Hint: repair or remove annotation podid.dev/assigned-scale-sets of azureidentity billing/reader; without it podid leaves the identity on the scale sets
    ");
    let list = [
        "list",
        "--namespace",
        &site.namespace,
        "--query",
        "[].state",
    ];
    assert_eq!(
        site.podid(&list).ok().json(),
        serde_json::json!(["BrokenRecord"])
    );
    assert_eq!(site.add("reader", &[]).code, 1);
    // Other managed identities go on.
    site.add("writer", &[]).ok();
    site.remove("writer", &[]).ok();
}
