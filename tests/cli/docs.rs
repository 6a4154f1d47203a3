//! `podid docs`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn prints_reference_man_page_and_tree() {
    let site = Site::new();
    let markdown = site.podid(&["docs"]).ok();
    assert!(
        markdown.stdout.contains("## `podid add`"),
        "{}",
        markdown.stdout
    );
    let man = site.podid(&["docs", "--format", "man", "--page", "podid-role-grant"]);
    assert!(man.ok().stdout.contains(".TH"));
    let tree = site.podid(&["docs", "--format", "json"]).ok().json();
    assert_eq!(tree["name"], "podid");
    let unknown = site.podid(&["docs", "--format", "man", "--page", "podid-nothing"]);
    assert_snapshot!(unknown.all(), @"
    exit code 3
    ----- stderr
    Error: There is no man page `podid-nothing`
    Hint: they are called like the commands: podid, podid-add, podid-role-grant
    ");
}
