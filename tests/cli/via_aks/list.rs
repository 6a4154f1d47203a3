//! `podid list` and `podid show` on a cluster with the add-on: one read.

use insta::assert_snapshot;

use super::site;

#[test]
fn reads_the_profile_and_nothing_else() {
    let site = site();
    site.add("reader", &[]).ok();
    site.add("writer", &["--binding-selector", "other"]).ok();
    site.forget_calls();
    let output = site.podid_with(&[("KUBECONFIG", "/nowhere")], &["list", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	POOLS	STATE	AGE
    billing	reader	reader	reader	-	Assigned	<none>
    billing	writer	other	writer	-	Assigned	<none>
    ");
    let reads = site.calls();
    let reads: Vec<&str> = reads
        .iter()
        .filter(|call| call.is_arm())
        .map(|call| call.method.as_str())
        .collect();
    assert_eq!(reads, ["GET"]);
}

#[test]
fn shows_one() {
    let site = site();
    site.add("reader", &[]).ok();
    let show = |name: &str| site.podid(&["show", "--namespace", &site.namespace, "--name", name]);
    assert_snapshot!(show("reader").all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "bindingSelectors": [
        "reader"
      ],
      "identity": {
        "resourceId": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "clientId": "GUID"
      },
      "state": "Assigned",
      "created": null,
      "via": "aks"
    }
    "#);
    assert_snapshot!(show("absent").all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no pod identity `billing/absent`
    Hint: see what there is with `podid list`
    ");
}

#[test]
fn an_empty_profile_is_an_empty_list() {
    let site = site();
    assert_eq!(site.podid(&["list"]).ok().stdout, "[]\n");
}
