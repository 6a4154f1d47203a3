//! `podid sandbox status`.

use clap::Args as ClapArgs;
use serde_json::{Value, json};

use crate::context::Context;
use crate::env;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;
use crate::sandbox::assets::Places;
use crate::sandbox::named::{Place, Status};

/// Show the sandboxes that run
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Show what runs
  podid sandbox status")]
pub struct Args {}

/// Runs the command.
///
/// # Errors
/// A sandbox runs and does not answer.
pub async fn run(_context: &Context, _args: Args) -> Result<Report> {
    let mut table = Table::new(&["NAME", "STATE", "KUBERNETES", "AZURE", "SINCE"]);
    let mut values = Vec::new();
    for place in Place::all(&Places::from_environment()) {
        // Asked, not looked up: a folder stays behind when its server is killed.
        let Some(status) = place.status().await? else {
            continue;
        };
        let state = status.state.to_string();
        let azure = azure(&status);
        table.row([
            &status.name,
            &state,
            &status.kubernetes,
            &azure,
            &status.since,
        ]);
        values.push(value(&status, &azure));
    }
    Ok(
        Report::new(values, table)
            .when_empty("No sandbox is up; start one with `podid sandbox up`"),
    )
}

fn azure(status: &Status) -> String {
    status
        .environment
        .get(env::PODID_ARM_ENDPOINT)
        .cloned()
        .unwrap_or_default()
}

/// Without the environment: it holds a secret, and `podid sandbox up` prints it.
fn value(status: &Status, azure: &str) -> Value {
    json!({
        "name": status.name,
        "state": status.state,
        "step": status.step,
        "pid": status.pid,
        "since": status.since,
        "kubernetes": status.kubernetes,
        "azure": azure,
    })
}
