//! One scale set that does not follow: the others are done, and a rerun continues.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Plan, Site};

/// A cluster of ten node pools; the operator may not write to the eighth.
fn one_of_ten_forbidden() -> Site {
    let site = Site::planned(&Plan {
        roles: vec![
            ("Owner", "/resourceGroups/demo".into()),
            ("Reader", "/resourceGroups/MC_demo_demo_westeurope".into()),
        ],
        ..Plan::pools(10)
    });
    for n in (0..10).filter(|n| *n != 7) {
        let set = site.scale_set(&format!("pool{n}"));
        site.grant("Virtual Machine Contributor", &set);
    }
    site
}

#[test]
fn no_permission_on_one_of_ten() {
    let site = one_of_ten_forbidden();
    assert_snapshot!(site.add("reader", &[]).all(), @r#"
    exit code 4
    ----- stderr
    Error: The signed-in principal OPERATOR may not change the scale sets of `MC_demo_demo_westeurope`
    Caused by: no role allows Microsoft.Compute/virtualMachineScaleSets/read and Microsoft.Compute/virtualMachineScaleSets/write on aks-pool7-vmss
    Hint: if you may grant roles, add --grant, or run: podid role grant -g demo --cluster-name demo
    Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope, or have them run: az role assignment create --role "Virtual Machine Contributor" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn no_permission_on_one_of_ten_and_none_to_read_roles() {
    let site = one_of_ten_forbidden();
    // When roles cannot be read, the service tells.
    site.fault(&json!({
        "match": {"method": "GET", "path": "Microsoft.Authorization"}, "times": 100,
        "action": {"status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    let output = site.add("reader", &["-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 4
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	OUTCOME
    billing	reader	reader	reader	failed on pool7
    ----- stderr
    Warning: whether the signed-in principal OPERATOR may assign reader could not be checked: No.
    Warning: whether the signed-in principal OPERATOR may change the scale sets of MC_demo_demo_westeurope could not be checked: No.
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `pool0`: assigning 1 identity
    Node pool `pool0`: up to date
    Node pool `pool1`: assigning 1 identity
    Node pool `pool1`: up to date
    Node pool `pool2`: assigning 1 identity
    Node pool `pool2`: up to date
    Node pool `pool3`: assigning 1 identity
    Node pool `pool3`: up to date
    Node pool `pool4`: assigning 1 identity
    Node pool `pool4`: up to date
    Node pool `pool5`: assigning 1 identity
    Node pool `pool5`: up to date
    Node pool `pool6`: assigning 1 identity
    Node pool `pool6`: up to date
    Node pool `pool7`: assigning 1 identity
    Node pool `pool7`: not changed
    Node pool `pool8`: assigning 1 identity
    Node pool `pool8`: up to date
    Node pool `pool9`: assigning 1 identity
    Node pool `pool9`: up to date
    Error: Pod identity `billing/reader` was not added: 1 of 10 node pools lack its managed identity
    Caused by: Node pool `pool7` was not changed
    Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.Compute/virtualMachineScaleSets/write' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-pool7-vmss' or the scope is invalid. If access was recently granted, please refresh your credentials.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
    Hint: run the same command again to continue
          request GUID  code AuthorizationFailed
    ");
    assert_eq!(site.holders("reader").len(), 9);
    // No pod gets the identity before every node has it.
    assert_eq!(site.object_names(), ["AzureIdentity reader"]);

    site.heal();
    site.grant("Virtual Machine Contributor", &site.scale_set("pool7"));
    site.forget_calls();
    site.add("reader", &[]).ok();
    assert_eq!(site.writes().len(), 1, "{:?}", site.writes());
    assert_eq!(site.holders("reader").len(), 10);
    assert_eq!(site.object_names().len(), 2);
}

#[test]
fn an_operation_that_fails_on_one() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "aks-apps-"},
        "action": {"operation": "Failed", "code": "VMExtensionProvisioningError", "message": "VM has reported a failure."},
    }));
    assert_snapshot!(site.add("reader", &[]).all(), @r#"
    exit code 1
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
      "outcome": "failed",
      "pools": [
        "system"
      ],
      "failedPools": [
        "apps"
      ],
      "via": "direct"
    }
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: not changed
    Node pool `system`: assigning 1 identity
    Node pool `system`: up to date
    Error: Pod identity `billing/reader` was not added: 1 of 2 node pools lack its managed identity
    Caused by: Node pool `apps` was not changed
    Caused by: VM has reported a failure.
    Hint: run the same command again to continue
          request GUID  code VMExtensionProvisioningError
    "#);
    site.add("reader", &[]).ok();
    assert_eq!(site.holders("reader"), ["apps", "system"]);
}

#[test]
fn an_operation_that_is_cancelled() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "aks-system-"},
        "action": {"operation": "Canceled", "code": "OperationPreempted", "message": "A later operation took its place."},
    }));
    let output = site.add("reader", &[]);
    assert_snapshot!(output.stderr, @"
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: assigning 1 identity
    Node pool `system`: not changed
    Error: Pod identity `billing/reader` was not added: 1 of 2 node pools lack its managed identity
    Caused by: Node pool `system` was not changed
    Caused by: A later operation took its place.
    Hint: run the same command again to continue
          request GUID  code OperationPreempted
    ");
    site.add("reader", &[]).ok();
}
