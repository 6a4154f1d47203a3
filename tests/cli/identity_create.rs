//! `podid identity create`.

use insta::assert_snapshot;

use crate::support::{Plan, Site};

#[test]
fn creates_in_the_region_of_the_group() {
    let site = Site::new();
    let output = site.podid(&[
        "identity", "create", "-g", "demo", "-n", "fresh", "--tags", "a=b", "c=",
    ]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "fresh",
      "resourceGroup": "demo",
      "location": "westeurope",
      "clientId": "GUID",
      "principalId": "GUID",
      "tenantId": "TENANT",
      "id": "/subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh"
    }
    "#);
    let made = site.azure("GET", &site.identity("fresh"), &serde_json::Value::Null);
    assert_eq!(made["tags"], serde_json::json!({"a": "b", "c": ""}));
}

#[test]
fn one_that_exists_is_left_as_it_is() {
    let site = Site::new();
    let again = ["identity", "create", "-n", "reader"];
    assert_snapshot!(site.podid(&[&again[..], &["--query", "name"]].concat()).all(), @r#"
    exit code 0
    ----- stdout
    "reader"
    ----- stderr
    Identity `reader` exists already, unchanged
    "#);
    assert!(site.writes().is_empty());
    let tagged = site.podid(&[&again[..], &["--tags", "a=b"]].concat());
    assert_snapshot!(tagged.all(), @"
    exit code 5
    ----- stderr
    Error: Identity `reader` exists already, its tags would be replaced
    Hint: leave --tags away to use it as it is
    ");
}

#[test]
fn bad_input_is_refused() {
    let site = Site::new();
    let create = |name: &str| site.podid(&["identity", "create", "-n", name]).all();
    assert_snapshot!(create("-x"), @"
    exit code 2
    ----- stderr
    error: unexpected argument '-x' found

    Usage: podid identity create [OPTIONS] --name <NAME>

    For more information, try '--help'.
    ");
    assert_snapshot!(site.podid(&["identity", "create", "-n", "x", "--tags", "novalue"]).all(), @"
    exit code 2
    ----- stderr
    error: invalid value 'novalue' for '--tags [<KEY=VALUE>...]': expected KEY=VALUE

    For more information, try '--help'.
    ");
    assert_snapshot!(site.podid(&["identity", "create", "-g", "nowhere", "-n", "fresh"]).all(), @"
    exit code 4
    ----- stderr
    Error: Identity `fresh` in resource group `nowhere` could not be read
    Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/read' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/nowhere/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh' or the scope is invalid. If access was recently granted, please refresh your credentials.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
          request GUID  code AuthorizationFailed
    ");
}

#[test]
fn a_reader_may_not() {
    let site = Site::planned(&Plan::with_roles(&[("Reader", "")]));
    assert_snapshot!(site.podid(&["identity", "create", "-n", "fresh"]).all(), @"
    exit code 4
    ----- stderr
    Error: Identity `fresh` in resource group `demo` was not created
    Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/write' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/fresh' or the scope is invalid. If access was recently granted, please refresh your credentials.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
          request GUID  code AuthorizationFailed
    ");
}
