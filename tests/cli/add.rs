//! `podid add`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Plan, Site};

#[test]
fn assigns_and_writes_both_objects() {
    let site = Site::new();
    let output = site.add("reader", &[]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "bindingSelector": "reader",
      "identity": {
        "resourceId": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "clientId": "GUID",
        "objectId": "GUID"
      },
      "outcome": "added",
      "pools": [
        "system",
        "apps"
      ],
      "via": "direct"
    }
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: assigning 1 identity
    Node pool `system`: up to date
    "#);
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity reader",
            "AzureIdentityBinding reader-binding"
        ]
    );
}

#[test]
fn the_same_again_writes_nothing() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.forget_calls();
    let output = site.add("reader", &["--query", "outcome"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    "unchanged"
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn takes_every_argument_of_az() {
    let site = Site::new();
    let identity = site.identity("reader");
    let arguments = [
        "add",
        "--cluster-name=demo",
        "-g=demo",
        "--namespace",
        &site.namespace,
        "--identity-resource-id",
        &identity,
        "-n=az-name",
        "--binding-selector=az-selector",
        "--aks-custom-headers=UseGPU=true",
        "--no-wait",
        "--subscription",
        &site.subscription,
        "-o=tsv",
        "--query=[name,bindingSelector]",
        "--only-show-errors",
        "--verbose",
    ];
    let output = site.podid(&arguments).ok();
    assert_eq!(output.stdout, "az-name\naz-selector\n");
}

#[test]
fn a_name_and_selector_come_from_the_identity() {
    let site = Site::planned(&Plan {
        identities: vec!["My_Reader".into()],
        ..Plan::default()
    });
    let identity = site.identity("My_Reader");
    let arguments = ["add", "--namespace", &site.namespace];
    let arguments = [&arguments[..], &["--identity-resource-id", &identity]].concat();
    let output = site.podid(&arguments).ok().json();
    assert_eq!(output["name"], "my-reader");
    assert_eq!(output["bindingSelector"], "my-reader");
}

#[test]
fn other_content_needs_replace() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let writer = site.identity("writer");
    let other = ["add", "--namespace", &site.namespace, "--name", "reader"];
    let other = [&other[..], &["--identity-resource-id", &writer]].concat();
    site.forget_calls();
    assert_snapshot!(site.podid(&other).all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` exists with other content
    Caused by: it uses identity `/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`
    Hint: use --replace to change it, or another --name
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());

    let replaced = site.podid(&[&other[..], &["--replace"]].concat()).ok();
    assert_snapshot!(replaced.stderr, @"
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: unassigning 1 identity
    Node pool `apps`: up to date
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: unassigning 1 identity
    Node pool `system`: up to date
    Node pool `system`: assigning 1 identity
    Node pool `system`: up to date
    ");
    assert_eq!(site.holders("writer"), ["apps", "system"]);
    assert!(site.holders("reader").is_empty());
    let object = &site.objects("AzureIdentity")[0];
    assert_eq!(
        object["spec"]["resourceID"],
        writer.replace("resourceGroups", "resourcegroups")
    );
}

#[test]
fn another_selector_needs_replace() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let output = site.add("reader", &["--binding-selector", "other"]);
    assert_snapshot!(output.all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` exists with other content
    Caused by: its binding selector is `reader`
    Hint: use --replace to change it, or another --name
    ");
    site.add("reader", &["--binding-selector", "other", "--replace"])
        .ok();
    let binding = &site.objects("AzureIdentityBinding")[0];
    assert_eq!(binding["spec"]["selector"], "other");
}

#[test]
fn dry_run_only_reads() {
    let site = Site::new();
    let output = site.add("reader", &["--dry-run"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "bindingSelector": "reader",
      "identity": {
        "resourceId": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "clientId": "GUID",
        "objectId": "GUID"
      },
      "outcome": "wouldChange",
      "changes": [
        "apply AzureIdentity billing/reader",
        "assign to scale set aks-apps-vmss",
        "assign to scale set aks-system-vmss",
        "apply AzureIdentityBinding billing/reader-binding"
      ],
      "pools": [],
      "via": "direct"
    }
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(site.object_names().is_empty());
    site.add("reader", &[]).ok();
    let again = site
        .add("reader", &["--dry-run", "--query", "outcome"])
        .ok();
    assert_eq!(again.stdout, "\"unchanged\"\n");
}

#[test]
fn no_wait_returns_when_azure_has_accepted() {
    let site = Site::new();
    site.settings(&json!({"timeScale": 1.0, "durations": {"vmss-identity": 3600.0}}));
    let output = site.add("reader", &["--no-wait"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "bindingSelector": "reader",
      "identity": {
        "resourceId": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "clientId": "GUID",
        "objectId": "GUID"
      },
      "outcome": "accepted",
      "pools": [
        "system",
        "apps"
      ],
      "via": "direct"
    }
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: accepted
    Node pool `system`: assigning 1 identity
    Node pool `system`: accepted
    "#);
    site.advance(3600);
    assert_eq!(site.holders("reader"), ["apps", "system"]);
}

#[test]
fn waits_no_longer_than_the_timeout() {
    let site = Site::new();
    site.settings(&json!({"timeScale": 1.0, "durations": {"vmss-identity": 3600.0}}));
    let output = site.add("reader", &["--timeout", "2s"]);
    assert_snapshot!(output.all(), @r#"
    exit code 8
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "bindingSelector": "reader",
      "identity": {
        "resourceId": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "clientId": "GUID",
        "objectId": "GUID"
      },
      "outcome": "pending",
      "pools": [],
      "failedPools": [
        "system",
        "apps"
      ],
      "via": "direct"
    }
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: not done yet
    Node pool `system`: assigning 1 identity
    Node pool `system`: not done yet
    Error: Pod identity `billing/reader` is not complete yet: 2 of 2 node pools are still being changed
      - Node pool `system` is still being changed
        Caused by: The operation is still InProgress after N s
        Hint: it goes on in Azure; run the same command again to see its end, or use a longer --timeout
      - Node pool `apps` is still being changed
        Caused by: The operation is still InProgress after N s
        Hint: it goes on in Azure; run the same command again to see its end, or use a longer --timeout
    Hint: run the same command again to continue
    "#);
    site.advance(3600);
    site.settings(&json!({"timeScale": 0.0}));
    site.add("reader", &[]).ok();
}

#[test]
fn creates_the_identity_when_told_to() {
    let site = Site::new();
    let refused = site.add("fresh", &[]);
    assert_snapshot!(refused.all(), @"
    exit code 3
    ----- stderr
    Error: Managed identity `fresh` does not exist
    Hint: check the id with `podid identity list`, or add --create-identity
    ");
    let output = site.add("fresh", &["--create-identity"]);
    assert_snapshot!(output.stderr, @"
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Created managed identity `fresh` in westeurope
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: assigning 1 identity
    Node pool `system`: up to date
    ");
    assert_eq!(output.code, 0);
    assert_eq!(site.holders("fresh"), ["apps", "system"]);
}

#[test]
fn grants_what_is_missing_and_waits_for_it() {
    let site = Site::planned(&Plan::with_roles(&[
        ("Reader", "/resourceGroups/demo"),
        ("Role Based Access Control Administrator", ""),
        ("Reader", "/resourceGroups/MC_demo_demo_westeurope"),
    ]));
    let output = site.add("reader", &[]);
    assert_eq!(output.code, 4, "{}", output.all());
    site.settings(&json!({"roleDelaySeconds": 3.0}));
    // The roles there are have been there for long.
    site.advance(60);
    let output = site.add("reader", &["--grant"]).ok();
    assert!(
        output.stderr.contains("not in effect yet, trying again"),
        "{}",
        output.stderr
    );
    assert!(
        output
            .stderr
            .contains("Granted `Managed Identity Operator` on reader to"),
        "{}",
        output.stderr
    );
    assert_eq!(site.holders("reader"), ["apps", "system"]);
}

#[test]
fn what_somebody_else_assigned_is_not_recorded() {
    let site = Site::new();
    site.assign_by_hand("reader", "system");
    site.add("reader", &[]).ok();
    let object = &site.objects("AzureIdentity")[0];
    let record = object["metadata"]["annotations"]["podid.dev/assigned-scale-sets"].as_str();
    let record: serde_json::Value = serde_json::from_str(record.unwrap()).unwrap();
    let (identity, sets) = record.as_object().unwrap().iter().next().unwrap();
    assert!(identity.eq_ignore_ascii_case(&site.identity("reader")));
    assert_eq!(sets, &json!([site.scale_set("apps")]));
}

#[test]
fn a_dry_run_as_yaml_prints_the_objects() {
    let site = Site::new();
    let output = site.add("reader", &["--dry-run", "-o", "yaml"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    apiVersion: aadpodidentity.k8s.io/v1
    kind: AzureIdentity
    metadata:
      name: reader
      namespace: billing
      annotations:
        aadpodidentity.k8s.io/Behavior: namespaced
    spec:
      type: 0
      resourceID: /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
      clientID: GUID
    ---
    apiVersion: aadpodidentity.k8s.io/v1
    kind: AzureIdentityBinding
    metadata:
      name: reader-binding
      namespace: billing
    spec:
      azureIdentity: reader
      selector: reader
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    ");
    assert!(site.object_names().is_empty());
    // Whoever applies them as a person gets what `podid add` would have made.
    for (kind, text) in ["AzureIdentity", "AzureIdentityBinding"]
        .into_iter()
        .zip(output.raw_stdout.split("---\n"))
    {
        let object: serde_json::Value = serde_saphyr::from_str(text).unwrap();
        assert_eq!(object["kind"], kind);
        site.apply(kind, object["metadata"]["name"].as_str().unwrap(), &object);
    }
    let output = site.add("reader", &["--query", "outcome"]).ok();
    assert_eq!(output.json(), "added", "only the scale sets were missing");
    assert_eq!(site.holders("reader"), ["apps", "system"]);
}
