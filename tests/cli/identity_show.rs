//! `podid identity show`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn shows_the_names_az_uses() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["identity", "show", "-n", "reader"]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "resourceGroup": "demo",
      "location": "westeurope",
      "clientId": "GUID",
      "principalId": "GUID",
      "tenantId": "TENANT",
      "id": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader"
    }
    "#);
}

#[test]
fn an_unknown_one_is_not_found() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["identity", "show", "-n", "nobody"]).all(), @"
    exit code 3
    ----- stderr
    Error: Identity `nobody` was not found in resource group `demo`
    Hint: see what there is with `podid identity list`
    ");
}
