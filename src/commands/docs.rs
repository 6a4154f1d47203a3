//! `podid docs`.

use clap::{Args as ClapArgs, CommandFactory, ValueEnum};

use crate::cli::Cli;
use crate::error::Result;
use crate::output::report::Report;

mod man;
mod markdown;
mod tree;

pub use man::pages;
pub use markdown::reference;

/// Print the command reference, a man page or the command tree
///
/// All of them are made from the same source as `--help`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # The whole command tree for a tool to read
  podid docs --format json

  # Read the man page of a command
  podid docs --format man --page podid-add | man -l -")]
pub struct Args {
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Which man page
    #[arg(long, value_name = "NAME", default_value = "podid")]
    page: String,
}

/// `podid docs --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// The reference as Markdown.
    #[default]
    Markdown,
    /// One man page.
    Man,
    /// The command tree as JSON.
    Json,
}

/// Runs the command.
///
/// # Errors
/// There is no man page of that name.
pub fn run(args: Args) -> Result<Report> {
    match args.format {
        Format::Markdown => Ok(Report::document(reference())),
        Format::Man => man::page(&args.page).map(Report::document),
        Format::Json => {
            let tree = tree::tree(&built());
            let text = crate::output::format::json(&tree)?;
            Ok(Report::document(format!("{text}\n")))
        }
    }
}

/// The command tree with everything filled in that clap adds itself.
fn built() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    command
}

/// The subcommands a person should see.
fn visible(command: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    command
        .get_subcommands()
        .filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
}
