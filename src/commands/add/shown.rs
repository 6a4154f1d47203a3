//! How an addition is shown.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::azure::user_assigned_identity::Identity as ManagedIdentity;
use crate::commands::change::addition::{Added, Wanted};
use crate::commands::change::cluster::Way;
use crate::domain::name::{BindingSelector, Namespace, PodIdentityName};
use crate::domain::pod_identity::PodIdentity;
use crate::domain::profile::{Effect, ItemState};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind};
use crate::k8s::pod_identity::{
    WantedBinding, WantedIdentity, binding_manifest, identity_manifest,
};
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pools: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed_pools: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
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
    pod_identity: &PodIdentity,
    managed: &ManagedIdentity,
    outcome: &'static str,
    changes: Vec<String>,
) -> Shown {
    Shown {
        name: pod_identity.name.clone(),
        namespace: pod_identity.namespace.clone(),
        binding_selector: pod_identity.selector.clone(),
        identity: ShownIdentity {
            resource_id: managed.id.clone(),
            client_id: managed.client_id.clone(),
            object_id: managed.principal_id.clone(),
        },
        outcome,
        changes,
        pools: None,
        failed_pools: Vec::new(),
        state: None,
        via: Way::Direct.as_str(),
    }
}

/// What became of a pod identity that the add-on adds.
pub(super) struct ByAddOn<'a> {
    /// What is wanted.
    pub(super) pod_identity: &'a PodIdentity,
    /// The managed identity.
    pub(super) managed: ManagedIdentity,
    /// What the edit does.
    pub(super) effect: Effect,
    /// What is done before the edit, for `--dry-run`.
    pub(super) first: Vec<String>,
    /// The state of the item; none before the PUT.
    pub(super) state: Option<ItemState>,
    /// The word for it.
    pub(super) outcome: &'static str,
    /// Why it is not complete.
    pub(super) failure: Option<Error>,
}

/// What the add-on did, or with `--dry-run` would do.
pub(super) fn by_add_on(items: Vec<ByAddOn<'_>>, many: bool) -> Report {
    let total = items.len();
    let mut failures = Vec::new();
    let shown = items.into_iter().map(|item| {
        failures.extend(item.failure);
        let key = item.pod_identity.key();
        let mut changes = item.first;
        match (item.state, item.effect) {
            (Some(_), _) | (_, Effect::Unchanged) => {}
            (None, Effect::Added) => changes.push(format!("add `{key}` to podIdentityProfile")),
            (None, _) => changes.push(format!("change `{key}` in podIdentityProfile")),
        }
        Shown {
            state: item
                .state
                .filter(|state| *state != ItemState::Unknown)
                .map(|state| state.to_string()),
            via: Way::Aks.as_str(),
            ..shown(item.pod_identity, &item.managed, item.outcome, changes)
        }
    });
    let shown = shown.collect();
    present(shown, many).failed(over_all(failures, total))
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
        Shown {
            pools: Some(Vec::new()),
            ..shown(&item.pod_identity, &item.managed, outcome, changes)
        }
    });
    let objects = wanted.iter().flat_map(objects).collect();
    present(items.collect(), many).with_objects(objects)
}

/// Both objects of a pod identity, for whoever keeps them in files of their own. The client id of
/// a managed identity that is still to be created is not known, and left empty.
fn objects(item: &Wanted) -> [Value; 2] {
    let wanted = &item.pod_identity;
    let identity = WantedIdentity {
        namespace: wanted.namespace.to_string(),
        name: wanted.name.to_string(),
        resource_id: item.managed.id.to_string(),
        client_id: item.managed.client_id.clone(),
        ..WantedIdentity::default()
    };
    let binding = WantedBinding {
        namespace: wanted.namespace.to_string(),
        name: wanted.name.binding(),
        identity_name: wanted.name.to_string(),
        selector: wanted.selector.to_string(),
        ..WantedBinding::default()
    };
    [identity_manifest(&identity), binding_manifest(&binding)]
}

/// What was done, with one error over everything that failed.
pub(super) fn report(added: Vec<Added>, no_wait: bool, many: bool) -> Report {
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
        items.push(Shown {
            pools: Some(item.pools),
            failed_pools: item.failed_pools,
            ..shown(
                &item.wanted.pod_identity,
                &item.wanted.managed,
                outcome,
                Vec::new(),
            )
        });
        failures.extend(item.failure);
    }
    present(items, many).failed(over_all(failures, total))
}

/// One error over everything that failed.
fn over_all(mut failures: Vec<Error>, total: usize) -> Option<Error> {
    let told = match failures.len() {
        0 => return None,
        1 => failures.remove(0),
        count => Error::several(
            format!("{count} of {total} pod identities were not added"),
            failures,
        ),
    };
    // A conflict says itself what to do; the same command may be the wrong thing.
    let settled = [Kind::Pending, Kind::Conflict].contains(&told.kind);
    if settled && !told.hints.is_empty() {
        return Some(told);
    }
    Some(told.hint("run the same command again to continue"))
}
