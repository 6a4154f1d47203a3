//! `podid add`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn assigns_and_writes_both_objects() {
    let site = Site::new();
    let output = site.add("reader", &[]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
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
      "outcome": "added",
      "pools": [
        "system",
        "apps"
      ],
      "via": "direct"
    }
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: assigning 1 identity
    Node pool `system`: up to date
    "#);
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity reader",
            "AzureIdentityBinding reader-binding"
        ]
    );
}
