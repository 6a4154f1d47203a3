//! `podid apply`.

use std::fmt::Write as _;

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Kubernetes, Plan, Site, desired};

/// A file of these pod identities, each of the managed identity that `of` names.
fn wanted(site: &Site, entries: &[(&str, &str)], more: &str) -> String {
    let mut lines = String::new();
    for (name, of) in entries {
        let (namespace, id) = (&site.namespace, site.identity(of));
        writeln!(
            lines,
            "  - {{namespace: {namespace}, name: {name}, identityResourceId: {id}}}"
        )
        .unwrap();
    }
    let key = if entries.is_empty() {
        ""
    } else {
        "\n  podIdentities:\n"
    };
    desired(&format!("{key}{lines}{more}"))
}

fn exceptions(site: &Site) -> String {
    format!(
        "  exceptions:\n  - {{namespace: {}, name: agent, podLabels: {{app: agent}}}}\n",
        site.namespace
    )
}

#[test]
fn applies_once_and_then_has_nothing_to_do() {
    let site = Site::new();
    let more = exceptions(&site);
    let text = wanted(&site, &[("one", "reader"), ("two", "writer")], &more);
    let file = site.write("wanted.yaml", &text);
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	AzureIdentity	billing/one	created
    demo/demo	AzureIdentity	billing/two	created
    demo/demo	ScaleSet	aks-apps-vmss	updated
    demo/demo	ScaleSet	aks-system-vmss	updated
    demo/demo	AzureIdentityBinding	billing/one-binding	created
    demo/demo	AzureIdentityBinding	billing/two-binding	created
    demo/demo	AzurePodIdentityException	billing/agent	created
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 2 identities
    Node pool `apps`: up to date
    Node pool `system`: assigning 2 identities
    Node pool `system`: up to date
    ");
    assert_eq!(site.writes().len(), 2, "{:?}", site.writes());
    assert_eq!(site.holders("writer"), ["apps", "system"]);
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity one",
            "AzureIdentity two",
            "AzureIdentityBinding one-binding",
            "AzureIdentityBinding two-binding"
        ]
    );
    assert_eq!(
        site.objects("AzurePodIdentityException")[0]["spec"],
        json!({"podLabels": {"app": "agent"}})
    );
    site.forget_calls();
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stderr
    No changes: the clusters hold what the file asks for
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn nobody_to_ask_means_yes_must_be_said() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    assert_snapshot!(site.podid(&["apply", "-f", &file]).all(), @"
    exit code 2
    ----- stderr
    Error: The changes have to be confirmed and nobody can be asked here
    Hint: add --yes when not running interactively, or apply a plan saved with `podid plan --out`
    ");
    let output = site.podid(&["apply", "-f", &file, "--dry-run", "--query", "summary"]);
    assert_eq!(
        output.ok().json(),
        json!({"create": 2, "update": 2, "delete": 0})
    );
    assert!(site.writes().is_empty());
}

#[test]
fn a_saved_plan_is_carried_out_as_it_was_shown() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    let plan = site.path("plan.json");
    site.podid(&["plan", "-f", &file, "--out", &plan, "-o", "none"])
        .ok();
    // What the file says later is another matter.
    site.write("wanted.yaml", "changed");
    let output = site.podid(&["apply", &plan, "--query", "[].outcome"]);
    assert_eq!(
        output.json(),
        json!(["created", "updated", "updated", "created"])
    );
    assert!(
        output
            .stderr
            .contains("was changed since this plan was made"),
        "{}",
        output.stderr
    );
    assert_eq!(site.holders("reader"), ["apps", "system"]);
}

#[test]
fn a_plan_that_is_out_of_date_is_refused() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    let plan = site.path("plan.json");
    site.podid(&["plan", "-f", &file, "--out", &plan, "-o", "none"])
        .ok();
    site.assign_by_hand("writer", "apps");
    site.forget_calls();
    assert_snapshot!(site.podid(&["apply", &plan]).all(), @"
    exit code 5
    ----- stderr
    Error: The plan is out of date, nothing was changed
    Caused by: ScaleSet aks-apps-vmss of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo was changed
    Hint: make a new plan with `podid plan`, look at it, and apply that one
    ");
    assert!(site.writes().is_empty());
    assert!(site.object_names().is_empty());
    let output = site.podid(&["apply", &file]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: File `HOME/wanted.yaml` is not a saved plan
    Caused by: expected value at line 1 column 1
    Hint: a plan is made with `podid plan -f FILE --out HOME/wanted.yaml`; a file of pod identities is applied with `podid apply -f`
    ");
}

#[test]
fn pruning_removes_what_podid_made_and_nothing_else() {
    // Pruning looks at the whole cluster, and other tests share the usual one.
    let kubernetes = Kubernetes::with_crds();
    let site = Site::on(&kubernetes, &Plan::default());
    let by_hand = json!({"spec": {"type": 0, "resourceID": site.identity("writer")}});
    site.apply("AzureIdentity", "by-hand", &by_hand);
    let two = wanted(
        &site,
        &[("one", "reader"), ("two", "writer"), ("three", "reader")],
        &exceptions(&site),
    );
    let file = site.write("wanted.yaml", &two);
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    let kept = site.podid(&["plan", "-f", &file, "--query", "changes"]);
    assert_eq!(kept.ok().json(), json!([]), "without --prune it stays");
    let plan = site.podid(&["plan", "-f", &file, "--prune", "-o", "table"]);
    assert_snapshot!(plan.stdout, @"
    ACTION	CLUSTER	KIND	NAME	WHY
    - delete	demo/demo	AzurePodIdentityException	billing/agent	podid made it, and the file does not name it
    - delete	demo/demo	AzureIdentityBinding	billing/three-binding	podid made it, and the file does not name it
    - delete	demo/demo	AzureIdentityBinding	billing/two-binding	podid made it, and the file does not name it
    - delete	demo/demo	AzureIdentity	billing/three	podid made it, and the file does not name it
    - delete	demo/demo	AzureIdentity	billing/two	podid made it, and the file does not name it
    ");
    let output = site.podid(&["apply", "-f", &file, "--prune", "--yes", "-o", "table"]);
    assert_snapshot!(output.ok().stdout, @"
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	AzurePodIdentityException	billing/agent	deleted
    demo/demo	AzureIdentityBinding	billing/three-binding	deleted
    demo/demo	AzureIdentityBinding	billing/two-binding	deleted
    demo/demo	AzureIdentity	billing/three	deleted
    demo/demo	AzureIdentity	billing/two	deleted
    ");
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity by-hand",
            "AzureIdentity one",
            "AzureIdentityBinding one-binding"
        ]
    );
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    // The one made by hand needs it.
    assert_eq!(site.holders("writer"), ["apps", "system"]);
    let file = site.write("wanted.yaml", &wanted(&site, &[], ""));
    site.podid(&["apply", "-f", &file, "--prune", "--yes"]).ok();
    assert!(site.holders("reader").is_empty());
    assert_eq!(site.object_names(), ["AzureIdentity by-hand"]);
    site.forget_calls();
    site.podid(&["plan", "-f", &file, "--prune", "--exit-code"])
        .ok();
}

#[test]
fn another_identity_under_the_same_name_replaces_the_former() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "writer")], ""));
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(output.stdout, @"
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	AzureIdentity	billing/one	updated
    demo/demo	ScaleSet	aks-apps-vmss	updated
    demo/demo	ScaleSet	aks-system-vmss	updated
    ");
    assert!(site.holders("reader").is_empty());
    assert_eq!(site.holders("writer"), ["apps", "system"]);
    site.podid(&["plan", "-f", &file, "--exit-code"]).ok();
}

#[test]
fn managed_identities_and_roles_come_first() {
    let site = Site::new();
    let ghost = site.identity("ghost");
    let roles = format!(
        "  roles:\n  - {{role: Managed Identity Operator, identityResourceId: {ghost}, principal: kubelet}}\n  - {{role: Virtual Machine Contributor, scope: nodeResourceGroup, principal: operator}}\n"
    );
    let text = wanted(&site, &[("ghost", "ghost")], &roles).replace(
        "clusters:",
        &format!("managedIdentities:\n- {{resourceId: {ghost}, create: {{}}}}\nclusters:"),
    );
    let file = site.write("wanted.yaml", &text);
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    CLUSTER	KIND	NAME	OUTCOME
    -	ManagedIdentity	ghost	created
    demo/demo	RoleAssignment	Managed Identity Operator on ghost for kubelet	created
    demo/demo	AzureIdentity	billing/ghost	created
    demo/demo	ScaleSet	aks-apps-vmss	updated
    demo/demo	ScaleSet	aks-system-vmss	updated
    demo/demo	AzureIdentityBinding	billing/ghost-binding	created
    ----- stderr
    Created managed identity `ghost`
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: assigning 1 identity
    Node pool `system`: up to date
    ");
    assert_eq!(site.holders("ghost"), ["apps", "system"]);
    site.podid(&["plan", "-f", &file, "--exit-code"]).ok();
}

#[test]
fn only_the_pools_that_are_named() {
    let site = Site::new();
    let pools = "  pools: {include: [apps]}\n";
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], pools));
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    assert_eq!(site.holders("reader"), ["apps"]);
    site.podid(&["plan", "-f", &file, "--exit-code"]).ok();
    let pools = "  pools: {include: [win]}\n";
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], pools));
    assert_snapshot!(site.podid(&["plan", "-f", &file]).error(), @"
    exit code 2
    Error: Node pool `win` of cluster `demo/demo` cannot hold identities: Windows nodes do not run NMI
    Hint: leave it out of `pools.include`
    ");
}

#[test]
fn what_fails_is_listed_and_the_same_command_continues() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "aks-apps"}, "times": 1,
        "action": {"status": 400, "code": "BadRequest", "message": "no"},
    }));
    let output = site.podid(&["apply", "-f", &file, "--yes", "-o", "table"]);
    assert_snapshot!(format!("{}{}", output.stdout, output.error()), @"
    CLUSTER	KIND	NAME	OUTCOME
    demo/demo	AzureIdentity	billing/one	created
    demo/demo	ScaleSet	aks-apps-vmss	failed
    demo/demo	ScaleSet	aks-system-vmss	updated
    demo/demo	AzureIdentityBinding	billing/one-binding	failed
    exit code 1
    Error: 2 of 4 changes were not made
    Caused by: Pod identity `billing/one` was not added: 1 of 2 node pools lack its managed identity
    Caused by: Node pool `apps` was not changed
    Caused by: No
    Hint: run the same command again to continue
          request GUID  code BadRequest
    ");
    site.heal();
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    assert_eq!(site.holders("reader"), ["apps", "system"]);
}

#[test]
fn a_managed_identity_that_was_made_again_is_assigned_again() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, &[("one", "reader")], ""));
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    let id = site.identity("reader");
    site.azure("DELETE", &id, &serde_json::Value::Null);
    site.azure("PUT", &id, &json!({"location": "westeurope"}));
    let plan = site.podid(&[
        "plan",
        "-f",
        &file,
        "--query",
        "changes[].[action,kind,why]",
        "-o",
        "tsv",
    ]);
    let lines: Vec<&str> = plan.stdout.lines().collect();
    assert_eq!(lines.len(), 3, "{}", plan.stdout);
    assert!(
        lines[0].starts_with("update\tAzureIdentity\tclientID is"),
        "{}",
        lines[0]
    );
    assert_eq!(lines[1], "update\tScaleSet\t1 to assign");
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    site.podid(&["plan", "-f", &file, "--exit-code"]).ok();
    let list = site.podid(&[
        "list",
        "--namespace",
        &site.namespace,
        "--query",
        "[].state",
    ]);
    assert_eq!(list.json(), json!(["Assigned"]));
}
