//! `podid nodepool assign`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn assigns_to_one_pool_and_records_it() {
    let site = Site::new();
    let reader = site.identity("reader");
    let assign = ["nodepool", "assign", "--identity-resource-id", &reader];
    let one = [&assign[..], &["--nodepool-name", "apps"]].concat();
    let dry = site.podid(&[&one[..], &["--dry-run", "-o", "table"]].concat());
    assert_snapshot!(dry.all(), @"
    exit code 0
    ----- stdout
    POOL	OUTCOME	IDENTITIES
    apps	wouldAssign	reader
    ");
    assert!(site.writes().is_empty());
    assert_snapshot!(site.podid(&one).all(), @r#"
    exit code 0
    ----- stdout
    [
      {
        "pool": "apps",
        "scaleSet": "/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-apps-vmss",
        "outcome": "assigned"
      }
    ]
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: up to date
    "#);
    assert_eq!(site.holders("reader"), ["apps"]);
    let again = site.podid(&[&one[..], &["--query", "[].outcome"]].concat());
    assert_eq!(again.ok().json(), serde_json::json!(["unchanged"]));
}

#[test]
fn an_assignment_of_a_pod_identity_goes_with_it() {
    let site = Site::new();
    site.assign_by_hand("reader", "system");
    site.add("reader", &[]).ok();
    let reader = site.identity("reader");
    let off = [
        "nodepool",
        "unassign",
        "--force",
        "--identity-resource-id",
        &reader,
    ];
    site.podid(&off).ok();
    let assign = ["nodepool", "assign", "--identity-resource-id", &reader];
    site.podid(&assign).ok();
    site.remove("reader", &[]).ok();
    assert!(site.holders("reader").is_empty());
}

#[test]
fn bad_pools_are_refused() {
    let site = Site::new();
    let reader = site.identity("reader");
    let to = |pool: &str| {
        let arguments = ["nodepool", "assign", "--identity-resource-id", &reader];
        site.podid(&[&arguments[..], &["--nodepool-name", pool]].concat())
            .all()
    };
    assert_snapshot!(to("nowhere"), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` has no node pool `nowhere`
    Hint: its node pools are: apps, system, win
    ");
    assert_snapshot!(to("win"), @"
    exit code 2
    ----- stderr
    Error: Node pool `win` cannot hold identities: Windows nodes do not run NMI
    ");
    assert!(site.writes().is_empty());
}

#[test]
fn an_identity_that_does_not_exist_is_named() {
    let site = Site::new();
    let nobody = site.identity("nobody");
    let assign = [
        "nodepool",
        "assign",
        "--nodepool-name=apps",
        "--identity-resource-id",
        &nobody,
    ];
    assert_snapshot!(site.podid(&assign).all(), @r#"
    exit code 1
    ----- stdout
    [
      {
        "pool": "apps",
        "scaleSet": "/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-apps-vmss",
        "outcome": "failed"
      }
    ]
    ----- stderr
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `apps`: 1 identity refused
    Error: 1 of 1 node pools were not changed completely
    Caused by: Identity `nobody` was refused on node pool `apps`
    Caused by: Identity operation for resource '/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-apps-vmss' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{"error":{"code":"BadRequest","message":"Resource '/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nobody' was not found."}}'.'.
    Hint: run the same command again to continue
          request GUID  code FailedIdentityOperation
    "#);
}

#[test]
fn pools_are_counted_and_not_errors() {
    let site = Site::new();
    let [one, two] = ["one", "two"].map(|name| site.identity(name));
    let assign = [
        "nodepool",
        "assign",
        "--error-format=json",
        "--identity-resource-id",
        &one,
        &two,
    ];
    let output = site.podid(&assign).ends_with(1);
    let error = output.stderr.lines().last().unwrap();
    let error: serde_json::Value = serde_json::from_str(error).unwrap();
    let error = &error["error"];
    assert_eq!(
        error["message"],
        "2 of 2 node pools were not changed completely"
    );
    assert_eq!(error["details"].as_array().unwrap().len(), 4);
}
