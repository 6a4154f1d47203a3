//! `podid exception add`.

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;

use super::arguments::{self, LabelArgs};
use super::{reach, shown, way};
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::commands::complete;
use crate::context::Context;
use crate::domain::exception::{self, Comparison, Exception, Reach, WantedException};
use crate::domain::label::PodLabels;
use crate::domain::name::{ExceptionName, Namespace};
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Let pods through to IMDS past NMI
///
/// NMI answers pods that ask IMDS for a token. Pods of an exception are let through instead and may
/// use every identity of their node. One label is enough: a pod of the namespace that carries any
/// of them, with the same value in any case, is let through. Adding the same again changes nothing.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Let the pods labelled app=agent in namespace monitoring through
  podid exception add -g prod --cluster-name prod-aks --namespace monitoring --name agent --pod-labels app=agent

  # See which pods that would be, and change nothing
  podid exception add --namespace monitoring --pod-labels app=agent --dry-run")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Namespace of the pods
    #[arg(long, value_name = "NAMESPACE", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: String,
    /// Name of the exception; made of the labels when not given
    #[arg(long, short = 'n', value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    labels: LabelArgs,
    /// Replace the labels of an exception of the same name
    #[arg(long)]
    replace: bool,
    /// Accepted for scripts; this command never asks
    #[arg(long, short = 'y', hide = true)]
    yes: bool,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

/// Runs the command.
///
/// # Errors
/// Refused input, an exception of the same name with other labels, or a service refused.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let namespace = arguments::namespace(&args.namespace)?;
    let given = args.name.as_deref().filter(|name| !name.is_empty());
    let name = given.map(arguments::name).transpose()?;
    let pod_labels = args.labels.read()?;
    let (cluster, kubernetes) = (&args.cluster, &args.kubernetes);
    let site = way::open(context, cluster, kubernetes, &args.change, args.replace).await?;
    let (there, pods, ()) = tokio::try_join!(
        site.exceptions(namespace.as_str()),
        site.pods(namespace.as_str()),
        site.check_namespace(namespace.as_str()),
    )?;
    let wanted = wanted(namespace, name, pod_labels, &there)?;
    let compared = exception::compare(&wanted, &there);
    if let Comparison::Different(labels) = &compared
        && !args.replace
    {
        return Err(other_labels(&wanted, labels));
    }
    let reach = pods.map(|pods| Reach::among(&wanted, &pods));
    let report = |outcome, changes| {
        shown::report(&wanted, outcome, changes, reach.as_ref().ok(), site.via())
    };
    if compared == Comparison::Same {
        return Ok(report("unchanged", Vec::new()));
    }
    let before = there.iter().find(|one| one.key() == wanted.key());
    if let Some(before) = before {
        site.check(before).await?;
    }
    let change = site.preview(&wanted, before.is_some())?;
    reach::tell(context, &wanted.namespace, &reach);
    if args.change.dry_run {
        return Ok(report("wouldChange", vec![change]));
    }
    let outcome = site.set(context, &wanted, before.is_some()).await?;
    Ok(report(outcome, Vec::new()))
}

/// What is wanted; without a name, an exception of the same labels that is there already is meant.
fn wanted(
    namespace: Namespace,
    name: Option<ExceptionName>,
    pod_labels: PodLabels,
    there: &[Exception],
) -> Result<WantedException> {
    let same = || exception::with_labels(&namespace, &pod_labels, there);
    let name = match name {
        Some(name) => name,
        None => match same().and_then(|same| same.name.parse().ok()) {
            Some(name) => name,
            None => exception::default_name(&pod_labels)?,
        },
    };
    Ok(WantedException {
        namespace,
        name,
        pod_labels,
    })
}

fn other_labels(wanted: &WantedException, there: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("Exception `{}` exists with other labels", wanted.key()),
    )
    .cause(format!("it has {there}"))
    .hint("replace them with `podid exception update` or --replace, or choose another --name")
    .target(wanted.key())
}
