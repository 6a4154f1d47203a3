//! `podid list`.

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;

use super::arguments::{ClusterArgs, KubernetesArgs};
use super::complete;
use super::state::{self, State, Summary};
use crate::context::Context;
use crate::domain::name::Namespace;
use crate::error::Result;
use crate::output::report::Report;

/// List the pod identities of a cluster
///
/// Joins what Kubernetes and the scale sets say. State is Assigned when every node pool that can
/// hold identities holds this one; Partial, NotAssigned, Removing, NoBinding and Stale (the
/// managed identity was deleted or recreated) need a look. On a cluster whose pod identity add-on
/// is on, the list is that of its podIdentityProfile, with the states AKS gives; it takes one
/// request and no access to Kubernetes.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # All pod identities of a cluster
  podid list -g prod --cluster-name prod-aks

  # Those that are not ready, as namespace and name
  podid list --query \"[?state!='Assigned'].[namespace,name]\" -o tsv")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Only this namespace
    #[arg(long, value_name = "NAMESPACE", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: Option<String>,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// The cluster, its scale sets or its objects may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let namespace = args
        .namespace
        .as_deref()
        .map(str::parse::<Namespace>)
        .transpose()?;
    let view = state::read(context, &args.cluster, &args.kubernetes).await?;
    let items: Vec<State> = view
        .states
        .into_iter()
        .filter(|item| {
            namespace
                .as_ref()
                .is_none_or(|wanted| item.namespace == wanted.as_str())
        })
        .collect();
    let table = state::table(&items);
    let given_up = |item: &State| matches!(item.state, Summary::Failed | Summary::Canceled);
    let repair = items.iter().any(given_up);
    let report = Report::new(items, table).when_empty(format!(
        "No pod identities in cluster `{}`",
        view.cluster.id.name()
    ));
    Ok(if repair {
        report.next_step(format!("podid remove --repair {}", view.cluster.flags()))
    } else {
        report
    })
}
