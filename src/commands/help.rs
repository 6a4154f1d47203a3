//! `podid help`: the help of a command, or a topic.
//!
//! The topics are pages of the reference, so that help and reference cannot differ.

use std::ffi::OsString;

use clap::Args as ClapArgs;
use clap_complete::{ArgValueCandidates, CompletionCandidate};

use crate::error::Result;
use crate::output::markdown;
use crate::output::report::Report;

/// Topics and their pages.
const TOPICS: [(&str, &str); 6] = [
    (
        "exit-codes",
        include_str!("../../docs/reference/exit-codes.md"),
    ),
    ("errors", include_str!("../../docs/reference/errors.md")),
    ("output", include_str!("../../docs/reference/output.md")),
    (
        "environment",
        include_str!("../../docs/reference/environment.md"),
    ),
    (
        "configuration",
        include_str!("../../docs/reference/configuration.md"),
    ),
    (
        "permissions",
        include_str!("../../docs/reference/permissions.md"),
    ),
];

/// Print the help of a command or a topic
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # What exit codes mean
  podid help exit-codes

  # The same as podid role grant --help
  podid help role grant")]
pub struct Args {
    /// exit-codes, errors, output, environment, configuration, permissions, or the words of a command
    #[arg(value_name = "TOPIC_OR_COMMAND", add = ArgValueCandidates::new(topics))]
    words: Vec<String>,
}

impl Args {
    fn page(&self) -> Option<&'static str> {
        let [topic] = self.words.as_slice() else {
            return None;
        };
        let page = TOPICS.iter().find(|(name, _)| name == topic)?;
        Some(page.1)
    }

    /// The command line that asks a command for its help; nothing for a topic.
    #[must_use]
    pub fn command_line(&self) -> Option<Vec<OsString>> {
        if self.page().is_some() {
            return None;
        }
        let words = self.words.iter().map(String::as_str);
        let line = std::iter::once("podid").chain(words).chain(["--help"]);
        Some(line.map(OsString::from).collect())
    }
}

impl Args {
    /// What to say when the words are neither a command nor a topic.
    #[must_use]
    pub fn unknown(&self) -> String {
        let topics = TOPICS.map(|(name, _)| name).join(", ");
        format!(
            "there is no command or topic `{}`; topics are {topics}",
            self.words.join(" ")
        )
    }
}

fn topics() -> Vec<CompletionCandidate> {
    let names = TOPICS.iter().map(|(name, _)| *name);
    names.map(CompletionCandidate::new).collect()
}

/// Shows a topic.
///
/// # Errors
/// None.
pub fn run(args: &Args) -> Result<Report> {
    Ok(Report::document(markdown::plain(
        args.page().unwrap_or_default(),
    )))
}
