//! `podid role revoke`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Plan, Site};

#[test]
fn takes_back_its_own_grants_only() {
    let site = Site::planned(&Plan::with_roles(&[
        ("Reader", ""),
        ("User Access Administrator", ""),
    ]));
    let reader = site.identity("reader");
    site.grant("Virtual Machine Contributor", &site.node_group());
    let of_reader = ["--identity-resource-id", &reader];
    site.podid(&[&["role", "grant"], &of_reader[..]].concat())
        .ok();
    let revoke = [&["role", "revoke"], &of_reader[..]].concat();
    let dry = site.podid(&[&revoke[..], &["--dry-run", "--query", "[].outcome"]].concat());
    assert_eq!(dry.ok().json(), json!(["wouldRevoke", "notGrantedByPodid"]));
    assert_snapshot!(site.podid(&[&revoke[..], &["-o", "table"]].concat()).all(), @"
    exit code 0
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	OUTCOME
    Managed Identity Operator	reader	OPERATOR	revoked
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	notGrantedByPodid
    ");
    let again = site.podid(&[&revoke[..], &["--query", "[].outcome"]].concat());
    assert_eq!(
        again.ok().json(),
        json!(["notGrantedByPodid", "notGrantedByPodid"])
    );
}

#[test]
fn goes_on_after_a_failure_and_lists_all_outcomes() {
    let site = Site::planned(&Plan::with_roles(&[
        ("Reader", ""),
        ("User Access Administrator", ""),
    ]));
    let (reader, writer) = (site.identity("reader"), site.identity("writer"));
    let of_both = ["--identity-resource-id", &reader, &writer];
    site.podid(&[&["role", "grant"], &of_both[..]].concat())
        .ok();
    site.fault(&json!({
        "match": {"method": "DELETE", "path": "userAssignedIdentities/reader"}, "times": 9,
        "action": {"status": 403, "code": "AuthorizationFailed", "message": "No."},
    }));
    let revoke = [&["role", "revoke"], &of_both[..]].concat();
    let output = site.podid(&[&revoke[..], &["-o", "table"]].concat());
    assert_snapshot!(output.all(), @"
    exit code 4
    ----- stdout
    ROLE	SCOPE	PRINCIPAL	OUTCOME
    Managed Identity Operator	reader	OPERATOR	failed
    Managed Identity Operator	writer	OPERATOR	revoked
    Virtual Machine Contributor	MC_demo_demo_westeurope	OPERATOR	revoked
    ----- stderr
    Error: Not every role could be revoked
    Caused by: Role `Managed Identity Operator` on `reader` was not revoked from the signed-in principal OPERATOR
    Caused by: No.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
    Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader, or have them run: az role assignment delete --ids /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader/providers/Microsoft.Authorization/roleAssignments/GUID
          request GUID  code AuthorizationFailed
    ");
    site.heal();
    let again = site.podid(&[&revoke[..], &["--query", "[].outcome"]].concat());
    let outcomes = json!(["revoked", "notGrantedByPodid", "notGrantedByPodid"]);
    assert_eq!(again.ok().json(), outcomes);
}
