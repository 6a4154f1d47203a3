//! `podid version`.

use insta::assert_snapshot;

use crate::support::Site;

#[test]
fn names_podid_and_the_apis() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["version", "-o", "table"]).all(), @"
    exit code 0
    ----- stdout
    COMPONENT	VERSION
    podid	0.1.0
    Microsoft.ContainerService/managedClusters	2025-05-01
    Microsoft.Compute/virtualMachineScaleSets	2024-11-01
    Microsoft.ManagedIdentity/userAssignedIdentities	2024-11-30
    Microsoft.Authorization/roleAssignments	2022-04-01
    aadpodidentity.k8s.io	v1
    ");
    let short = site.podid(&["--version"]).ok();
    assert_eq!(
        short.stdout,
        format!("podid {}\n", env!("CARGO_PKG_VERSION"))
    );
}
