//! `podid config path`.

use clap::Args as ClapArgs;
use serde_json::json;

use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// Print where the configuration file is, or would be
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Edit it
  \"$EDITOR\" \"$(podid config path --query path -o tsv)\"")]
pub struct Args {}

/// Runs the command.
///
/// # Errors
/// Nothing says where it could be.
pub(super) fn run(_args: &Args) -> Result<Report> {
    let place = super::place()?;
    let (path, exists) = (place.path.display().to_string(), place.path.exists());
    let mut table = Table::new(&["PATH", "EXISTS"]);
    table.row([path.as_str(), if exists { "yes" } else { "no" }]);
    Ok(Report::new(json!({"path": path, "exists": exists}), table))
}
