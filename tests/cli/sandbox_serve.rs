//! `podid sandbox serve`, the process behind `podid sandbox up`.

use crate::machine::{Machine, signal, stderr, until};

#[test]
fn a_closed_terminal_does_not_end_it_and_sigterm_does() {
    let machine = Machine::new();
    let mut server = machine
        .podid(&["sandbox", "serve", "--no-kubernetes"])
        .spawn()
        .unwrap();
    let ready = || {
        machine
            .status("default")
            .is_some_and(|status| status["state"] == "ready")
    };
    until("it was never ready", ready);
    signal("HUP", server.id());
    assert!(ready());
    signal("TERM", server.id());
    assert_eq!(server.wait().unwrap().code(), Some(0));
    assert!(!machine.sandbox("default").exists());
}

#[test]
fn a_taken_name_is_a_conflict() {
    let machine = Machine::new();
    machine.run(&["sandbox", "up", "--no-kubernetes"]);
    let second = machine.run(&["sandbox", "serve", "--no-kubernetes"]);
    assert_eq!(second.status.code(), Some(5));
    assert_eq!(stderr(&second), "Error: Sandbox `default` is up already\n");
}

#[test]
fn it_is_not_in_the_help() {
    let machine = Machine::new();
    let help = machine.run(&["sandbox", "--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(text.contains("status") && !text.contains("serve"), "{text}");
}
