//! `podid export`.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;

use super::arguments::{ClusterArgs, KubernetesArgs};
use super::change::claims;
use super::change::cluster::{self, Cluster, Reached};
use super::desired::site::Held;
use crate::context::Context;
use crate::domain::file::export::{self, Exported};
use crate::domain::file::{File, read};
use crate::domain::profile::Profile;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity;
use crate::output::format;
use crate::output::report::Report;

/// Write a cluster's pod identities as a file for plan and apply
///
/// Pod identities, bindings and exceptions in a stable order, as YAML; applying the file to the
/// same cluster changes nothing. Roles are not in it. What a file cannot say is left out with a
/// warning.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Start to keep a cluster in a file
  podid export -g prod --cluster-name prod-aks > prod.yaml
  podid plan -f prod.yaml")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// The cluster or its objects may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let reached = cluster::reach_to_read(context, &args.cluster, &args.kubernetes).await?;
    let exported = match reached {
        Reached::Aks(cluster) => {
            let profile = Profile::of(cluster.managed.pod_identity_profile());
            export::add_on(&cluster.id, &profile)
        }
        Reached::Direct(cluster, connection) => direct(&cluster, &connection.client).await?,
    };
    for text in &exported.left_out {
        context.ui.warn(&format!("left out: {text}"));
    }
    let file = File::of(vec![exported.cluster]);
    let value = serde_json::to_value(&file).unwrap_or_default();
    let text = format!("{}\n", format::yaml(&value)?);
    // What is written must be what is read: a name that YAML takes for something else, for example.
    if let Err(faults) = read(&text) {
        let causes = faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        return Err(
            Error::new(Kind::Failed, "The cluster cannot be written as a file")
                .cause(causes.join("; ")),
        );
    }
    Ok(Report {
        value,
        ..Report::default()
    }
    .as_text(text))
}

async fn direct(cluster: &Cluster, client: &kube::Client) -> Result<Exported> {
    let (pools, snapshot, bindings, exceptions) = tokio::try_join!(
        cluster.pools(),
        claims::snapshot(client),
        async { Ok(pod_identity::list_bindings(client, None).await?) },
        async { Ok(pod_identity::list_exceptions(client, None).await?) },
    )?;
    let held = Held {
        snapshot,
        bindings,
        exceptions,
        pools,
    };
    let world = held.world(cluster, BTreeMap::new());
    Ok(export::direct(&cluster.id, &world))
}
