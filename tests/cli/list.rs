//! `podid list`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

fn table(site: &Site) -> String {
    site.podid(&["list", "--namespace", &site.namespace, "-o", "table"])
        .all()
}

#[test]
fn nothing_is_an_empty_list() {
    let site = Site::new();
    assert_snapshot!(table(&site), @"
    exit code 0
    ----- stderr
    No pod identities in cluster `demo`
    ");
    let json = site.podid(&["list", "--namespace", &site.namespace]).ok();
    assert_eq!(json.stdout, "[]\n");
}

#[test]
fn joins_objects_and_scale_sets() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.add("writer", &["--binding-selector", "other"]).ok();
    assert_snapshot!(table(&site), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	POOLS	STATE	AGE
    billing	reader	reader	reader	2/2	Assigned	AGE
    billing	writer	other	writer	2/2	Assigned	AGE
    ");
    let output = site.podid(&["list", "--namespace", &site.namespace, "--query", "[0]"]);
    assert_snapshot!(output.ok().stdout, @r#"
    {
      "bindingSelectors": [
        "reader"
      ],
      "created": "TIME",
      "identity": {
        "clientId": "GUID",
        "resourceId": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
      },
      "name": "reader",
      "namespace": "billing",
      "pools": [
        {
          "assigned": true,
          "assignedByPodid": true,
          "name": "system"
        },
        {
          "assigned": true,
          "assignedByPodid": true,
          "name": "apps"
        }
      ],
      "state": "Assigned",
      "via": "direct"
    }
    "#);
}

#[test]
fn tells_what_needs_a_look() {
    let site = Site::new();
    for name in ["reader", "writer"] {
        site.add(name, &[]).ok();
    }
    let off = ["nodepool", "unassign", "--force", "--identity-resource-id"];
    let reader = site.identity("reader");
    site.podid(&[&off[..], &[&reader, "--nodepool-name", "apps"]].concat())
        .ok();
    let writer = site.identity("writer");
    site.podid(&[&off[..], &[&writer]].concat()).ok();
    let lonely = json!({"metadata": {}, "spec": {"type": 0, "resourceID": site.identity("demo-control-plane"), "clientID": "99999999-9999-9999-9999-999999999999"}});
    site.apply("AzureIdentity", "lonely", &lonely);
    let application = json!({"metadata": {}, "spec": {"type": 1, "clientID": "99999999-9999-9999-9999-999999999999", "tenantID": "t"}});
    site.apply("AzureIdentity", "service-principal", &application);
    assert_snapshot!(table(&site), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	POOLS	STATE	AGE
    billing	lonely	<none>	demo-control-plane	0/2	Stale	AGE
    billing	reader	reader	reader	1/2	Partial	AGE
    billing	service-principal	<none>	<none>	-	ServicePrincipal	AGE
    billing	writer	writer	writer	0/2	NotAssigned	AGE
    ");
}

#[test]
fn an_identity_that_was_deleted_and_made_again_is_stale() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.podid(&["identity", "delete", "-n", "reader"]).ok();
    let state = [
        "list",
        "--query",
        "[?name=='reader'].state | [0]",
        "--namespace",
    ];
    let state = [&state[..], &[&site.namespace]].concat();
    assert_eq!(site.podid(&state).ok().stdout, "\"Stale\"\n");
    site.podid(&["identity", "create", "-n", "reader"]).ok();
    assert_eq!(site.podid(&state).ok().stdout, "\"Stale\"\n");
}

#[test]
fn takes_the_kubeconfig_from_azure() {
    let site = Site::new();
    let arguments = ["list", "--admin", "--namespace", &site.namespace];
    let output = site.podid_with(&[("KUBECONFIG", "/nowhere")], &arguments);
    assert_eq!(output.ok().stdout, "[]\n");
}

#[test]
fn a_bad_namespace_is_refused() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["list", "--namespace", "Billing"]).all(), @"
    exit code 2
    ----- stderr
    Error: `Billing` is not a valid namespace: `B` is not allowed, only a-z, 0-9 and `-`
    ");
}

#[test]
fn asks_kubernetes_while_azure_still_answers() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.fault(&serde_json::json!({
        "match": {"path": "managedClusters"}, "action": {"delaySeconds": 1.0},
    }));
    let output = site
        .podid(&["list", "-v", "--namespace", &site.namespace])
        .ok();
    let at = |what: &str| {
        let lines: Vec<&str> = output.stderr.lines().collect();
        let found = lines.iter().position(|line| line.contains(what));
        found.unwrap_or_else(|| panic!("{what}: {}", output.stderr))
    };
    assert!(
        at("/azureidentities 200") < at("managedClusters/demo 200"),
        "{}",
        output.stderr
    );
    assert_eq!(output.json()[0]["state"], "Assigned");
}
