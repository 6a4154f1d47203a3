//! `podid exception add`.

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;

use super::arguments::{self, LabelArgs};
use super::{reach, shown, way};
use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use crate::commands::complete;
use crate::context::Context;
use crate::domain::exception::{self, Comparison, Exception, WantedException};
use crate::domain::label::PodLabels;
use crate::domain::name::{ExceptionName, Namespace};
use crate::error::{Error, Kind, Result};
use crate::k8s;
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
    let site = way::open(context, &args.cluster, &args.kubernetes, args.change.via).await?;
    let (there, reach, ()) = tokio::try_join!(
        site.exceptions(namespace.as_str()),
        reach::read(context, &site.client, &namespace, &pod_labels),
        check_namespace(&site.client, &namespace),
    )?;
    let wanted = wanted(namespace, name, pod_labels, &there)?;
    let compared = exception::compare(&wanted, &there);
    if let Comparison::Different(labels) = &compared
        && !args.replace
    {
        return Err(other_labels(&wanted, labels));
    }
    let report =
        |outcome, changes| shown::report(&wanted, outcome, changes, reach.as_ref(), site.via());
    if compared == Comparison::Same {
        return Ok(report("unchanged", Vec::new()));
    }
    reach::tell(context, &wanted.namespace, reach.as_ref());
    let before = there
        .iter()
        .find(|one| one.namespace == wanted.namespace.as_str() && one.name == wanted.name.as_str());
    if let Some(before) = before {
        site.check(before).await?;
    }
    if args.change.dry_run {
        let what = if before.is_some() {
            "replace the labels of"
        } else {
            "create"
        };
        let change = format!("{what} AzurePodIdentityException {}", wanted.key());
        return Ok(report("wouldChange", vec![change]));
    }
    site.announce(context);
    if before.is_some() {
        site.replace(&wanted).await?;
        return Ok(report("updated", Vec::new()));
    }
    site.create(&wanted).await?;
    Ok(report("added", Vec::new()))
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

async fn check_namespace(client: &kube::Client, namespace: &Namespace) -> Result<()> {
    if k8s::cluster::namespace_exists(client, namespace.as_str()).await? {
        return Ok(());
    }
    Err(k8s::Error::NamespaceNotFound {
        namespace: namespace.to_string(),
    }
    .into())
}
