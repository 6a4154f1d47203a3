//! `podid exception`: pods whose token requests NMI lets through to IMDS.
//!
//! - [`arguments`]: what several of these commands take.
//! - [`way`]: where the exceptions of a cluster are kept, and how they are changed.
//! - [`reach`]: the warnings about the pods that an exception lets through.
//! - [`shown`]: how a change is shown.

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;

pub mod add;
mod arguments;
pub mod list;
mod reach;
pub mod remove;
mod shown;
pub mod suggest;
pub mod test;
pub mod update;
mod way;

/// What can be done with exceptions.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    Add(add::Args),
    #[command(visible_alias = "delete")]
    Remove(remove::Args),
    Update(update::Args),
    List(list::Args),
    Test(test::Args),
    Suggest(suggest::Args),
}

impl Command {
    /// Whether it may change something.
    pub(super) fn changes(&self) -> bool {
        matches!(
            self,
            Command::Add(_) | Command::Remove(_) | Command::Update(_)
        )
    }
}

/// Runs one command of the group.
///
/// # Errors
/// What the command could not do.
pub async fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::Add(args) => add::run(context, args).await,
        Command::Remove(args) => remove::run(context, args).await,
        Command::Update(args) => update::run(context, args).await,
        Command::List(args) => list::run(context, args).await,
        Command::Test(args) => test::run(context, args).await,
        Command::Suggest(args) => Box::pin(suggest::run(context, args)).await,
    }
}
