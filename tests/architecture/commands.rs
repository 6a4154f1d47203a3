//! Every leaf command has a test file of its name.

use clap::{Command, CommandFactory};
use podid::cli::Cli;

/// The leaf commands a person can see, as test files are called: `add`, `role_grant`.
pub(crate) fn leaves() -> Vec<String> {
    let mut command = Cli::command();
    command.build();
    let mut names = Vec::new();
    collect(&command, "", &mut names);
    names
}

fn collect(command: &Command, prefix: &str, names: &mut Vec<String>) {
    let visible = |sub: &&Command| !sub.is_hide_set() && sub.get_name() != "help";
    for sub in command.get_subcommands().filter(visible) {
        let name = format!("{prefix}{}", sub.get_name());
        if sub.get_subcommands().any(|inner| visible(&inner)) {
            collect(sub, &format!("{name}_"), names);
        } else {
            names.push(name.replace('-', "_"));
        }
    }
}

/// The leaves without a module in `tests/cli/main.rs`; its text is `main`.
pub(crate) fn untested(leaves: &[String], main: &str) -> Vec<String> {
    let named = |leaf: &&String| {
        let module = format!("mod {leaf};");
        !main.lines().any(|line| line.trim() == module)
    };
    leaves
        .iter()
        .filter(named)
        .map(|leaf| format!("tests/cli/{leaf}.rs is missing: every command has a test of its name"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_leaves_and_those_without_a_test() {
        let leaves = leaves();
        for name in ["add", "role_grant", "version"] {
            assert!(
                leaves.iter().any(|leaf| leaf == name),
                "{name} of {leaves:?}"
            );
        }
        assert!(!leaves.iter().any(|leaf| leaf == "role" || leaf == "help"));
        let wanted = ["add".to_owned(), "role_grant".to_owned()];
        assert_eq!(untested(&wanted, "mod add;\n// mod role_grant;\n").len(), 1);
    }
}
