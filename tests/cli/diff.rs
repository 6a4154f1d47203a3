//! `podid diff`.

use insta::assert_snapshot;

use crate::support::{Site, desired};

fn wanted(site: &Site, selector: &str) -> String {
    desired(&format!(
        "\n  podIdentities:\n  - {{namespace: {}, name: one, identityResourceId: {}, bindingSelector: {selector}}}\n",
        site.namespace,
        site.identity("reader"),
    ))
}

#[test]
fn shows_each_object_as_it_is_and_as_it_will_be() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, "blue"));
    let output = site.podid(&["diff", "-f", &file, "--exit-code"]);
    assert_snapshot!(output.all(), @"
    exit code 10
    ----- stdout
    --- demo/demo AzureIdentity billing/one (now)
    +++ demo/demo AzureIdentity billing/one (planned)
    @@ -0,0 +1,2 @@
    +resourceID: /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    +clientID: GUID
    --- demo/demo ScaleSet aks-apps-vmss (now)
    +++ demo/demo ScaleSet aks-apps-vmss (planned)
    @@ -1,3 +1,4 @@
     nodePool: apps
     identities:
    +- /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
     - /subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool
    --- demo/demo ScaleSet aks-system-vmss (now)
    +++ demo/demo ScaleSet aks-system-vmss (planned)
    @@ -1,3 +1,4 @@
     nodePool: system
     identities:
    +- /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
     - /subscriptions/SUBSCRIPTION/resourcegroups/MC_demo_demo_westeurope/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool
    --- demo/demo AzureIdentityBinding billing/one-binding (now)
    +++ demo/demo AzureIdentityBinding billing/one-binding (planned)
    @@ -0,0 +1,2 @@
    +azureIdentity: one
    +selector: blue
    ");
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    let file = site.write("wanted.yaml", &wanted(&site, "green"));
    let output = site.podid(&["diff", "-f", &file]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    --- demo/demo AzureIdentityBinding billing/one-binding (now)
    +++ demo/demo AzureIdentityBinding billing/one-binding (planned)
    @@ -1,2 +1,2 @@
     azureIdentity: one
    -selector: blue
    +selector: green
    ");
    let values = site.podid(&["diff", "-f", &file, "-o", "json"]).ok().json();
    assert_eq!(values[0]["before"]["selector"], "blue");
    assert_eq!(values[0]["after"]["selector"], "green");
    let file = site.write("wanted.yaml", &wanted(&site, "blue"));
    let output = site.podid(&["diff", "-f", &file, "--exit-code"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stderr
    No differences: the clusters hold what the file asks for
    ");
}

#[test]
fn colour_repeats_the_signs() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site, "blue"));
    let output = site.podid(&["diff", "-f", &file, "--color", "always"]).ok();
    assert!(
        output.raw_stdout.contains("\u{1b}[32m+"),
        "{}",
        output.raw_stdout
    );
    let plain = site.podid(&["diff", "-f", &file]).ok();
    assert!(!plain.raw_stdout.contains('\u{1b}'), "{}", plain.raw_stdout);
}
