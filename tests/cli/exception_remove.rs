//! `podid exception remove`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn takes_it_away() {
    let site = Site::new();
    site.exception("add", &["-n", "web", "--pod-labels", "app=web"])
        .ok();
    assert_snapshot!(site.exception("remove", &["-n", "web", "--dry-run"]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "app": "web"
      },
      "outcome": "wouldRemove",
      "via": "direct"
    }
    "#);
    assert_eq!(site.exceptions(), ["web app=web"]);
    assert_snapshot!(site.exception("remove", &["-n", "web"]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "app": "web"
      },
      "outcome": "removed",
      "via": "direct"
    }
    ----- stderr
    Changing cluster `demo` directly (Kubernetes objects)
    "#);
    assert!(site.exceptions().is_empty());
}

#[test]
fn answers_to_delete_with_the_arguments_of_az() {
    let site = Site::new();
    site.exception("add", &["-n", "web", "--pod-labels", "app=web"])
        .ok();
    let arguments = [
        "exception",
        "delete",
        "--cluster-name=demo",
        "-g=demo",
        "--namespace",
        &site.namespace,
        "-n=web",
        "--aks-custom-headers=a=b",
        "--only-show-errors",
        "-y",
        "-o=none",
    ];
    let output = site.podid(&arguments).ok();
    assert_eq!(output.raw_stdout + &output.raw_stderr, "");
    assert!(site.exceptions().is_empty());
}

#[test]
fn what_is_not_there_is_not_found() {
    let site = Site::new();
    assert_snapshot!(site.exception("remove", &["-n", "web"]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no exception `billing/web`
    Hint: see what there is with `podid exception list`
    Hint: add --ignore-not-found in scripts
    ");
    let arguments = ["-n", "web", "--ignore-not-found", "--query", "outcome"];
    let output = site.exception("remove", &arguments);
    assert_eq!(output.ok().stdout, "\"notFound\"\n");
}
