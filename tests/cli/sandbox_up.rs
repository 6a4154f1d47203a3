//! `podid sandbox up`.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::machine::{Machine, stderr, stdout};

#[test]
fn what_it_prints_makes_podid_work() {
    let machine = Machine::new();
    let up = machine.run(&["sandbox", "up", "--no-kubernetes", "--time-scale", "0"]);
    assert_eq!(up.status.code(), Some(0), "{}", stderr(&up));
    let podid = env!("CARGO_BIN_EXE_podid");
    let script = format!(
        "{}\n{podid} identity list -o tsv --query '[].name'",
        stdout(&up)
    );
    let mut shell = Command::new("/bin/sh");
    let list = shell.args(["-c", &script]).env_clear().output().unwrap();
    assert_eq!(stdout(&list), "demo-control-plane\n", "{}", stderr(&list));

    let file = machine.path("sandbox.env");
    let again = machine.run(&["sandbox", "up", "--env-file", file.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(stdout(&again), "");
    assert_eq!(stderr(&again), "Sandbox `default` is up already\n");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), stdout(&up));
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn two_at_once_share_one_sandbox() {
    let machine = Machine::new();
    let start = || {
        let mut up = machine.podid(&["sandbox", "up", "--no-kubernetes"]);
        up.stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let outputs = [start(), start()].map(|up| up.wait_with_output().unwrap());
    for output in &outputs {
        assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    }
    assert_eq!(stdout(&outputs[0]), stdout(&outputs[1]));
}

#[test]
fn two_names_are_two_sandboxes() {
    let machine = Machine::new();
    let [one, two] = ["one", "two"].map(|name| {
        let up = machine.run(&["sandbox", "up", "--no-kubernetes", "--name", name]);
        stdout(&up).to_owned()
    });
    assert!(one.contains("PODID_SANDBOX") && two.contains("PODID_SANDBOX"));
    assert_ne!(one, two);
}

#[test]
fn a_refused_seed_is_told_and_leaves_nothing() {
    let machine = Machine::new();
    std::fs::write(machine.path("seed.yaml"), "tenants: 7\n").unwrap();
    let up = machine.run(&["sandbox", "up", "--seed", "seed.yaml"]);
    assert_eq!(up.status.code(), Some(2));
    assert!(
        stderr(&up).contains("The seed cannot be used"),
        "{}",
        stderr(&up)
    );
    assert!(!machine.sandbox("default").exists());

    let up = machine.run(&["sandbox", "up", "--seed", "none.yaml"]);
    assert_eq!(up.status.code(), Some(2));
    let expected = "Error: Seed file `none.yaml` cannot be read\n\
                    Caused by: No such file or directory (os error 2)\n";
    assert_eq!(stderr(&up), expected);
}

#[test]
fn a_name_that_cannot_be_a_folder_is_refused() {
    let machine = Machine::new();
    let up = machine.run(&["sandbox", "up", "--name", "../x"]);
    assert_eq!(up.status.code(), Some(2));
    assert!(
        stderr(&up).contains("`../x` cannot be the name of a sandbox"),
        "{}",
        stderr(&up)
    );
}

#[test]
fn a_node_is_refused_where_it_cannot_be_had() {
    let machine = Machine::new();
    let both = machine.run(&["sandbox", "up", "--nmi", "--no-kubernetes"]);
    assert_eq!(both.status.code(), Some(2));
    let mut up = machine.podid(&["sandbox", "up", "--nmi"]);
    let without = up.env("PATH", machine.path("empty")).output().unwrap();
    assert_eq!(without.status.code(), Some(2));
    let expected = "Error: A sandbox with podid-nmi needs the program `ip`, which was not found\n\
                    Hint: install the package iproute2, or leave out --nmi: everything else works without\n";
    assert_eq!(stderr(&without), expected);
    assert!(!machine.sandbox("default").exists());
}

#[test]
fn a_node_is_refused_to_a_user_who_is_not_root() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    // Where any user may run it.
    let folder = tempfile::tempdir().unwrap();
    let podid = folder.path().join("podid");
    std::fs::copy(env!("CARGO_BIN_EXE_podid"), &podid).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let up = std::process::Command::new(&podid)
        .args(["sandbox", "up", "--nmi"])
        .env_clear()
        .env("HOME", "/")
        .current_dir("/")
        .uid(65534)
        .output()
        .unwrap();
    assert_eq!(up.status.code(), Some(4), "{}", stderr(&up));
    let expected = "Error: A sandbox with podid-nmi needs root: it makes network namespaces, and packet rules in them\n\
                    Hint: run it as root, as in `sudo -E podid ...`, or leave out --nmi: everything else works without\n";
    assert_eq!(stderr(&up), expected);
}
