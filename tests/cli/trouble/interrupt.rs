//! Ctrl-C and a kill: what goes on in Azure is told, and the same command continues.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Site, Started};

/// Starts `podid` while scale sets take an hour, and waits until it watches both operations.
fn watching<'a>(site: &'a Site, arguments: &[&str]) -> Started<'a> {
    site.settings(&json!({"timeScale": 1.0, "durations": {"vmss-identity": 3600.0}}));
    site.forget_calls();
    let mut run = site.start(&[], arguments, None);
    for pool in ["system", "apps"] {
        let set = site.scale_set(pool);
        run.until_call("an operation that is watched", |call| {
            call.method == "PATCH"
                && call.path.ends_with(set.rsplit('/').next().unwrap())
                && call.status.is_some()
        });
    }
    run.until_call("the state of an operation", |call| {
        call.method == "GET" && call.path.contains("/operations/") && call.status.is_some()
    });
    run
}

fn time_passes(site: &Site) {
    site.advance(3600);
    site.settings(&json!({"timeScale": 0.0}));
}

#[test]
fn ctrl_c_while_azure_works() {
    let site = Site::new();
    let reader = site.identity("reader");
    let arguments = [
        "add",
        "--namespace",
        &site.namespace,
        "--identity-resource-id",
        &reader,
    ];
    let run = watching(&site, &arguments);
    run.signal("INT");
    let output = run.finish().all().replace(", InProgress after N s", "");
    assert_snapshot!(output, @"
    exit code 130
    ----- stderr
    Node pool `win` is left out: Windows nodes do not run NMI
    Changing cluster `demo` directly (scale sets and Kubernetes objects)
    Node pool `apps`: assigning 1 identity
    Node pool `system`: assigning 1 identity
    Error: Interrupted before everything was done
      - Node pool `system`: assigning 1 identity
      - Node pool `apps`: assigning 1 identity
    Hint: what Azure has accepted goes on there; `podid list` shows how far it got
    Hint: continue with: podid add --namespace billing --identity-resource-id /subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
    ");

    // No pod gets the identity while Azure still works on the first run's changes.
    let early = site.podid(&[&arguments[..], &["--timeout=2s"]].concat());
    assert_eq!(early.code, 8, "{}", early.all());
    assert_eq!(site.object_names(), ["AzureIdentity reader"]);

    time_passes(&site);
    site.podid(&arguments).ok();
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    assert_eq!(site.object_names().len(), 2);
    // What the interrupted run assigned is podid's own.
    site.remove("reader", &[]).ok();
    assert!(site.holders("reader").is_empty());
}

#[test]
fn a_kill_while_a_removal_is_under_way() {
    let site = Site::new();
    site.add("reader", &[]).ok();
    let arguments = ["remove", "--namespace", &site.namespace, "--name", "reader"];
    let run = watching(&site, &arguments);
    run.signal("KILL");
    assert_eq!(run.finish().code, 137);
    time_passes(&site);
    let state = [
        "list",
        "--namespace",
        &site.namespace,
        "--query",
        "[].state",
    ];
    assert_eq!(site.podid(&state).ok().json(), json!(["Removing"]));
    site.podid(&arguments).ok();
    assert!(site.holders("reader").is_empty());
    assert!(site.object_names().is_empty());
}

#[test]
fn ctrl_c_while_reading() {
    let site = Site::new();
    site.fault(&json!({"match": {"path": "managedClusters"}, "action": {"hang": "before"}}));
    let mut run = site.start(&[], &["list"], None);
    run.until_call("the cluster", |call| call.path.contains("managedClusters"));
    run.signal("INT");
    assert_snapshot!(run.finish().all(), @"
    exit code 130
    ----- stderr
    Error: Interrupted
    ");
    site.heal();
}

#[test]
fn ctrl_c_while_stdin_is_awaited() {
    let site = Site::new();
    let (mut run, stdin) = site.start_with_stdin(&["add", "--from-file", "-"]);
    run.until_it_catches_signals();
    run.signal("INT");
    assert_snapshot!(run.finish().all(), @"
    exit code 130
    ----- stderr
    Error: Interrupted before everything was done
    Hint: continue with: podid add --from-file -
    ");
    drop(stdin);
}

#[test]
fn errors_of_an_interruption_are_json_too() {
    let site = Site::new();
    site.fault(&json!({"match": {"path": "managedClusters"}, "action": {"hang": "before"}}));
    let arguments = ["remove", "--namespace=x", "--name=y", "--error-format=json"];
    let mut run = site.start(&[], &arguments, None);
    run.until_call("the cluster", |call| call.path.contains("managedClusters"));
    run.signal("INT");
    assert_snapshot!(run.finish().all(), @r#"
    exit code 130
    ----- stderr
    {"error":{"code":"Interrupted","message":"Interrupted before everything was done","target":null,"details":[],"hints":["continue with: podid remove --namespace=x --name=y --error-format=json"],"requestId":null,"exitCode":130}}
    "#);
    site.heal();
}

#[test]
fn ctrl_c_ends_a_run_whose_result_nobody_reads() {
    use std::io::Read;
    let site = Site::new();
    let mut child = site
        .command(&[])
        .args(["docs", "--format", "json"])
        .spawn()
        .unwrap();
    // The result is longer than a pipe holds: after its first byte podid writes, and waits.
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0]).unwrap();
    let kill = format!("kill -INT {}", child.id());
    let sent = std::process::Command::new("sh")
        .args(["-c", &kill])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    drop(stdout);
}

#[test]
fn two_at_once_end_it_too() {
    let site = Site::new();
    site.fault(&json!({"match": {"path": "managedClusters"}, "action": {"hang": "before"}}));
    let mut child = site.command(&[]).arg("list").spawn().unwrap();
    crate::support::until("the cluster", || site.hanging() > 0);
    let kill = format!("kill -INT {0}; kill -INT {0}", child.id());
    // The first may have ended it already.
    std::process::Command::new("sh")
        .args(["-c", &kill])
        .status()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    site.heal();
}

/// Ctrl-C at a question: nobody will answer it, so podid ends at once.
#[test]
fn ctrl_c_at_a_question() {
    use std::io::{Read, Write};
    use std::process::{Command, Stdio};

    let site = Site::planned(&crate::support::Plan {
        add_on: true,
        ..crate::support::Plan::default()
    });
    // `script` runs podid on a terminal of its own and passes on what is typed.
    let podid = format!("{} disable", env!("CARGO_BIN_EXE_podid"));
    let mut terminal = Command::new("script")
        .args(["-qec", &podid, "/dev/null"])
        .env_clear()
        .envs(site.environment.iter().map(|(name, value)| (name, value)))
        .env("SHELL", "/bin/sh")
        .current_dir(site.home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut shown = Vec::new();
    let mut screen = terminal.stdout.take().unwrap();
    let mut byte = [0];
    while !String::from_utf8_lossy(&shown).contains("[y/N]") {
        screen.read_exact(&mut byte).unwrap();
        shown.push(byte[0]);
    }
    let mut keys = terminal.stdin.take().unwrap();
    keys.write_all(b"\x03").unwrap();
    keys.flush().unwrap();
    screen.read_to_end(&mut shown).unwrap();
    assert_eq!(terminal.wait().unwrap().code(), Some(130));
    let shown = String::from_utf8_lossy(&shown);
    assert!(
        shown.contains("Interrupted before the question was answered"),
        "{shown}"
    );
    drop(keys);
    let left = std::fs::read_dir(site.home.path()).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().contains("restore")),
        "{names:?}"
    );
    assert!(site.writes().is_empty());
}
