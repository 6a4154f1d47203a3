//! `podid nodepool`: identities on the scale set of each node pool.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;
use serde_json::json;

use super::arguments::identity_id;
use super::change::cluster::{Cluster, Pool};
use super::change::scale_sets::Outcome;
use super::complete;
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};
use crate::output::report::Report;
use crate::output::table::Table;

pub mod assign;
pub mod list;
pub mod unassign;

/// What can be done with node pools.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "a comment here would replace the command's whole help"
)]
pub enum Command {
    List(list::Args),
    Assign(assign::Args),
    Unassign(unassign::Args),
}

impl Command {
    /// Whether it may change something.
    pub(super) fn changes(&self) -> bool {
        matches!(self, Command::Assign(_) | Command::Unassign(_))
    }
}

/// Runs one command of the group.
///
/// # Errors
/// What the command could not do.
pub async fn run(context: &Context, command: Command) -> Result<Report> {
    match command {
        Command::List(args) => list::run(context, args).await,
        Command::Assign(args) => assign::run(context, args).await,
        Command::Unassign(args) => unassign::run(context, args).await,
    }
}

/// Which identities and which pools.
#[derive(Debug, Clone, Args)]
pub struct Selection {
    /// Resource id of a user-assigned managed identity; may be repeated
    #[arg(long, value_name = "ID", required = true, num_args = 1.., add = ArgValueCompleter::new(complete::identities))]
    identity_resource_id: Vec<String>,
    /// Only this node pool; may be repeated; all that can hold identities when not given
    #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::pools))]
    nodepool_name: Vec<String>,
}

impl Selection {
    /// The identities.
    ///
    /// # Errors
    /// One is not the id of a user-assigned identity.
    fn identities(&self) -> Result<BTreeSet<ResourceId>> {
        self.identity_resource_id
            .iter()
            .map(|text| identity_id(text))
            .collect()
    }

    /// The pools that are meant.
    ///
    /// # Errors
    /// A name is unknown, or the pool cannot hold identities.
    fn pools(&self, context: &Context, cluster: &Cluster, pools: Vec<Pool>) -> Result<Vec<Pool>> {
        cluster.check_pool_names(&pools, &self.nodepool_name)?;
        let named = |pool: &Pool| self.nodepool_name.contains(&pool.name);
        if let Some((pool, reason)) = pools
            .iter()
            .filter(|pool| named(pool))
            .find_map(|pool| Some((pool, pool.unsuitable?)))
        {
            return Err(Error::usage(format!(
                "Node pool `{}` cannot hold identities: {reason}",
                pool.name
            ))
            .target("--nodepool-name"));
        }
        let all = self.nodepool_name.is_empty();
        if all {
            Cluster::tell_left_out(context, &pools);
        }
        Ok(pools
            .into_iter()
            .filter(|pool| pool.target().is_some() && (all || named(pool)))
            .collect())
    }
}

/// One row per pool that was meant, with one error over everything that failed.
fn report(pools: &[Pool], outcomes: Vec<Outcome>, changed: &'static str) -> Report {
    let failed = outcomes
        .iter()
        .filter(|outcome| !outcome.is_complete())
        .count();
    let mut by_pool: BTreeMap<String, Outcome> = outcomes
        .into_iter()
        .map(|outcome| (outcome.pool.clone(), outcome))
        .collect();
    let mut table = Table::new(&["POOL", "SCALESET", "OUTCOME"]);
    let mut items = Vec::new();
    let mut failures = Vec::new();
    for pool in pools {
        let outcome = match by_pool.remove(&pool.name) {
            None => "unchanged",
            Some(outcome) => {
                let complete = outcome.is_complete();
                failures.extend(outcome.failure);
                failures.extend(outcome.refused.into_values());
                if complete { changed } else { "failed" }
            }
        };
        let set = pool
            .scale_set
            .as_ref()
            .map(|set| set.id.to_string())
            .unwrap_or_default();
        table.row([
            pool.name.as_str(),
            set.rsplit('/').next().unwrap_or_default(),
            outcome,
        ]);
        items.push(json!({"pool": pool.name, "scaleSet": set, "outcome": outcome}));
    }
    let failure = (!failures.is_empty()).then(|| {
        let message = format!(
            "{failed} of {} node pools were not changed completely",
            pools.len()
        );
        Error::several(message, failures).hint("run the same command again to continue")
    });
    Report::new(items, table).failed(failure)
}

/// One row per pool: what a run without `--dry-run` would do.
fn preview(
    pools: &[Pool],
    changes: &BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    outcome: &'static str,
) -> Report {
    let mut table = Table::new(&["POOL", "OUTCOME", "IDENTITIES"]);
    let mut items = Vec::new();
    for pool in pools {
        let change = pool.scale_set.as_ref().and_then(|set| changes.get(&set.id));
        let outcome = if change.is_some() {
            outcome
        } else {
            "unchanged"
        };
        let names: Vec<&str> = change.into_iter().flatten().map(ResourceId::name).collect();
        table.row([pool.name.as_str(), outcome, &names.join(",")]);
        items.push(json!({"pool": pool.name, "outcome": outcome, "identities": change}));
    }
    Report::new(items, table)
}
