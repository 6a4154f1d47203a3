//! `podid enable`.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Output, Plan, Site, until};

fn enable(site: &Site, more: &[&str]) -> Output {
    site.podid(&[&["enable"], more].concat())
}

fn kubenet() -> Site {
    let set = "VirtualMachineScaleSets";
    Site::planned(&Plan {
        kubenet: true,
        pools: vec![("system".into(), "Linux", set)],
        ..Plan::default()
    })
}

#[test]
fn turns_the_add_on_on_once() {
    let site = Site::new();
    assert_snapshot!(enable(&site, &[]).all(), @r#"
    exit code 0
    ----- stdout
    {
      "cluster": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo",
      "outcome": "enabled",
      "podIdentities": 0,
      "exceptions": 0,
      "via": "aks"
    }
    ----- stderr
    Turning the pod identity add-on of cluster `demo` on
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: up to date
    "#);
    assert_eq!(site.writes(), ["PUT demo"]);
    assert_eq!(site.profile(), json!({"enabled": true}));
    site.forget_calls();
    let again = enable(&site, &["-o", "table"]);
    assert_snapshot!(again.all(), @"
    exit code 0
    ----- stdout
    CLUSTER	GROUP	OUTCOME
    demo	demo	unchanged
    ");
    assert!(site.writes().is_empty());
}

#[test]
fn takes_the_arguments_of_az_aks_update() {
    let site = Site::new();
    site.settings(&json!({"timeScale": 1.0, "durations": {"managed-cluster": 3600.0}}));
    let arguments = [
        "-g=demo",
        "-n=demo",
        "--no-wait",
        "--aks-custom-headers=X-One=1,X-Two=a=b",
        "--query=outcome",
    ];
    let unnamed = [("PODID_CLUSTER_NAME", "other")];
    let arguments = [&["enable"], &arguments[..]].concat();
    let output = site.podid_with(&unnamed, &arguments).ok();
    assert_eq!(output.stdout, "\"accepted\"\n");
    site.advance(3600);
    assert_eq!(site.profile()["enabled"], true);
}

#[test]
fn bad_arguments_are_refused_before_any_call() {
    let site = Site::new();
    assert_snapshot!(enable(&site, &["--aks-custom-headers", "X"]).all(), @"
    exit code 2
    ----- stderr
    Error: The custom headers are not valid
    Caused by: `X` has no `=`
    Hint: give them as Name=Value,Name=Value
    ");
    assert_snapshot!(enable(&site, &["--cluster-name=a", "--name=b"]).all(), @"
    exit code 2
    ----- stderr
    Error: --name and --cluster-name name two clusters
    Hint: give one of them
    ");
    assert!(site.calls().is_empty());
}

#[test]
fn a_dry_run_only_reads() {
    let site = Site::new();
    let output = enable(&site, &["--dry-run", "--query", "outcome"]).ok();
    assert_eq!(output.all(), "exit code 0\n----- stdout\n\"wouldEnable\"\n");
    assert!(site.writes().is_empty());
}

#[test]
fn everything_that_speaks_against_it_is_told_at_once() {
    let site = Site::planned(&Plan {
        service_principal: true,
        kubenet: true,
        pools: vec![("system".into(), "Linux", "AvailabilitySet")],
        ..Plan::with_roles(&[("Reader", "")])
    });
    assert_snapshot!(enable(&site, &[]).all(), @r#"
    exit code 2
    ----- stderr
    Error: Nothing was changed
      - Cluster `demo` runs with a service principal
        Caused by: the pod identity add-on assigns identities with the cluster's managed identity
        Hint: give it one with `az aks update -g demo -n demo --enable-managed-identity`, or use --via direct
      - No node pool of cluster `demo` can hold identities
        Caused by: an availability set cannot hold an identity
        Hint: pod identity needs a Linux node pool of type VirtualMachineScaleSets
      - Cluster `demo` uses the network plugin kubenet, and nobody accepted that
        Caused by: on kubenet a pod can pretend to be another by ARP spoofing and take its tokens (CVE-2021-1677)
        Hint: keep NET_RAW from pods, then accept it with `podid enable -g demo --cluster-name demo --allow-network-plugin-kubenet`; or move the cluster to Azure CNI
      - The signed-in principal OPERATOR may not change cluster `demo`
        Caused by: no role allows Microsoft.ContainerService/managedClusters/write on /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo
        Hint: ask an owner of /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo, or have them run: az role assignment create --role "Azure Kubernetes Service Contributor Role" --assignee-object-id OPERATOR --assignee-principal-type ServicePrincipal --scope /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo
    "#);
    assert!(site.writes().is_empty());
}

#[test]
fn a_locked_node_resource_group_is_no_obstacle() {
    let site = Site::planned(&Plan {
        locked: true,
        ..Plan::default()
    });
    enable(&site, &[]).ok();
}

#[test]
fn kubenet_has_to_be_accepted() {
    let site = kubenet();
    assert_snapshot!(enable(&site, &[]).all(), @"
    exit code 2
    ----- stderr
    Error: Cluster `demo` uses the network plugin kubenet, and nobody accepted that
    Caused by: on kubenet a pod can pretend to be another by ARP spoofing and take its tokens (CVE-2021-1677)
    Hint: keep NET_RAW from pods, then accept it with `podid enable -g demo --cluster-name demo --allow-network-plugin-kubenet`; or move the cluster to Azure CNI
    ");
    assert!(site.writes().is_empty());
    // az's name of the flag.
    enable(&site, &["--enable-pod-identity-with-kubenet"]).ok();
    let accepted = json!({"enabled": true, "allowNetworkPluginKubenet": true});
    assert_eq!(site.profile(), accepted);
    site.forget_calls();
    enable(&site, &["--allow-network-plugin-kubenet"]).ok();
    enable(&site, &[]).ok();
    assert!(site.writes().is_empty());
}

#[test]
fn kubenet_is_accepted_later_without_losing_anything() {
    let site = kubenet();
    enable(&site, &["--allow-network-plugin-kubenet"]).ok();
    site.allow_control_plane();
    let items = json!({
        "enabled": true, "allowNetworkPluginKubenet": true,
        "userAssignedIdentities": [site.item("reader")],
    });
    site.put_profile(&items);
    until("AKS is done", || {
        site.profile()["userAssignedIdentities"][0]["provisioningState"] == "Assigned"
            && site.object_names().len() == 2
    });
    // Enabled by a template, which never asked.
    let mut cluster = site.azure("GET", &site.cluster(), &Value::Null);
    let profile_of = &mut cluster["properties"]["podIdentityProfile"];
    profile_of
        .as_object_mut()
        .unwrap()
        .remove("allowNetworkPluginKubenet");
    site.store(&site.cluster(), &cluster);
    let output = enable(&site, &["--query", "outcome"]).ok();
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    "unchanged"
    ----- stderr
    Warning: the add-on is on, but nobody accepted kubenet: AKS refuses changes until `podid enable -g demo --cluster-name demo --allow-network-plugin-kubenet`; that loses nothing
    "#);
    site.forget_calls();
    let output = enable(&site, &["--allow-network-plugin-kubenet"]).ok();
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "cluster": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo",
      "outcome": "acknowledged",
      "podIdentities": 1,
      "exceptions": 0,
      "via": "aks"
    }
    ----- stderr
    Turning the pod identity add-on of cluster `demo` on
    Cluster `demo`: sending podIdentityProfile with 1 changed
    Cluster `demo`: up to date
    "#);
    assert_eq!(site.writes(), ["PUT demo"]);
    let profile = site.profile();
    assert_eq!(profile["allowNetworkPluginKubenet"], true);
    assert_eq!(profile["userAssignedIdentities"][0]["name"], "reader");
}

#[test]
fn the_flag_means_nothing_elsewhere() {
    let site = Site::new();
    let output = enable(&site, &["--allow-network-plugin-kubenet"]).ok();
    assert!(
        output
            .stderr
            .contains("Warning: --allow-network-plugin-kubenet has no effect"),
        "{}",
        output.stderr
    );
    assert_eq!(site.profile(), json!({"enabled": true}));
}
