//! `podid exception suggest`.

use std::collections::BTreeMap;

use clap::Args as ClapArgs;
use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::{arguments, way};
use crate::commands::arguments::{ClusterArgs, KubernetesArgs};
use crate::commands::change::cluster::{self, Cluster};
use crate::commands::complete;
use crate::context::Context;
use crate::domain::label::{self, Labels};
use crate::domain::name::Namespace;
use crate::domain::suggestion::{self, Bond, Reason, Suggestion};
use crate::error::Result;
use crate::k8s::{self, pod_identity};
use crate::output::report::Report;
use crate::output::table::Table;

/// Suggest exceptions for pods that NMI leaves without tokens
///
/// Names system workloads that are documented to ask IMDS by themselves, pods without a selector that
/// NMI of podid reported to have refused, and pods whose label aadpodidbinding belongs to no binding. Changes
/// nothing: it prints the commands that would.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # What lacks an exception in this cluster?
  podid exception suggest -g prod --cluster-name prod-aks

  # The commands alone
  podid exception suggest --query '[].command' -o tsv")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// Only this namespace
    #[arg(long, value_name = "NAMESPACE", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: Option<String>,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    namespace: String,
    owners: Vec<String>,
    pods: Vec<String>,
    reason: &'static str,
    explanation: String,
    pod_labels: Labels,
    /// Other workloads that the labels would let through as well.
    also_matches: Vec<String>,
    /// The command that makes it; `null` when the pods carry no lasting label.
    command: Option<String>,
    /// The command that gives the pods an identity of their own instead.
    instead: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// The pods, bindings or exceptions may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let namespace = args.namespace.as_deref().map(arguments::namespace);
    let namespace = namespace.transpose()?;
    let namespace = namespace.as_ref().map(Namespace::as_str);
    let (cluster, connection) =
        cluster::read_both(context, &args.cluster, &args.kubernetes).await?;
    let client = &connection.client;
    let (pods, exceptions, bonds, refused, ()) = tokio::try_join!(
        async { Ok(k8s::pod::list_pods(client, namespace).await?) },
        way::objects(client, namespace),
        bonds(client, cluster.managed.pod_identity_enabled()),
        refusals(context, client, namespace),
        check_nmi(context, client),
    )?;
    let found = suggestion::suggest(&pods, &exceptions, &bonds, &refused);
    Ok(report(&cluster, found))
}

/// The bindings with the reach that their identities give them.
async fn bonds(client: &kube::Client, add_on: bool) -> Result<Vec<Bond>> {
    let (bindings, identities) = tokio::try_join!(
        pod_identity::list_bindings(client, None),
        pod_identity::list_identities(client, None),
    )?;
    let bonds = bindings.into_iter().map(|binding| {
        let identity = identities.iter().find(|identity| {
            identity.namespace == binding.namespace && identity.name == binding.identity_name
        });
        Bond {
            // The add-on's NMI takes bindings of the pod's own namespace only.
            everywhere: !add_on && identity.is_some_and(|identity| !identity.is_namespaced()),
            namespace: binding.namespace,
            selector: binding.selector,
        }
    });
    Ok(bonds.collect())
}

async fn refusals(
    context: &Context,
    client: &kube::Client,
    namespace: Option<&str>,
) -> Result<BTreeMap<String, String>> {
    match k8s::pod::refusals(client, namespace).await {
        Ok(found) => Ok(found),
        Err(error) if error.is_forbidden() => {
            context
                .ui
                .warn("refusals of NMI could not be seen: no permission to list events");
            Ok(BTreeMap::new())
        }
        Err(error) => Err(error.into()),
    }
}

/// Says so when there is nothing to be let past.
async fn check_nmi(context: &Context, client: &kube::Client) -> Result<()> {
    match k8s::cluster::nmi_running(client).await {
        Ok(state) if state.is_running() => {}
        Ok(_) => context.ui.warn(
            "no NMI runs in this cluster: nothing catches the requests of pods, and no exception is needed until one does",
        ),
        // Whoever may not see it learns nothing here, and gets the suggestions all the same.
        Err(error) if error.is_forbidden() => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn report(cluster: &Cluster, found: Vec<Suggestion>) -> Report {
    let mut table = Table::new(&["NAMESPACE", "WORKLOADS", "PODS", "POD-LABELS", "WHY"]);
    let items: Vec<Shown> = found.into_iter().map(|one| shown(cluster, one)).collect();
    for item in &items {
        table.row([
            item.namespace.clone(),
            item.owners.join(","),
            item.pods.len().to_string(),
            label::shown(&item.pod_labels),
            item.explanation.clone(),
        ]);
    }
    let commands: Vec<String> = items
        .iter()
        .filter_map(|item| item.command.clone())
        .collect();
    let name = cluster.id.name();
    let report = Report::new(items, table).when_empty(format!(
        "No exception to suggest for cluster `{name}`: no sign of a pod that lacks one"
    ));
    commands.into_iter().fold(report, Report::next_step)
}

fn shown(cluster: &Cluster, suggestion: Suggestion) -> Shown {
    let (reason, mut explanation, name, instead) = match &suggestion.reason {
        Reason::System(system) => (
            "system",
            format!("{} ask IMDS for tokens by themselves", system.what),
            Some(system.exception),
            None,
        ),
        Reason::Refused(words) => ("refused", format!("NMI refused: {words}"), None, None),
        Reason::NoBinding(selector) => (
            "noBinding",
            format!("no binding has selector `{selector}`"),
            None,
            Some(format!(
                "podid add {} --namespace {} --binding-selector {selector} --identity-resource-id ID",
                cluster.flags(),
                suggestion.namespace
            )),
        ),
    };
    let labels = &suggestion.pod_labels;
    let also: Vec<String> = suggestion.also.iter().map(ToString::to_string).collect();
    if labels.is_empty() {
        explanation.push_str("; the pods carry no lasting label: give their workload one first");
    } else if !also.is_empty() {
        explanation.push_str("; the labels also match ");
        explanation.push_str(&also.join(", "));
    }
    let command = (!labels.is_empty())
        .then(|| way::add_command(cluster, &suggestion.namespace, name, labels));
    Shown {
        namespace: suggestion.namespace,
        owners: suggestion.owners.iter().map(ToString::to_string).collect(),
        pods: suggestion.pods,
        reason,
        explanation,
        pod_labels: suggestion.pod_labels,
        also_matches: also,
        command,
        instead,
    }
}
