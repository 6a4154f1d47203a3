//! Identities that are not there, or not the cluster's to use.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{OPERATOR, OTHER_TENANT, Plan, Site};

/// Only the service itself can tell what is missing.
fn roles_cannot_be_read() -> serde_json::Value {
    json!({
        "match": {"method": "GET", "path": "Microsoft.Authorization"}, "times": 100,
        "action": {"status": 403, "code": "AuthorizationFailed", "message": "No."},
    })
}

#[test]
fn one_that_was_deleted() {
    let site = Site::new();
    site.podid(&["identity", "delete", "-n", "reader"]).ok();
    site.forget_calls();
    assert_snapshot!(site.add("reader", &[]).all(), @"
    exit code 3
    ----- stderr
    Error: Managed identity `reader` does not exist
    Hint: check the id with `podid identity list`, or add --create-identity
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(site.object_names().is_empty());
}

#[test]
fn a_pod_identity_whose_identity_was_deleted_can_be_removed() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.podid(&["identity", "delete", "-n", "reader"]).ok();
    site.remove("reader", &[]).ok();
    assert!(site.object_names().is_empty());
}

#[test]
fn one_of_another_tenant() {
    let site = Site::new();
    let other = site.subscription.replacen("7777", "8888", 1);
    let group = format!("/subscriptions/{other}/resourceGroups/far");
    let id = format!("{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader");
    site.seed(&json!({
        "subscriptions": [{"subscriptionId": other, "displayName": "Far", "tenantId": OTHER_TENANT}],
        "resources": [
            {"id": group, "body": {"location": "westeurope"}},
            {"id": id, "body": {"location": "westeurope"}},
        ],
        "roleAssignments": [{"role": "Owner", "scope": group, "principal": OPERATOR}],
    }));
    let arguments = [
        "add",
        "--namespace",
        &site.namespace,
        "--identity-resource-id",
        &id,
    ];
    let output = site
        .podid(&arguments)
        .all()
        .replace(&other, "OTHER-SUBSCRIPTION");
    assert_snapshot!(output, @"
    exit code 2
    ----- stderr
    Error: Managed identity `reader` belongs to another tenant
    Caused by: its tenant is OTHER-TENANT, the cluster's is TENANT
    Hint: use an identity of the cluster's tenant
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn one_that_the_operator_may_not_assign() {
    let site = Site::planned(&Plan::with_roles(&[
        ("Reader", "/resourceGroups/demo"),
        (
            "Virtual Machine Contributor",
            "/resourceGroups/MC_demo_demo_westeurope",
        ),
    ]));
    assert_snapshot!(site.add("reader", &[]).all(), @r#"
    exit code 4
    ----- stderr
    Error: The signed-in principal OPERATOR may not assign managed identity `reader`
    Caused by: no role allows Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    Hint: if you may grant roles, add --grant, or run: podid role grant -g demo --cluster-name demo --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment create --role "Managed Identity Operator" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(site.object_names().is_empty());
}

#[test]
fn one_refused_identity_does_not_hold_up_the_others() {
    let site = Site::planned(&Plan::with_roles(&[
        ("Reader", "/resourceGroups/demo"),
        (
            "Virtual Machine Contributor",
            "/resourceGroups/MC_demo_demo_westeurope",
        ),
    ]));
    site.grant("Managed Identity Operator", &site.identity("reader"));
    let file = site.write(
        "identities.yaml",
        &format!(
            "podIdentities:\n- namespace: {0}\n  identityResourceId: {1}\n- namespace: {0}\n  identityResourceId: {2}\n",
            site.namespace,
            site.identity("reader"),
            site.identity("writer"),
        ),
    );
    // Whether the roles suffice is not known before the first PATCH.
    site.fault(&roles_cannot_be_read());
    let output = site.podid(&["add", "--from-file", &file, "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 4
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	OUTCOME
    billing	reader	reader	reader	added
    billing	writer	writer	writer	failed on system, apps
    ----- stderr
    Warning: whether the signed-in principal OPERATOR may assign reader, writer could not be checked: No.
    Warning: whether the signed-in principal OPERATOR may change the scale sets of MC_demo_demo_westeurope could not be checked: No.
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 2 identities
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: 1 identity refused
    Node pool `system`: assigning 2 identities
    Node pool `system`: assigning 1 identity
    Node pool `system`: 1 identity refused
    Error: Pod identity `billing/writer` was not added: 2 of 2 node pools lack its managed identity
      - Identity `writer` was refused on node pool `system`
        Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' has permission to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' on scope '/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-system-vmss'; however, it does not have permission to perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/writer' (respectively) or the linked scope(s) are invalid.
        Hint: grant the role on the identity with `podid role grant --identity-resource-id ID`, run again with --grant, or ask an owner of its resource group
              request GUID  code LinkedAuthorizationFailed
      - Identity `writer` was refused on node pool `apps`
        Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' has permission to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' on scope '/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-apps-vmss'; however, it does not have permission to perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/writer' (respectively) or the linked scope(s) are invalid.
        Hint: grant the role on the identity with `podid role grant --identity-resource-id ID`, run again with --grant, or ask an owner of its resource group
              request GUID  code LinkedAuthorizationFailed
    Hint: run the same command again to continue
    ");
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert!(site.holders("writer").is_empty());
}
