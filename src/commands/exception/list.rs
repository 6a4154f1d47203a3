//! `podid exception list`.

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;
use serde_json::{Value, json};

use super::{arguments, way};
use crate::commands::arguments::{ClusterArgs, KubernetesArgs};
use crate::commands::change::cluster;
use crate::commands::complete;
use crate::context::Context;
use crate::domain::exception::Exception;
use crate::domain::label;
use crate::domain::name::Namespace;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;

/// List the exceptions of a cluster
///
/// With the pod identity add-on those of podIdentityProfile are listed, and no access to Kubernetes is
/// needed; else the AzurePodIdentityException objects.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # All exceptions of a cluster
  podid exception list -g prod --cluster-name prod-aks

  # Those of one namespace, as names
  podid exception list --namespace monitoring --query '[].name' -o tsv")]
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
/// The cluster or its exceptions may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let namespace = args.namespace.as_deref().map(arguments::namespace);
    let namespace = namespace.transpose()?;
    let namespace = namespace.as_ref().map(Namespace::as_str);
    let cluster = cluster::read(context, &args.cluster).await?;
    let found = way::list(context, &cluster, &args.kubernetes, namespace).await?;
    Ok(report(found, cluster.id.name()))
}

fn report(mut found: Vec<Exception>, cluster: &str) -> Report {
    found.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let mut table = Table::new(&["NAMESPACE", "NAME", "POD-LABELS"]);
    let mut items: Vec<Value> = Vec::with_capacity(found.len());
    for one in found {
        table.row([
            one.namespace.clone(),
            one.name.clone(),
            label::shown(&one.pod_labels),
        ]);
        items.push(json!({
            "name": one.name,
            "namespace": one.namespace,
            "podLabels": one.pod_labels,
        }));
    }
    Report::new(items, table).when_empty(format!("No exceptions in cluster `{cluster}`"))
}
