//! `podid add --from-file`.

use insta::assert_snapshot;

use crate::support::Site;

fn list(site: &Site) -> String {
    format!(
        "podIdentities:\n\
         - namespace: {0}\n  name: one\n  identityResourceId: {1}\n\
         - namespace: {0}\n  name: two\n  identityResourceId: {2}\n  bindingSelector: both\n",
        site.namespace,
        site.identity("reader"),
        site.identity("writer"),
    )
}

#[test]
fn many_take_one_patch_per_scale_set() {
    let site = Site::new();
    let file = site.write("identities.yaml", &list(&site));
    let output = site.podid(&["add", "--from-file", &file, "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    NAMESPACE	NAME	SELECTOR	IDENTITY	OUTCOME
    billing	one	one	reader	added
    billing	two	both	writer	added
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 2 identities
    Node pool `apps`: up to date
    Node pool `system`: assigning 2 identities
    Node pool `system`: up to date
    ");
    let writes = site.writes();
    assert_eq!(writes.len(), 2, "{writes:?}");
    assert!(writes.iter().all(|write| write.starts_with("PATCH aks-")));
    assert_eq!(site.holders("writer"), ["apps", "system"]);
}

#[test]
fn stdin_is_a_file_too() {
    let site = Site::new();
    let output = site.podid_reading(
        &list(&site),
        &["add", "--from-file", "-", "--query", "[].outcome"],
    );
    assert_eq!(output.ok().json(), serde_json::json!(["added", "added"]));
}

#[test]
fn repetitions_count_once() {
    let site = Site::new();
    let text = list(&site);
    let twice = format!("{text}{}", text.trim_start_matches("podIdentities:\n"));
    let file = site.write("identities.yaml", &twice);
    let output = site.podid(&["add", "--from-file", &file, "--query", "length(@)"]);
    assert_eq!(output.ok().stdout, "2\n");
}

#[test]
fn bad_files_are_refused_before_anything_is_asked() {
    let site = Site::new();
    let refused = |text: &str| {
        let file = site.write("identities.yaml", text);
        site.podid(&["add", "--from-file", &file]).all()
    };
    let good = list(&site);
    assert_snapshot!(refused(&good.replace("bindingSelector", "selector")), @"
    exit code 2
    ----- stderr
    Error: File `HOME/identities.yaml` is not a list of pod identities
    Caused by: line 8 column 3: unknown field `selector`, expected one of namespace, name, identityResourceId, bindingSelector
     --> HOME/identities.yaml:8:3
      |
    6 |   name: two
    7 |   identityResourceId: /subscriptions/77777777-7777-7777-7777-000000…
    8 |   selector: both
      |   ^ unknown field `selector`, expected one of namespace, name, identityResourceId, bindingSelector
    Hint: it holds `podIdentities:` with entries of namespace, name, identityResourceId and bindingSelector
    ");
    assert_snapshot!(refused("podIdentities: [\n"), @"
    exit code 2
    ----- stderr
    Error: File `HOME/identities.yaml` is not a list of pod identities
    Caused by: line 1 column 16: unclosed bracket '['
     --> HOME/identities.yaml:1:16
      |
    1 | podIdentities: [
      |                ^ unclosed bracket '['
    Hint: it holds `podIdentities:` with entries of namespace, name, identityResourceId and bindingSelector
    ");
    assert_snapshot!(refused("podIdentities: []\n"), @"
    exit code 2
    ----- stderr
    Error: File `HOME/identities.yaml` lists no pod identity
    ");
    assert_snapshot!(refused(&good.replace("name: two", "name: one")), @"
    exit code 2
    ----- stderr
    Error: `billing/one` is wanted twice with different content
    ");
    let bad_entries = good
        .replace("name: one", "name: One")
        .replace("selector: both", "selector: a b");
    assert_snapshot!(refused(&bad_entries.replace("Selector: both", "Selector: a b")), @"
    exit code 2
    ----- stderr
    Error: File `HOME/identities.yaml` was refused
      - Entry 1
        Caused by: `One` is not a valid pod identity name: `O` is not allowed, only a-z, 0-9 and `-`
      - Entry 2
        Caused by: `a b` is not a valid binding selector: ` ` is not allowed, only letters, digits, `-`, `_` and `.`
    ");
    let missing = site.podid(&["add", "--from-file", "nowhere.yaml"]);
    assert_snapshot!(missing.all(), @"
    exit code 3
    ----- stderr
    Error: File `nowhere.yaml` could not be read
    Caused by: No such file or directory (os error 2)
    ");
    assert!(site.calls().is_empty(), "{:?}", site.calls());
}

#[test]
fn a_file_excludes_flags() {
    let site = Site::new();
    let output = site.podid(&["add", "--from-file", "x.yaml", "--name", "one"]);
    assert_snapshot!(output.all(), @"
    exit code 2
    ----- stderr
    error: the argument '--from-file <FILE>' cannot be used with '--name <NAME>'

    Usage: podid add --from-file <FILE> --resource-group <GROUP> --cluster-name <NAME> --subscription <NAME_OR_ID>

    For more information, try '--help'.
    ");
}
