//! `podid add`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use super::change::addition::{self, Manner};
use super::change::cluster::{self, Cluster};
use super::change::managed::{self, Managed};
use super::change::{claims, removal, wanted};
use crate::context::Context;
use crate::domain::pod_identity::Comparison;
use crate::error::{Error, Result};
use crate::k8s::{self, crd, pod_identity};
use crate::output::report::Report;

mod shown;

/// Add pod identities to a cluster
///
/// Pods in the namespace whose label `aadpodidbinding` equals the binding selector may then get
/// tokens for the managed identity. podid assigns the identity to the scale set of every node
/// pool and writes an AzureIdentity and an AzureIdentityBinding. Adding the same again changes
/// nothing; a run that was cut short is continued by the same command.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Let pods labelled aadpodidbinding=reader in namespace billing use identity reader
  podid add -g prod --cluster-name prod-aks --namespace billing --name reader --identity-resource-id ID

  # Create the identity first, and grant the roles that are missing
  podid add -g prod --cluster-name prod-aks --namespace billing --identity-resource-id ID --create-identity --grant

  # Add many at once: one PATCH per scale set
  podid add -g prod --cluster-name prod-aks --from-file identities.yaml")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    #[command(flatten)]
    pod_identity: wanted::WantedArgs,
    /// Create the managed identity when it does not exist
    #[arg(long)]
    create_identity: bool,
    /// Grant the roles that the signed-in principal lacks
    #[arg(long)]
    grant: bool,
    /// Replace a pod identity of the same name that has other content
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    change: ChangeArgs,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

impl Args {
    fn many(&self) -> Option<&PathBuf> {
        self.pod_identity.from_file.as_ref()
    }
}

/// Runs the command.
///
/// # Errors
/// Refused input, what the cluster cannot do, or a failure of every pod identity; single
/// failures are part of the report.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let requested = args.pod_identity.read().await?;
    let namespaces = wanted::namespaces(&requested);
    let (cluster, connection) =
        cluster::read_both(context, &args.cluster, &args.kubernetes).await?;
    cluster.check_single_pools(args.change.via)?;
    let client = &connection.client;
    let (mut managed, pools, snapshot, bindings, warning) = tokio::try_join!(
        managed::read(&cluster, &requested, args.create_identity),
        cluster.usable_pools(context),
        claims::snapshot(client),
        async { Ok(pod_identity::list_bindings(client, None).await?) },
        check_cluster(client, &namespaces),
    )?;
    let compare = |managed: &Managed| {
        let pairs = requested
            .iter()
            .map(|wanted| (wanted.clone(), managed.get(&wanted.identity)));
        addition::compare_all(pairs.collect(), &snapshot, &bindings, args.replace)
    };
    snapshot.check_records(&wanted::identities(&requested))?;
    let compared = compare(&managed)?;
    Cluster::tell_left_out(context, &pools);
    if let Some(text) = warning {
        context.ui.warn(text);
    }
    if args.change.dry_run {
        let preview = addition::preview(&compared, &pools, &managed.absent);
        return Ok(shown::preview(&compared, &preview, args.many().is_some()));
    }
    cluster.announce(context, cluster::Way::Direct);
    managed.create_absent(context, &cluster).await?;
    let compared = compare(&managed)?;
    let granted = args.grant
        && super::role::ensure(context, &cluster, &wanted::identities(&requested)).await?;
    replace_identities(context, &cluster, client, &compared, &snapshot, &bindings).await?;
    let manner = Manner {
        no_wait: args.change.no_wait,
        replace: args.replace,
        permissions_may_be_late: granted,
    };
    let added = addition::run(context, &cluster, client, compared, manner).await?;
    let report = shown::report(added, &pools, args.change.no_wait, args.many().is_some());
    Ok(report.next_step(format!(
        "podid list -g {} --cluster-name {}",
        cluster.group(),
        cluster.id.name()
    )))
}

/// Checks what a cluster needs before anything is written: CRDs, namespaces, and (a warning) NMI.
async fn check_cluster(
    client: &kube::Client,
    namespaces: &[String],
) -> Result<Option<&'static str>> {
    let ((), (), warning) = tokio::try_join!(
        check_crds(client),
        check_namespaces(client, namespaces),
        check_nmi(client),
    )?;
    Ok(warning)
}

async fn check_crds(client: &kube::Client) -> Result<()> {
    let state = crd::check(client).await?;
    if state.is_complete() {
        return Ok(());
    }
    Err(k8s::Error::CrdsMissing {
        missing: state.missing,
    }
    .into())
}

async fn check_namespaces(client: &kube::Client, namespaces: &[String]) -> Result<()> {
    let absent = |namespace: &String| k8s::Error::NamespaceNotFound {
        namespace: namespace.clone(),
    };
    if let [only] = namespaces {
        if !k8s::cluster::namespace_exists(client, only).await? {
            return Err(absent(only).into());
        }
        return Ok(());
    }
    let known = k8s::cluster::list_namespaces(client).await?;
    let errors: Vec<Error> = namespaces
        .iter()
        .filter(|namespace| !known.contains(namespace))
        .map(|namespace| absent(namespace).into())
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::several("Nothing was changed", errors))
    }
}

async fn check_nmi(client: &kube::Client) -> Result<Option<&'static str>> {
    match k8s::cluster::nmi_running(client).await {
        Ok(state) if state.is_running() => Ok(None),
        Ok(_) => Ok(Some(
            "no NMI runs in this cluster: pods get no tokens until it is installed",
        )),
        Err(error) if error.is_forbidden() => Ok(Some(
            "whether NMI runs could not be seen: no permission to list daemon sets",
        )),
        Err(error) => Err(error.into()),
    }
}

/// Removes the pod identities that `--replace` gives another managed identity.
///
/// What podid recorded on the object is about the former identity, so the former one is released
/// like in `podid remove` before the object stands for the new one.
async fn replace_identities(
    context: &Context,
    cluster: &Cluster,
    client: &kube::Client,
    compared: &[addition::Wanted],
    snapshot: &claims::Snapshot,
    bindings: &[pod_identity::Binding],
) -> Result<()> {
    for item in compared {
        if !matches!(item.comparison, Comparison::Different(_)) {
            continue;
        }
        let wanted = &item.pod_identity;
        let found = removal::find(
            wanted.namespace.as_str(),
            wanted.name.as_str(),
            snapshot,
            bindings,
        );
        if found.identity.is_some() && found.managed_identity().as_ref() != Some(&wanted.identity) {
            removal::run(context, cluster, client, &found, false).await?;
        }
    }
    Ok(())
}

impl From<crate::domain::name::InvalidName> for Error {
    fn from(invalid: crate::domain::name::InvalidName) -> Self {
        Error::usage(invalid.to_string())
    }
}
