//! What AKS refuses reaches the user with its code, its words and what to do.

use insta::assert_snapshot;
use serde_json::json;

use super::{refuse_put, site, without_role};

/// The error of an add whose PUT is refused with 400.
fn refused(code: &str, message: &str) -> String {
    let site = site();
    refuse_put(
        &site,
        1,
        &json!({"status": 400, "code": code, "message": message}),
    );
    site.add("reader", &[]).error()
}

#[test]
fn the_control_plane_lacks_its_role() {
    let site = site();
    let id = site.identity("reader");
    let message = format!(
        "Cluster identity has no assignment permission over identity 'resourceId: {id} - clientId: c - objectId: o'. Please grant at least 'Managed Identity Operator' permission before assigning pod identity."
    );
    refuse_put(
        &site,
        1,
        &json!({"status": 400, "code": "PodIdentityAddonIdentitiesAssignmentError", "message": message}),
    );
    assert_snapshot!(site.add("reader", &[]).error(), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: Cluster identity has no assignment permission over identity 'resourceId: /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader - clientId: c - objectId: o'. Please grant at least 'Managed Identity Operator' permission before assigning pod identity.
    Hint: grant the control plane its role with `podid role grant --for managed -g demo --cluster-name demo --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`
          request GUID  code PodIdentityAddonIdentitiesAssignmentError
    ");
}

#[test]
fn one_name_with_two_identities() {
    assert_snapshot!(refused(
        "BadRequest",
        "Found pod identities use different identities with the same name 'reader' in namespace 'billing'. Please update the pod identity name.",
    ), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: Found pod identities use different identities with the same name 'reader' in namespace 'billing'. Please update the pod identity name.
    Hint: use --replace to change the pod identity of that name, or another --name
          request GUID  code BadRequest
    ");
}

#[test]
fn identities_at_creation() {
    assert_snapshot!(refused(
        "PodIdentityAddonUserAssignedIdentitiesNotAllowedInCreation",
        "Pod identities are not allowed when a managed cluster is created.",
    ), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: Pod identities are not allowed when a managed cluster is created.
    Hint: create the cluster first; pod identities can be added to a cluster that exists
          request GUID  code PodIdentityAddonUserAssignedIdentitiesNotAllowedInCreation
    ");
}

#[test]
fn a_service_principal_cluster() {
    assert_snapshot!(refused("BadRequest", "PodIdentity addon requires managed identity."), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: PodIdentity addon requires managed identity.
    Hint: give the cluster a managed identity with `az aks update -g demo -n demo --enable-managed-identity`, or use --via direct
          request GUID  code BadRequest
    ");
}

#[test]
fn kubenet_without_consent() {
    assert_snapshot!(refused(
        "BadRequest",
        "Network plugin kubenet is not supported to use with PodIdentity addon.",
    ), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: Network plugin kubenet is not supported to use with PodIdentity addon.
    Hint: accept the risk with `podid enable -g demo --cluster-name demo --allow-network-plugin-kubenet`
          request GUID  code BadRequest
    ");
}

#[test]
fn a_changed_kubelet_identity() {
    assert_snapshot!(refused(
        "BadRequest",
        "Change kubelet identity from '/a' to '/b' is not allowed.",
    ), @"
    exit code 1
    Error: Cluster `demo` was not changed
    Caused by: Change kubelet identity from '/a' to '/b' is not allowed.
    Hint: somebody changed the kubelet identity meanwhile; run the same command again
          request GUID  code BadRequest
    ");
}

#[test]
fn an_item_that_fails_is_a_failure_with_its_reason() {
    let site = site();
    refuse_put(
        &site,
        1,
        &json!({"operation": "Failed", "code": "IdentityNotReady", "message": "The identity is not ready."}),
    );
    let output = site.add("reader", &[]);
    assert_snapshot!(output.error(), @"
    exit code 1
    Error: Pod identity `billing/reader` was not assigned in cluster `demo`
    Caused by: The identity is not ready. (IdentityNotReady)
    Hint: run the same command again to continue
          code IdentityNotReady
    ");
    assert_eq!(output.json()["outcome"], "failed");
    assert_eq!(output.json()["state"], "Failed");
}

#[test]
fn an_item_that_the_control_plane_may_not_assign() {
    let site = without_role();
    // Whoever may not read role assignments hears of it from AKS.
    site.fault(&json!({
        "match": {"method": "GET", "path": "roleAssignments"}, "times": 100,
        "action": {"status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    let output = site.add("reader", &[]);
    assert_snapshot!(output.all(), @r#"
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
      "state": "Failed",
      "via": "aks"
    }
    ----- stderr
    Warning: whether the control-plane identity of cluster `demo` may assign reader could not be checked: No.
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: not everything was done
    Error: Pod identity `billing/reader` was not assigned in cluster `demo`
    Caused by: Cluster identity has no assignment permission over identity 'resourceId: /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader - clientId: GUID - objectId: GUID'. Please grant at least 'Managed Identity Operator' permission before assigning pod identity. (PodIdentityAddonIdentitiesAssignmentError)
    Hint: grant the control plane its role with `podid role grant --for managed -g demo --cluster-name demo --identity-resource-id /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`
    Hint: run the same command again to continue
          code PodIdentityAddonIdentitiesAssignmentError
    "#);
}

#[test]
fn an_operation_that_is_cancelled() {
    let site = site();
    refuse_put(
        &site,
        1,
        &json!({"operation": "Canceled", "code": "OperationPreempted", "message": "Somebody cancelled it."}),
    );
    assert_snapshot!(site.add("reader", &[]).error(), @"
    exit code 1
    Error: Pod identity `billing/reader` was not assigned in cluster `demo`
    Caused by: Somebody cancelled it. (OperationPreempted)
    Hint: run the same command again to continue
          code OperationPreempted
    ");
}
