//! `podid exception test`.

use clap::Args as ClapArgs;
use serde::Serialize;

use super::{arguments, way};
use crate::commands::arguments::{ClusterArgs, KubernetesArgs};
use crate::commands::change::cluster;
use crate::context::Context;
use crate::domain::exception::{self, Exception, LabelComparison};
use crate::domain::workload::Pod;
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::output::report::Report;
use crate::output::table::Table;

/// Exit code of a pod that no exception lets through.
const NOT_LET_THROUGH: u8 = 1;

/// Tell which exceptions let a pod through, and why
///
/// Compares the pod's labels with every exception of its namespace, as NMI does. Exit code 0 when
/// one lets it through, 1 when none does.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Is pod agent-x7k2p in namespace monitoring let through to IMDS?
  podid exception test -g prod --cluster-name prod-aks --pod monitoring/agent-x7k2p")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,
    /// The pod
    #[arg(long, value_name = "NAMESPACE/NAME")]
    pod: String,
    #[command(flatten)]
    kubernetes: KubernetesArgs,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    pod: String,
    namespace: String,
    owner: String,
    let_through: bool,
    explanation: String,
    exceptions: Vec<Tested>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tested {
    name: String,
    matches: bool,
    labels: Vec<TestedLabel>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TestedLabel {
    key: String,
    value: String,
    pod_value: Option<String>,
    equal: bool,
}

/// Runs the command.
///
/// # Errors
/// There is no such pod, or it or the exceptions may not be read.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let (namespace, name) = split(&args.pod)?;
    let (_, connection) = cluster::read_both(context, &args.cluster, &args.kubernetes).await?;
    let client = &connection.client;
    let (pod, mut exceptions) = tokio::try_join!(
        async { Ok(k8s::pod::get_pod(client, namespace, name).await?) },
        way::objects(client, Some(namespace)),
    )?;
    let Some(pod) = pod else {
        return Err(Error::new(
            Kind::NotFound,
            format!("There is no pod `{name}` in namespace `{namespace}`"),
        )
        .hint("see the pods with `kubectl get pods -A`")
        .target(args.pod));
    };
    exceptions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(report(context, &pod, &exceptions))
}

fn split(text: &str) -> Result<(&str, &str)> {
    let refused = || {
        Error::usage(format!("`{text}` does not name a pod"))
            .hint("write it as NAMESPACE/NAME, for example --pod monitoring/agent-x7k2p")
            .target("--pod")
    };
    let (namespace, name) = text.split_once('/').ok_or_else(refused)?;
    arguments::namespace(namespace)?;
    // The rule for the names of pods is that of exceptions, and of most objects.
    if arguments::name(name).is_err() {
        return Err(refused());
    }
    Ok((namespace, name))
}

fn report(context: &Context, pod: &Pod, exceptions: &[Exception]) -> Report {
    let matching = exception::matches(exceptions, pod);
    let explanation = explain(pod, &matching);
    context.ui.status(&explanation);
    let mut table = Table::new(&["EXCEPTION", "MATCHES", "WHY"]);
    let mut tested = Vec::new();
    for one in exceptions {
        let compared = exception::compare_labels(&one.pod_labels, &pod.labels);
        let matches = compared.iter().any(LabelComparison::is_equal);
        table.row([
            one.name.as_str(),
            if matches { "yes" } else { "no" },
            &why(&compared, matches),
        ]);
        tested.push(Tested {
            name: one.name.clone(),
            matches,
            labels: compared.into_iter().map(tested_label).collect(),
        });
    }
    let let_through = !matching.is_empty();
    let shown = Shown {
        pod: pod.name.clone(),
        namespace: pod.namespace.clone(),
        owner: pod.owner.to_string(),
        let_through,
        explanation,
        exceptions: tested,
    };
    let mut report = Report::new(shown, table);
    report.exit_code = (!let_through).then_some(NOT_LET_THROUGH);
    report
}

fn tested_label(compared: LabelComparison) -> TestedLabel {
    TestedLabel {
        equal: compared.is_equal(),
        key: compared.key,
        value: compared.wanted,
        pod_value: compared.found,
    }
}

fn why(compared: &[LabelComparison], matches: bool) -> String {
    if compared.is_empty() {
        return "it has no labels".to_owned();
    }
    let told = compared
        .iter()
        .filter(|one| one.is_equal() == matches)
        .map(|one| match &one.found {
            _ if matches => format!("{}={}", one.key, one.wanted),
            Some(found) => format!("label {} is {found}, not {}", one.key, one.wanted),
            None => format!("no label {}", one.key),
        });
    told.collect::<Vec<_>>().join("; ")
}

fn explain(pod: &Pod, matching: &[&Exception]) -> String {
    let key = pod.key();
    if pod.host_network {
        return format!(
            "Pod `{key}` uses the network of its node: it reaches IMDS past NMI, with or without an exception"
        );
    }
    match matching {
        [] => {
            let instead = match exception::selector(pod) {
                Some(selector) => format!("by the bindings with selector `{selector}`"),
                None => "with a refusal, for it has no label aadpodidbinding".to_owned(),
            };
            format!(
                "No exception in namespace `{}` lets pod `{key}` through: NMI answers it {instead}",
                pod.namespace
            )
        }
        [one] => format!("Exception `{}` lets pod `{key}` through to IMDS", one.name),
        several => format!(
            "{} exceptions let pod `{key}` through to IMDS",
            several.len()
        ),
    }
}
