//! `podid show`.

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;

use super::arguments::{ClusterArgs, KubernetesArgs};
use super::complete;
use super::state;
use crate::context::Context;
use crate::domain::name::{Namespace, PodIdentityName};
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Show one pod identity of a cluster
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Everything about pod identity reader of namespace billing
  podid show -g prod --cluster-name prod-aks --namespace billing --name reader -o yaml")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Namespace of the pod identity
    #[arg(long, value_name = "NAMESPACE", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: String,
    /// Name of the pod identity
    #[arg(long, short = 'n', value_name = "NAME", add = ArgValueCompleter::new(complete::pod_identities))]
    name: String,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// There is no such pod identity, or it may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let namespace: Namespace = args.namespace.parse()?;
    let name: PodIdentityName = args.name.parse()?;
    let view = state::read(context, &args.cluster, &args.kubernetes).await?;
    let wanted = view
        .states
        .into_iter()
        .find(|item| item.namespace == namespace.as_str() && item.name == name.as_str());
    let Some(item) = wanted else {
        return Err(Error::new(
            Kind::NotFound,
            format!(
                "Cluster `{}` has no pod identity `{namespace}/{name}`",
                view.cluster.id.name()
            ),
        )
        .hint("see what there is with `podid list`")
        .target(format!("{namespace}/{name}")));
    };
    let table = state::table(std::slice::from_ref(&item));
    Ok(Report::new(item, table))
}
