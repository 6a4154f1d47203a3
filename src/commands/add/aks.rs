//! `podid add` through the add-on: one edit of `podIdentityProfile` for all of them.

use std::collections::BTreeSet;

use super::Args;
use super::shown::{self, ByAddOn};
use crate::commands::change::aks::{self, Manner};
use crate::commands::change::cluster::{Cluster, Way};
use crate::commands::change::managed::{self, Managed};
use crate::commands::change::preflight::{self, Findings, Grants, Roles};
use crate::commands::role;
use crate::context::Context;
use crate::domain::pod_identity::PodIdentity;
use crate::domain::preflight::Actor;
use crate::domain::profile::{Change, Edit, Effect, ItemState, NewIdentity};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::output::report::Report;

/// Adds what is requested.
///
/// # Errors
/// A refusal, or what keeps all of them from being added.
pub(super) async fn run(
    context: &Context,
    args: &Args,
    cluster: &Cluster,
    requested: &[PodIdentity],
    headers: Vec<(String, String)>,
) -> Result<Report> {
    let (mut managed, plan, grants) = Box::pin(look(context, args, cluster, requested)).await?;
    let many = args.many().is_some();
    if args.change.dry_run {
        return Ok(preview(requested, &managed, &plan, &grants, many));
    }
    cluster.announce(context, Way::Aks);
    managed.create_absent(context, cluster).await?;
    let granted = role::ensure(context, cluster, &grants.holder, &grants.needs).await?;
    let manner = Manner {
        no_wait: args.change.no_wait,
        replace: args.replace,
        permissions_may_be_late: granted,
        headers,
        ..Manner::default()
    };
    let edits = edits(requested, &managed);
    let done = aks::change(context, cluster, &edits, &manner).await;
    let items = match done {
        Ok(done) => done_items(requested, &managed, done, args.change.no_wait),
        Err(error) if error.kind == Kind::Pending => pending(requested, &managed, &plan, &error),
        Err(error) => return Err(error),
    };
    let next = format!("podid list {}", cluster.flags());
    Ok(shown::by_add_on(items, many).next_step(next))
}

fn edits(requested: &[PodIdentity], managed: &Managed) -> Vec<Edit> {
    let edit = |wanted: &PodIdentity| {
        let identity = managed.get(&wanted.identity);
        Edit::AddIdentity(NewIdentity {
            namespace: wanted.namespace.to_string(),
            name: wanted.name.to_string(),
            selector: wanted.selector.to_string(),
            resource_id: identity.id.to_string(),
            client_id: identity.client_id,
            object_id: identity.principal_id,
        })
    };
    requested.iter().map(edit).collect()
}

/// The managed identities that AKS will be asked to assign, each once.
fn sent(requested: &[PodIdentity], plan: &Change) -> Vec<ResourceId> {
    let changed = requested
        .iter()
        .zip(&plan.effects)
        .filter(|(_, effect)| effect.is_change())
        .map(|(wanted, _)| wanted.identity.clone());
    let distinct: BTreeSet<ResourceId> = changed.collect();
    distinct.into_iter().collect()
}

/// Reads what is needed and looks for everything that speaks against the change: AKS would tell
/// of it minutes later, one thing at a time.
async fn look(
    context: &Context,
    args: &Args,
    cluster: &Cluster,
    requested: &[PodIdentity],
) -> Result<(Managed, Change, Grants)> {
    let mut findings = Findings::default();
    preflight::look_at_cluster(&mut findings, cluster, Actor::AddOn, false);
    let managed = managed::read(cluster, requested, args.create_identity).await;
    let managed = findings.take(managed)?.unwrap_or_default();
    let edits = edits(requested, &managed);
    let plan = findings.take(aks::plan(cluster, &edits, args.replace))?;
    let sent = plan
        .as_ref()
        .map_or_else(Vec::new, |plan| sent(requested, plan));
    // Roles on what was refused above are of no interest.
    let known: Vec<ResourceId> = sent
        .iter()
        .filter(|id| managed.found.contains_key(id) || managed.absent.contains(id))
        .cloned()
        .collect();
    let roles = Roles {
        identities: &known,
        absent: &managed.absent,
        scale_sets: &[],
        grant: args.grant,
    };
    let grants = preflight::look_at_roles(&mut findings, cluster, Actor::AddOn, &roles).await?;
    if !sent.is_empty() {
        preflight::look_at_cluster_role(&mut findings, cluster).await?;
    }
    findings.end(context)?;
    // What is not there was refused above.
    let plan = plan.ok_or_else(|| Error::usage("The change was refused"))?;
    Ok((managed, plan, grants))
}

fn preview(
    requested: &[PodIdentity],
    managed: &Managed,
    plan: &Change,
    grants: &Grants,
    many: bool,
) -> Report {
    let mut granted = BTreeSet::new();
    let items = requested.iter().zip(&plan.effects).map(|(wanted, effect)| {
        let outcome = if effect.is_change() {
            "wouldChange"
        } else {
            "unchanged"
        };
        let mut first = Vec::new();
        let needs = grants.needs.iter();
        for need in needs.filter(|need| need.scope == wanted.identity) {
            if granted.insert(&need.scope) {
                let (role, name) = (need.role, need.scope.name());
                first.push(format!(
                    "grant `{role}` on {name} to {}",
                    grants.holder.label
                ));
            }
        }
        ByAddOn {
            pod_identity: wanted,
            managed: managed.get(&wanted.identity),
            effect: *effect,
            first,
            state: None,
            outcome,
            failure: None,
        }
    });
    shown::by_add_on(items.collect(), many)
}

fn done_items<'a>(
    requested: &'a [PodIdentity],
    managed: &Managed,
    done: Vec<aks::Done>,
    no_wait: bool,
) -> Vec<ByAddOn<'a>> {
    let items = requested.iter().zip(done).map(|(wanted, done)| {
        let outcome = match (&done.failure, done.effect) {
            (Some(_), _) => "failed",
            (None, Effect::Unchanged) => "unchanged",
            (None, _) if no_wait => "accepted",
            (None, _) => "added",
        };
        ByAddOn {
            pod_identity: wanted,
            managed: managed.get(&wanted.identity),
            effect: done.effect,
            first: Vec::new(),
            state: Some(done.state),
            outcome,
            failure: done.failure,
        }
    });
    items.collect()
}

/// The time was over: one error tells it for all.
fn pending<'a>(
    requested: &'a [PodIdentity],
    managed: &Managed,
    plan: &Change,
    error: &Error,
) -> Vec<ByAddOn<'a>> {
    let mut failure = Some(error.clone());
    let items = requested.iter().zip(&plan.effects).map(|(wanted, effect)| {
        let outcome = if effect.is_change() {
            "pending"
        } else {
            "unchanged"
        };
        ByAddOn {
            pod_identity: wanted,
            managed: managed.get(&wanted.identity),
            effect: *effect,
            first: Vec::new(),
            state: Some(ItemState::Unknown),
            outcome,
            failure: failure.take(),
        }
    });
    items.collect()
}
