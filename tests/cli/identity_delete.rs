//! `podid identity delete`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn deletes_once() {
    let site = Site::new();
    let delete = ["identity", "delete", "-n", "reader"];
    let dry = site.podid(&[&delete[..], &["--dry-run", "--query", "outcome"]].concat());
    assert_eq!(dry.ok().stdout, "\"wouldDelete\"\n");
    assert!(site.writes().is_empty());
    assert_snapshot!(site.podid(&delete).all(), @r#"
    exit code 0
    ----- stdout
    {
      "id": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
      "outcome": "deleted"
    }
    "#);
    assert_snapshot!(site.podid(&delete).all(), @"
    exit code 3
    ----- stderr
    Error: Identity `reader` was not found in resource group `demo`
    Hint: see what there is with `podid identity list`
    ");
    let ignored =
        site.podid(&[&delete[..], &["--ignore-not-found", "--query", "outcome"]].concat());
    assert_eq!(ignored.ok().stdout, "\"notFound\"\n");
}
