//! `podid identity list`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

#[test]
fn lists_a_group_or_the_subscription() {
    let site = Site::new();
    let output = site.podid(&["identity", "list", "-g", "demo", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    NAME	RESOURCEGROUP	LOCATION	CLIENTID	PRINCIPALID
    demo-control-plane	demo	westeurope	GUID	GUID
    reader	demo	westeurope	GUID	GUID
    writer	demo	westeurope	GUID	GUID
    ");
    // The variable of the cluster's group does not narrow the list.
    let all = site.podid(&["identity", "list", "--query", "[].name"]).ok();
    assert_eq!(
        all.json(),
        json!(["demo-control-plane", "reader", "writer"])
    );
}

#[test]
fn follows_pages() {
    let site = Site::new();
    site.settings(&json!({"pageSize": 1}));
    let output = site.podid(&["identity", "list", "-g", "demo", "--query", "length(@)"]);
    assert_eq!(output.ok().stdout, "3\n");
}

#[test]
fn an_unknown_group_is_not_found() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["identity", "list", "-g", "nowhere"]).all(), @"
    exit code 4
    ----- stderr
    Error: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/read' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/nowhere' or the scope is invalid. If access was recently granted, please refresh your credentials.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
          request GUID  code AuthorizationFailed
    ");
}
