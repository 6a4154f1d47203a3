//! `podid exception add`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

#[test]
fn writes_one_object_and_says_whom_it_lets_through() {
    let site = Site::new();
    let hashed = [("app", "web"), ("pod-template-hash", "5d4f8")];
    site.run_pod("web-1", &hashed, "ReplicaSet/web-5d4f8");
    site.run_pod("web-2", &hashed, "ReplicaSet/web-5d4f8");
    let arguments = ["--name", "web", "--pod-labels", "app=web"];
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
          "owner": "Deployment/web",
          "pods": 2
        }
      ],
      "via": "direct"
    }
    ----- stderr
    Changing cluster `demo` directly (Kubernetes objects)
    "#);
    let object = &site.objects("AzurePodIdentityException")[0];
    assert_eq!(object["spec"], json!({"podLabels": {"app": "web"}}));
    assert_eq!(
        object["metadata"]["labels"],
        json!({"app.kubernetes.io/managed-by": "podid"})
    );
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn takes_the_arguments_of_az_and_makes_a_name_of_the_labels() {
    let site = Site::new();
    let arguments = [
        "exception",
        "add",
        "--cluster-name",
        "demo",
        "-g",
        "demo",
        "--namespace",
        &site.namespace,
        "--pod-labels",
        "app.kubernetes.io/name=Agent",
        "tier=back",
        "",
        "--name",
        "",
        "--aks-custom-headers",
        "a=b",
        "--yes",
        "--query",
        "[name, podLabels, outcome]",
    ];
    let first = site.podid(&arguments).ok();
    assert_snapshot!(first.stdout, @r#"
    [
      "app-kubernetes-io-name-agent-tier-back-2e7baaa3",
      {
        "app.kubernetes.io/name": "Agent",
        "tier": "back"
      },
      "added"
    ]
    "#);
    // The same labels without a name mean the exception that has them.
    let again = site.podid(&arguments).ok();
    assert_eq!(again.json()[2], "unchanged");
    assert_eq!(again.json()[0], first.json()[0]);
    assert_eq!(site.exceptions().len(), 1);
}

#[test]
fn labels_that_somebody_else_gave_an_exception_are_found_without_a_name() {
    let site = Site::new();
    let object = json!({"metadata": {}, "spec": {"podLabels": {"app": "web"}}});
    site.apply("AzurePodIdentityException", "by-hand", &object);
    let output = site.exception(
        "add",
        &["--pod-labels", "app=web", "--query", "[name, outcome]"],
    );
    assert_eq!(output.ok().json(), json!(["by-hand", "unchanged"]));
    assert_eq!(site.exceptions(), ["by-hand app=web"]);
}

#[test]
fn the_same_again_is_unchanged_and_other_labels_are_a_conflict() {
    let site = Site::new();
    let add = |labels: &str, more: &[&str]| {
        let arguments = ["-n", "web", "--query", "outcome", "--pod-labels", labels];
        site.exception("add", &[more, &arguments].concat())
    };
    assert_eq!(add("app=web", &[]).ok().stdout, "\"added\"\n");
    assert_eq!(add("app=web", &[]).ok().stdout, "\"unchanged\"\n");
    assert_snapshot!(add("app=api", &[]).all(), @"
    exit code 5
    ----- stderr
    Error: Exception `billing/web` exists with other labels
    Caused by: it has `app=web`
    Hint: replace them with `podid exception update` or --replace, or choose another --name
    ");
    assert_eq!(site.exceptions(), ["web app=web"]);
    assert_eq!(add("app=api", &["--replace"]).ok().stdout, "\"updated\"\n");
    assert_eq!(site.exceptions(), ["web app=api"]);
}

#[test]
fn a_broad_exception_is_told_with_its_pods_also_in_a_dry_run() {
    let site = Site::new();
    for n in 1..=5 {
        site.run_pod(&format!("web-{n}"), &[("tier", "front")], "StatefulSet/web");
    }
    site.run_pod(
        "night-29404051-x",
        &[("tier", "FRONT")],
        "Job/night-29404051",
    );
    let bound = [("tier", "front"), ("aadpodidbinding", "reader")];
    site.run_pod("api", &bound, "");
    site.run_pod("done", &[("tier", "front")], "Job/done");
    site.finish_pod("done");
    let namespace = site.namespace.clone();
    site.run_pod_in(
        &namespace,
        "host",
        &[("tier", "front")],
        "DaemonSet/host",
        true,
    );
    let arguments = ["-n", "front", "--pod-labels", "tier=front", "--dry-run"];
    assert_snapshot!(site.exception("add", &arguments).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "front",
      "namespace": "billing",
      "podLabels": {
        "tier": "front"
      },
      "outcome": "wouldChange",
      "changes": [
        "create AzurePodIdentityException billing/front"
      ],
      "matches": [
        {
          "owner": "CronJob/night",
          "pods": 1
        },
        {
          "owner": "Pod/api",
          "pods": 1
        },
        {
          "owner": "StatefulSet/web",
          "pods": 5
        }
      ],
      "via": "direct"
    }
    ----- stderr
    Warning: this exception is broad (one label is enough): it lets 7 pods of 3 workloads use every identity of their nodes: CronJob/night (night-29404051-x), Pod/api (api), StatefulSet/web (web-1, web-2, web-3 and 2 more)
    Warning: the label aadpodidbinding has no effect on pods of an exception: api
    "#);
    assert!(site.exceptions().is_empty());
}

/// What `--pod-labels` with each of these is told; nothing was asked of anybody.
fn refusals(cases: &[&[&str]]) -> String {
    let site = Site::new();
    let told = cases.iter().map(|labels| {
        let arguments = [&["--pod-labels"], *labels].concat();
        let output = site.exception("add", &arguments).ends_with(2);
        output.stderr.replace(&"a".repeat(64), "LONG")
    });
    let told = told.collect();
    assert!(site.calls().is_empty());
    told
}

#[test]
fn every_rule_of_keys_is_told_before_anything_is_asked() {
    let long = format!("{}=b", "a".repeat(64));
    let cases = [
        "app",
        "a=b=c",
        "a/b/c=d",
        "/a=b",
        "My.org/a=b",
        "=b",
        "my.org/=b",
        "_a=b",
        "a b=c",
        &long,
    ];
    let cases: Vec<[&str; 1]> = cases.into_iter().map(|case| [case]).collect();
    let cases: Vec<&[&str]> = cases.iter().map(<[&str; 1]>::as_slice).collect();
    assert_snapshot!(refusals(&cases), @"
    Error: `app` is not a valid label
    Caused by: it has no `=`; a label is written KEY=VALUE
    Error: `a=b=c` is not a valid label
    Caused by: it has more than one `=`; a label is written KEY=VALUE
    Error: `a/b/c=d` is not a valid label
    Caused by: its key has more than one `/`
    Error: `/a=b` is not a valid label
    Caused by: the prefix of its key is empty
    Error: `My.org/a=b` is not a valid label
    Caused by: the prefix of its key holds `M`; only a-z, 0-9, `-` and `.` are allowed
    Error: `=b` is not a valid label
    Caused by: its key is empty
    Error: `my.org/=b` is not a valid label
    Caused by: the name in its key is empty
    Error: `_a=b` is not a valid label
    Caused by: its key must start and end with a letter or digit
    Error: `a b=c` is not a valid label
    Caused by: its key holds ` `; only letters, digits, `-`, `_` and `.` are allowed
    Error: `LONG=b` is not a valid label
    Caused by: its key has 64 characters, at most 63 are allowed
    ");
}

#[test]
fn every_rule_of_values_and_sets_is_told_before_anything_is_asked() {
    let long = format!("a={}", "a".repeat(64));
    let cases: &[&[&str]] = &[
        &["a=b/c"],
        &["a=b."],
        &[&long],
        &["app=web", "app=api"],
        &["a", "b=c", "=d"],
        &[""],
        &[],
    ];
    assert_snapshot!(refusals(cases), @"
    Error: `a=b/c` is not a valid label
    Caused by: its value holds `/`; only letters, digits, `-`, `_` and `.` are allowed
    Error: `a=b.` is not a valid label
    Caused by: its value must start and end with a letter or digit
    Error: `a=LONG` is not a valid label
    Caused by: its value has 64 characters, at most 63 are allowed
    Error: Label `app` is given twice, with the values `web` and `api`
    Hint: a pod carries one of them at most: make an exception for each value
    Error: Nothing was changed
      - `a` is not a valid label
        Caused by: it has no `=`; a label is written KEY=VALUE
      - `=d` is not a valid label
        Caused by: its key is empty
    Error: An exception without labels is refused
    Caused by: NMI looks for one of its labels on a pod, so it would let no pod through
    Hint: name at least one label, for example --pod-labels app=web
    Error: An exception without labels is refused
    Caused by: NMI looks for one of its labels on a pod, so it would let no pod through
    Hint: name at least one label, for example --pod-labels app=web
    ");
}

#[test]
fn pods_that_may_not_be_seen_keep_nobody_from_an_exception() {
    let site = Site::new();
    site.run_pod("web", &[("app", "web")], "");
    let kubeconfig = site.user_with(&[
        ("aadpodidentity.k8s.io", "azurepodidentityexceptions"),
        ("", "namespaces"),
    ]);
    let arguments = [
        "-n",
        "web",
        "--pod-labels",
        "app=web",
        "--force-context",
        "--kubeconfig",
        &kubeconfig,
    ];
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
      "matches": null,
      "via": "direct"
    }
    ----- stderr
    Which pods the exception lets through was not looked at: no permission to list pods in namespace `billing`: pods is forbidden: User "user-of-billing" cannot list resource "pods" in API group "" in the namespace "billing"
    Changing cluster `demo` directly (Kubernetes objects)
    "#);
    assert_eq!(site.exceptions(), ["web app=web"]);
}

#[test]
fn bad_names_and_a_missing_namespace_are_refused() {
    let site = Site::new();
    let labels = ["--pod-labels", "a=b"];
    let output = site.exception("add", &[&labels[..], &["-n", "Web"]].concat());
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: `Web` is not a valid exception name: `W` is not allowed, only a-z, 0-9 and `-`
    ");
    let base = ["exception", "add", "--namespace"];
    let output = site.podid(&[&base[..], &[""], &labels].concat());
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: `` is not a valid namespace: it is empty
    ");
    let output = site.podid(&[&base[..], &["nowhere"], &labels].concat());
    assert_snapshot!(output.all(), @"
    exit code 3
    ----- stderr
    Error: Namespace `nowhere` does not exist
    Hint: create it with `kubectl create namespace nowhere`
    ");
    let output = site.podid(&["exception", "add", "--namespace", "nowhere"]);
    assert_snapshot!(output.ends_with(2).stderr.lines().next().unwrap(), @"error: the following required arguments were not provided:");
}

#[test]
fn two_at_once_make_one_exception() {
    let site = Site::new();
    let namespace = site.namespace.clone();
    let base = ["exception", "add", "--namespace", &namespace, "-n", "web"];
    let web = [&base[..], &["--pod-labels", "app=web"]].concat();
    let runs: Vec<_> = (0..4).map(|_| site.start(&[], &web, None)).collect();
    for run in runs {
        run.finish().ok();
    }
    assert_eq!(site.exceptions(), ["web app=web"]);
}
