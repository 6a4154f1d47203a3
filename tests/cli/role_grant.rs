//! `podid role grant`.

use insta::assert_snapshot;

use crate::support::{Plan, Site};

fn grant(site: &Site, more: &[&str]) -> crate::support::Output {
    let reader = site.identity("reader");
    let arguments = ["role", "grant", "--identity-resource-id", &reader];
    site.podid(&[&arguments[..], more].concat())
}

fn administrator() -> Plan {
    Plan::with_roles(&[("Reader", ""), ("User Access Administrator", "")])
}

#[test]
fn grants_the_operator_what_is_missing_once() {
    let site = Site::planned(&administrator());
    assert_snapshot!(grant(&site, &["--dry-run", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	OUTCOME
    Managed Identity Operator	reader	OPERATOR	wouldGrant
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	wouldGrant
    ");
    assert!(site.writes().is_empty());
    assert_snapshot!(grant(&site, &["-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	OUTCOME
    Managed Identity Operator	reader	OPERATOR	granted
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	granted
    ");
    assert_eq!(site.writes().len(), 2);
    site.forget_calls();
    let again = grant(&site, &["--query", "[].outcome"]).ok();
    assert_eq!(again.json(), serde_json::json!(["present", "present"]));
    assert!(site.writes().is_empty());
}

#[test]
fn broader_roles_count() {
    let site = Site::new();
    let output = grant(&site, &["--query", "[].outcome"]).ok();
    assert_eq!(output.json(), serde_json::json!(["present", "present"]));
    assert!(site.writes().is_empty());
}

#[test]
fn grants_the_kubelet_and_the_control_plane() {
    let site = Site::planned(&administrator());
    let standard = grant(&site, &["--for", "standard", "-o", "table"]);
    assert_snapshot!(standard.all(), @"
    exit code 0
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	OUTCOME
    Managed Identity Operator	reader	GUID	granted
    Virtual Machine Contributor	MC_demo_demo_westeurope	GUID	granted
    ");
    let managed = grant(&site, &["--for", "managed", "-o", "table"]);
    assert_snapshot!(managed.all(), @"
    exit code 0
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	OUTCOME
    Managed Identity Operator	reader	GUID	granted
    ");
}

#[test]
fn a_principal_can_be_named() {
    let site = Site::planned(&administrator());
    let named = ["--assignee-object-id", crate::support::OPERATOR];
    let output = grant(&site, &[&named[..], &["--query", "[0].outcome"]].concat());
    assert_eq!(output.ok().stdout, "\"granted\"\n");
    let bad = grant(&site, &["--assignee-object-id", "me"]);
    assert_snapshot!(bad.all(), @"
    exit code 2
    ----- stderr
    Error: `me` is not an object id
    ");
}

#[test]
fn who_may_not_is_told_whom_to_ask() {
    let site = Site::planned(&Plan::with_roles(&[("Reader", "")]));
    assert_snapshot!(grant(&site, &[]).all(), @r#"
    exit code 4
    ----- stdout
    [
      {
        "role": "Managed Identity Operator",
        "scope": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "principalId": "OPERATOR",
        "outcome": "failed"
      },
      {
        "role": "Virtual Machine Contributor",
        "scope": "/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope",
        "principalId": "OPERATOR",
        "outcome": "failed"
      }
    ]
    ----- stderr
    Error: Not every role could be granted
      - Role `Managed Identity Operator` on `reader` was not granted to the signed-in principal OPERATOR
        Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader/providers/Microsoft.Authorization/roleAssignments/GUID' or the scope is invalid. If access was recently granted, please refresh your credentials.
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment create --role "Managed Identity Operator" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
              request GUID  code AuthorizationFailed
      - Role `Virtual Machine Contributor` on `MC_demo_demo_westeurope` was not granted to the signed-in principal OPERATOR
        Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Authorization/roleAssignments/GUID' or the scope is invalid. If access was recently granted, please refresh your credentials.
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope, or have them run: az role assignment create --role "Virtual Machine Contributor" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope
              request GUID  code AuthorizationFailed
    "#);
}

#[test]
fn a_cluster_with_a_service_principal_has_no_kubelet_identity() {
    let site = Site::planned(&Plan {
        service_principal: true,
        ..Plan::default()
    });
    assert_snapshot!(grant(&site, &["--for", "standard"]).all(), @"
    exit code 2
    ----- stderr
    Error: Cluster `demo` has no kubelet identity
    Caused by: it runs with a service principal
    Hint: name the principal with --assignee-object-id
    ");
}
