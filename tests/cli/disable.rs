//! `podid disable`.

use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Output, Plan, Site, until};

fn disable(site: &Site, more: &[&str]) -> Output {
    site.podid(&[&["disable"], more].concat())
}

/// A cluster with the add-on, two pod identities and an exception.
fn site() -> Site {
    let site = Site::planned(&Plan {
        add_on: true,
        ..Plan::default()
    });
    site.allow_control_plane();
    let mut writer = site.item("writer");
    writer["bindingSelector"] = json!("writes");
    site.put_profile(&json!({
        "enabled": true,
        "userAssignedIdentities": [site.item("reader"), writer],
        "userAssignedIdentityExceptions": [
            {"name": "agent", "namespace": site.namespace, "podLabels": {"app": "agent"}},
        ],
    }));
    until("AKS has written the objects", || {
        site.object_names().len() == 4
    });
    site.forget_calls();
    site
}

#[track_caller]
fn changes_nothing(site: &Site) {
    assert!(site.writes().is_empty(), "{:?}", site.writes());
    assert_eq!(restore_files(site), [""; 0]);
    assert_eq!(site.profile()["enabled"], true);
}

fn restore_files(site: &Site) -> Vec<String> {
    let names = std::fs::read_dir(site.home.path()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("restore")).collect()
}

#[test]
fn shows_what_is_lost_and_keeps_a_file_of_it() {
    let site = site();
    site.run_pod("web-1", &[("aadpodidbinding", "writes")], "");
    site.run_pod("web-2", &[("aadpodidbinding", "writes")], "");
    site.run_pod("other", &[("aadpodidbinding", "nobody")], "");
    let output = disable(&site, &["--yes", "--restore-file", "restore.yaml"]);
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    {
      "cluster": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo",
      "outcome": "disabled",
      "restoreFile": "restore.yaml",
      "lost": {
        "podIdentities": [
          {
            "name": "reader",
            "namespace": "billing",
            "bindingSelector": "reader",
            "identityResourceId": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader",
            "bindings": 1,
            "pods": []
          },
          {
            "name": "writer",
            "namespace": "billing",
            "bindingSelector": "writes",
            "identityResourceId": "/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/writer",
            "bindings": 1,
            "pods": [
              "web-1",
              "web-2"
            ]
          }
        ],
        "exceptions": [
          {
            "name": "agent",
            "namespace": "billing",
            "podLabels": {
              "app": "agent"
            }
          }
        ],
        "allowNetworkPluginKubenet": false,
        "podsKnown": true
      },
      "via": "aks"
    }
    ----- stderr
    Without the add-on cluster `demo` loses 2 pod identities, 1 exception
      pod identity billing/reader: 1 binding, no pod asks for it
      pod identity billing/writer: 1 binding, 2 pods lose their tokens (web-1, web-2)
      exception billing/agent
    Wrote restore.yaml; bring everything back with: podid apply -f restore.yaml
    Turning the pod identity add-on of cluster `demo` off
    Cluster `demo`: sending podIdentityProfile with 1 removed
    Cluster `demo`: up to date
    "#);
    holds_what_was_lost(&site);
}

/// What brings everything back, for the owner's eyes only.
#[track_caller]
fn holds_what_was_lost(site: &Site) {
    assert_eq!(site.writes(), ["PUT demo"]);
    assert_eq!(site.profile(), json!({}));
    let path = site.path("restore.yaml");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text
        .replace(&site.subscription, "SUBSCRIPTION")
        .replace(&site.namespace, "billing");
    assert_snapshot!(text, @"
    # Pod identity of cluster demo, written before it was turned off.
    apiVersion: podid.dev/v1
    kind: PodIdentities
    clusters:
    - subscription: SUBSCRIPTION
      resourceGroup: demo
      name: demo
      via: aks
      enabled: true
      podIdentities:
      - namespace: billing
        name: reader
        identityResourceId: >-
          /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
        bindingSelector: reader
      - namespace: billing
        name: writer
        identityResourceId: >-
          /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/writer
        bindingSelector: writes
      exceptions:
      - namespace: billing
        name: agent
        podLabels:
          app: agent
    ");
}

#[test]
fn the_file_has_a_name_of_its_own() {
    let site = site();
    let output = disable(&site, &["-y", "-g=demo", "-n=demo"]).ok();
    let files = restore_files(&site);
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].starts_with("podid-restore-demo-2"), "{files:?}");
    assert_eq!(output.json()["restoreFile"], files[0].as_str());
}

#[test]
fn nobody_can_be_asked_without_a_terminal() {
    let site = site();
    assert_snapshot!(disable(&site, &[]).error(), @"
    exit code 2
    Error: A confirmation is needed and nobody can be asked here
    Hint: add --yes when not running interactively
    ");
    changes_nothing(&site);
}

#[test]
fn a_terminal_is_asked() {
    let site = site();
    let answered = |answer: &str| {
        let binary = env!("CARGO_BIN_EXE_podid");
        let command = site.command(&[]);
        let mut script = std::process::Command::new("script");
        script
            .args(["-qfec", &format!("{binary} disable -o json"), "/dev/null"])
            .env_clear()
            .envs(
                command
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .current_dir(site.home.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped());
        let mut child = script.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), answer.as_bytes()).unwrap();
        site.output(&child.wait_with_output().unwrap())
    };
    let no = answered("n\n");
    assert_eq!(no.code, 130, "{}", no.all());
    assert!(
        no.stdout
            .contains("Turn pod identity on cluster `demo` off? [y/N]"),
        "{}",
        no.stdout
    );
    changes_nothing(&site);
    assert_eq!(answered("y\n").code, 0);
    assert_eq!(site.profile(), json!({}));
    assert_eq!(restore_files(&site).len(), 1);
}

#[test]
fn no_file_no_change() {
    let site = site();
    site.write("there.yaml", "mine");
    assert_snapshot!(disable(&site, &["--yes", "--restore-file", "there.yaml"]).error(), @"
    exit code 2
    Error: Restore file `there.yaml` was not written
    Caused by: there is a file of that name, and podid overwrites none
    Hint: choose another name with --restore-file
    ");
    assert_eq!(
        std::fs::read_to_string(site.path("there.yaml")).unwrap(),
        "mine"
    );
    assert_snapshot!(disable(&site, &["--yes", "--restore-file", "nowhere/x.yaml"]).error(), @"
    exit code 2
    Error: Restore file `nowhere/x.yaml` was not written
    Caused by: No such file or directory (os error 2)
    Hint: choose a place that can be written with --restore-file; nothing was changed
    ");
    changes_nothing(&site);
}

#[test]
fn what_could_not_be_brought_back_is_told() {
    let site = site();
    site.put_profile(&json!({
        "enabled": true,
        "userAssignedIdentityExceptions": [
            {"name": "all", "namespace": site.namespace, "podLabels": {}},
        ],
    }));
    site.forget_calls();
    assert_snapshot!(disable(&site, &["--yes"]).error(), @"
    exit code 5
    Error: Not everything on cluster `demo` could be brought back
    Caused by: clusters[0].exceptions[0].podLabels: it is empty
    Hint: remove or repair that first, then run the same command again
    ");
    changes_nothing(&site);
}

#[test]
fn a_dry_run_only_reads() {
    let site = site();
    let output = disable(
        &site,
        &[
            "--dry-run",
            "--query",
            "[outcome, lost.podIdentities[].pods]",
        ],
    );
    assert_snapshot!(output.all(), @r#"
    exit code 0
    ----- stdout
    [
      "wouldDisable",
      [
        [],
        []
      ]
    ]
    ----- stderr
    Without the add-on cluster `demo` loses 2 pod identities, 1 exception
      pod identity billing/reader: 1 binding, no pod asks for it
      pod identity billing/writer: 1 binding, no pod asks for it
      exception billing/agent
    "#);
    changes_nothing(&site);
}

#[test]
fn works_without_a_way_to_kubernetes() {
    let site = site();
    let variables = [("KUBECONFIG", "/nowhere")];
    let arguments = ["disable", "--yes", "--query", "lost.podsKnown"];
    let output = site.podid_with(&variables, &arguments).ok();
    assert_eq!(output.stdout, "false\n");
    assert!(
        output
            .stderr
            .contains("Warning: which pods use them could not be seen"),
        "{}",
        output.stderr
    );
    assert_eq!(site.profile(), json!({}));
}

#[test]
fn off_already_is_unchanged() {
    let site = Site::new();
    let output = disable(&site, &["--query", "outcome"]).ok();
    assert_eq!(output.all(), "exit code 0\n----- stdout\n\"unchanged\"\n");
    assert!(site.writes().is_empty());
    assert_eq!(restore_files(&site), [""; 0]);
}

#[test]
fn what_somebody_adds_meanwhile_is_not_lost() {
    let site = site();
    site.fault(&json!({
        "match": {"method": "PUT", "path": "managedClusters"}, "action": {"hang": "before"},
    }));
    let started = site.start(&[], &["disable", "--yes"], None);
    until("podid sends its PUT", || site.hanging() == 1);
    site.put_profile(&json!({
        "enabled": true, "userAssignedIdentities": [site.item("reader")],
    }));
    site.heal();
    let output = started.finish();
    assert_snapshot!(output.error(), @"
    exit code 5
    Error: Pod identity of cluster `demo` was changed by others meanwhile
    Caused by: podid would undo what it has not looked at; nothing was changed
    Hint: run the same command again
    ");
    assert_eq!(site.profile()["enabled"], true);
    disable(&site, &["--yes", "--restore-file", "restore-2.yaml"]).ok();
}

#[test]
fn apply_brings_everything_back() {
    let site = site();
    let before = site.profile();
    disable(&site, &["--yes", "--restore-file", "restore.yaml"]).ok();
    assert_eq!(site.profile(), json!({}));
    site.podid(&["apply", "-f", "restore.yaml", "--yes"]).ok();
    until("AKS is done", || site.profile() == before);
}

#[test]
fn what_a_writer_without_an_etag_brings_back_and_adds_is_not_taken() {
    let site = site();
    let mut stale = site.azure("GET", &site.cluster(), &serde_json::Value::Null);
    site.fault(&json!({
        "match": {"method": "GET", "path": "locations/westeurope/operations"},
        "action": {"hang": "before"},
    }));
    let started = site.start(&[], &["disable", "--yes"], None);
    until("podid asks how far AKS is", || site.hanging() == 1);
    stale["properties"]["podIdentityProfile"]["userAssignedIdentityExceptions"] = json!([
        {"name": "late", "namespace": site.namespace, "podLabels": {"app": "late"}},
    ]);
    site.azure("PUT", &site.cluster(), &stale);
    site.heal();
    let output = started.finish();
    assert_snapshot!(output.error(), @"
    exit code 5
    Error: Pod identity of cluster `demo` was changed by others meanwhile
    Caused by: podid would undo what it has not looked at
    Hint: run the same command again
    ");
    let exceptions = &site.profile()["userAssignedIdentityExceptions"];
    assert_eq!(exceptions[0]["name"], "late");
}
