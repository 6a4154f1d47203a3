//! `podid install`, and what commands say about a cluster without CRDs or NMI.

use insta::assert_snapshot;

use crate::support::{Kubernetes, Plan, Site};

#[test]
fn installs_the_crds_that_are_missing() {
    let kubernetes = Kubernetes::bare();
    let site = Site::on(&kubernetes, &Plan::default());
    // Which of the reads finds out first differs.
    let missing = site.add("reader", &[]).all();
    let (before, after) = (missing.find(" (").unwrap(), missing.find(')').unwrap());
    assert_snapshot!(missing[..before].to_owned() + &missing[after + 1..], @"
    exit code 2
    ----- stderr
    Error: The cluster does not have the aad-pod-identity CRDs
    Hint: install them with `podid install --crds-only`
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert_eq!(site.podid(&["list"]).code, 2);
    let install = ["install", "--crds-only", "-o", "table"];
    let dry = site.podid(&[&install[..], &["--dry-run"]].concat());
    assert_snapshot!(dry.all(), @"
    exit code 0
    ----- stdout
    CRD	OUTCOME
    azureidentities.aadpodidentity.k8s.io	wouldCreate
    azureidentitybindings.aadpodidentity.k8s.io	wouldCreate
    azureassignedidentities.aadpodidentity.k8s.io	wouldCreate
    azurepodidentityexceptions.aadpodidentity.k8s.io	wouldCreate
    ");
    assert_snapshot!(site.podid(&install).all(), @"
    exit code 0
    ----- stdout
    CRD	OUTCOME
    azureidentities.aadpodidentity.k8s.io	created
    azureidentitybindings.aadpodidentity.k8s.io	created
    azureassignedidentities.aadpodidentity.k8s.io	created
    azurepodidentityexceptions.aadpodidentity.k8s.io	created
    ");
    assert_snapshot!(site.podid(&install).all(), @"
    exit code 0
    ----- stdout
    CRD	OUTCOME
    azureidentities.aadpodidentity.k8s.io	unchanged
    azureidentitybindings.aadpodidentity.k8s.io	unchanged
    azureassignedidentities.aadpodidentity.k8s.io	unchanged
    azurepodidentityexceptions.aadpodidentity.k8s.io	unchanged
    ");

    let added = site.add("reader", &[]).ok();
    let warning = added
        .stderr
        .lines()
        .find(|line| line.starts_with("Warning"));
    assert_snapshot!(warning.unwrap(), @"Warning: no NMI runs in this cluster: pods get no tokens until it is installed");
}

#[test]
fn what_to_install_must_be_said() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["install"]).all(), @"
    exit code 2
    ----- stderr
    error: the following required arguments were not provided:
      --crds-only

    Usage: podid install --crds-only --subscription <NAME_OR_ID>

    For more information, try '--help'.
    ");
}
