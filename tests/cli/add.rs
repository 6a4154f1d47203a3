//! `podid add`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn assigns_and_writes_both_objects() {
    let site = Site::new();
    let output = site.add("reader", &[]);
    assert_snapshot!(output.all(), @"");
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert_eq!(
        site.object_names(),
        [
            "AzureIdentity reader",
            "AzureIdentityBinding reader-binding"
        ]
    );
}
