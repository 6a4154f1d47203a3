//! `podid add` through the add-on.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{site, without_role};
use crate::support::{Site, until};

#[test]
fn adds_one_and_waits_until_it_is_assigned() {
    let site = site();
    assert_snapshot!(site.add("reader", &[]).all(), @r#"
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
      "state": "Assigned",
      "via": "aks"
    }
    ----- stderr
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: up to date
    "#);
    assert_eq!(site.profile_items(), ["reader Assigned"]);
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity reader",
            "AzureIdentityBinding reader-binding"
        ]
    );
    assert_eq!(site.writes(), ["PUT demo"]);
}

#[test]
fn the_same_again_sends_nothing() {
    let site = site();
    site.add("reader", &["--binding-selector", "pods"]).ok();
    site.forget_calls();
    let again = site.add("reader", &["--binding-selector", "pods"]).ok();
    assert_eq!(again.json()["outcome"], "unchanged");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn needs_no_kubernetes() {
    let site = site();
    let output = site.podid_with(
        &[("KUBECONFIG", "/nowhere")],
        &[
            "add",
            "--namespace",
            &site.namespace,
            "--identity-resource-id",
            &site.identity("reader"),
        ],
    );
    assert_eq!(output.ok().json()["via"], "aks");
}

#[test]
fn another_identity_or_selector_is_refused_without_replace() {
    let site = site();
    site.add("reader", &[]).ok();
    site.forget_calls();
    let other = site.identity("writer");
    let same_name = [
        "add",
        "--namespace",
        &site.namespace,
        "--name",
        "reader",
        "--identity-resource-id",
        &other,
    ];
    assert_snapshot!(site.podid(&same_name).all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` exists with other content
    Caused by: `billing/reader` uses identity `/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`
    Hint: use --replace to change it, or another --name
    ");
    assert_snapshot!(site.add("reader", &["--binding-selector", "blue"]).all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` exists with other content
    Caused by: the binding selector of `billing/reader` is `reader`
    Hint: use --replace to change it, or another --name
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    let mut replace = same_name.to_vec();
    replace.push("--replace");
    site.podid(&replace).ok();
    assert_eq!(site.holders("writer"), ["apps", "system"]);
    assert!(site.holders("reader").is_empty());
}

#[test]
fn many_are_one_put() {
    let site = site();
    let entries: Vec<Value> = ["reader", "writer"]
        .iter()
        .map(|name| json!({"namespace": site.namespace, "name": name, "identityResourceId": site.identity(name)}))
        .collect();
    let file = site.write("many.json", &json!({"podIdentities": entries}).to_string());
    let output = site.podid(&["add", "--from-file", &file]).ok();
    assert_eq!(output.json().as_array().map(Vec::len), Some(2));
    assert_eq!(site.profile_items(), ["reader Assigned", "writer Assigned"]);
    assert_eq!(site.writes(), ["PUT demo"]);
}

#[test]
fn a_missing_role_is_told_before_the_put() {
    let site = without_role();
    assert_snapshot!(site.add("reader", &[]).all(), @r#"
    exit code 4
    ----- stderr
    Error: The control-plane identity of cluster `demo` may not assign managed identity `reader`
    Caused by: no role allows Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    Hint: if you may grant roles, add --grant, or run: podid role grant -g demo --cluster-name demo --for managed --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment create --role "Managed Identity Operator" --assignee-object-id GUID --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn grant_gives_the_role_to_the_control_plane() {
    let site = without_role();
    let output = site.add("reader", &["--grant"]).ok();
    assert!(
        output
            .stderr
            .contains("Granted `Managed Identity Operator` on reader to the control-plane identity of cluster `demo`"),
        "{}",
        output.stderr
    );
    assert_eq!(site.profile_items(), ["reader Assigned"]);
}

#[test]
fn the_managed_identity_can_be_created() {
    let site = site();
    site.add("fresh", &["--create-identity"]).ok();
    assert_eq!(site.profile_items(), ["fresh Assigned"]);
    let item = &site.profile()["userAssignedIdentities"][0]["identity"];
    assert!(item["clientId"].as_str().is_some_and(|id| !id.is_empty()));
    assert!(item["objectId"].as_str().is_some_and(|id| !id.is_empty()));
}

#[test]
fn dry_run_shows_the_change_and_sends_nothing() {
    let site = site();
    assert_snapshot!(site.add("reader", &["--dry-run", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	OUTCOME
    billing	reader	reader	reader	wouldChange: add `billing/reader` to podIdentityProfile
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn no_wait_returns_when_the_put_is_accepted() {
    let site = site();
    site.settings(&json!({"timeScale": 1.0}));
    let output = site.add("reader", &["--no-wait"]).ok();
    assert_eq!(output.json()["outcome"], "accepted");
    assert_eq!(site.profile_items(), ["reader Updating"]);
    site.advance(100);
    until("the end", || site.profile_items() == ["reader Assigned"]);
}

#[test]
fn a_timeout_says_how_to_go_on_and_the_next_run_continues() {
    let site = site();
    site.settings(&json!({"timeScale": 1.0}));
    let output = site.add("reader", &["--timeout", "2s"]);
    assert_snapshot!(output.error(), @"
    exit code 8
    Error: Cluster `demo` is still being changed
    Caused by: The operation is still InProgress after N s
    Hint: it goes on in Azure; run the same command again to see its end, or use a longer --timeout
    ");
    site.advance(100);
    let again = site.add("reader", &[]).ok();
    assert_eq!(again.json()["outcome"], "unchanged");
    assert_eq!(again.json()["state"], "Assigned");
}

#[test]
fn the_way_is_refused_when_it_does_not_fit() {
    let site = site();
    assert_snapshot!(site.add("reader", &["--via", "direct"]).all(), @"
    exit code 2
    ----- stderr
    Error: Cluster `demo` uses the pod identity add-on
    Caused by: the AKS resource provider would undo changes that podid makes itself
    Hint: change it through the add-on, with `podid add` and `podid remove` without --via direct
    ");
    let off = Site::new();
    assert_snapshot!(off.add("reader", &["--via", "aks"]).all(), @"
    exit code 2
    ----- stderr
    Error: The pod identity add-on of cluster `demo` is off
    Caused by: its podIdentityProfile is not enabled
    Hint: turn it on with `podid enable -g demo --cluster-name demo`, or use --via direct
    ");
    assert!(site.writes().is_empty() && off.writes().is_empty());
}

#[test]
fn custom_headers_go_with_the_put_alone() {
    let site = site();
    let headers =
        "AKSHTTPCustomFeatures=Microsoft.ContainerService/EnablePodIdentityPreview,X-Test=a=b";
    site.add("reader", &["--aks-custom-headers", headers]).ok();
    let with = |call: &&crate::support::Call| call.headers.contains_key("akshttpcustomfeatures");
    let calls = site.calls();
    let sent: Vec<_> = calls.iter().filter(with).collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].method, "PUT");
    assert_eq!(sent[0].headers["x-test"], "a=b");
    assert!(sent[0].headers.contains_key("if-match"));
}

#[test]
fn bad_custom_headers_are_refused_before_anything() {
    let site = site();
    assert_snapshot!(site.add("reader", &["--aks-custom-headers", "NoSign"]).all(), @"
    exit code 2
    ----- stderr
    Error: The custom headers are not valid
    Caused by: `NoSign` has no `=`
    Hint: give them as Name=Value,Name=Value
    ");
    assert!(site.calls().is_empty());
}

#[test]
fn what_podid_never_heard_of_survives() {
    let site = site();
    let mut cluster = site.azure("GET", &site.cluster(), &Value::Null);
    cluster["properties"]["profileOfTomorrow"] = json!({"deep": [1, {"er": null}]});
    cluster["properties"]["networkProfile"]["newer"] = json!("kept");
    cluster["tags"] = json!({"team": "payments"});
    site.azure("PUT", &site.cluster(), &cluster);
    let before = site.azure("GET", &site.cluster(), &Value::Null);
    site.add("reader", &[]).ok();
    until("the end of every write", || {
        site.profile_items() == ["reader Assigned"]
    });
    let after = site.azure("GET", &site.cluster(), &Value::Null);
    let rest = |mut cluster: Value| {
        let properties = cluster["properties"].as_object_mut().unwrap();
        properties.remove("podIdentityProfile");
        for pool in properties["agentPoolProfiles"].as_array_mut().unwrap() {
            pool.as_object_mut().unwrap().remove("eTag");
        }
        cluster.as_object_mut().unwrap().remove("eTag");
        cluster
    };
    assert_eq!(rest(after), rest(before));
    let calls = site.calls();
    let put = calls.iter().find(|call| call.method == "PUT").unwrap();
    let body = put.body.as_ref().unwrap();
    assert_eq!(
        body["properties"]["profileOfTomorrow"],
        json!({"deep": [1, {"er": null}]})
    );
    assert_eq!(body["properties"]["networkProfile"]["newer"], "kept");
}
