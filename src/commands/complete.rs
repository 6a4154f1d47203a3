//! Live values for shell completion: clusters, identities, namespaces, pools, pod identities,
//! exceptions.
//!
//! At most a second, silent on failure, never a prompt: a shell that hangs on TAB is worse than
//! one that completes nothing.

use std::ffi::OsStr;
use std::future::Future;
use std::time::Duration;

use clap::Parser;
use clap_complete::CompletionCandidate;

use super::arguments::ClusterArgs;
use super::change::cluster;
use crate::azure::{managed_cluster, resource_group, user_assigned_identity};
use crate::cli::Cli;
use crate::context::Context;
use crate::env;
use crate::error::Result;
use crate::k8s::{self, pod_identity};
use crate::settings::Settings;

const LIMIT: Duration = Duration::from_secs(1);

/// Resource groups of the subscription.
#[must_use]
pub fn resource_groups(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |context| async move {
        let found =
            resource_group::list(context.azure().await?, context.subscription().await?).await?;
        Ok(found.into_iter().map(|group| group.name).collect())
    })
}

/// Clusters of the subscription, or of the resource group typed before.
#[must_use]
pub fn clusters(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |context| async move {
        let group = typed(&["-g", "--resource-group"], env::PODID_RESOURCE_GROUP);
        let found =
            managed_cluster::list(context.azure().await?, context.subscription().await?).await?;
        let in_group = |cluster: &&managed_cluster::ManagedCluster| {
            let own = cluster.id().resource_group().unwrap_or_default();
            group
                .as_deref()
                .is_none_or(|group| own.eq_ignore_ascii_case(group))
        };
        Ok(found
            .iter()
            .filter(in_group)
            .map(|cluster| cluster.name().to_owned())
            .collect())
    })
}

/// Resource ids of the managed identities of the subscription.
#[must_use]
pub fn identities(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |context| async move {
        let azure = context.azure().await?;
        let found =
            user_assigned_identity::list_by_subscription(azure, context.subscription().await?)
                .await?;
        Ok(found
            .into_iter()
            .map(|identity| identity.id.to_string())
            .collect())
    })
}

/// Node pools of the cluster typed before.
#[must_use]
pub fn pools(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |context| async move {
        let cluster = cluster::read(&context, &typed_cluster()).await?;
        Ok(cluster
            .managed
            .agent_pools()
            .into_iter()
            .map(|pool| pool.name)
            .collect())
    })
}

/// Namespaces of the Kubernetes cluster in use.
#[must_use]
pub fn namespaces(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| async move {
        let connection = k8s::connect(&typed_connection()).await?;
        Ok(k8s::cluster::list_namespaces(&connection.client).await?)
    })
}

/// Pod identities of the namespace typed before.
#[must_use]
pub fn pod_identities(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| async move {
        let connection = k8s::connect(&typed_connection()).await?;
        let namespace = typed(&["--namespace"], "");
        let found = pod_identity::list_identities(&connection.client, namespace.as_deref()).await?;
        Ok(found.into_iter().map(|identity| identity.name).collect())
    })
}

/// Exceptions of the namespace typed before.
#[must_use]
pub fn exceptions(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| async move {
        let connection = k8s::connect(&typed_connection()).await?;
        let namespace = typed(&["--namespace"], "");
        let found = pod_identity::list_exceptions(&connection.client, namespace.as_deref()).await?;
        Ok(found.into_iter().map(|exception| exception.name).collect())
    })
}

fn candidates<F, W>(current: &OsStr, look_up: F) -> Vec<CompletionCandidate>
where
    F: FnOnce(Context) -> W,
    W: Future<Output = Result<Vec<String>>>,
{
    let Some(prefix) = current.to_str() else {
        return Vec::new();
    };
    let found = within_limit(look_up).unwrap_or_default();
    let matching = found.into_iter().filter(|value| value.starts_with(prefix));
    matching.map(CompletionCandidate::new).collect()
}

fn within_limit<F, W>(look_up: F) -> Option<Vec<String>>
where
    F: FnOnce(Context) -> W,
    W: Future<Output = Result<Vec<String>>>,
{
    crate::azure::install_crypto_provider();
    let mut global = Cli::try_parse_from(["podid", "--quiet", "version"])
        .ok()?
        .global;
    global.timeout = Some(LIMIT);
    if let Some(subscription) = typed(&["--subscription"], env::AZURE_SUBSCRIPTION_ID) {
        global.subscription = Some(subscription);
    }
    let ui = crate::output::ui::Ui::new(crate::output::ui::Manner::silent());
    // A configuration file that is refused completes like none.
    let (settings, _) = Settings::load(global, None);
    let context = Context::new(settings, ui);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let found = runtime.block_on(async { tokio::time::timeout(LIMIT, look_up(context)).await });
    runtime.shutdown_background();
    found.ok()?.ok()
}

/// The value of a flag in the words typed so far, else of its variable.
fn typed(flags: &[&str], variable: &str) -> Option<String> {
    let words: Vec<String> = std::env::args_os()
        .filter_map(|word| word.into_string().ok())
        .collect();
    value_of(&words, flags).or_else(|| env::read(variable))
}

fn value_of(words: &[String], flags: &[&str]) -> Option<String> {
    let mut found = None;
    for (index, word) in words.iter().enumerate() {
        if flags.contains(&word.as_str()) {
            found = words.get(index + 1).cloned();
        } else if let Some((flag, value)) = word.split_once('=')
            && flags.contains(&flag)
        {
            found = Some(value.to_owned());
        }
    }
    found.filter(|value| !value.is_empty() && !value.starts_with('-'))
}

fn typed_cluster() -> ClusterArgs {
    ClusterArgs {
        resource_group: typed(&["-g", "--resource-group"], env::PODID_RESOURCE_GROUP),
        cluster_name: typed(&["--cluster-name"], env::PODID_CLUSTER_NAME),
    }
}

fn typed_connection() -> k8s::ConnectOptions {
    k8s::ConnectOptions {
        kubeconfig: typed(&["--kubeconfig"], "").map(Into::into),
        context: typed(&["--context"], ""),
        timeout: Some(LIMIT),
        ..k8s::ConnectOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_last_value_typed() {
        let words: Vec<String> = [
            "podid",
            "add",
            "-g",
            "one",
            "--resource-group=two",
            "--cluster-name",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(
            value_of(&words, &["-g", "--resource-group"]),
            Some("two".to_owned())
        );
        assert_eq!(value_of(&words, &["--cluster-name"]), None);
    }
}
