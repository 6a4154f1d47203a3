//! `podid sandbox down`.

use std::net::TcpStream;

use crate::machine::{Machine, stderr};

#[test]
fn everything_is_gone_when_it_returns() {
    let machine = Machine::new();
    machine.run(&["sandbox", "up", "--time-scale", "0"]);
    let status = machine.status("default").unwrap();
    let azure = status["azure"]
        .as_str()
        .unwrap()
        .trim_start_matches("https://")
        .to_owned();
    assert!(TcpStream::connect(&azure).is_ok());

    let down = machine.run(&["sandbox", "down"]);
    assert_eq!(down.status.code(), Some(0));
    assert_eq!(stderr(&down), "Sandbox `default` is down\n");
    assert!(TcpStream::connect(&azure).is_err());
    assert!(!machine.sandbox("default").exists());
    assert_eq!(machine.status("default"), None);
}

#[test]
fn what_is_not_up_is_not_found() {
    let machine = Machine::new();
    let down = machine.run(&["sandbox", "down", "--name", "none"]);
    assert_eq!(down.status.code(), Some(3));
    let expected = "Error: Sandbox `none` is not up\n\
                    Hint: see what runs with `podid sandbox status`\n";
    assert_eq!(stderr(&down), expected);
    let down = machine.run(&["sandbox", "down", "--name", "none", "--ignore-not-found"]);
    assert_eq!(down.status.code(), Some(0));
}
