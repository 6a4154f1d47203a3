//! Clusters that are not there or cannot be changed.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Plan, Site};

#[track_caller]
fn changes_nothing(site: &Site) {
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(site.object_names().is_empty());
}

#[test]
fn a_cluster_group_or_subscription_that_is_not_there() {
    let site = Site::new();
    assert_snapshot!(site.add("reader", &["--cluster-name", "nowhere"]).all(), @"
    exit code 3
    ----- stderr
    Error: There is no cluster `nowhere` in resource group `demo`
    Hint: check --cluster-name, --resource-group and --subscription
    ");
    assert_snapshot!(site.add("reader", &["-g", "nowhere"]).all(), @"
    exit code 4
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: The client 'OPERATOR-APP' with object id 'OPERATOR' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/read' over scope '/subscriptions/SUBSCRIPTION/resourceGroups/nowhere/providers/Microsoft.ContainerService/managedClusters/demo' or the scope is invalid. If access was recently granted, please refresh your credentials.
    Hint: see what is missing with `podid role check`, or ask an owner of the scope; a role granted a moment ago may need minutes
          request GUID  code AuthorizationFailed
    ");
    let other = "99999999-9999-9999-9999-999999999999";
    assert_snapshot!(site.add("reader", &["--subscription", other]).all(), @"
    exit code 3
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: The subscription 'GUID' could not be found.
    Hint: check --subscription, and that you are signed in to its tenant
          request GUID  code SubscriptionNotFound
    ");
    assert_snapshot!(site.add("reader", &["--subscription", "Nothing"]).all(), @"
    exit code 3
    ----- stderr
    Error: There is no subscription `Nothing` that you can see
    Hint: give its id, or sign in to the tenant it belongs to
    ");
    site.add("reader", &["--subscription", "demo", "--dry-run"])
        .ok();
    changes_nothing(&site);
}

#[test]
fn without_a_pool_that_can_hold_identities() {
    let site = Site::planned(&Plan {
        pools: vec![
            ("system".into(), "Linux", "VirtualMachines"),
            ("sets".into(), "Linux", "AvailabilitySet"),
        ],
        ..Plan::default()
    });
    assert_snapshot!(site.add("reader", &[]).all(), @"
    exit code 2
    ----- stderr
    Warning: node pool `system` is left out: its nodes are virtual machines, not a scale set
    Warning: node pool `sets` is left out: an availability set cannot hold an identity
    Error: No node pool of cluster `demo` can hold identities
    Caused by: its nodes are virtual machines, not a scale set
    Hint: pod identity needs a Linux node pool of type VirtualMachineScaleSets
    ");
    changes_nothing(&site);
}

#[test]
fn a_locked_node_resource_group() {
    let site = Site::planned(&Plan {
        locked: true,
        ..Plan::default()
    });
    assert_snapshot!(site.add("reader", &[]).all(), @"
    exit code 2
    ----- stderr
    Error: The node resource group of cluster `demo` is locked
    Caused by: its restriction level is ReadOnly: a deny assignment forbids changes of its scale sets
    Hint: pod identity cannot run on this cluster; use Entra Workload ID
    ");
    changes_nothing(&site);
}

#[test]
fn what_holds_no_scale_set_can_leave_a_locked_cluster() {
    let site = Site::planned(&Plan {
        locked: true,
        ..Plan::default()
    });
    let object = json!({
        "metadata": {},
        "spec": {"type": 0, "resourceID": site.identity("reader"), "clientID": "99999999-9999-9999-9999-999999999999"},
    });
    site.apply("AzureIdentity", "reader", &object);
    site.remove("reader", &[]).ok();
    changes_nothing(&site);
}

#[test]
fn the_add_on_owns_pod_identity() {
    let site = Site::planned(&Plan {
        add_on: true,
        ..Plan::default()
    });
    assert_snapshot!(site.add("reader", &["--via", "direct"]).all(), @"
    exit code 2
    ----- stderr
    Error: Cluster `demo` uses the pod identity add-on
    Caused by: the AKS resource provider would undo changes that podid makes itself
    Hint: change it through the add-on, with `podid add` and `podid remove` without --via direct
    ");
    changes_nothing(&site);
}

#[test]
fn what_the_add_on_wrote_is_left_alone() {
    let site = Site::new();
    let object = json!({
        "metadata": {"labels": {"kubernetes.azure.com/managedby": "aks"}},
        "spec": {"type": 0, "resourceID": site.identity("reader"), "clientID": "99999999-9999-9999-9999-999999999999"},
    });
    site.apply("AzureIdentity", "reader", &object);
    assert_snapshot!(site.add("reader", &["--replace"]).all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` belongs to the pod identity add-on
    Hint: change it with `az aks pod-identity`, or use another --name
    ");
    assert_snapshot!(site.remove("reader", &[]).all(), @"
    exit code 5
    ----- stderr
    Error: Pod identity `billing/reader` belongs to the pod identity add-on
    Hint: remove it with `az aks pod-identity delete`
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
}

#[test]
fn a_cluster_with_a_service_principal_works() {
    let site = Site::planned(&Plan {
        service_principal: true,
        ..Plan::default()
    });
    site.add("reader", &[]).ok();
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    site.remove("reader", &[]).ok();
    assert!(site.holders("reader").is_empty());
}
