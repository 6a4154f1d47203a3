//! `podid nodepool list`.

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::commands::arguments::ClusterArgs;
use crate::commands::change::cluster::{self, Pool};
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// List node pools and the identities they hold
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Which identities does each node pool hold?
  podid nodepool list -g prod --cluster-name prod-aks -o yaml")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: String,
    mode: String,
    os_type: String,
    #[serde(rename = "type")]
    pool_type: String,
    scale_set: Option<ResourceId>,
    identities: Vec<ResourceId>,
    suitable: bool,
    reason: Option<String>,
}

impl From<Pool> for Shown {
    fn from(pool: Pool) -> Self {
        let held = pool
            .scale_set
            .as_ref()
            .map(|set| set.identity.user_assigned.keys().cloned().collect());
        Shown {
            suitable: pool.unsuitable.is_none(),
            reason: pool.unsuitable.map(|reason| reason.to_string()),
            name: pool.name,
            mode: pool.mode,
            os_type: pool.os_type,
            pool_type: pool.pool_type,
            scale_set: pool.scale_set.map(|set| set.id),
            identities: held.unwrap_or_default(),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// The cluster or its scale sets may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let cluster = cluster::read(context, &args.cluster).await?;
    let pools: Vec<Shown> = cluster
        .pools()
        .await?
        .into_iter()
        .map(Shown::from)
        .collect();
    let mut table = Table::new(&[
        "NAME",
        "MODE",
        "OS",
        "TYPE",
        "SCALESET",
        "IDENTITIES",
        "NOTE",
    ]);
    for pool in &pools {
        table.row([
            pool.name.clone(),
            pool.mode.clone(),
            pool.os_type.clone(),
            pool.pool_type.clone(),
            pool.scale_set
                .as_ref()
                .map(|set| set.name().to_owned())
                .unwrap_or_default(),
            pool.identities.len().to_string(),
            pool.reason.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    Ok(Report::new(pools, table))
}
