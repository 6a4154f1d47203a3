//! `podid role check`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Plan, Site};

fn check(site: &Site, more: &[&str]) -> crate::support::Output {
    let reader = site.identity("reader");
    let arguments = ["role", "check", "--identity-resource-id", &reader];
    site.podid(&[&arguments[..], more].concat())
}

#[test]
fn present_is_success() {
    assert_snapshot!(check(&Site::new(), &["-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	RESULT
    Managed Identity Operator	reader	OPERATOR	present
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	present
    ");
}

#[test]
fn missing_is_no_permission() {
    let site = Site::planned(&Plan::with_roles(&[("Reader", "")]));
    assert_snapshot!(check(&site, &["-o", "table"]).all(), @"
    exit code 4
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	RESULT
    Managed Identity Operator	reader	OPERATOR	missing
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	missing
    ----- stderr
    Error: Roles of the signed-in principal OPERATOR are missing
      - Role `Managed Identity Operator` is missing on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
      - Role `Virtual Machine Contributor` is missing on /subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope
    Hint: grant them with `podid role grant` and the same arguments
    ");
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"path": "Microsoft.Authorization"}, "times": 100,
        "action": {"status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    assert_snapshot!(check(&site, &["-o", "table"]).all(), @"
    exit code 4
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	RESULT
    Managed Identity Operator	reader	OPERATOR	unknown
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	unknown
    ----- stderr
    Error: Roles of the signed-in principal OPERATOR could not be checked
      - Role `Managed Identity Operator` could not be checked
        Caused by: No.
        Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
              request GUID  code AuthorizationFailed
      - Role `Virtual Machine Contributor` could not be checked
        Caused by: No.
        Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
              request GUID  code AuthorizationFailed
    ");
}

#[test]
fn an_identity_is_needed_for_the_control_plane() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["role", "check", "--for", "managed"]).all(), @"
    exit code 2
    ----- stderr
    Error: No identity is given
    Hint: use --identity-resource-id
    ");
}
