//! `podid remove` through the add-on: edits of `podIdentityProfile`, and the repair of its items.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::revoke::{Others, Roles};
use super::{Args, not_found};
use crate::azure::managed_cluster;
use crate::commands::change::aks::{self, Done, Manner};
use crate::commands::change::cluster::{Cluster, Way};
use crate::commands::change::managed;
use crate::context::Context;
use crate::domain::name::{Namespace, PodIdentityName};
use crate::domain::profile::{Edit, Effect, Item, Profile};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;
use crate::output::table::Table;

/// Removes what is named, or with `--repair` what is stuck.
///
/// # Errors
/// There is no such pod identity, or AKS refused.
pub(super) async fn run(
    context: &Context,
    args: &Args,
    cluster: &Cluster,
    named: Option<(Namespace, PodIdentityName)>,
    headers: Vec<(String, String)>,
) -> Result<Report> {
    let view = Profile::of(cluster.managed.pod_identity_profile());
    let items: Vec<&Item> = match &named {
        Some((namespace, name)) => match view.identity(namespace.as_str(), name.as_str()) {
            Some(item) => vec![item],
            None if args.ignore_not_found => {
                let value = shown(namespace.as_str(), name.as_str(), "notFound", None);
                return Ok(report(vec![value], false));
            }
            None => return Err(not_found(cluster, &format!("{namespace}/{name}"))),
        },
        None => stuck(context, cluster, &view).await?,
    };
    let many = named.is_none();
    if items.is_empty() {
        let name = cluster.id.name();
        return Ok(
            report(Vec::new(), true).when_empty(format!("Nothing is stuck in cluster `{name}`"))
        );
    }
    if args.change.dry_run {
        return preview(args, cluster, &items, many).await;
    }
    if many && !args.yes {
        confirm(context, cluster, &items)?;
    }
    cluster.announce(context, Way::Aks);
    let edits: Vec<Edit> = items.iter().map(|item| edit(item, args.repair)).collect();
    let manner = Manner {
        no_wait: args.change.no_wait,
        headers,
        // What was found stuck may be healed, or be another, by the time of the answer.
        only_as_read: many,
        ..Manner::default()
    };
    let done = aks::change(context, cluster, &edits, &manner).await?;
    let mut report = ended(&items, done, args.change.no_wait, many);
    if report.failure.is_none() {
        // Who needs the roles is asked anew: others may have come meanwhile.
        let mut now = cluster.clone();
        now.managed = managed_cluster::get(&cluster.azure, &cluster.id).await?;
        if let Some(roles) = roles(args, &now, &items).await? {
            report = roles.tell(context, report);
        }
    }
    Ok(match items.as_slice() {
        [item] if !args.repair => report.next_step(format!(
            "to restore it: podid add {} --namespace {} --name {} --identity-resource-id {} --binding-selector {}",
            cluster.flags(), item.namespace, item.name, item.resource_id, item.selector
        )),
        _ => report,
    })
}

/// What would be done.
async fn preview(args: &Args, cluster: &Cluster, items: &[&Item], many: bool) -> Result<Report> {
    let mut values: Vec<Value> = items
        .iter()
        .map(|item| shown(&item.namespace, &item.name, "wouldRemove", Some(item)))
        .collect();
    if let Some(roles) = roles(args, cluster, items).await? {
        let lines = roles.lines().into_iter().map(Value::from);
        if let Some(Value::Array(changes)) = values
            .first_mut()
            .and_then(|value| value.get_mut("changes"))
        {
            changes.extend(lines);
        }
    }
    Ok(report(values, many))
}

/// What becomes of the roles that were granted for it, with `--revoke`.
async fn roles(args: &Args, cluster: &Cluster, items: &[&Item]) -> Result<Option<Roles>> {
    let ([item], true) = (items, args.revoke) else {
        return Ok(None);
    };
    let Ok(identity) = item.resource_id.parse::<ResourceId>() else {
        return Ok(None);
    };
    let view = Profile::of(cluster.managed.pod_identity_profile());
    let others = Others::of_profile(&view, &item.namespace, &item.name, &identity);
    let dry_run = args.change.dry_run;
    let roles = Roles::take_back(cluster, Way::Aks, &identity, others, dry_run);
    roles.await.map(Some)
}

fn edit(item: &Item, repair: bool) -> Edit {
    let (namespace, name) = (item.namespace.clone(), item.name.clone());
    if repair {
        Edit::RepairIdentity { namespace, name }
    } else {
        Edit::RemoveIdentity { namespace, name }
    }
}

/// What AKS is stuck with: what failed or never ended, and what lost its managed identity.
async fn stuck<'a>(
    context: &Context,
    cluster: &Cluster,
    view: &'a Profile,
) -> Result<Vec<&'a Item>> {
    let id_of = |item: &Item| item.resource_id.parse::<ResourceId>().ok();
    let ids: BTreeSet<ResourceId> = view.identities.iter().filter_map(id_of).collect();
    let deleted = match managed::deleted(cluster, &ids).await {
        Ok(deleted) => deleted,
        Err(error) if error.kind == Kind::Permission => {
            context.ui.warn(
                "whether every managed identity still exists could not be seen: no permission to read them",
            );
            BTreeSet::new()
        }
        Err(error) => return Err(error),
    };
    let mut found = view.stuck(cluster.managed.is_settled());
    for item in &view.identities {
        let gone = id_of(item).is_some_and(|id| deleted.contains(&id));
        if gone && !found.contains(&item) && !item.state.is_moving() {
            found.push(item);
        }
    }
    for item in &found {
        context.ui.status(&match &item.error {
            _ if id_of(item).is_some_and(|id| deleted.contains(&id)) => format!(
                "Pod identity `{}` is {}: its managed identity `{}` does not exist",
                item.key(),
                item.state,
                item.resource_id
            ),
            Some(error) => format!(
                "Pod identity `{}` is {}: {} ({})",
                item.key(),
                item.state,
                error.message,
                error.code
            ),
            None => format!("Pod identity `{}` is stuck in {}", item.key(), item.state),
        });
    }
    Ok(found)
}

fn confirm(context: &Context, cluster: &Cluster, items: &[&Item]) -> Result<()> {
    let keys: Vec<String> = items.iter().map(|item| item.key()).collect();
    let question = format!(
        "Remove {} from cluster `{}`?",
        keys.join(", "),
        cluster.id.name()
    );
    if context.ui.confirm(&question)? {
        return Ok(());
    }
    Err(Error::new(Kind::Interrupted, "Nothing was removed"))
}

fn shown(namespace: &str, name: &str, outcome: &str, item: Option<&Item>) -> Value {
    let mut value = json!({
        "name": name,
        "namespace": namespace,
        "outcome": outcome,
        "via": Way::Aks.as_str(),
    });
    if let (Some(item), "wouldRemove") = (item, outcome) {
        let line = format!("remove `{}` from podIdentityProfile", item.key());
        value["changes"] = json!([line]);
    }
    value
}

fn ended(items: &[&Item], done: Vec<Done>, no_wait: bool, many: bool) -> Report {
    let mut failures = Vec::new();
    let mut values = Vec::with_capacity(items.len());
    for (item, done) in items.iter().zip(done) {
        let outcome = match (&done.failure, done.effect) {
            (Some(_), _) => "failed",
            (None, Effect::Removed) if no_wait => "accepted",
            (None, _) => "removed",
        };
        values.push(shown(&item.namespace, &item.name, outcome, Some(item)));
        failures.extend(done.failure);
    }
    let failure = match failures.len() {
        0 => None,
        1 => failures.pop(),
        _ => Some(Error::several(
            "Not every pod identity was removed",
            failures,
        )),
    };
    report(values, many).failed(failure)
}

fn report(mut values: Vec<Value>, many: bool) -> Report {
    let mut table = Table::new(&["NAMESPACE", "NAME", "OUTCOME"]);
    for value in &values {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        table.row([text("namespace"), text("name"), text("outcome")]);
    }
    let value = if many {
        Value::Array(values)
    } else {
        values.pop().unwrap_or(Value::Null)
    };
    Report::new(value, table)
}
