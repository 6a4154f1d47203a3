//! `podid remove`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

#[test]
fn takes_everything_away() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    assert_snapshot!(site.remove("reader", &[]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "outcome": "removed",
      "unassignedPools": [
        "system",
        "apps"
      ],
      "stillNeededBy": null,
      "via": "direct"
    }
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: unassigning 1 identity
    Node pool `apps`: up to date
    Node pool `system`: unassigning 1 identity
    Node pool `system`: up to date
    "#);
    assert!(site.holders("reader").is_empty());
    assert!(site.object_names().is_empty());
}

#[test]
fn answers_to_delete_with_the_arguments_of_az() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let arguments = [
        "delete",
        "--cluster-name=demo",
        "-g=demo",
        "--namespace",
        &site.namespace,
        "-n=reader",
        "--aks-custom-headers=a=b",
        "--subscription",
        &site.subscription,
        "--only-show-errors",
        "-y",
        "-o=none",
    ];
    let output = site.podid(&arguments).ok();
    assert_eq!(output.raw_stdout + &output.raw_stderr, "");
    assert!(site.object_names().is_empty());
}

#[test]
fn what_is_not_there_is_not_found() {
    let site = Site::new();
    assert_snapshot!(site.remove("reader", &[]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no pod identity `billing/reader`
    Hint: see what there is with `podid list`, or add --ignore-not-found
    ");
    let ignored = site.remove("reader", &["--ignore-not-found", "--query", "outcome"]);
    assert_eq!(ignored.ok().stdout, "\"notFound\"\n");
}

#[test]
fn dry_run_only_reads() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.forget_calls();
    assert_snapshot!(site.remove("reader", &["--dry-run"]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "reader",
      "namespace": "billing",
      "outcome": "wouldRemove",
      "changes": [
        "delete AzureIdentityBinding billing/reader-binding",
        "unassign from scale set aks-apps-vmss",
        "unassign from scale set aks-system-vmss",
        "delete AzureIdentity billing/reader"
      ],
      "via": "direct"
    }
    "#);
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert_eq!(site.object_names().len(), 2);
}

#[test]
fn leaves_what_somebody_else_assigned() {
    let site = Site::new();
    site.assign_by_hand("reader", "system");
    site.add("reader", &[]).ok();
    let output = site.remove("reader", &["--query", "unassignedPools"]);
    assert_eq!(output.ok().json(), json!(["apps"]));
    assert_eq!(site.holders("reader"), ["system"]);
}

#[test]
fn a_shared_identity_stays_and_its_record_moves() {
    let site = Site::new();
    let identity = site.identity("reader");
    for name in ["one", "two"] {
        let arguments = ["add", "--namespace", &site.namespace, "--name", name];
        site.podid(&[&arguments[..], &["--identity-resource-id", &identity]].concat())
            .ok();
    }
    assert_snapshot!(site.remove("one", &[]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "name": "one",
      "namespace": "billing",
      "outcome": "removed",
      "unassignedPools": [],
      "stillNeededBy": "billing/two",
      "via": "direct"
    }
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    The managed identity stays on the scale sets: pod identity `billing/two` needs it
    "#);
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    site.remove("two", &[]).ok();
    assert!(site.holders("reader").is_empty());
}

#[test]
fn a_binding_of_somebody_else_is_not_left_dangling() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let other = json!({"metadata": {}, "spec": {"azureIdentity": "reader", "selector": "mine"}});
    site.apply("AzureIdentityBinding", "by-hand", &other);
    assert_snapshot!(site.remove("reader", &[]).all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` is used by other bindings
    Caused by: azureidentitybindings by-hand in namespace `billing` refer to it
    Hint: delete them first with `kubectl delete azureidentitybinding`, or use --force
    ");
    assert_eq!(site.object_names().len(), 3);
    site.remove("reader", &["--force"]).ok();
    assert_eq!(site.object_names(), ["AzureIdentityBinding by-hand"]);
}

#[test]
fn a_failed_pool_is_finished_by_the_same_command() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "aks-apps-"},
        "action": {"operation": "Failed", "code": "OverconstrainedAllocationRequest", "message": "No room."},
    }));
    assert_snapshot!(site.remove("reader", &[]).all(), @"
    exit code 1
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: unassigning 1 identity
    Node pool `apps`: not changed
    Node pool `system`: unassigning 1 identity
    Node pool `system`: up to date
    Error: Pod identity `billing/reader` was not removed completely
    Caused by: Identity `reader` could not be taken off every node pool
    Caused by: Node pool `apps` was not changed
    Caused by: No room.
    Hint: run the same command again to continue
          request GUID  code OverconstrainedAllocationRequest
    ");
    assert_eq!(site.object_names(), ["AzureIdentity reader"]);
    site.remove("reader", &[]).ok();
    assert!(site.object_names().is_empty());
    assert!(site.holders("reader").is_empty());
}
