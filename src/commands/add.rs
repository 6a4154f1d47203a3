//! `podid add`.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs};
use super::change::cluster::{self, Reached};
use super::change::wanted;
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;

mod aks;
pub(super) mod direct;
mod shown;

/// Add pod identities to a cluster
///
/// Pods in the namespace whose label `aadpodidbinding` equals the binding selector may then get
/// tokens for the managed identity. podid assigns the identity to the scale set of every node
/// pool and writes an AzureIdentity and an AzureIdentityBinding; on a cluster whose pod identity
/// add-on is on it changes the cluster's podIdentityProfile instead, and the add-on does the rest
/// (no access to Kubernetes is needed then). Adding the same again changes nothing; a run that
/// was cut short is continued by the same command.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Let pods labelled aadpodidbinding=reader in namespace billing use identity reader
  podid add -g prod --cluster-name prod-aks --namespace billing --name reader --identity-resource-id ID

  # Create the identity first, and grant the roles that are missing
  podid add -g prod --cluster-name prod-aks --namespace billing --identity-resource-id ID --create-identity --grant

  # Print the Kubernetes objects for Kustomize or GitOps, change nothing
  podid add -g prod --cluster-name prod-aks --namespace billing --identity-resource-id ID --dry-run -o yaml

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
    let headers = args.change.headers()?;
    let reached = cluster::reach(
        context,
        &args.cluster,
        &args.kubernetes,
        args.change.via(context),
    );
    match reached.await? {
        Reached::Aks(cluster) => aks::run(context, &args, &cluster, &requested, headers).await,
        Reached::Direct(cluster, connection) => {
            let client = &connection.client;
            Box::pin(direct::run(context, &cluster, client, &requested, &args)).await
        }
    }
}
