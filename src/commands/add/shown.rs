//! How an addition is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::commands::change::addition::{Added, Wanted};
use crate::commands::change::cluster::Pool;
use crate::domain::name::{BindingSelector, Namespace, PodIdentityName};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind};
use crate::output::report::Report;
use crate::output::table::Table;

/// A pod identity after `add`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: PodIdentityName,
    namespace: Namespace,
    binding_selector: BindingSelector,
    identity: ShownIdentity,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<String>,
    pools: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed_pools: Vec<String>,
    via: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_field_names,
    reason = "the names of the result are az's"
)]
struct ShownIdentity {
    resource_id: ResourceId,
    client_id: String,
    object_id: String,
}

fn shown(
    wanted: &Wanted,
    outcome: &'static str,
    changes: Vec<String>,
    pools: Vec<String>,
) -> Shown {
    Shown {
        name: wanted.pod_identity.name.clone(),
        namespace: wanted.pod_identity.namespace.clone(),
        binding_selector: wanted.pod_identity.selector.clone(),
        identity: ShownIdentity {
            resource_id: wanted.managed.id.clone(),
            client_id: wanted.managed.client_id.clone(),
            object_id: wanted.managed.principal_id.clone(),
        },
        outcome,
        changes,
        pools,
        failed_pools: Vec::new(),
        via: "direct",
    }
}

fn present(items: Vec<Shown>, many: bool) -> Report {
    let mut table = Table::new(&["NAMESPACE", "NAME", "SELECTOR", "IDENTITY", "OUTCOME"]);
    for item in &items {
        let outcome = if !item.failed_pools.is_empty() {
            format!("{} on {}", item.outcome, item.failed_pools.join(", "))
        } else if item.changes.is_empty() {
            item.outcome.to_owned()
        } else {
            format!("{}: {}", item.outcome, item.changes.join("; "))
        };
        table.row([
            item.namespace.to_string(),
            item.name.to_string(),
            item.binding_selector.to_string(),
            item.identity.resource_id.name().to_owned(),
            outcome,
        ]);
    }
    let mut value = serde_json::to_value(&items).unwrap_or(Value::Null);
    if !many && let Value::Array(list) = &mut value {
        value = list.pop().unwrap_or(Value::Null);
    }
    Report::new(value, table)
}

/// What would be done.
pub(super) fn preview(
    wanted: &[Wanted],
    changes: &BTreeMap<String, Vec<String>>,
    many: bool,
) -> Report {
    let items = wanted.iter().map(|item| {
        let changes = changes
            .get(&item.pod_identity.key())
            .cloned()
            .unwrap_or_default();
        let outcome = if changes.is_empty() {
            "unchanged"
        } else {
            "wouldChange"
        };
        shown(item, outcome, changes, Vec::new())
    });
    present(items.collect(), many)
}

/// What was done, with one error over everything that failed.
pub(super) fn report(added: Vec<Added>, pools: &[Pool], no_wait: bool, many: bool) -> Report {
    let names: Vec<String> = pools
        .iter()
        .filter(|pool| pool.target().is_some())
        .map(|pool| pool.name.clone())
        .collect();
    let total = added.len();
    let mut failures = Vec::new();
    let mut items = Vec::with_capacity(total);
    for item in added {
        let outcome = match (&item.failure, item.changed, no_wait) {
            (Some(failure), ..) if failure.kind == Kind::Pending => "pending",
            (Some(_), ..) => "failed",
            (None, false, _) => "unchanged",
            (None, true, true) => "accepted",
            (None, true, false) => "added",
        };
        let done = |name: &&String| !item.failed_pools.contains(*name);
        let pools = names.iter().filter(done).cloned().collect();
        items.push(Shown {
            failed_pools: item.failed_pools,
            ..shown(&item.wanted, outcome, Vec::new(), pools)
        });
        failures.extend(item.failure);
    }
    let failure = match failures.len() {
        0 => None,
        1 => Some(
            failures
                .remove(0)
                .hint("run the same command again to continue"),
        ),
        count => Some(
            Error::several(
                format!("{count} of {total} pod identities were not added"),
                failures,
            )
            .hint("run the same command again to continue"),
        ),
    };
    present(items, many).failed(failure)
}
