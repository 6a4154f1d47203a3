//! `podid sandbox status`.

use serde_json::json;

use crate::machine::{Machine, signal, stderr, stdout, until};

#[test]
fn nothing_runs_on_a_fresh_machine() {
    let machine = Machine::new();
    let status = machine.run(&["sandbox", "status"]);
    assert_eq!(stdout(&status), "[]\n");
    let table = machine.run(&["sandbox", "status", "-o", "table"]);
    assert_eq!(stdout(&table), "");
    assert_eq!(
        stderr(&table),
        "No sandbox is up; start one with `podid sandbox up`\n"
    );
}

#[test]
fn a_killed_sandbox_is_not_listed_and_can_be_started_again() {
    let machine = Machine::new();
    let up = ["sandbox", "up", "--no-kubernetes"];
    machine.run(&up);
    let status = machine.status("default").unwrap();
    assert_eq!(status["state"], json!("ready"));
    assert!(
        status.get("environment").is_none(),
        "the environment holds a secret"
    );
    signal(
        "KILL",
        u32::try_from(status["pid"].as_u64().unwrap()).unwrap(),
    );
    until("it is still listed", || machine.status("default").is_none());
    assert!(machine.sandbox("default").exists());
    assert_eq!(machine.run(&up).status.code(), Some(0));
    assert_ne!(machine.status("default").unwrap()["pid"], status["pid"]);
}
