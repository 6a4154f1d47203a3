//! `podid exception list`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

#[test]
fn nothing_is_an_empty_list() {
    let site = Site::new();
    assert_snapshot!(site.exception("list", &["-o", "table"]).all(), @"
    exit code 0
    ----- stderr
    No exceptions in cluster `demo`
    ");
    assert_eq!(site.exception("list", &[]).ok().stdout, "[]\n");
}

#[test]
fn shows_labels_in_order() {
    let site = Site::new();
    let labels = ["--pod-labels", "tier=front", "app=web"];
    site.exception("add", &[&["-n", "web"][..], &labels].concat())
        .ok();
    let empty = json!({"metadata": {}, "spec": {}});
    site.apply("AzurePodIdentityException", "empty", &empty);
    assert_snapshot!(site.exception("list", &["-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	POD-LABELS
    billing	empty	<none>
    billing	web	app=web tier=front
    ");
    assert_snapshot!(site.exception("list", &[]).all(), @r#"
    exit code 0
    ----- stdout
    [
      {
        "name": "empty",
        "namespace": "billing",
        "podLabels": {}
      },
      {
        "name": "web",
        "namespace": "billing",
        "podLabels": {
          "app": "web",
          "tier": "front"
        }
      }
    ]
    "#);
    // Those of other tests are there as well.
    let all = site
        .podid(&["exception", "list", "--query", "length(@)"])
        .ok();
    assert!(all.json().as_u64().unwrap() >= 2);
}

#[test]
fn a_bad_namespace_is_refused() {
    let site = Site::new();
    let output = site.podid(&["exception", "list", "--namespace", "Billing"]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: `Billing` is not a valid namespace: `B` is not allowed, only a-z, 0-9 and `-`
    ");
}
