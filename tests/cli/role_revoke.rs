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
