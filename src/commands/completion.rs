//! `podid completion`.

use clap::{Args as ClapArgs, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Print the completion script of a shell
///
/// The static script completes commands and flags. For live values too (clusters, identities,
/// namespaces), use the dynamic one: `source <(COMPLETE=bash podid)`.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # bash, with live values, from ~/.bashrc
  source <(COMPLETE=bash podid)

  # zsh, static
  podid completion zsh > ~/.zfunc/_podid")]
pub struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// None in practice: generated scripts are text.
pub fn run(args: Args) -> Result<Report> {
    Ok(Report::document(script(args.shell)?))
}

/// The static completion script of `shell`.
///
/// # Errors
/// The script is not text, which it always is.
pub fn script(shell: Shell) -> Result<String> {
    let mut buffer = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "podid", &mut buffer);
    String::from_utf8(buffer).map_err(|error| {
        Error::new(Kind::Failed, "The completion script is not text").cause(error.to_string())
    })
}
