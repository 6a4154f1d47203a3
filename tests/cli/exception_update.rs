//! `podid exception update`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

fn update(site: &Site, more: &[&str]) -> crate::support::Output {
    site.exception("update", &[&["-n", "web"], more].concat())
}

#[test]
fn replaces_the_labels_and_nothing_else() {
    let site = Site::new();
    // Labels and annotations of others, and a part of the spec that podid does not know.
    let object = json!({
        "metadata": {"labels": {"team": "a"}, "annotations": {"note": "keep"}},
        "spec": {"podLabels": {"app": "web", "tier": "front"}, "metadata": {"x": "y"}},
    });
    site.apply("AzurePodIdentityException", "web", &object);
    assert_snapshot!(update(&site, &["--pod-labels", "app=api", "zone=1"]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "app": "api",
        "zone": "1"
      },
      "outcome": "updated",
      "matches": [],
      "via": "direct"
    }
    ----- stderr
    No pod in namespace `billing` carries one of these labels now
    Changing cluster `demo` directly (Kubernetes objects)
    "#);
    let object = &site.objects("AzurePodIdentityException")[0];
    assert_eq!(
        object["spec"],
        json!({"podLabels": {"app": "api", "zone": "1"}, "metadata": {"x": "y"}})
    );
    assert_eq!(object["metadata"]["labels"], json!({"team": "a"}));
    assert_eq!(object["metadata"]["annotations"], json!({"note": "keep"}));
}

#[test]
fn no_label_of_podid_itself_stays_behind() {
    let site = Site::new();
    let flag = "--pod-labels";
    // Repeated, the flag adds up.
    site.exception("add", &["-n", "web", flag, "a=1", flag, "b=2"])
        .ok();
    assert_eq!(site.exceptions(), ["web a=1 b=2"]);
    update(&site, &["--pod-labels", "b=3"]).ok();
    assert_eq!(site.exceptions(), ["web b=3"]);
    let again = update(&site, &["--pod-labels", "b=3", "--query", "outcome"]);
    assert_eq!(again.ok().stdout, "\"unchanged\"\n");
}

#[test]
fn what_is_not_there_is_not_made() {
    let site = Site::new();
    assert_snapshot!(update(&site, &["--pod-labels", "a=b"]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no exception `billing/web`
    Hint: see what there is with `podid exception list`
    Hint: make it with `podid exception add`
    ");
    assert_snapshot!(site.exception("update", &["-n", "", "--pod-labels", "a=b"]).all(), @"
    exit code 2
    ----- stderr
    Error: `` is not a valid exception name: it is empty
    ");
    assert!(site.exceptions().is_empty());
}

#[test]
fn dry_run_only_reads() {
    let site = Site::new();
    site.exception("add", &["-n", "web", "--pod-labels", "a=1"])
        .ok();
    let output = update(&site, &["--pod-labels", "a=2", "--dry-run"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "a": "2"
      },
      "outcome": "wouldChange",
      "changes": [
        "replace the labels of AzurePodIdentityException billing/web"
      ],
      "matches": [],
      "via": "direct"
    }
    ----- stderr
    No pod in namespace `billing` carries one of these labels now
    "#);
    assert_eq!(site.exceptions(), ["web a=1"]);
}

#[test]
fn what_aks_keeps_is_left_alone() {
    let site = Site::new();
    let object = json!({
        "metadata": {"labels": {"kubernetes.azure.com/managedby": "aks"}},
        "spec": {"podLabels": {"app": "web"}},
    });
    site.apply("AzurePodIdentityException", "web", &object);
    assert_snapshot!(update(&site, &["--pod-labels", "a=2"]).all(), @"
    exit code 5
    ----- stderr
    Error: Exception `billing/web` belongs to AKS
    Caused by: it carries the label kubernetes.azure.com/managedby=aks: AKS would undo the change
    Hint: leave it as it is, and make an exception of another name beside it
    ");
    for verb in ["add", "update"] {
        for more in [&[][..], &["--dry-run"]] {
            let replace: &[&str] = if verb == "add" { &["--replace"] } else { &[] };
            let arguments = [more, replace, &["-n", "web", "--pod-labels", "a=2"]].concat();
            site.exception(verb, &arguments).ends_with(5);
        }
    }
    site.exception("remove", &["-n", "web"]).ends_with(5);
    assert_eq!(site.exceptions(), ["web app=web"]);
}

#[test]
fn updates_at_once_all_end_and_one_stays() {
    let site = Site::new();
    site.exception("add", &["-n", "web", "--pod-labels", "a=0"])
        .ok();
    let namespace = site.namespace.clone();
    let labels: Vec<String> = (1..=3).map(|n| format!("l{n}=x")).collect();
    let runs: Vec<_> = labels
        .iter()
        .map(|label| {
            let base = [
                "exception",
                "update",
                "--namespace",
                &namespace,
                "-n",
                "web",
            ];
            site.start(&[], &[&base[..], &["--pod-labels", label]].concat(), None)
        })
        .collect();
    for run in runs {
        run.finish().ok();
    }
    let there = site.exceptions();
    assert_eq!(there.len(), 1);
    assert_eq!(there[0].split(' ').count(), 2, "{there:?}");
}
