//! What `podid add` finds before it writes anything.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{NODE_GROUP, OPERATOR, Plan, Site};

const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

fn node_group() -> String {
    format!("/resourceGroups/{NODE_GROUP}")
}

/// The operator has these roles besides reading everything.
fn reading_and(roles: &[(&'static str, &str)]) -> Plan {
    Plan::with_roles(&[&[("Reader", "")], roles].concat())
}

#[track_caller]
fn changes_nothing(site: &Site) {
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(site.object_names().is_empty());
}

/// A deny assignment of `actions` at `scope`.
fn deny(site: &Site, name: &str, scope: &str, actions: &[&str], more: &serde_json::Value) {
    let id = format!(
        "{scope}/providers/Microsoft.Authorization/denyAssignments/{}",
        uuid::Uuid::new_v4()
    );
    let mut properties = json!({
        "denyAssignmentName": name,
        "scope": scope,
        "doNotApplyToChildScopes": false,
        "permissions": [{"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []}],
        "principals": [{"id": EVERYBODY, "type": "SystemDefined"}],
        "excludePrincipals": [],
        "isSystemProtected": true,
    });
    for (key, value) in more.as_object().unwrap() {
        properties[key] = value.clone();
    }
    let kind = "Microsoft.Authorization/denyAssignments";
    let body = json!({"id": id, "type": kind, "name": name, "properties": properties});
    site.store(&id, &body);
}

#[test]
fn everything_is_told_at_once() {
    let site = Site::planned(&Plan {
        locked: true,
        ..reading_and(&[])
    });
    let identity = site.identity("reader");
    let add = ["add", "--namespace", "nowhere", "--identity-resource-id"];
    assert_snapshot!(site.podid(&[&add[..], &[&identity]].concat()).all(), @r#"
    exit code 2
    ----- stderr
    Error: Nothing was changed
      - The node resource group of cluster `demo` is locked
        Caused by: its restriction level is ReadOnly: a deny assignment forbids changes of its scale sets
        Hint: pod identity cannot run on this cluster; use Entra Workload ID
      - Namespace `nowhere` does not exist
        Hint: create it with `kubectl create namespace nowhere`
      - The signed-in principal OPERATOR may not assign managed identity `reader`
        Caused by: no role allows Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        Hint: if you may grant roles, add --grant, or run: podid role grant -g demo --cluster-name demo --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment create --role "Managed Identity Operator" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    "#);
    changes_nothing(&site);
}

#[test]
fn an_inherited_role_counts() {
    let site = Site::planned(&reading_and(&[
        ("Managed Identity Operator", ""),
        ("Virtual Machine Contributor", ""),
    ]));
    site.add("reader", &[]).ok();
}

#[test]
fn a_role_on_a_group_with_a_longer_name_does_not_count() {
    let site = Site::planned(&reading_and(&[
        ("Managed Identity Operator", "/resourceGroups/demo"),
        ("Virtual Machine Contributor", &node_group()),
    ]));
    let group = site.cluster();
    let group = group.split("/providers/").next().unwrap().to_owned() + "10";
    let identity =
        format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/far");
    site.seed(&json!({"resources": [
        {"id": group, "body": {"location": "westeurope"}},
        {"id": identity, "body": {"location": "westeurope"}},
    ]}));
    let add = [
        "add",
        "--namespace",
        &site.namespace,
        "--identity-resource-id",
        &identity,
    ];
    let output = site.podid(&add).ends_with(4);
    assert!(
        output
            .stderr
            .contains("may not assign managed identity `far`"),
        "{}",
        output.stderr
    );
    changes_nothing(&site);
}

#[test]
fn a_custom_role_with_stars_counts() {
    let site = Site::planned(&reading_and(&[(
        "Virtual Machine Contributor",
        &node_group(),
    )]));
    let name = uuid::Uuid::new_v4().to_string();
    let subscription = format!("/subscriptions/{}", site.subscription);
    let id = format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{name}");
    let kind = "Microsoft.Authorization/roleDefinitions";
    let definition = json!({"id": id, "type": kind, "name": name, "properties": {
        "roleName": "Assigner", "type": "CustomRole", "assignableScopes": [subscription],
        "permissions": [{
            "actions": ["Microsoft.ManagedIdentity/*/assign/action"],
            "notActions": [], "dataActions": [], "notDataActions": [],
        }],
    }});
    site.store(&id, &definition);
    assert_eq!(site.add("reader", &[]).code, 4);
    let assignment = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments/{name}",
        site.identity("reader")
    );
    let body = json!({"properties": {"roleDefinitionId": id, "principalId": OPERATOR}});
    site.azure("PUT", &assignment, &body);
    site.add("reader", &[]).ok();
}

#[test]
fn a_deny_assignment_is_named() {
    let site = Site::new();
    let assign = "Microsoft.ManagedIdentity/*/assign/action";
    deny(
        &site,
        "stack",
        &site.identity("reader"),
        &[assign],
        &json!({}),
    );
    assert_snapshot!(site.add("reader", &[]).all(), @"
    exit code 4
    ----- stderr
    Error: The signed-in principal OPERATOR may not assign managed identity `reader`
    Caused by: deny assignment `stack` forbids it
    Hint: no role helps against a deny assignment; ask whoever locked the scope
    ");
    changes_nothing(&site);
    // Granting is no way round it.
    assert_eq!(site.add("reader", &["--grant"]).code, 4);
    changes_nothing(&site);
    site.add("writer", &[]).ok();
}

#[test]
fn a_deny_assignment_spares_whom_it_excludes() {
    let site = Site::new();
    let spared = json!({"excludePrincipals": [{"id": OPERATOR, "type": "ServicePrincipal"}]});
    deny(&site, "lock", &site.node_group(), &["*/write"], &spared);
    site.add("reader", &[]).ok();
}

#[test]
fn what_spares_a_group_is_not_known() {
    let site = Site::new();
    let group = json!({
        "excludePrincipals": [{"id": "88888888-8888-8888-8888-888888888888", "type": "Group"}],
    });
    deny(
        &site,
        "lock",
        &site.node_group(),
        &["Microsoft.Compute/*/write"],
        &group,
    );
    let output = site.add("reader", &["--dry-run"]);
    assert!(
        output.stderr.contains("Warning: whether the signed-in principal OPERATOR may change the scale sets of MC_demo_demo_westeurope could not be checked: Deny assignment `lock` spares groups"),
        "{}",
        output.stderr
    );
}

#[test]
fn who_may_not_grant_is_told_before_anything_is_created() {
    let site = Site::planned(&reading_and(&[
        ("Virtual Machine Contributor", &node_group()),
        ("Managed Identity Contributor", "/resourceGroups/demo"),
    ]));
    let output = site.add("fresh", &["--create-identity", "--grant"]);
    assert_snapshot!(output.all(), @r#"
    exit code 4
    ----- stderr
    Error: The signed-in principal OPERATOR may not grant role `Managed Identity Operator` on `fresh`
    Caused by: no role allows Microsoft.Authorization/roleAssignments/write on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh
    Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh, or have them run: az role assignment create --role "Managed Identity Operator" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh
    "#);
    changes_nothing(&site);
}

#[test]
fn a_creation_is_checked_before_the_first_one() {
    let site = Site::planned(&reading_and(&[
        ("Owner", "/resourceGroups/demo"),
        ("Virtual Machine Contributor", &node_group()),
    ]));
    let subscription = format!("/subscriptions/{}", site.subscription);
    let id = |group: &str, name: &str| {
        format!(
            "{subscription}/resourceGroups/{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
        )
    };
    let entry = |id: String, name: &str| json!({"namespace": site.namespace, "name": name, "identityResourceId": id});
    let file = json!({"podIdentities": [
        entry(id("demo", "fresh"), "fresh"),
        entry(id("nowhere", "fresh"), "elsewhere"),
        entry(id("demo", "ab"), "short"),
    ]});
    let file = site.write("new.json", &file.to_string());
    let output = site.podid(&["add", "--from-file", &file, "--create-identity"]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: Nothing was changed
      - Managed identity `ab` cannot be created
        Caused by: it must have 3 to 128 characters
      - Resource group `nowhere` does not exist
        Caused by: a managed identity is to be created in it
        Hint: create it first with `az group create`, or check the identity's resource id
    ");
    changes_nothing(&site);
}

#[test]
fn creating_takes_a_permission() {
    let site = Site::planned(&reading_and(&[
        ("Managed Identity Operator", "/resourceGroups/demo"),
        ("Virtual Machine Contributor", &node_group()),
    ]));
    assert_snapshot!(site.add("fresh", &["--create-identity"]).all(), @"
    exit code 4
    ----- stderr
    Error: The signed-in principal OPERATOR may not create managed identities in `demo`
    Caused by: no role allows Microsoft.ManagedIdentity/userAssignedIdentities/write on /subscriptions/SUBSCRIPTION/resourceGroups/demo
    Hint: have an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo grant you `Managed Identity Contributor`, or create the identity
    ");
    changes_nothing(&site);
}

#[test]
fn nothing_to_assign_needs_no_role() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.forget_calls();
    site.add("reader", &[]).ok();
    let calls = site.calls();
    assert!(
        !calls.iter().any(|call| call.path.contains("Authorization")),
        "{calls:?}"
    );
}

#[test]
fn a_dry_run_shows_grants_and_releases() {
    let site = Site::planned(&reading_and(&[(
        "Role Based Access Control Administrator",
        "",
    )]));
    site.grant("Virtual Machine Contributor", &site.node_group());
    site.grant("Managed Identity Operator", &site.identity("reader"));
    site.add("reader", &[]).ok();
    site.forget_calls();
    let writer = site.identity("writer");
    let arguments = ["add", "--namespace", &site.namespace, "--name", "reader"];
    let replace = ["--replace", "--grant", "--dry-run", "--query", "changes"];
    let identity = ["--identity-resource-id", &writer];
    let output = site.podid(&[&arguments[..], &replace, &identity].concat());
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    [
      "grant `Managed Identity Operator` on writer to the signed-in principal OPERATOR",
      "release identity reader: delete AzureIdentityBinding billing/reader-binding",
      "release identity reader: unassign from scale set aks-apps-vmss",
      "release identity reader: unassign from scale set aks-system-vmss",
      "release identity reader: delete AzureIdentity billing/reader",
      "apply AzureIdentity billing/reader",
      "assign to scale set aks-apps-vmss",
      "assign to scale set aks-system-vmss",
      "apply AzureIdentityBinding billing/reader-binding"
    ]
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn through_the_add_on_everything_is_told_at_once_too() {
    let site = Site::planned(&Plan {
        add_on: true,
        ..reading_and(&[])
    });
    let missing = site.identity("nobody");
    let file = json!({"podIdentities": [
        {"namespace": site.namespace, "name": "reader", "identityResourceId": site.identity("reader")},
        {"namespace": site.namespace, "name": "nobody", "identityResourceId": missing},
    ]});
    let file = site.write("new.json", &file.to_string());
    let one = site.podid(&["add", "--from-file", &file]);
    assert_snapshot!(one.error(), @r#"
    exit code 2
    Error: Nothing was changed
      - Managed identity `nobody` does not exist
        Hint: check the id with `podid identity list`, or add --create-identity
      - The signed-in principal OPERATOR may not change cluster `demo`
        Caused by: no role allows Microsoft.ContainerService/managedClusters/write on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo, or have them run: az role assignment create --role "Azure Kubernetes Service Contributor Role" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo
    "#);
    let other = site.add("reader", &[]);
    assert_snapshot!(other.error(), @r#"
    exit code 4
    Error: Nothing was changed
      - The control-plane identity of cluster `demo` may not assign managed identity `reader`
        Caused by: no role allows Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        Hint: if you may grant roles, add --grant, or run: podid role grant -g demo --cluster-name demo --for managed --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment create --role "Managed Identity Operator" --assignee-object-id GUID --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
      - The signed-in principal OPERATOR may not change cluster `demo`
        Caused by: no role allows Microsoft.ContainerService/managedClusters/write on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo, or have them run: az role assignment create --role "Azure Kubernetes Service Contributor Role" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn through_the_add_on_a_dry_run_shows_grants() {
    let site = Site::planned(&Plan {
        add_on: true,
        ..Plan::default()
    });
    let output = site.add("reader", &["--grant", "--dry-run", "--query", "changes"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    [
      "grant `Managed Identity Operator` on reader to the control-plane identity of cluster `demo`",
      "add `billing/reader` to podIdentityProfile"
    ]
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}
