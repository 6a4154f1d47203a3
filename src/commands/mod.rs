//! The commands: one file per leaf, a folder per group, one match.
//!
//! A command parses to valid domain types, reads, calls pure edits, writes, and returns a
//! [`Report`]; it never prints.

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;

pub mod add;
pub mod apply;
pub mod arguments;
pub mod change;
pub mod complete;
pub mod completion;
pub mod config;
pub mod desired;
pub mod diff;
pub mod disable;
pub mod docs;
pub mod enable;
pub mod exception;
pub mod export;
pub mod help;
pub mod identity;
pub mod input;
pub mod install;
pub mod list;
pub mod nodepool;
pub mod plan;
pub mod remove;
pub mod role;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod show;
pub mod state;
pub mod uninstall;
pub mod version;
pub mod wait;

/// What podid can do.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    Add(add::Args),
    #[command(visible_alias = "delete")]
    Remove(remove::Args),
    List(list::Args),
    Show(show::Args),
    /// Pods that NMI lets through to IMDS
    #[command(subcommand)]
    Exception(exception::Command),
    Enable(enable::Args),
    Disable(disable::Args),
    /// User-assigned managed identities
    #[command(subcommand)]
    Identity(identity::Command),
    /// Roles that pod identity needs
    #[command(subcommand)]
    Role(role::Command),
    /// Identities on the scale set of each node pool
    #[command(subcommand)]
    Nodepool(nodepool::Command),
    Plan(plan::Args),
    Apply(apply::Args),
    Diff(diff::Args),
    Export(export::Args),
    Wait(wait::Args),
    Install(install::Args),
    Uninstall(uninstall::Args),
    /// Azure emulator and real Kubernetes API on this machine
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(sandbox::Command),
    /// Defaults: what is set, where it comes from, and the configuration file
    #[command(subcommand)]
    Config(config::Command),
    Completion(completion::Args),
    Docs(docs::Args),
    Version(version::Args),
    Help(help::Args),
}

impl Command {
    /// Whether it may change Azure or the cluster, so that an interruption leaves something to do.
    #[must_use]
    pub fn changes(&self) -> bool {
        match self {
            Command::Add(_)
            | Command::Remove(_)
            | Command::Apply(_)
            | Command::Enable(_)
            | Command::Disable(_)
            | Command::Install(_)
            | Command::Uninstall(_) => true,
            Command::Exception(command) => command.changes(),
            Command::Identity(command) => command.changes(),
            Command::Role(command) => command.changes(),
            Command::Nodepool(command) => command.changes(),
            #[cfg(feature = "sandbox")]
            Command::Sandbox(command) => command.changes(),
            Command::List(_)
            | Command::Plan(_)
            | Command::Diff(_)
            | Command::Export(_)
            | Command::Wait(_)
            | Command::Show(_)
            | Command::Config(_)
            | Command::Completion(_)
            | Command::Docs(_)
            | Command::Version(_)
            | Command::Help(_) => false,
        }
    }

    /// Whether a configuration file that is refused stops it: not when it shows how to mend it.
    #[must_use]
    pub fn heeds_configuration(&self) -> bool {
        match self {
            Command::Completion(_) | Command::Docs(_) | Command::Version(_) | Command::Help(_) => {
                false
            }
            Command::Config(command) => command.heeds_configuration(),
            _ => true,
        }
    }

    /// Whether it deals with Ctrl-C itself.
    #[must_use]
    pub fn catches_signals(&self) -> bool {
        match self {
            #[cfg(feature = "sandbox")]
            Command::Sandbox(command) => command.catches_signals(),
            _ => false,
        }
    }
}

/// Runs one command.
///
/// # Errors
/// What the command could not do; nothing was printed yet.
pub async fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::Add(args) => Box::pin(add::run(context, args)).await,
        Command::Remove(args) => remove::run(context, args).await,
        Command::List(args) => list::run(context, args).await,
        Command::Show(args) => show::run(context, args).await,
        Command::Exception(command) => exception::run(context, command).await,
        Command::Enable(args) => enable::run(context, args).await,
        Command::Disable(args) => Box::pin(disable::run(context, args)).await,
        Command::Identity(command) => identity::run(context, command).await,
        Command::Role(command) => role::run(context, command).await,
        Command::Nodepool(command) => nodepool::run(context, command).await,
        Command::Plan(args) => Box::pin(plan::run(context, args)).await,
        Command::Apply(args) => Box::pin(apply::run(context, args)).await,
        Command::Diff(args) => Box::pin(diff::run(context, args)).await,
        Command::Export(args) => export::run(context, args).await,
        Command::Wait(args) => wait::run(context, args).await,
        Command::Install(args) => install::run(context, args).await,
        Command::Uninstall(args) => uninstall::run(context, args).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(command) => sandbox::run(context, command).await,
        Command::Config(command) => config::run(context, command),
        Command::Completion(args) => completion::run(args),
        Command::Docs(args) => docs::run(args),
        Command::Version(args) => version::run(args),
        Command::Help(args) => help::run(&args),
    }
}
