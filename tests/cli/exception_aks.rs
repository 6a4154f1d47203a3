//! `podid exception` on a cluster whose pod identity add-on is on.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Output, Plan, Site, until};

fn site() -> Site {
    Site::planned(&Plan {
        add_on: true,
        ..Plan::default()
    })
}

/// Without a way to Kubernetes, as a script that only knew az.
fn away(site: &Site, verb: &str, more: &[&str]) -> Output {
    let arguments = ["exception", verb, "--namespace", &site.namespace];
    let arguments = [&arguments[..], more].concat();
    site.podid_with(&[("KUBECONFIG", "/nowhere")], &arguments)
}

fn profile(site: &Site) -> Value {
    let cluster = site.azure("GET", &site.cluster(), &Value::Null);
    cluster["properties"]["podIdentityProfile"]["userAssignedIdentityExceptions"].clone()
}

#[test]
fn one_put_of_the_profile_and_aks_writes_the_object() {
    let site = site();
    site.run_pod("web", &[("app", "web")], "StatefulSet/web");
    site.forget_calls();
    let arguments = ["-n", "web", "--pod-labels", "app=web"];
    assert_snapshot!(site.exception("add", &arguments).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "app": "web"
      },
      "outcome": "added",
      "matches": [
        {
          "owner": "StatefulSet/web",
          "pods": 1
        }
      ],
      "via": "aks"
    }
    ----- stderr
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: up to date
    "#);
    assert_eq!(site.writes(), ["PUT demo"]);
    let expected =
        json!([{"name": "web", "namespace": site.namespace, "podLabels": {"app": "web"}}]);
    assert_eq!(profile(&site), expected);
    until("AKS has written the object", || {
        site.exceptions() == ["web app=web"]
    });
    let object = &site.objects("AzurePodIdentityException")[0];
    assert_eq!(
        object["metadata"]["labels"]["kubernetes.azure.com/managedby"],
        "aks"
    );
    site.forget_calls();
    let again = site.exception("add", &[&arguments[..], &["--query", "outcome"]].concat());
    assert_eq!(again.ok().stdout, "\"unchanged\"\n");
    assert!(site.writes().is_empty());
    // NMI sees what AKS wrote.
    let pod = format!("{}/web", site.namespace);
    site.podid(&["exception", "test", "--pod", &pod]).ok();
}

#[test]
fn add_update_and_list_need_no_kubernetes() {
    let site = site();
    let labels = ["--pod-labels", "tier=back", "app=web"];
    let name = away(
        &site,
        "add",
        &[&labels[..], &["--query", "name", "-o", "tsv"]].concat(),
    );
    assert_snapshot!(name.clone().ok().all(), @"
    exit code 0
    ----- stdout
    app-web-tier-back-220ba5d9
    ----- stderr
    Which pods the exception lets through was not looked at: No kubeconfig was found (looked at `/nowhere`, the pod's service account)
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: up to date
    ");
    let name = name.raw_stdout.trim();
    assert_snapshot!(away(&site, "update", &["-n", name, "--pod-labels", "app=api"]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "app-web-tier-back-220ba5d9",
      "namespace": "billing",
      "podLabels": {
        "app": "api"
      },
      "outcome": "updated",
      "matches": null,
      "via": "aks"
    }
    ----- stderr
    Which pods the exception lets through was not looked at: No kubeconfig was found (looked at `/nowhere`, the pod's service account)
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: up to date
    "#);
    assert_snapshot!(away(&site, "list", &["-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	POD-LABELS
    billing	app-web-tier-back-220ba5d9	app=api
    ");
}

#[test]
fn conflicts_and_removals_need_no_kubernetes_either() {
    let site = site();
    let name = "web";
    away(&site, "add", &["-n", name, "--pod-labels", "app=api"]).ok();
    let other = away(&site, "add", &["-n", name, "--pod-labels", "app=web"]);
    assert_snapshot!(other.ends_with(5).stderr, @"
    Error: Exception `billing/web` exists with other labels
    Caused by: it has `app=api`
    Hint: replace them with `podid exception update` or --replace, or choose another --name
    ");
    assert_snapshot!(away(&site, "remove", &["-n", name]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "app": "api"
      },
      "outcome": "removed",
      "via": "aks"
    }
    ----- stderr
    Changing cluster `demo` through its pod identity add-on (podIdentityProfile is enabled)
    Cluster `demo`: sending podIdentityProfile with 1 removed
    Cluster `demo`: up to date
    "#);
    assert_eq!(away(&site, "list", &[]).ok().stdout, "[]\n");
    assert_snapshot!(away(&site, "remove", &["-n", "web"]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no exception `billing/web`
    Hint: see what there is with `podid exception list`
    Hint: add --ignore-not-found in scripts
    ");
    assert_snapshot!(away(&site, "update", &["-n", "web", "--pod-labels", "a=b"]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no exception `billing/web`
    Hint: see what there is with `podid exception list`
    Hint: make it with `podid exception add`
    ");
    let ignored = away(&site, "delete", &["-n", "web", "--ignore-not-found"]);
    assert_eq!(ignored.ok().json()["outcome"], "notFound");
}

#[test]
fn dry_run_sends_nothing_and_no_wait_returns_at_once() {
    let site = site();
    let labels = ["-n", "web", "--pod-labels", "app=web"];
    assert_snapshot!(away(&site, "add", &[&labels[..], &["--dry-run"]].concat()).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "web",
      "namespace": "billing",
      "podLabels": {
        "app": "web"
      },
      "outcome": "wouldChange",
      "changes": [
        "create exception billing/web of podIdentityProfile"
      ],
      "matches": null,
      "via": "aks"
    }
    ----- stderr
    Which pods the exception lets through was not looked at: No kubeconfig was found (looked at `/nowhere`, the pod's service account)
    "#);
    assert!(site.writes().is_empty());
    let headers = [
        "--no-wait",
        "--aks-custom-headers",
        "A=b=c",
        "-o",
        "tsv",
        "--query",
        "outcome",
    ];
    let output = away(&site, "add", &[&labels[..], &headers].concat());
    assert_eq!(output.ok().stdout, "accepted\n");
    let removed = away(
        &site,
        "remove",
        &["-n", "web", "--dry-run", "--query", "outcome"],
    );
    assert_eq!(removed.ok().stdout, "\"wouldRemove\"\n");
    let bad = away(
        &site,
        "add",
        &[&labels[..], &["--aks-custom-headers", "nothing"]].concat(),
    );
    assert_snapshot!(bad.all(), @"
    exit code 2
    ----- stderr
    Error: The custom headers are not valid
    Caused by: `nothing` has no `=`
    Hint: give them as Name=Value,Name=Value
    ");
}

#[test]
fn the_way_that_does_not_fit_is_refused() {
    let labels = ["-n", "web", "--pod-labels", "app=web"];
    let on = site();
    let output = on.exception("add", &[&labels[..], &["--via", "direct"]].concat());
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: Cluster `demo` uses the pod identity add-on
    Caused by: the AKS resource provider would undo changes that podid makes itself
    Hint: leave --via direct away: the exception is then kept in podIdentityProfile
    ");
    let off = Site::new();
    let output = off.exception("add", &[&labels[..], &["--via", "aks"]].concat());
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: The pod identity add-on of cluster `demo` is off
    Caused by: its podIdentityProfile is not enabled
    Hint: turn it on with `podid enable -g demo --cluster-name demo`, or use --via direct
    ");
    assert!(on.writes().is_empty() && off.writes().is_empty());
}

#[test]
fn a_failed_operation_is_told_with_its_code() {
    let site = site();
    site.fault(&json!({
        "match": {"method": "PUT", "path": "managedClusters"},
        "action": {"operation": "Failed", "code": "InternalOperationError", "message": "Try later."},
    }));
    let output = away(&site, "add", &["-n", "web", "--pod-labels", "app=web"]);
    assert_snapshot!(output.error(), @"
    exit code 1
    Error: Exception `billing/web` was not added
    Caused by: Cluster `demo` was not changed
    Caused by: Try later.
    Caused by: the operation ended as Failed
          request GUID  code InternalOperationError
    ");
}

#[test]
fn adds_at_once_are_all_there() {
    let site = site();
    let namespace = site.namespace.clone();
    let names: Vec<String> = (1..=4).map(|n| format!("web-{n}")).collect();
    let runs: Vec<_> = names
        .iter()
        .map(|name| {
            let base = ["exception", "add", "--namespace", &namespace, "-n", name];
            site.start(
                &[],
                &[&base[..], &["--pod-labels", "app=web"]].concat(),
                None,
            )
        })
        .collect();
    for run in runs {
        run.finish().ok();
    }
    let there = profile(&site);
    assert_eq!(there.as_array().unwrap().len(), 4, "{there}");
}

#[test]
fn a_broad_exception_is_told_here_too() {
    let site = site();
    site.run_pod("web", &[("tier", "x")], "StatefulSet/web");
    site.run_pod("api", &[("tier", "x")], "StatefulSet/api");
    let arguments = ["-n", "x", "--pod-labels", "tier=x", "--dry-run"];
    assert_snapshot!(site.exception("add", &arguments).stderr, @"Warning: this exception is broad (one label is enough): it lets 2 pods of 2 workloads use every identity of their nodes: StatefulSet/api (api), StatefulSet/web (web)");
}

#[test]
fn an_update_does_not_bring_back_what_somebody_removed() {
    let site = site();
    let labels = |value| ["-n", "web", "--pod-labels", value];
    site.exception("add", &labels("app=web")).ok();
    site.fault(&json!({
        "match": {"method": "PUT", "path": "managedClusters"}, "action": {"hang": "before"},
    }));
    let namespace = ["exception", "update", "--namespace", &site.namespace];
    let arguments = [&namespace[..], &labels("app=api")].concat();
    let started = site.start(&[], &arguments, None);
    until("podid sends its PUT", || site.hanging() == 1);
    site.put_profile(&json!({"enabled": true}));
    site.heal();
    assert_snapshot!(started.finish().error(), @"
    exit code 3
    Error: Exception `billing/web` was not updated
    Caused by: Cluster `demo` has no exception `billing/web` any more
    Caused by: somebody removed it meanwhile
    Hint: make it anew with `podid exception add`
    ");
    assert_eq!(profile(&site), Value::Null);
}
