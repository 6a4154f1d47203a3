//! How a change of an exception is shown.

use serde::Serialize;

use crate::domain::exception::{Reach, WantedException};
use crate::domain::label;
use crate::domain::name::{ExceptionName, Namespace};
use crate::output::report::Report;
use crate::output::table::Table;

/// An exception after a change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: ExceptionName,
    namespace: Namespace,
    pod_labels: label::Labels,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    /// The workloads whose pods are let through now; `null` when they were not seen.
    matches: Option<Vec<Workload>>,
    via: &'static str,
}

#[derive(Debug, Serialize)]
struct Workload {
    owner: String,
    pods: usize,
}

/// The report of `add` and `update`.
pub(super) fn report(
    wanted: &WantedException,
    outcome: &'static str,
    changes: Vec<String>,
    reach: Option<&Reach>,
    via: &'static str,
) -> Report {
    let matches = reach.map(|reach| {
        let workloads = reach.pods.iter().map(|(owner, pods)| Workload {
            owner: owner.to_string(),
            pods: pods.len(),
        });
        workloads.collect()
    });
    let mut table = Table::new(&["NAMESPACE", "NAME", "POD-LABELS", "OUTCOME"]);
    let told = if changes.is_empty() {
        outcome.to_owned()
    } else {
        format!("{outcome}: {}", changes.join("; "))
    };
    table.row([
        wanted.namespace.to_string(),
        wanted.name.to_string(),
        wanted.pod_labels.to_string(),
        told,
    ]);
    let shown = Shown {
        name: wanted.name.clone(),
        namespace: wanted.namespace.clone(),
        pod_labels: wanted.pod_labels.as_map().clone(),
        outcome,
        changes,
        matches,
        via,
    };
    Report::new(shown, table)
}
