//! `podid nodepool list`.

use insta::assert_snapshot;

use crate::support::{Plan, Site};

#[test]
fn lists_pools_and_what_they_hold() {
    let set = "VirtualMachineScaleSets";
    let site = Site::planned(&Plan {
        pools: vec![
            ("system".into(), "Linux", set),
            ("win".into(), "Windows", set),
            ("vms".into(), "Linux", "VirtualMachines"),
        ],
        ..Plan::default()
    });
    site.assign_by_hand("reader", "system");
    let output = site.podid(&["nodepool", "list", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    NAME	MODE	OS	TYPE	SCALESET	IDENTITIES	NOTE
    system	System	Linux	VirtualMachineScaleSets	aks-system-vmss	2	-
    win	User	Windows	VirtualMachineScaleSets	akswin	1	Windows nodes do not run NMI
    vms	User	Linux	VirtualMachines	<none>	0	its nodes are virtual machines, not a scale set
    ");
    let first = site.podid(&["nodepool", "list", "--query", "[0]"]);
    assert_snapshot!(first.ok().stdout, @r#"
    {
      "identities": [
        "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
        "/subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool"
      ],
      "mode": "System",
      "name": "system",
      "osType": "Linux",
      "reason": null,
      "scaleSet": "/subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets/aks-system-vmss",
      "suitable": true,
      "type": "VirtualMachineScaleSets"
    }
    "#);
}
