//! `podid config`: the defaults in force and the configuration file.

use clap::Subcommand;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::report::Report;
use crate::settings::Key;
use crate::settings::file::{self, Place};

mod path;
mod set;
mod show;
mod unset;

/// The commands on defaults.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    Show(show::Args),
    Path(path::Args),
    Set(set::Args),
    Unset(unset::Args),
}

impl Command {
    /// Whether a configuration file that is refused stops it.
    #[must_use]
    pub fn heeds_configuration(&self) -> bool {
        !matches!(self, Command::Path(_))
    }
}

/// Runs one command.
///
/// # Errors
/// The setting is unknown, or the file cannot be written.
pub fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::Show(args) => show::run(context, &args),
        Command::Path(args) => path::run(&args),
        Command::Set(args) => set::run(context, &args),
        Command::Unset(args) => unset::run(context, &args),
    }
}

/// Where the file is or would be.
fn place() -> Result<Place> {
    file::place().ok_or_else(|| {
        Error::usage("There is no place for a configuration file")
            .cause("neither PODID_CONFIG, XDG_CONFIG_HOME nor HOME is set")
            .hint("set PODID_CONFIG to the path of the file")
    })
}

/// The text there is; a file that was named and is not there yet is empty.
fn text(place: &Place) -> Result<String> {
    let place = Place {
        named: false,
        ..place.clone()
    };
    Ok(file::text(&place)?.unwrap_or_default())
}

/// Reads the name of a setting.
fn key(name: &str) -> std::result::Result<Key, String> {
    Key::named(name).ok_or_else(|| {
        let (reason, hint) = file::unknown(name);
        format!("{reason}; {hint}")
    })
}
