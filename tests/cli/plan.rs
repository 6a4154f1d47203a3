//! `podid plan`.

use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;

use crate::support::{Site, desired};

fn wanted(site: &Site) -> String {
    desired(&format!(
        "\n  podIdentities:\n  - {{namespace: {0}, name: one, identityResourceId: {1}}}\n  - {{namespace: {0}, name: two, identityResourceId: {2}, bindingSelector: both}}\n  bindings:\n  - {{namespace: {0}, name: more, identity: one, selector: both}}\n  exceptions:\n  - {{namespace: {0}, name: agent, podLabels: {{app: agent}}}}\n",
        site.namespace,
        site.identity("reader"),
        site.identity("writer"),
    ))
}

#[test]
fn an_ordered_list_and_nothing_is_changed() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site));
    let output = site.podid(&["plan", "-f", &file, "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stdout
    ACTION	CLUSTER	KIND	NAME	WHY
    + create	demo/demo	AzureIdentity	billing/one	the file asks for it
    + create	demo/demo	AzureIdentity	billing/two	the file asks for it
    ~ update	demo/demo	ScaleSet	aks-apps-vmss	2 to assign
    ~ update	demo/demo	ScaleSet	aks-system-vmss	2 to assign
    + create	demo/demo	AzureIdentityBinding	billing/more	the file asks for it
    + create	demo/demo	AzureIdentityBinding	billing/one-binding	the file asks for it
    + create	demo/demo	AzureIdentityBinding	billing/two-binding	the file asks for it
    + create	demo/demo	AzurePodIdentityException	billing/agent	the file asks for it
    ----- stderr
    Warning: HOME/wanted.yaml: line 10 column 5: pods labelled aadpodidbinding=both in namespace `billing` may use several identities (one, two); each must ask for one by client id
    Plan: 6 to create, 2 to update, 0 to delete
    ");
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert!(site.object_names().is_empty());
    let value = site.podid(&["plan", "-f", &file]).ok().json();
    assert_eq!(value["summary"]["create"], 6);
    assert_eq!(value["summary"]["update"], 2);
    assert_eq!(value["changes"][0]["kind"], "AzureIdentity");
    assert_eq!(
        value["changes"][0]["after"]["resourceID"],
        site.identity("reader")
    );
    assert_eq!(value["changes"][0]["before"], serde_json::Value::Null);
}

#[test]
fn the_exit_code_tells_whether_something_has_to_change() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site));
    let plan = ["plan", "-f", &file, "--exit-code", "-o", "none"];
    site.podid(&plan).ends_with(10);
    site.podid(&["plan", "-f", &file, "-o", "none"]).ok();
    site.podid(&["apply", "-f", &file, "--yes"]).ok();
    let output = site.podid(&["plan", "-f", &file, "--exit-code", "-o", "table"]);
    assert_snapshot!(output.all(), @"
    exit code 0
    ----- stderr
    Warning: HOME/wanted.yaml: line 10 column 5: pods labelled aadpodidbinding=both in namespace `billing` may use several identities (one, two); each must ask for one by client id
    No changes: the clusters hold what the file asks for
    ");
}

#[test]
fn signs_are_coloured_on_demand() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site));
    let output = site.podid(&["plan", "-f", &file, "-o", "table", "--color", "always"]);
    assert!(
        output.raw_stdout.contains("\u{1b}[32m+ create"),
        "{}",
        output.raw_stdout
    );
    assert!(
        output.raw_stdout.contains("\u{1b}[1;33m~ update"),
        "{}",
        output.raw_stdout
    );
}

#[test]
fn a_saved_plan_is_for_its_owner_and_holds_no_secret() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site));
    let out = site.write("plan.json", "of somebody else");
    site.podid(&["plan", "-f", &file, "--out", &out, "-o", "none"])
        .ok();
    let mode = std::fs::metadata(&out).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&out).unwrap();
    let plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(plan["kind"], "Plan");
    assert_eq!(plan["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(plan["changes"].as_array().unwrap().len(), 8);
    for secret in ["operator-secret", "eyJ", "PRIVATE KEY", "BEGIN"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn every_fault_of_a_file_is_told_with_its_place() {
    let site = Site::new();
    let refused = |text: &str| {
        let file = site.write("wanted.yaml", text);
        site.podid(&["plan", "-f", &file]).all()
    };
    let good = wanted(&site);
    let unknown = good
        .replace("bindingSelector", "selector")
        .replace("name: agent", "nome: agent");
    assert_snapshot!(refused(&unknown), @"
    exit code 2
    ----- stderr
    Error: File `HOME/wanted.yaml` was refused
      - line 8 column 200: clusters[0].podIdentities[1]: unknown key `selector`; known are namespace, name, identityResourceId, bindingSelector
      - line 12 column 5: clusters[0].exceptions[0]: key `name` is missing
      - line 12 column 30: clusters[0].exceptions[0]: unknown key `nome`; known are namespace, name, podLabels
    Hint: docs/reference/file.md explains every key
    ");
    let twice = good.replace("name: two", "name: one");
    assert_snapshot!(refused(&twice), @"
    exit code 2
    ----- stderr
    Error: File `HOME/wanted.yaml` was refused
      - line 8 column 5: Pod identity `billing/one` is there already, at line 7
      - line 10 column 5: a binding of pod identity `billing/one` with selector `both` is there already, at line 8
    Hint: docs/reference/file.md explains every key
    ");
    let fight = good.replace("selector: both}", "selector: one}");
    assert_snapshot!(refused(&fight), @"
    exit code 2
    ----- stderr
    Error: File `HOME/wanted.yaml` was refused
    Caused by: line 10 column 5: a binding of pod identity `billing/one` with selector `one` is there already, at line 7
    Hint: docs/reference/file.md explains every key
    ");
    let bad = good
        .replace("name: one", "name: One")
        .replace("{app: agent}", "{app: a b, 'x/y/z': c}");
    assert_snapshot!(refused(&bad), @"
    exit code 2
    ----- stderr
    Error: File `HOME/wanted.yaml` was refused
      - line 7 column 36: `One` is not a valid pod identity name: `O` is not allowed, only a-z, 0-9 and `-`
      - line 10 column 52: there is no pod identity `billing/one` in `podIdentities` of this cluster
      - line 12 column 54: `app=a b` is not a valid label: its value holds ` `; only letters, digits, `-`, `_` and `.` are allowed
      - line 12 column 54: `x/y/z=c` is not a valid label: its key has more than one `/`
    Hint: docs/reference/file.md explains every key
    ");
    assert_snapshot!(refused("a: [\n"), @"
    exit code 2
    ----- stderr
    Error: File `HOME/wanted.yaml` was refused
    Caused by: line 1 column 4: unclosed bracket '['
    Hint: docs/reference/file.md explains every key
    ");
    let calls = site.calls();
    assert!(calls.is_empty(), "{calls:?}");
}

#[test]
fn identities_that_do_not_exist_are_named_with_their_place() {
    let site = Site::new();
    let text = wanted(&site).replace(
        "userAssignedIdentities/writer",
        "userAssignedIdentities/ghost",
    );
    let file = site.write("wanted.yaml", &text);
    assert_snapshot!(site.podid(&["plan", "-f", &file]).all(), @"
    exit code 2
    ----- stderr
    Warning: HOME/wanted.yaml: line 10 column 5: pods labelled aadpodidbinding=both in namespace `billing` may use several identities (one, two); each must ask for one by client id
    Error: File `HOME/wanted.yaml` was refused
    Caused by: line 8 column 61: managed identity `ghost` does not exist; correct the id, or list it under `managedIdentities` with `create: {}`
    Hint: docs/reference/file.md explains every key
    ");
    let created = text.replace(
        "clusters:",
        &format!(
            "managedIdentities:\n- {{resourceId: {}, create: {{tags: {{team: billing}}}}}}\nclusters:",
            site.identity("ghost")
        ),
    );
    let file = site.write("wanted.yaml", &created);
    let output = site.podid(&["plan", "-f", &file, "--query", "changes[0]"]);
    let first = output.ok().json();
    assert_eq!(first["kind"], "ManagedIdentity");
    assert_eq!(first["after"]["location"], "westeurope");
    assert_eq!(first["after"]["tags"]["team"], "billing");
}

#[test]
fn several_identities_under_one_selector_are_worth_a_warning() {
    let site = Site::new();
    let file = site.write("wanted.yaml", &wanted(&site));
    let output = site.podid(&["plan", "-f", &file, "-o", "none"]).ok();
    assert!(
        output
            .stderr
            .contains("may use several identities (one, two)"),
        "{}",
        output.stderr
    );
}

#[test]
fn what_others_made_is_in_the_way() {
    let site = Site::new();
    site.apply(
        "AzureIdentityBinding",
        "one-binding",
        &serde_json::json!({"spec": {"azureIdentity": "one", "selector": "hand"}}),
    );
    let file = site.write("wanted.yaml", &wanted(&site));
    let output = site.podid(&["plan", "-f", &file]);
    assert_snapshot!(output.error(), @"
    exit code 5
    Error: Cluster `demo/demo` was not changed
    Caused by: AzureIdentityBinding `billing/one-binding` was not made by podid and has other content
    Caused by: selector is `hand`, not `one`
    Hint: use --replace to take it over, or choose another name
    ");
    let output = site.podid(&[
        "plan",
        "-f",
        &file,
        "--replace",
        "--query",
        "summary.update",
    ]);
    assert_eq!(output.ok().stdout, "3\n");
}
