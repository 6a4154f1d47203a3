//! Input that is wrong by itself is refused before anything is asked.

use insta::assert_snapshot;

use crate::support::Site;

fn add(site: &Site, namespace: &str, name: &str, identity: &str, selector: &str) -> String {
    let arguments = [
        "add",
        "--namespace",
        namespace,
        "--name",
        name,
        "--identity-resource-id",
    ];
    let output =
        site.podid(&[&arguments[..], &[identity, "--binding-selector", selector]].concat());
    assert_eq!(output.code, 2, "{}", output.all());
    assert!(site.calls().is_empty(), "{:?}", site.calls());
    output.all()
}

#[test]
fn resource_ids() {
    let site = Site::new();
    let with = |identity: &str| add(&site, "ns", "reader", identity, "s");
    assert_snapshot!(with("reader"), @"
    exit code 2
    ----- stderr
    Error: The identity's resource id is not valid
    Caused by: `reader` is not a resource id: it must start with `/subscriptions/`
    Hint: it looks like /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME; `podid identity list --query '[].id' -o tsv` lists them
    ");
    assert_snapshot!(with("/subscriptions/x/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/r"), @"
    exit code 2
    ----- stderr
    Error: The identity's resource id is not valid
    Caused by: `/subscriptions/x/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/r` is not a resource id: the subscription `x` is not a GUID
    Hint: it looks like /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME; `podid identity list --query '[].id' -o tsv` lists them
    ");
    let reader = site.identity("reader");
    assert_snapshot!(with(&reader.replace("userAssignedIdentities", "systemIdentities")), @"
    exit code 2
    ----- stderr
    Error: The identity's resource id is not valid
    Caused by: `/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/systemIdentities/reader` is a `Microsoft.ManagedIdentity/systemIdentities`, not a `Microsoft.ManagedIdentity/userAssignedIdentities`
    Hint: it looks like /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME; `podid identity list --query '[].id' -o tsv` lists them
    ");
    assert_snapshot!(with(&format!("{reader}/federatedIdentityCredentials/x")), @"
    exit code 2
    ----- stderr
    Error: The identity's resource id is not valid
    Caused by: `/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader/federatedIdentityCredentials/x` is a `Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials`, not a `Microsoft.ManagedIdentity/userAssignedIdentities`
    Hint: it looks like /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME; `podid identity list --query '[].id' -o tsv` lists them
    ");
    assert_snapshot!(with(&reader.replace("resourceGroups/demo/", "")), @"
    exit code 2
    ----- stderr
    Error: The identity's resource id is not valid
    Caused by: `/subscriptions/SUBSCRIPTION/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader` names no resource group
    Hint: it looks like /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME; `podid identity list --query '[].id' -o tsv` lists them
    ");
}

#[test]
fn names_namespaces_and_selectors() {
    let site = Site::new();
    let reader = site.identity("reader");
    assert_snapshot!(add(&site, "Billing", "reader", &reader, "s"), @"
    exit code 2
    ----- stderr
    Error: `Billing` is not a valid namespace: `B` is not allowed, only a-z, 0-9 and `-`
    ");
    assert_snapshot!(add(&site, "a.b", "reader", &reader, "s"), @"
    exit code 2
    ----- stderr
    Error: `a.b` is not a valid namespace: it must not contain `.`
    ");
    assert_snapshot!(add(&site, "ns", "reader-", &reader, "s"), @"
    exit code 2
    ----- stderr
    Error: `reader-` is not a valid pod identity name: it must start and end with a letter or digit
    ");
    assert_snapshot!(add(&site, "ns", "Reader_1", &reader, "s"), @"
    exit code 2
    ----- stderr
    Error: `Reader_1` is not a valid pod identity name: `R` is not allowed, only a-z, 0-9 and `-`
    ");
    assert_snapshot!(add(&site, "ns", &"r".repeat(246), &reader, "s").replace(&"r".repeat(246), "r..."), @"
    exit code 2
    ----- stderr
    Error: `r...` is not a valid pod identity name: it has 246 characters, at most 245 are allowed
    ");
    assert_snapshot!(add(&site, "ns", "reader", &reader, "a b"), @"
    exit code 2
    ----- stderr
    Error: `a b` is not a valid binding selector: ` ` is not allowed, only letters, digits, `-`, `_` and `.`
    ");
    assert_snapshot!(add(&site, "ns", "reader", &reader, &"s".repeat(64)).replace(&"s".repeat(64), "s..."), @"
    exit code 2
    ----- stderr
    Error: `s...` is not a valid binding selector: it has 64 characters, a label value has at most 63
    ");
}

#[test]
fn what_is_missing_is_named() {
    let site = Site::new();
    assert_snapshot!(site.podid(&["add"]).all(), @"
    exit code 2
    ----- stderr
    error: the following required arguments were not provided:
      --namespace <NAMESPACE>
      --identity-resource-id <ID>

    Usage: podid add --resource-group <GROUP> --cluster-name <NAME> --subscription <NAME_OR_ID> --namespace <NAMESPACE> --identity-resource-id <ID>

    For more information, try '--help'.
    ");
    let no_group = site.podid_with(&[("PODID_RESOURCE_GROUP", "")], &["list"]);
    assert_snapshot!(no_group.all(), @"
    exit code 2
    ----- stderr
    Error: No resource group is given
    Hint: use --resource-group, set PODID_RESOURCE_GROUP, or keep a default with `podid config set`
    ");
    let no_cluster = site.podid_with(&[("PODID_CLUSTER_NAME", "")], &["list"]);
    assert_snapshot!(no_cluster.all(), @"
    exit code 2
    ----- stderr
    Error: No cluster is given
    Hint: use --cluster-name, set PODID_CLUSTER_NAME, or keep a default with `podid config set`
    ");
    assert_snapshot!(site.podid(&["lst"]).all(), @"
    exit code 2
    ----- stderr
    error: unrecognized subcommand 'lst'

      tip: a similar subcommand exists: 'list'

    Usage: podid [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    let bad_timeout = site.podid(&["list", "--timeout", "soon"]);
    assert_snapshot!(bad_timeout.all(), @"
    exit code 2
    ----- stderr
    error: invalid value 'soon' for '--timeout <DURATION>': expected a duration such as 90s, 5m or 1h30m

    For more information, try '--help'.
    ");
}

#[test]
fn a_custom_cloud_needs_both_endpoints_and_no_plain_http() {
    let site = Site::new();
    let no_authority = site.podid_with(&[("PODID_AUTHORITY_HOST", "")], &["list"]);
    assert_snapshot!(no_authority.all(), @"
    exit code 2
    ----- stderr
    Error: PODID_ARM_ENDPOINT is set but not PODID_AUTHORITY_HOST
    Hint: a custom cloud needs both: where Resource Manager is and where tokens come from
    ");
    let plain = site.podid_with(&[("PODID_ARM_ENDPOINT", "http://arm.example")], &["list"]);
    assert_snapshot!(plain.all(), @"
    exit code 2
    ----- stderr
    Error: The resource manager endpoint `http://arm.example/` must use https: plain http is for loopback only
    ");
    let both = site.podid(&["list", "--cloud", "AzureChina"]);
    assert_snapshot!(both.all(), @"
    exit code 2
    ----- stderr
    Error: Both --cloud and PODID_ARM_ENDPOINT choose a cloud
    Hint: unset PODID_ARM_ENDPOINT, or leave --cloud away
    ");
    let variables = [("PODID_ARM_ENDPOINT", ""), ("PODID_AUTHORITY_HOST", "")];
    let unknown = site.podid_with(&variables, &["list", "--cloud", "AzureMoon"]);
    assert_snapshot!(unknown.all(), @"
    exit code 2
    ----- stderr
    Error: There is no cloud `AzureMoon`; known are AzureCloud, AzureUSGovernment and AzureChinaCloud
    ");
}
