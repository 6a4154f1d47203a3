//! Carries out a plan: managed identities first, then the clusters side by side.
//!
//! Each cluster goes through the steps of `podid add` for all its pod identities at once (one
//! PATCH per scale set, or one PUT through the add-on) and then through those of `podid remove`
//! for what is pruned. Every step is idempotent: whatever fails or is cut short is finished by
//! the same command.

mod add_on;
mod direct;

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use super::planned::{AT_A_TIME, Planned, PlannedCluster};
use crate::commands::change::cluster::Way;
use crate::commands::role::wishes;
use crate::context::Context;
use crate::domain::change_plan::{Action, Change, Kind as Resource};
use crate::error::{Error, Kind, Result};

/// What became of a plan.
pub struct Applied {
    /// Each change with what became of it.
    pub rows: Vec<(Change, &'static str)>,
    /// Everything that failed.
    pub failures: Vec<Error>,
}

/// How a plan is carried out.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Return when Azure has accepted the changes.
    pub no_wait: bool,
    /// Somebody agreed to these changes and no others: refuse when what they are about moved.
    pub as_shown: bool,
}

/// What was done in one cluster.
#[derive(Default)]
pub(super) struct Ledger {
    done: BTreeSet<(Resource, String)>,
    failures: Vec<Error>,
}

impl Ledger {
    fn done(&mut self, kind: Resource, name: impl Into<String>) {
        self.done.insert((kind, name.into()));
    }

    fn failed(&mut self, error: Error) {
        self.failures.push(error);
    }

    fn note(&mut self, kind: Resource, name: impl Into<String>, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.done(kind, name),
            Err(error) => self.failed(error),
        }
    }
}

/// Carries out `planned`.
///
/// # Errors
/// The sign-in fails; everything else that fails is part of the result.
pub async fn run(context: &Context, mut planned: Planned, how: How) -> Result<Applied> {
    let creations = planned.identities.changes();
    let mut ledger = Ledger::default();
    if !creations.is_empty() {
        let azure = context.azure().await?;
        for (name, outcome) in planned.identities.create(azure).await {
            if outcome.is_ok() {
                context
                    .ui
                    .status(&format!("Created managed identity `{name}`"));
            }
            ledger.note(Resource::ManagedIdentity, name, outcome);
        }
    }
    let mut applied = Applied {
        rows: Vec::new(),
        failures: Vec::new(),
    };
    let goes_on = ledger.failures.is_empty();
    applied.take(creations, ledger, how.no_wait);
    let identities = &planned.identities;
    let work = planned.clusters.iter().map(|cluster| {
        Box::pin(async move {
            let mut ledger = Ledger::default();
            // Without its managed identities a cluster would only fail half-way.
            if goes_on && !cluster.changes.is_empty() {
                one(context, cluster, identities, how, &mut ledger).await;
            }
            ledger
        })
    });
    let ledgers: Vec<Ledger> = stream::iter(work).buffered(AT_A_TIME).collect().await;
    for (cluster, ledger) in planned.clusters.iter().zip(ledgers) {
        applied.take(cluster.changes.clone(), ledger, how.no_wait);
    }
    Ok(applied)
}

impl Applied {
    fn take(&mut self, changes: Vec<Change>, ledger: Ledger, no_wait: bool) {
        let pending = !ledger.failures.is_empty()
            && ledger
                .failures
                .iter()
                .all(|error| error.kind == Kind::Pending);
        for change in changes {
            let outcome = if ledger.done.contains(&(change.kind, change.name.clone())) {
                done(&change, no_wait)
            } else if pending {
                "pending"
            } else if ledger.failures.is_empty() {
                "notDone"
            } else {
                "failed"
            };
            self.rows.push((change, outcome));
        }
        self.failures.extend(ledger.failures);
    }

    /// One error over everything that failed.
    #[must_use]
    pub fn failure(&self) -> Option<Error> {
        if self.failures.is_empty() {
            return None;
        }
        let missing = self
            .rows
            .iter()
            .filter(|(_, outcome)| matches!(*outcome, "failed" | "pending" | "notDone"))
            .count();
        let message = format!("{missing} of {} changes were not made", self.rows.len());
        Some(
            Error::several(message, self.failures.clone())
                .hint("run the same command again to continue"),
        )
    }
}

fn done(change: &Change, no_wait: bool) -> &'static str {
    let asynchronous = matches!(
        change.kind,
        Resource::ScaleSet
            | Resource::AddOn
            | Resource::PodIdentity
            | Resource::PodIdentityException
    );
    if no_wait && asynchronous {
        return "accepted";
    }
    match change.action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Delete => "deleted",
    }
}

async fn one(
    context: &Context,
    planned: &PlannedCluster,
    identities: &super::identities::Identities,
    how: How,
    ledger: &mut Ledger,
) {
    let site = &planned.site;
    site.cluster.announce(context, site.way);
    let mut granted = false;
    for (wish, name) in &planned.roles {
        let outcome = wishes::grant(&site.cluster, wish).await;
        granted |= matches!(outcome, Ok(true));
        ledger.note(Resource::RoleAssignment, name.clone(), outcome.map(|_| ()));
    }
    // A role that could not be granted would make the rest fail in a way that is harder to read.
    if !ledger.failures.is_empty() {
        return;
    }
    let outcome = match site.way {
        Way::Direct => {
            direct::run(context, planned, identities, (how.no_wait, granted), ledger).await
        }
        Way::Aks => add_on::run(context, planned, identities, (how, granted), ledger).await,
    };
    if let Err(error) = outcome {
        ledger.failed(error.context(format!(
            "Cluster `{}` is not as the file asks for",
            site.label
        )));
    }
}
