//! Files that are made from the code equal what the code says.
//!
//! `PODID_BLESS=1 cargo test --test generated` rewrites them.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap_complete::Shell;
use podid::commands::{completion, docs};
use podid::error::Kind;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    std::env::var_os("PODID_BLESS").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Compares `folder` with `files`: the same contents, and no other file with `extension`.
fn check(folder: &str, extension: &str, files: &[(String, String)]) {
    let path = root().join(folder);
    if blessing() {
        std::fs::create_dir_all(&path).unwrap();
        for stale in stale(folder, extension, files) {
            std::fs::remove_file(path.join(stale)).unwrap();
        }
    }
    for (name, text) in files {
        let file = path.join(name);
        if blessing() {
            std::fs::write(&file, text).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            committed == *text,
            "{folder}/{name} is not what the code says: {}\nrun PODID_BLESS=1 cargo test --test generated",
            first_difference(&committed, text)
        );
    }
    assert_eq!(
        stale(folder, extension, files),
        [""; 0],
        "files in {folder} that the code does not make"
    );
}

fn stale(folder: &str, extension: &str, files: &[(String, String)]) -> Vec<String> {
    let names: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(extension) && !names.contains(name.as_str()))
        .collect()
}

fn first_difference(committed: &str, made: &str) -> String {
    let mut lines = committed.lines().zip(made.lines()).enumerate();
    match lines.find(|(_, (old, new))| old != new) {
        Some((at, (old, new))) => format!("line {} is\n  {old}\nand should be\n  {new}", at + 1),
        None => format!(
            "{} lines and should be {}",
            committed.lines().count(),
            made.lines().count()
        ),
    }
}

#[test]
fn completions() {
    let files = [
        ("podid.bash", Shell::Bash),
        ("_podid", Shell::Zsh),
        ("podid.fish", Shell::Fish),
        ("_podid.ps1", Shell::PowerShell),
        ("podid.elv", Shell::Elvish),
    ];
    let files = files.map(|(name, shell)| (name.to_owned(), completion::script(shell).unwrap()));
    check("completions", "", &files);
}

#[test]
fn man_pages() {
    let pages = docs::pages().unwrap();
    let files: Vec<_> = pages
        .into_iter()
        .map(|(name, text)| (format!("{name}.1"), text))
        .collect();
    check("docs/man", ".1", &files);
}

#[test]
fn references() {
    let files = [
        ("cli.md".to_owned(), docs::reference()),
        ("environment.md".to_owned(), environment()),
        ("exit-codes.md".to_owned(), exit_codes()),
        ("podid-mic-arguments.md".to_owned(), mic_arguments()),
        ("podid-nmi-arguments.md".to_owned(), nmi_arguments()),
        (
            "podid.schema.json".to_owned(),
            podid::domain::file::schema::text(),
        ),
    ];
    for file in files {
        // Pages written by hand live in the same folder.
        check("docs/reference", &file.0.clone(), &[file]);
    }
}

#[test]
fn custom_resource_definitions() {
    check(
        "docs/reference/crds",
        ".yaml",
        &podid::k8s::crd::documents(),
    );
}

fn mic_arguments() -> String {
    use clap::CommandFactory;
    let help = podid::mic::args::Args::command().render_long_help();
    format!(
        "# Arguments of podid-mic\n\nGenerated from `src/mic/args.rs`. What it does is in [podid-mic](podid-mic.md).\n\n```text\n{}\n```\n",
        help.to_string().trim_end()
    )
}

fn nmi_arguments() -> String {
    use clap::CommandFactory;
    let help = podid::nmi::args::Args::command().render_long_help();
    format!(
        "# Arguments of podid-nmi\n\nGenerated from `src/nmi/args.rs`. What it does is in [podid-nmi](podid-nmi.md).\n\n```text\n{}\n```\n",
        help.to_string().trim_end()
    )
}

fn environment() -> String {
    let mut text = String::from(
        "<!-- Generated from src/env.rs. -->\n# Environment variables\n\nA flag beats its variable. Leave a variable unset rather than empty.\n\n| variable | meaning |\n|---|---|\n",
    );
    for variable in podid::env::ALL {
        writeln!(
            text,
            "| `{}` | {} |",
            variable.name,
            variable.help.trim().replace('|', "\\|")
        )
        .unwrap();
    }
    text
}

fn exit_codes() -> String {
    let mut text = String::from(
        "<!-- Generated from src/error.rs. -->\n# Exit codes\n\nScripts may rely on them.\n\n| code | name | meaning |\n|---|---|---|\n| 0 | | Done, also when nothing had to be done. |\n",
    );
    for kind in Kind::ALL {
        writeln!(
            text,
            "| {} | `{}` | {} |",
            kind.exit_code(),
            kind.code(),
            kind.meaning()
        )
        .unwrap();
    }
    text.push_str("| 10 | | Changes were found by `plan` or `diff` with `--exit-code`. |\n");
    text.push_str(
        "\n`podid sandbox run -- COMMAND` ends with the exit code of the command. `podid exception test` ends with 1 when no exception lets the pod through.\n\nThe name stands in `error.code` of `--error-format json` when no service gave a code of its own.\n",
    );
    text
}
