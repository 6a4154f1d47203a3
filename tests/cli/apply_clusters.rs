//! `podid apply` on several clusters, through the add-on, by others, and cut short.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Plan, Site, desired, until};
use crate::via_aks;

/// A file of one pod identity in each of two clusters.
fn two(site: &Site) -> String {
    let clusters = ["demo", "demo2"].map(|name| {
        json!({
            "resourceGroup": "demo", "name": name,
            "podIdentities": [{
                "namespace": site.another_namespace(name),
                "name": "one",
                "identityResourceId": site.identity("reader"),
            }],
        })
    });
    let file = json!({"apiVersion": "podid.dev/v1", "kind": "PodIdentities", "clusters": clusters});
    site.write("wanted.json", &file.to_string())
}

#[test]
fn what_fails_in_one_cluster_does_not_stop_the_other() {
    let site = Site::new();
    site.another_cluster("demo2");
    let file = two(&site);
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "MC_demo_demo2_westeurope"}, "times": 100,
        "action": {"status": 400, "code": "BadRequest", "message": "no"},
    }));
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    assert_snapshot!(output.stdout, @"
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	AzureIdentity	billing-demo/one	created
    demo/demo	ScaleSet	aks-apps-vmss	updated
    demo/demo	ScaleSet	aks-system-vmss	updated
    demo/demo	AzureIdentityBinding	billing-demo/one-binding	created
    demo/demo2	AzureIdentity	billing-demo2/one	created
    demo/demo2	ScaleSet	aks-apps-vmss	failed
    demo/demo2	ScaleSet	aks-system-vmss	failed
    demo/demo2	AzureIdentityBinding	billing-demo2/one-binding	failed
    ");
    assert!(
        output
            .stderr
            .contains("Error: 3 of 8 changes were not made"),
        "{}",
        output.stderr
    );
    site.heal();
    site.forget_calls();
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(output.ok().stdout, @"
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo2	ScaleSet	aks-apps-vmss	updated
    demo/demo2	ScaleSet	aks-system-vmss	updated
    demo/demo2	AzureIdentityBinding	billing-demo2/one-binding	created
    ");
    assert_eq!(site.writes().len(), 2, "{:?}", site.writes());
    site.podid(&["plan", "-f", &file, "--exit-code"]).ok();
}

#[test]
fn one_context_is_not_that_of_two_clusters() {
    let site = Site::new();
    site.another_cluster("demo2");
    let file = two(&site);
    let output = site.podid(&["plan", "-f", &file, "--context", "x"]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: One context cannot be that of several clusters
    Hint: name a `kubeContext` per cluster in the file, or leave --context out: credentials then come from Azure
    ");
    let text = std::fs::read_to_string(&file).unwrap();
    let text = text.replacen(
        "\"name\":\"demo2\"",
        "\"name\":\"demo2\",\"kubeContext\":\"nowhere\"",
        1,
    );
    let file = site.write("wanted.json", &text);
    let output = site.podid(&["plan", "-f", &file]);
    assert_eq!(output.code, 2, "{}", output.stderr);
    assert!(output.stderr.contains("`nowhere`"), "{}", output.stderr);
}

#[test]
fn the_add_on_is_turned_on_and_filled_with_one_put() {
    let site = Site::new();
    site.allow_control_plane();
    let more = format!(
        "  enabled: true\n  podIdentities:\n  - {{namespace: {0}, name: one, identityResourceId: {1}}}\n  - {{namespace: {0}, name: two, identityResourceId: {2}}}\n  exceptions:\n  - {{namespace: {0}, name: agent, podLabels: {{app: agent}}}}\n",
        site.namespace,
        site.identity("reader"),
        site.identity("writer"),
    );
    let file = site.write("wanted.yaml", &desired(&more));
    let off = site.write(
        "off.yaml",
        &desired(&more.replace("enabled: true", "via: aks")),
    );
    assert_snapshot!(site.podid(&["plan", "-f", &off]).error(), @"
    exit code 2
    Error: The pod identity add-on of cluster `demo` is off
    Caused by: its podIdentityProfile is not enabled
    Hint: turn it on with `podid enable -g demo --cluster-name demo`, or use --via direct
    Hint: or write `enabled: true` for this cluster into the file
    ");
    let plan = site.podid(&["plan", "-f", &file, "-o", "table"]);
    assert_snapshot!(plan.stdout, @"
    ACTION	CLUSTER	KIND	NAME	WHY
    ~ update	demo/demo	AddOn	podIdentityProfile	the file asks for it
    + create	demo/demo	PodIdentity	billing/one	the file asks for it
    + create	demo/demo	PodIdentity	billing/two	the file asks for it
    + create	demo/demo	PodIdentityException	billing/agent	the file asks for it
    ");
    let saved = site.path("plan.json");
    site.podid(&["plan", "-f", &file, "--out", &saved]).ok();
    let output = site.podid(&["apply", &saved, "--query", "[].outcome"]);
    assert_eq!(
        output.ok().json(),
        json!(["updated", "created", "created", "created"])
    );
    assert_eq!(site.writes(), ["PUT demo"]);
    assert_eq!(site.profile_items(), ["one Assigned", "two Assigned"]);
    // The plan was for a profile that is another one now.
    let again = site.podid(&["apply", &saved]);
    assert_eq!(again.code, 5, "{}", again.stderr);
    assert!(again.stderr.contains("AddOn of"), "{}", again.stderr);
    let pruned = site.write("wanted.yaml", &desired("  enabled: true\n"));
    let output = site.podid(&["plan", "-f", &pruned, "--prune", "--exit-code"]);
    assert!(
        output
            .ok()
            .stderr
            .contains("the add-on does not say who made them"),
        "what podid did not surely make stays"
    );
    let off = site.write("wanted.yaml", &desired("  enabled: false\n"));
    let output = site.podid(&["apply", "-f", &off, "--yes", "-o", "table"]);
    assert_snapshot!(output.ok().stdout, @"
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	AddOn	podIdentityProfile	updated
    demo/demo	PodIdentityException	billing/agent	deleted
    demo/demo	PodIdentity	billing/one	deleted
    demo/demo	PodIdentity	billing/two	deleted
    ");
    assert!(site.profile_items().is_empty());
}

#[test]
fn a_role_the_control_plane_lacks_is_told_before_the_put_or_granted_by_the_file() {
    let site = via_aks::without_role();
    let entries = format!(
        "  podIdentities:\n  - {{namespace: {}, name: one, identityResourceId: {}}}\n",
        site.namespace,
        site.identity("reader"),
    );
    let file = site.write("wanted.yaml", &desired(&entries));
    let output = site.podid(&["apply", "-f", &file, "--yes"]);
    assert_eq!(output.code, 4, "{}", output.stderr);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    let roles = format!(
        "{entries}  roles:\n  - {{role: Managed Identity Operator, identityResourceId: {}, principal: controlPlane}}\n",
        site.identity("reader"),
    );
    let file = site.write("wanted.yaml", &desired(&roles));
    let output = site.podid(&["apply", "-f", &file, "--yes", "--query", "[].outcome"]);
    assert_eq!(output.ok().json(), json!(["created", "created"]));
}

#[test]
fn a_role_that_the_file_grants_on_the_resource_group_is_enough() {
    let site = via_aks::without_role();
    let identity = site.identity("reader");
    let (group, _) = identity.split_once("/providers/").unwrap();
    let file = |role: &str, scope: &str| {
        let text = format!(
            "  podIdentities:\n  - {{namespace: {}, name: one, identityResourceId: {identity}}}\n  roles:\n  - {{role: {role}, scope: {scope}, principal: controlPlane}}\n",
            site.namespace,
        );
        site.write("wanted.yaml", &desired(&text))
    };
    let other = file("Virtual Machine Contributor", &identity);
    let output = site.podid(&["apply", "-f", &other, "--yes"]);
    assert_eq!(output.code, 4, "{}", output.stderr);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    let right = file("Managed Identity Operator", group);
    site.podid(&["apply", "-f", &right, "--yes"]).ok();
}

#[test]
fn a_role_that_may_not_be_granted_is_told_before_anything_is_made() {
    let site = Site::planned(&Plan::with_roles(&[("Contributor", "")]));
    let identity = site.identity("reader");
    let new = site.identity("brand-new");
    let text = format!(
        "  roles:\n  - {{role: Managed Identity Operator, identityResourceId: {identity}, principal: kubelet}}\nmanagedIdentities:\n- {{resourceId: {new}, create: {{}}}}\n",
    );
    let file = site.write("wanted.yaml", &desired(&text));
    let output = site.podid(&["apply", "-f", &file, "--yes"]);
    assert_eq!(output.code, 4, "{}", output.stderr);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn one_cluster_named_in_two_ways_is_refused() {
    let site = Site::new();
    let subscription = site
        .identity("reader")
        .split('/')
        .nth(2)
        .unwrap()
        .to_owned();
    let text = format!(
        "- {{subscription: {subscription}, resourceGroup: demo, name: demo, podIdentities: []}}\n"
    );
    let file = site.write("wanted.yaml", &(desired("") + &text));
    let output = site.podid(&["plan", "-f", &file]).ends_with(2);
    assert!(
        output.stderr.contains("is there already"),
        "{}",
        output.stderr
    );
}

#[test]
fn who_may_only_read_may_plan() {
    let site = Site::planned(&Plan::with_roles(&[("Reader", "")]));
    let entries = format!(
        "  podIdentities:\n  - {{namespace: {}, name: one, identityResourceId: {}}}\n",
        site.namespace,
        site.identity("reader"),
    );
    let file = site.write("wanted.yaml", &desired(&entries));
    site.podid(&["plan", "-f", &file, "--exit-code"])
        .ends_with(10);
    let output = site.podid(&["apply", "-f", &file, "--yes"]);
    assert_eq!(output.code, 4, "{}", output.stderr);
    assert!(site.writes().is_empty());
    assert!(site.object_names().is_empty());
}

#[test]
fn a_killed_run_is_finished_by_the_same_command() {
    let site = Site::new();
    let entries = format!(
        "  podIdentities:\n  - {{namespace: {0}, name: one, identityResourceId: {1}}}\n  bindings:\n  - {{namespace: {0}, name: more, identity: one, selector: both}}\n",
        site.namespace,
        site.identity("reader"),
    );
    let file = site.write("wanted.yaml", &desired(&entries));
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "aks-apps"}, "times": 1, "action": {"hang": "before"},
    }));
    let mut run = site.start(&[], &["apply", "-f", &file, "--yes"], None);
    run.until_call("a PATCH", |call| call.method == "PATCH");
    run.signal("KILL");
    assert_eq!(run.finish().code, 137);
    site.heal();
    assert!(site.objects("AzureIdentityBinding").is_empty());
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert_eq!(site.objects("AzureIdentityBinding").len(), 2);
    let plan = site.podid(&["plan", "-f", &file, "--query", "changes"]);
    assert_eq!(plan.ok().json(), Value::Array(Vec::new()));
}

#[test]
fn a_saved_plan_does_not_go_over_what_others_do_meanwhile() {
    let site = Site::planned(&Plan::with_add_on(&["reader", "writer"]));
    site.allow_control_plane();
    let more = format!(
        "  podIdentities:\n  - {{namespace: {}, name: one, identityResourceId: {}}}\n",
        site.namespace,
        site.identity("reader"),
    );
    let file = site.write("wanted.yaml", &desired(&more));
    let saved = site.path("plan.json");
    site.podid(&["plan", "-f", &file, "--out", &saved]).ok();
    site.fault(&json!({
        "match": {"method": "PUT", "path": "managedClusters"}, "action": {"hang": "before"},
    }));
    let started = site.start(&[], &["apply", &saved], None);
    until("podid sends its PUT", || site.hanging() == 1);
    let mut other = site.item("writer");
    other["name"] = json!("one");
    site.put_profile(&json!({"enabled": true, "userAssignedIdentities": [other]}));
    site.heal();
    let output = started.finish();
    assert_eq!(output.code, 5, "{}", output.all());
    let item = &site.profile()["userAssignedIdentities"][0]["identity"]["resourceId"];
    let id = item.as_str().unwrap().to_lowercase();
    assert!(id.ends_with("/writer"), "{id}");
}
