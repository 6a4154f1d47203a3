//! `podid sandbox run`.

use std::fs;
use std::path::Path;

use crate::machine::{Machine, signal, stderr, stdout, until};

#[test]
fn the_command_works_inside_and_gives_the_exit_code() {
    let machine = Machine::new();
    // No podid on the path: the sandbox adds the one that runs it.
    let script = "podid list -o json && echo $KUBECONFIG && exit 7";
    let run = machine.run(&[
        "sandbox",
        "run",
        "--time-scale",
        "0",
        "--",
        "sh",
        "-c",
        script,
    ]);
    assert_eq!(run.status.code(), Some(7), "{}", stderr(&run));
    let kubeconfig = stdout(&run).strip_prefix("[]\n").unwrap().trim();
    assert!(kubeconfig.ends_with("/kubeconfig-1"), "{kubeconfig}");
    assert!(!Path::new(kubeconfig).parent().unwrap().exists());
}

#[test]
fn signals_reach_the_command() {
    let machine = Machine::new();
    let script = "trap 'exit 42' TERM; echo $PODID_CA_FILE >new; mv new ready; \
                  while :; do sleep 0.05; done";
    let mut run = machine
        .podid(&[
            "sandbox",
            "run",
            "--no-kubernetes",
            "--",
            "sh",
            "-c",
            script,
        ])
        .spawn()
        .unwrap();
    until("the command did not start", || {
        machine.path("ready").exists()
    });
    let file = fs::read_to_string(machine.path("ready")).unwrap();
    assert!(Path::new(file.trim()).exists());
    signal("TERM", run.id());
    assert_eq!(run.wait().unwrap().code(), Some(42));
    assert!(!Path::new(file.trim()).exists());
}

#[test]
fn a_command_ended_by_a_signal_counts_as_shells_count() {
    let machine = Machine::new();
    let run = machine.run(&[
        "sandbox",
        "run",
        "--no-kubernetes",
        "--",
        "sh",
        "-c",
        "kill -9 $$",
    ]);
    assert_eq!(run.status.code(), Some(137));
}

#[test]
fn a_command_that_does_not_exist_is_refused() {
    let machine = Machine::new();
    let run = machine.run(&["sandbox", "run", "--no-kubernetes", "--", "no-such-command"]);
    assert_eq!(run.status.code(), Some(2));
    let expected = "Error: Command `no-such-command` cannot be run\n\
                    Caused by: No such file or directory (os error 2)\n";
    assert!(stderr(&run).ends_with(expected), "{}", stderr(&run));
}
