//! `podid sandbox exec`. The pods of these tests are network namespaces: they need root on Linux.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::machine::{Machine, signal, stderr, stdout, until};

/// A sandbox with a node.
fn with_node() -> Machine {
    let machine = Machine::new();
    let up = machine.run(&["sandbox", "up", "--nmi", "--time-scale", "0"]);
    assert!(up.status.success(), "{}", stderr(&up));
    machine
}

fn exec(machine: &Machine, place: &[&str], script: &str) -> Output {
    let command = ["--", "sh", "-c", script];
    machine.run(&[&["sandbox", "exec"], place, &command].concat())
}

/// The folder of the node, as the sandbox exports it.
fn node_folder(machine: &Machine) -> PathBuf {
    let exports = machine.run(&["sandbox", "up"]);
    let mut lines = stdout(&exports).lines();
    let line = lines.find_map(|line| line.strip_prefix("export PODID_SANDBOX_NODE="));
    line.unwrap().into()
}

#[test]
fn a_pod_has_an_address_of_its_own_and_not_the_operators_rights() {
    let machine = with_node();
    let script = "ip -4 -o address show dev eth0; env | cut -d= -f1; exit 7";
    let pod = ["--pod", "web", "--pod-labels", "app=web", "tier=front"];
    let run = exec(&machine, &pod, script);
    assert_eq!(run.status.code(), Some(7), "{}", stderr(&run));
    let shown = stdout(&run);
    assert!(shown.contains("inet 10.244.0.2/24"), "{shown}");
    assert!(shown.contains("\nPODID_ARM_ENDPOINT\n"), "{shown}");
    for kept in ["KUBECONFIG", "AZURE_CLIENT_SECRET", "PODID_SANDBOX"] {
        assert!(!shown.lines().any(|name| name == kept), "{kept}: {shown}");
    }
    // The same pod again, and another.
    let again = exec(&machine, &pod[..2], "ip -4 -o address show dev eth0");
    assert!(stdout(&again).contains("10.244.0.2/24"), "{again:?}");
    let other = ["--pod", "other", "--pod-labels", "app=other"];
    let other = exec(&machine, &other, "ip -4 -o address show dev eth0");
    assert!(stdout(&other).contains("10.244.0.3/24"), "{other:?}");
    let node = exec(&machine, &["--node"], "ip -4 -o address show dev eth0");
    assert!(stdout(&node).contains("10.0.0.4/24"), "{node:?}");
}

#[test]
fn what_cannot_be_entered_or_run_is_told() {
    let machine = with_node();
    let missing = exec(&machine, &["--pod", "none"], "true");
    assert_eq!(missing.status.code(), Some(3));
    let expected = "Error: There is no pod `demo/none`\n\
                    Hint: make it by giving its labels, as in --pod-labels aadpodidbinding=reader\n";
    assert_eq!(stderr(&missing), expected);
    let label = ["--pod", "web", "--pod-labels", "app=a b"];
    assert_eq!(exec(&machine, &label, "true").status.code(), Some(2));
    assert_eq!(
        exec(&machine, &["--pod", "../x"], "true").status.code(),
        Some(2)
    );
    let command = machine.run(&["sandbox", "exec", "--node", "--", "no-such-command"]);
    assert_eq!(command.status.code(), Some(2));
    let expected = "Error: Command `no-such-command` cannot be run\n\
                    Caused by: No such file or directory (os error 2)\n";
    assert_eq!(stderr(&command), expected);
}

#[test]
fn a_sandbox_that_is_down_or_has_no_node_has_no_pods() {
    let machine = Machine::new();
    let down = exec(&machine, &["--node"], "true");
    assert_eq!(down.status.code(), Some(3));
    let expected = "Error: Sandbox `default` is not up\n\
                    Hint: start one with `podid sandbox up --nmi`\n";
    assert_eq!(stderr(&down), expected);

    machine.run(&["sandbox", "up", "--no-kubernetes"]);
    let without = exec(&machine, &["--node"], "true");
    assert_eq!(without.status.code(), Some(3));
    let expected = "Error: Sandbox `default` has no node\n\
                    Hint: end it and start it again with `podid sandbox up --nmi`\n";
    assert_eq!(stderr(&without), expected);
    let up = machine.run(&["sandbox", "up", "--nmi"]);
    assert_eq!(up.status.code(), Some(5));
    assert!(
        stderr(&up).contains("is up without podid-nmi"),
        "{}",
        stderr(&up)
    );
}

#[test]
fn a_killed_sandbox_leaves_neither_daemon_nor_network() {
    let machine = with_node();
    let folder = node_folder(&machine);
    // It holds the pod's network, but not the node's, where the other end of its cable is.
    let script = ": >inside; while ip link show eth0 >out 2>&1; do sleep 0.05; done";
    let pod = ["--pod", "web", "--pod-labels", "app=web"];
    let command = ["--", "sh", "-c", script];
    let command = [&["sandbox", "exec"], &pod[..], &command].concat();
    let mut inside = machine.podid(&command).spawn().unwrap();
    until("the command did not start", || {
        machine.path("inside").exists()
    });
    assert!(folder.join("pods/demo/web").exists());
    assert!(!processes_with(&folder).is_empty());
    let server = machine.status("default").unwrap()["pid"].as_u64().unwrap();
    signal("KILL", u32::try_from(server).unwrap());
    until("something is left", || {
        !folder.exists() && processes_with(&folder).is_empty()
    });
    until("the pod is still connected", || {
        inside.try_wait().unwrap().is_some()
    });
}

/// The processes that were told this folder.
fn processes_with(folder: &Path) -> Vec<PathBuf> {
    let text = folder.to_str().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let told = |process: &PathBuf| {
        // A process may end while it is looked at.
        let line = std::fs::read(process.join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    };
    entries.map(|entry| entry.path()).filter(told).collect()
}
