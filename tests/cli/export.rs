//! `podid export`.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Kubernetes, Plan, Site, desired};
use crate::via_aks;

/// A cluster on an API server of its own: an export is of everything that is there.
fn site(kubernetes: &Kubernetes) -> Site {
    Site::on(kubernetes, &Plan::default())
}

#[test]
fn what_is_written_asks_for_what_is_there() {
    let kubernetes = Kubernetes::with_crds();
    let site = site(&kubernetes);
    let namespace = &site.namespace;
    let text = desired(&format!(
        "  podIdentities:\n  - {{namespace: {namespace}, name: two, identityResourceId: {1}, bindingSelector: '1e3'}}\n  - {{namespace: {namespace}, name: one, identityResourceId: {0}}}\n  bindings:\n  - {{namespace: {namespace}, name: more, identity: one, selector: both}}\n  exceptions:\n  - {{namespace: {namespace}, name: agent, podLabels: {{app: agent, 'x/y': 'no'}}}}\n  pools: {{include: [apps]}}\n",
        site.identity("reader"),
        site.identity("writer"),
    ));
    let file = site.write("wanted.yaml", &text);
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    let output = site.podid(&["export"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    apiVersion: podid.dev/v1
    kind: PodIdentities
    clusters:
    - subscription: SUBSCRIPTION
      resourceGroup: demo
      name: demo
      via: direct
      podIdentities:
      - namespace: billing
        name: one
        identityResourceId: /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        bindingSelector: one
      - namespace: billing
        name: two
        identityResourceId: /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/writer
        bindingSelector: "1e3"
      bindings:
      - namespace: billing
        name: more
        identity: one
        selector: both
      exceptions:
      - namespace: billing
        name: agent
        podLabels:
          app: agent
          x/y: "no"
      pools:
        include:
        - apps
    "#);
    let file = site.write("exported.yaml", &output.raw_stdout);
    let plan = site.podid(&[
        "plan",
        "-f",
        &file,
        "--prune",
        "--exit-code",
        "--query",
        "changes",
    ]);
    assert_eq!(plan.ok().json(), json!([]));
    let again = site.podid(&["export"]).ok();
    assert_eq!(again.raw_stdout, output.raw_stdout);
    let value = site.podid(&["export", "-o", "json"]).ok().json();
    assert_eq!(value["clusters"][0]["podIdentities"][0]["name"], "one");
}

#[test]
fn what_a_file_cannot_say_is_left_out_with_a_warning() {
    let kubernetes = Kubernetes::with_crds();
    let site = site(&kubernetes);
    let identity = json!({"spec": {"type": 0, "resourceID": site.identity("reader")}});
    site.apply("AzureIdentity", "by-hand", &identity);
    let binding = json!({"spec": {"azureIdentity": "by-hand", "selector": "x"}});
    site.apply("AzureIdentityBinding", "of-hand", &binding);
    let output = site.podid(&["export", "--query", "clusters[0].podIdentities"]);
    assert_eq!(output.json(), Value::Null);
    assert_snapshot!(output.stderr, @"
    Warning: left out: AzureIdentity `billing/by-hand`: it has no binding `by-hand-binding`
    Warning: left out: AzureIdentityBinding `billing/of-hand`: its AzureIdentity `by-hand` is not in the file
    ");
}

#[test]
fn the_add_on_is_exported_too() {
    let site = via_aks::site();
    let text = desired(&format!(
        "  podIdentities:\n  - {{namespace: {0}, name: one, identityResourceId: {1}}}\n  exceptions:\n  - {{namespace: {0}, name: agent, podLabels: {{app: agent}}}}\n",
        site.namespace,
        site.identity("reader"),
    ));
    let file = site.write("wanted.yaml", &text);
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	PodIdentity	billing/one	created
    demo/demo	PodIdentityException	billing/agent	created
    ----- stderr
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 2 changed
    Cluster `demo`: up to date
    ");
    let output = site.podid(&["export"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    apiVersion: podid.dev/v1
    kind: PodIdentities
    clusters:
    - subscription: SUBSCRIPTION
      resourceGroup: demo
      name: demo
      enabled: true
      podIdentities:
      - namespace: billing
        name: one
        identityResourceId: /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        bindingSelector: one
      exceptions:
      - namespace: billing
        name: agent
        podLabels:
          app: agent
    ");
    let file = site.write("exported.yaml", &output.raw_stdout);
    site.forget_calls();
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}
