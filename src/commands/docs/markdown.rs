//! The command reference as Markdown.

use std::fmt::Write;

use clap::{Arg, Command};

use super::{built, visible};

/// The whole reference, one section per command.
#[must_use]
pub fn reference() -> String {
    let mut text =
        String::from("# Command reference\n\nGenerated from the same source as `podid --help`.\n");
    section(&built(), "podid", &mut text);
    text
}

fn section(command: &Command, path: &str, text: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\n## `{path}`\n\n");
    if let Some(about) = command.get_long_about().or_else(|| command.get_about()) {
        let _ = write!(text, "{}\n\n", about.to_string().trim());
    }
    let _ = write!(text, "```text\n{}\n```\n", usage(command));
    let global = path == "podid";
    options(command, global, text);
    if let Some(after) = command.get_after_long_help() {
        let _ = write!(text, "\n```text\n{}\n```\n", after.to_string().trim());
    }
    for sub in visible(command) {
        section(sub, &format!("{path} {}", sub.get_name()), text);
    }
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage.trim_start_matches("Usage: ").to_owned()
}

/// A table of options; the global ones stand with `podid` only.
fn options(command: &Command, global: bool, text: &mut String) {
    let shown: Vec<&Arg> = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && (global || !arg.is_global_set()))
        .filter(|arg| !matches!(arg.get_id().as_str(), "help" | "version"))
        .collect();
    if shown.is_empty() {
        return;
    }
    let _ = write!(text, "\n| option | meaning |\n|---|---|\n");
    for arg in shown {
        let _ = writeln!(text, "| {} | {} |", name(arg), meaning(arg));
    }
}

fn name(arg: &Arg) -> String {
    let mut parts = Vec::new();
    if let Some(short) = arg.get_short() {
        parts.push(format!("`-{short}`"));
    }
    if let Some(long) = arg.get_long() {
        parts.push(format!("`--{long}`"));
    }
    let takes_value = arg.get_action().takes_values();
    let value = arg
        .get_value_names()
        .filter(|_| takes_value)
        .and_then(|names| names.first());
    if parts.is_empty() {
        return format!("`{}`", arg.get_id());
    }
    match value {
        Some(value) => format!("{} `{value}`", parts.join(", ")),
        None => parts.join(", "),
    }
}

fn meaning(arg: &Arg) -> String {
    let help = arg
        .get_long_help()
        .or_else(|| arg.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut text = help.replace('|', "\\|").replace('\n', " ");
    if let Some(variable) = arg.get_env() {
        let _ = write!(text, " (`{}`)", variable.to_string_lossy());
    }
    text
}
