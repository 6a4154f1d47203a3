//! `podid nodepool unassign`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn takes_off_what_it_is_told() {
    let site = Site::new();
    site.assign_by_hand("reader", "system");
    let reader = site.identity("reader");
    let unassign = ["nodepool", "unassign", "--identity-resource-id", &reader];
    let dry = site.podid(&[&unassign[..], &["--dry-run", "-o", "table"]].concat());
    assert_snapshot!(dry.all(), @"
    exit code 0
    ----- stdout
    POOL	OUTCOME	IDENTITIES
    system	wouldUnassign	reader
    apps	unchanged	<none>
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    ");
    assert_snapshot!(site.podid(&[&unassign[..], &["-o", "table"]].concat()).all(), @"
    exit code 0
    ----- stdout
    POOL	SCALESET	OUTCOME
    system	aks-system-vmss	unassigned
    apps	aks-apps-vmss	unchanged
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `system`: unassigning 1 identity
    Node pool `system`: up to date
    ");
    assert!(site.holders("reader").is_empty());
}

#[test]
fn what_is_still_needed_stays() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let reader = site.identity("reader");
    let unassign = ["nodepool", "unassign", "--identity-resource-id", &reader];
    assert_snapshot!(site.podid(&unassign).all(), @"
    exit code 5
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Error: Identity `reader` is still needed by pod identity `billing/reader`
    Hint: remove that first with `podid remove`, or use --force
    ");
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    site.podid(&[&unassign[..], &["--force"]].concat()).ok();
    assert!(site.holders("reader").is_empty());
}

#[test]
fn the_clusters_own_identity_stays() {
    let site = Site::new();
    let kubelet = format!(
        "{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool",
        site.node_group()
    );
    let unassign = [
        "nodepool",
        "unassign",
        "--force",
        "--identity-resource-id",
        &kubelet,
    ];
    assert_snapshot!(site.podid(&unassign).all(), @"
    exit code 2
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Error: Identity `demo-agentpool` is the cluster's own
    Caused by: its nodes would lose their registry, disks and network
    ");
}
