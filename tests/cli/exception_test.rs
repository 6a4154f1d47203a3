//! `podid exception test`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Output, Site};

fn test(site: &Site, pod: &str, more: &[&str]) -> Output {
    let pod = format!("{}/{pod}", site.namespace);
    let arguments = [&["exception", "test", "--pod", &pod][..], more].concat();
    site.podid(&arguments)
}

#[test]
fn tells_for_each_exception_why() {
    let site = Site::new();
    site.run_pod(
        "web-1",
        &[("app", "Web"), ("tier", "front")],
        "StatefulSet/web",
    );
    site.exception(
        "add",
        &["-n", "by-app", "--pod-labels", "app=web", "zone=1"],
    )
    .ok();
    site.exception(
        "add",
        &["-n", "other", "--pod-labels", "tier=back", "zone=1"],
    )
    .ok();
    let empty = json!({"metadata": {}, "spec": {}});
    site.apply("AzurePodIdentityException", "empty", &empty);
    assert_snapshot!(test(&site, "web-1", &["-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    EXCEPTION	MATCHES	WHY
    by-app	yes	app=web
    empty	no	it has no labels
    other	no	label tier is front, not back; no label zone
    ----- stderr
    Exception `by-app` lets pod `billing/web-1` through to IMDS
    ");
    let query = "exceptions[?name=='by-app']";
    assert_snapshot!(test(&site, "web-1", &["--query", query]).ok().stdout, @r#"
    [
      {
        "labels": [
          {
            "equal": true,
            "key": "app",
            "podValue": "Web",
            "value": "web"
          },
          {
            "equal": false,
            "key": "zone",
            "podValue": null,
            "value": "1"
          }
        ],
        "matches": true,
        "name": "by-app"
      }
    ]
    "#);
    let output = test(&site, "web-1", &["--query", "[pod, owner, letThrough]"]);
    assert_eq!(
        output.ok().json(),
        json!(["web-1", "StatefulSet/web", true])
    );
}

#[test]
fn a_pod_that_none_lets_through_is_exit_code_1() {
    let site = Site::new();
    site.run_pod("api", &[("app", "api"), ("aadpodidbinding", "reader")], "");
    assert_snapshot!(test(&site, "api", &["-o", "table"]).all(), @"
    exit code 1
    ----- stderr
    No exception in namespace `billing` lets pod `billing/api` through: NMI answers it by the bindings with selector `reader`
    ");
    site.exception("add", &["-n", "web", "--pod-labels", "app=web"])
        .ok();
    assert_snapshot!(test(&site, "api", &[]).all(), @r#"
    exit code 1
    ----- stdout
    {
      "pod": "api",
      "namespace": "billing",
      "owner": "Pod/api",
      "letThrough": false,
      "explanation": "No exception in namespace `billing` lets pod `billing/api` through: NMI answers it by the bindings with selector `reader`",
      "exceptions": [
        {
          "name": "web",
          "matches": false,
          "labels": [
            {
              "key": "app",
              "value": "web",
              "podValue": "api",
              "equal": false
            }
          ]
        }
      ]
    }
    ----- stderr
    No exception in namespace `billing` lets pod `billing/api` through: NMI answers it by the bindings with selector `reader`
    "#);
    site.exception("add", &["-n", "api", "--pod-labels", "app=api"])
        .ok();
    test(&site, "api", &[]).ok();
}

#[test]
fn a_pod_on_the_network_of_its_node_is_told_so() {
    let site = Site::new();
    let namespace = site.namespace.clone();
    site.run_pod_in(
        &namespace,
        "host",
        &[("app", "host")],
        "DaemonSet/host",
        true,
    );
    let output = test(&site, "host", &["--query", "letThrough"]);
    assert_snapshot!(output.all(), @"
    exit code 1
    ----- stdout
    false
    ----- stderr
    Pod `billing/host` uses the network of its node: it reaches IMDS past NMI, with or without an exception
    ");
}

#[test]
fn pods_that_are_not_there_or_not_named() {
    let site = Site::new();
    assert_snapshot!(test(&site, "nobody", &[]).all(), @"
    exit code 3
    ----- stderr
    Error: There is no pod `nobody` in namespace `billing`
    Hint: see the pods with `kubectl get pods -A`
    ");
    for bad in ["web", "a/b/c", "a/", "A/b"] {
        let output = site.podid(&["exception", "test", "--pod", bad]);
        assert_eq!(output.code, 2, "{bad}: {}", output.all());
    }
    let output = site.podid(&["exception", "test", "--pod", "web"]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    Error: `web` does not name a pod
    Hint: write it as NAMESPACE/NAME, for example --pod monitoring/agent-x7k2p
    ");
}
