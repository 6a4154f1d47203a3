//! What is refused, and where.

use super::super::read;

const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/";

fn file(cluster: &str) -> String {
    format!(
        "apiVersion: podid.dev/v1\nkind: PodIdentities\nclusters:\n- resourceGroup: g\n  name: n\n{cluster}"
    )
}

fn entry(namespace: &str, name: &str, more: &str) -> String {
    format!("  - {{namespace: {namespace}, name: {name}, identityResourceId: {ID}{name}{more}}}\n")
}

fn refused(cluster: &str) -> Vec<String> {
    let faults = read(&file(cluster)).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn names_and_ids_are_checked_where_they_stand() {
    let cluster = format!(
        "  podIdentities:\n  - namespace: My_Team\n    identityResourceId: {ID}a\n  - namespace: a\n    identityResourceId: /nowhere\n"
    );
    assert_eq!(
        refused(&cluster)[0],
        "line 7 column 16: `My_Team` is not a valid namespace: `M` is not allowed, only a-z, 0-9 and `-`"
    );
    assert!(refused(&cluster)[1].starts_with("line 10 column 25: "));
}

#[test]
fn repetitions_name_both_lines() {
    let cluster = format!("  podIdentities:\n{0}{0}", entry("a", "x", ""));
    assert_eq!(
        refused(&cluster),
        ["line 8 column 5: Pod identity `a/x` is there already, at line 7"]
    );
    let cluster = format!(
        "  podIdentities:\n{}  bindings:\n  - {{namespace: a, name: x-binding, identity: x, selector: y}}\n",
        entry("a", "x", "")
    );
    assert_eq!(
        refused(&cluster),
        ["line 9 column 5: Binding `a/x-binding` is there already, at line 7"]
    );
}

#[test]
fn two_bindings_of_one_identity_may_not_share_a_selector() {
    let cluster = format!(
        "  podIdentities:\n{}  bindings:\n  - {{namespace: a, name: more, identity: x, selector: x}}\n",
        entry("a", "x", "")
    );
    assert_eq!(
        refused(&cluster),
        [
            "line 9 column 5: a binding of pod identity `a/x` with selector `x` is there already, at line 7"
        ]
    );
}

#[test]
fn several_identities_under_one_selector_are_worth_a_warning() {
    let text = format!(
        "  podIdentities:\n{}{}",
        entry("a", "x", ", bindingSelector: both"),
        entry("a", "y", ", bindingSelector: both")
    );
    let read = read(&file(&text)).unwrap();
    assert_eq!(read.warnings.len(), 1);
    assert!(read.warnings[0].message.contains("(x, y)"));
    assert_eq!(read.wanted.clusters[0].identities().len(), 2);
}

#[test]
fn parts_that_do_not_go_together_are_refused() {
    assert_eq!(
        refused("  via: aks\n  pools: {include: [a]}\n"),
        ["line 7 column 10: the add-on knows no `pools`; leave it out, or use via: direct"]
    );
    assert_eq!(refused("  via: direct\n  enabled: true\n").len(), 1);
    let role = "  roles:\n  - {role: Managed Identity Operator, principal: kubelet}\n";
    assert_eq!(
        refused(role),
        ["line 7 column 5: a role names either scope or identityResourceId"]
    );
}
