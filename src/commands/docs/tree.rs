//! The command tree as JSON, for tools and tests.

use clap::{Arg, Command};
use serde_json::{Value, json};

use super::visible;

pub(super) fn tree(command: &Command) -> Value {
    json!({
        "name": command.get_name(),
        "about": command.get_about().map(ToString::to_string),
        "aliases": command.get_visible_aliases().collect::<Vec<_>>(),
        "arguments": command.get_arguments().filter(|arg| !arg.is_hide_set()).map(argument).collect::<Vec<_>>(),
        "commands": visible(command).map(tree).collect::<Vec<_>>(),
    })
}

fn argument(arg: &Arg) -> Value {
    json!({
        "name": arg.get_id().as_str(),
        "long": arg.get_long(),
        "short": arg.get_short().map(String::from),
        "environment": arg.get_env().map(|name| name.to_string_lossy()),
        "required": arg.is_required_set(),
        "global": arg.is_global_set(),
        "help": arg.get_help().map(ToString::to_string),
    })
}
