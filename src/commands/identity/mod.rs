//! `podid identity`: user-assigned managed identities.

use clap::Subcommand;
use serde::Serialize;

use crate::azure;
use crate::azure::user_assigned_identity::Identity;
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::output::table::Table;

pub mod create;
pub mod delete;
pub mod list;
pub mod show;

/// What can be done with managed identities.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    Create(create::Args),
    Show(show::Args),
    List(list::Args),
    Delete(delete::Args),
}

impl Command {
    /// Whether it may change something.
    pub(super) fn changes(&self) -> bool {
        matches!(self, Command::Create(_) | Command::Delete(_))
    }
}

/// Runs one command of the group.
///
/// # Errors
/// What the command could not do.
pub async fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::Create(args) => create::run(context, args).await,
        Command::Show(args) => show::run(context, args).await,
        Command::List(args) => list::run(context, args).await,
        Command::Delete(args) => delete::run(context, args).await,
    }
}

/// A managed identity as podid shows it; field names as in az.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: String,
    resource_group: String,
    location: String,
    client_id: String,
    principal_id: String,
    tenant_id: String,
    id: ResourceId,
}

impl From<Identity> for Shown {
    fn from(identity: Identity) -> Self {
        Shown {
            name: identity.id.name().to_owned(),
            resource_group: identity.id.resource_group().unwrap_or_default().to_owned(),
            location: identity.location,
            client_id: identity.client_id,
            principal_id: identity.principal_id,
            tenant_id: identity.tenant_id,
            id: identity.id,
        }
    }
}

/// What a read, creation or deletion that failed says: which identity, and what became of it.
fn failed(error: azure::Error, id: &ResourceId, what: &str) -> Error {
    let group = id.resource_group().unwrap_or_default();
    if error.has_code("ResourceNotFound") {
        return Error::new(
            Kind::NotFound,
            format!(
                "Identity `{}` was not found in resource group `{group}`",
                id.name()
            ),
        )
        .hint("see what there is with `podid identity list`")
        .target(id.to_string());
    }
    Error::from(error)
        .context(format!(
            "Identity `{}` in resource group `{group}` {what}",
            id.name()
        ))
        .target(id.to_string())
}

fn one(identity: Identity) -> Report {
    let shown = Shown::from(identity);
    let table = table(std::slice::from_ref(&shown));
    Report::new(shown, table)
}

fn table(identities: &[Shown]) -> Table {
    let mut table = Table::new(&[
        "NAME",
        "RESOURCEGROUP",
        "LOCATION",
        "CLIENTID",
        "PRINCIPALID",
    ]);
    for identity in identities {
        table.row([
            &identity.name,
            &identity.resource_group,
            &identity.location,
            &identity.client_id,
            &identity.principal_id,
        ]);
    }
    table
}
