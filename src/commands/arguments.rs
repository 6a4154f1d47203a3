//! Arguments that several commands share.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::change::aks::headers;
use super::complete;
use crate::domain::resource_id::{ParseError, ResourceId, USER_ASSIGNED_IDENTITY};
use crate::error::{Error, Result};
use crate::{context::Context, env};

/// Which cluster.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Cluster")]
pub struct ClusterArgs {
    /// Resource group of the cluster
    #[arg(long, short = 'g', value_name = "GROUP", env = env::PODID_RESOURCE_GROUP, hide_env_values = true, add = ArgValueCompleter::new(complete::resource_groups))]
    pub resource_group: Option<String>,
    /// Name of the AKS cluster
    #[arg(long, value_name = "NAME", env = env::PODID_CLUSTER_NAME, hide_env_values = true, add = ArgValueCompleter::new(complete::clusters))]
    pub cluster_name: Option<String>,
}

impl ClusterArgs {
    /// The id of the cluster.
    ///
    /// # Errors
    /// Group, name or subscription is neither given nor set.
    pub async fn id(&self, context: &Context) -> Result<ResourceId> {
        let group = resource_group(context, self.resource_group.as_ref())?;
        let name = context
            .settings
            .cluster_name(self.cluster_name.as_ref())
            .ok_or_else(|| missing("cluster", "--cluster-name", env::PODID_CLUSTER_NAME))?
            .value;
        let subscription = context.subscription().await?;
        Ok(ResourceId::managed_cluster(subscription, &group, &name)?)
    }
}

/// The resource group that was given, or the default.
///
/// # Errors
/// None is set anywhere.
pub fn resource_group(context: &Context, given: Option<&String>) -> Result<String> {
    let group = context.settings.resource_group(given).ok_or_else(|| {
        missing(
            "resource group",
            "--resource-group",
            env::PODID_RESOURCE_GROUP,
        )
    })?;
    Ok(group.value)
}

fn missing(what: &str, flag: &str, variable: &str) -> Error {
    Error::usage(format!("No {what} is given"))
        .hint(format!(
            "use {flag}, set {variable}, or keep a default with `podid config set`"
        ))
        .target(flag)
}

/// How to reach the cluster's Kubernetes API.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Kubernetes")]
pub struct KubernetesArgs {
    /// Kubeconfig file; else KUBECONFIG, else ~/.kube/config
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig
    #[arg(long, value_name = "NAME")]
    pub context: Option<String>,
    /// Fetch the credentials from Azure, kept in memory only
    #[arg(long, conflicts_with_all = ["context", "kubeconfig"])]
    pub kubeconfig_from_azure: bool,
    /// Fetch the cluster administrator's credentials from Azure, kept in memory only
    #[arg(long, conflicts_with_all = ["context", "kubeconfig"])]
    pub admin: bool,
    /// Use the kubeconfig though its server is not the cluster's
    #[arg(long)]
    pub force_context: bool,
}

/// Who changes the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Via {
    /// The add-on when the cluster uses it, else podid itself.
    #[default]
    Auto,
    /// podid assigns the identity to the scale sets and writes the objects.
    Direct,
    /// The add-on: an edit of the cluster's podIdentityProfile.
    Aks,
}

/// How a change is carried out.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Change")]
pub struct ChangeArgs {
    /// Who changes the cluster; auto when not given
    #[arg(long, value_enum, value_name = "WAY")]
    pub via: Option<Via>,
    /// Show what would be changed, change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Return when Azure has accepted the change
    #[arg(long)]
    pub no_wait: bool,
    /// Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on's way only)
    #[arg(long, value_name = "HEADERS")]
    pub aks_custom_headers: Option<String>,
}

impl ChangeArgs {
    /// Who changes the cluster: the flag, or the default of the configuration file.
    #[must_use]
    pub fn via(&self, context: &Context) -> Via {
        context.settings.via(self.via).value
    }

    /// The headers of `--aks-custom-headers`.
    ///
    /// # Errors
    /// They are not headers.
    pub fn headers(&self) -> Result<Vec<(String, String)>> {
        headers::parse(self.aks_custom_headers.as_deref())
    }
}

/// Which cluster's add-on is changed and how; `-n` names the cluster as `az aks update` has it.
#[derive(Debug, Clone, Args)]
pub struct AddOnArgs {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Name of the AKS cluster, as `az aks update` takes it
    #[arg(
        long,
        short = 'n',
        value_name = "NAME",
        hide = true,
        help_heading = "Cluster"
    )]
    name: Option<String>,
    /// Show what would be changed, change nothing
    #[arg(long, help_heading = "Change")]
    pub dry_run: bool,
    /// Return when Azure has accepted the change
    #[arg(long, help_heading = "Change")]
    pub no_wait: bool,
    /// Headers of the request that changes the cluster, as Name=Value,Name=Value
    #[arg(long, value_name = "HEADERS", help_heading = "Change")]
    aks_custom_headers: Option<String>,
}

impl AddOnArgs {
    /// The cluster that is meant.
    ///
    /// # Errors
    /// `--name` and `--cluster-name` name two.
    pub fn cluster(&self) -> Result<ClusterArgs> {
        let mut cluster = self.cluster.clone();
        let Some(name) = &self.name else {
            return Ok(cluster);
        };
        let given = cluster.cluster_name.as_ref().filter(|given| *given != name);
        // The environment gives a default, not a second cluster.
        if given.is_some() && given != env::read(env::PODID_CLUSTER_NAME).as_ref() {
            return Err(Error::usage("--name and --cluster-name name two clusters")
                .hint("give one of them")
                .target("--name"));
        }
        cluster.cluster_name = Some(name.clone());
        Ok(cluster)
    }

    /// The headers of `--aks-custom-headers`.
    ///
    /// # Errors
    /// They are not headers.
    pub fn headers(&self) -> Result<Vec<(String, String)>> {
        headers::parse(self.aks_custom_headers.as_deref())
    }
}

/// Parses the resource id of a user-assigned managed identity.
///
/// # Errors
/// It is not one; the error says what is wrong with it.
pub fn identity_id(text: &str) -> Result<ResourceId> {
    let refused_because = |reason: String| {
        Error::usage("The identity's resource id is not valid")
            .cause(reason)
            .hint(
                "it looks like /subscriptions/SUBSCRIPTION/resourceGroups/GROUP/providers/\
                 Microsoft.ManagedIdentity/userAssignedIdentities/NAME; \
                 `podid identity list --query '[].id' -o tsv` lists them",
            )
            .target("--identity-resource-id")
    };
    let refused = |error: ParseError| refused_because(error.to_string());
    let id: ResourceId = text.parse().map_err(refused)?;
    let id = id.expect_type(USER_ASSIGNED_IDENTITY).map_err(refused)?;
    if id.resource_group().is_none() {
        return Err(refused_because(format!("`{id}` names no resource group")));
    }
    Ok(id)
}
