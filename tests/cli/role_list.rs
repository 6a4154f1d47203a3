//! `podid role list`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn lists_inherited_roles_too() {
    let site = Site::new();
    let reader = site.identity("reader");
    let arguments = [
        "role",
        "list",
        "--identity-resource-id",
        &reader,
        "-o",
        "table",
    ];
    assert_snapshot!(site.podid(&arguments).all(), @"
    exit code 0
    ----- stdout
    ROLE	ASSIGNEDAT	REACHES	PRINCIPAL
    Owner	/subscriptions/SUBSCRIPTION/resourceGroups/demo	reader	OPERATOR
    Virtual Machine Contributor	/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope	MC_demo_demo_westeurope	OPERATOR
    ");
    let kubelet = site.podid(&[&arguments[..], &["--for", "standard"]].concat());
    assert_snapshot!(kubelet.all(), @"
    exit code 0
    ----- stderr
    No role assignments of the kubelet identity of cluster `demo` on these scopes
    ");
}
