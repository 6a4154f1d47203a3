//! `podid show`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn shows_one_as_yaml() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let arguments = [
        "show",
        "--namespace",
        &site.namespace,
        "--name",
        "reader",
        "-o",
        "yaml",
    ];
    assert_snapshot!(site.podid(&arguments).all(), @r#"
    exit code 0
    ----- stdout
    name: reader
    namespace: billing
    bindingSelectors:
    - reader
    identity:
      resourceId: /subscriptions/SUBSCRIPTION/resourcegroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
      clientId: GUID
    pools:
    - name: system
      assigned: true
      assignedByPodid: true
    - name: apps
      assigned: true
      assignedByPodid: true
    state: Assigned
    created: "TIME"
    via: direct
    "#);
}

#[test]
fn an_unknown_one_is_not_found() {
    let site = Site::new();
    let arguments = ["show", "--namespace", &site.namespace, "--name", "nobody"];
    assert_snapshot!(site.podid(&arguments).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no pod identity `billing/nobody`
    Hint: see what there is with `podid list`
    ");
}
