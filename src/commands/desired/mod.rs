//! What `plan`, `apply`, `diff` and `export` share: a file of pod identities becomes changes, and
//! changes are carried out.
//!
//! Flow: the file ([`source`]), each cluster as it is ([`site`]), wanted minus actual
//! ([`planned`]), and then, cluster by cluster side by side, the same steps as `podid add` and
//! `podid remove` ([`carry_out`]). A plan can be kept in a file ([`saved`]).

use std::path::PathBuf;

use clap::Args;

pub mod access;
pub mod carry_out;
pub mod identities;
pub mod planned;
pub mod saved;
pub mod shown;
pub mod site;
pub mod source;

/// The file.
#[derive(Debug, Clone, Args)]
pub struct FileArgs {
    /// YAML or JSON file of pod identities; `-` reads stdin
    #[arg(long, short = 'f', value_name = "FILE")]
    pub file: PathBuf,
}

/// How changes are planned.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct PlanningArgs {
    /// Also remove what podid made and the file does not name
    #[arg(long)]
    pub prune: bool,
    /// Take over objects of the same name that others made
    #[arg(long)]
    pub replace: bool,
}
