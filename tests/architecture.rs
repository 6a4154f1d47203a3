//! The walls of the house: what ARCHITECTURE.md says, held by a test.
//!
//! Each wall is a function over a source with a test of its own that feeds it a violation.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "architecture/commands.rs"]
mod commands;
#[path = "architecture/environment.rs"]
mod environment;
#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/lock.rs"]
mod lock;
#[path = "architecture/shape.rs"]
mod shape;
#[path = "architecture/source.rs"]
mod source;

use source::{Source, all, root};

/// Fails with one line per violation.
fn hold(violations: impl IntoIterator<Item = String>) {
    let lines: Vec<String> = violations.into_iter().collect();
    assert!(lines.is_empty(), "\n{}\n", lines.join("\n"));
}

fn everything() -> Vec<Source> {
    ["src", "emulator/src", "emulator/tests", "tests"]
        .into_iter()
        .flat_map(all)
        .collect()
}

#[test]
fn imports_follow_the_directions() {
    hold(all("src").iter().flat_map(imports::against_directions));
}

#[test]
fn the_domain_is_pure() {
    hold(all("src/domain").iter().flat_map(imports::impure));
}

#[test]
fn the_emulator_does_not_know_podid() {
    hold(
        all("emulator/src")
            .iter()
            .flat_map(imports::podid_in_emulator),
    );
    let manifest = std::fs::read_to_string(root().join("emulator/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap();
    assert!(!dependencies.lines().any(|line| line.starts_with("podid")));
}

#[test]
fn stdout_belongs_to_the_renderer() {
    hold(all("src").iter().flat_map(imports::stdout));
}

#[test]
fn files_stay_short() {
    hold(everything().iter().filter_map(shape::too_long));
}

#[test]
fn module_names_say_something() {
    hold(everything().iter().flat_map(shape::empty_names));
}

#[test]
fn every_module_says_what_lives_in_it() {
    hold(everything().iter().filter_map(shape::undocumented));
}

#[test]
fn lints_that_are_walls_stay_on() {
    let sources = all("src").into_iter().chain(all("emulator/src"));
    hold(sources.collect::<Vec<_>>().iter().flat_map(shape::silenced));
}

#[test]
fn every_command_has_a_test_of_its_name() {
    let main = std::fs::read_to_string(root().join("tests/cli/main.rs")).unwrap();
    hold(commands::untested(&commands::leaves(), &main));
}

#[test]
fn every_environment_variable_is_documented_and_used() {
    let registry = std::fs::read_to_string(root().join("src/env.rs")).unwrap();
    hold(environment::undocumented(&registry));
    let names: Vec<&str> = podid::env::ALL
        .iter()
        .map(|variable| variable.name)
        .collect();
    hold(environment::unused(&names, &all("src")));
}

#[test]
fn the_environment_is_read_in_one_place() {
    hold(all("src").iter().flat_map(environment::read_elsewhere));
}

#[test]
fn the_build_holds_one_of_each_stack_and_none_that_is_banned() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    hold(lock::violations(&lock));
    let deny = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    hold(lock::not_in_policy(&deny));
}
