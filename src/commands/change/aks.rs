//! The add-on's way: edits of `podIdentityProfile`, carried out by the AKS resource provider.
//!
//! Flow: the cluster as it was read, the pure edits ([`crate::domain::profile`]), one PUT of the
//! same document with another profile and its ETag, the operation, then the items themselves.
//! Guarantees: nothing to change means no PUT; whatever somebody else changed meanwhile (412, 409,
//! a lost answer, an item that a writer without an ETag took away) leads to a new read and new
//! edits, until the deadline; what each edit did is told by the first PUT that carried it.

mod failures;
mod guard;
pub mod headers;
mod items;

pub(in crate::commands) use failures::off;

use std::time::{Duration, Instant};

use super::cluster::Cluster;
use serde_json::Value;

use crate::azure::managed_cluster::{self, ManagedCluster};
use crate::azure::{self, Accepted, Status};
use crate::context::Context;
use crate::domain::profile::{self, Change, Edit, Effect, ItemState, Profile};
use crate::error::{Error, Kind, Result};
use crate::output::progress::Step;

/// How an edit of the profile is carried out.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, named by a flag or by the command"
)]
pub struct Manner {
    /// Return when ARM has accepted the PUT.
    pub no_wait: bool,
    /// Replace what has the same name and other content.
    pub replace: bool,
    /// A role was granted a moment ago: a missing permission may only be late.
    pub permissions_may_be_late: bool,
    /// Headers of the PUT, from `--aks-custom-headers`.
    pub headers: Vec<(String, String)>,
    /// Refuse when others changed what the edits are about since the cluster was read.
    pub only_as_read: bool,
}

/// What became of one edit.
#[derive(Debug, Clone)]
pub struct Done {
    /// What it did.
    pub effect: Effect,
    /// The state of its pod identity at the end; unknown when it is about something else.
    pub state: ItemState,
    /// Why it is not complete.
    pub failure: Option<Error>,
}

/// What `edits` would do to the cluster as it was read; nothing is sent.
///
/// # Errors
/// The refusals, each with what to do.
pub fn plan(cluster: &Cluster, edits: &[Edit], replace: bool) -> Result<Change> {
    profile::edit(cluster.managed.pod_identity_profile(), edits, replace)
        .map_err(|refusals| failures::refused(cluster, refusals))
}

/// Carries out `edits` on the cluster; one outcome per edit, in their order.
///
/// # Errors
/// A refusal, or what kept all of them from being carried out.
pub async fn change(
    context: &Context,
    cluster: &Cluster,
    edits: &[Edit],
    manner: &Manner,
) -> Result<Vec<Done>> {
    let change = plan(cluster, edits, manner.replace)?;
    if edits.is_empty() {
        return Ok(Vec::new());
    }
    let label = format!("Cluster `{}`", cluster.id.name());
    let mut worker = Worker {
        current: cluster.clone(),
        as_read: cluster.managed.pod_identity_profile().clone(),
        edits,
        manner,
        step: context.ui.step(&label),
        deadline: Instant::now() + context.timeout(),
        effects: change.effects,
        sent: vec![false; edits.len()],
        waiting_since: Instant::now(),
        lost: 0,
        refused: None,
    };
    let done = worker.run().await;
    match &done {
        Ok(done) if done.iter().any(|done| done.failure.is_some()) => {
            worker.step.failed("not everything was done");
        }
        Ok(_) if manner.no_wait => worker.step.done("accepted"),
        Ok(_) => worker.step.done("up to date"),
        Err(error) if error.kind == Kind::Pending => worker.step.failed("not done yet"),
        Err(_) => worker.step.failed("not changed"),
    }
    done
}

/// How often an answer may be lost, or an item be undone by others, before podid gives up.
const SURPRISES: u32 = 5;
/// How long an item may stay on its way when no operation is under way any more.
const PATIENCE: Duration = Duration::from_secs(20);

struct Worker<'a> {
    current: Cluster,
    /// The profile as the caller read it.
    as_read: Value,
    edits: &'a [Edit],
    manner: &'a Manner,
    step: Step,
    deadline: Instant,
    /// What each edit does, as planned last, or as the PUT that carried it was planned.
    effects: Vec<Effect>,
    /// Whether a PUT carried it (or may have).
    sent: Vec<bool>,
    /// When the waiting for others began.
    waiting_since: Instant,
    /// Surprises so far.
    lost: u32,
    /// What AKS said when it refused last because of another operation.
    refused: Option<Error>,
}

enum Next {
    /// The operation is over, or none was needed: look at the items.
    Look(Option<azure::Error>),
    /// Accepted; nobody wants to wait.
    Accepted,
    /// Read the cluster and plan again.
    Again,
}

impl Worker<'_> {
    async fn run(&mut self) -> Result<Vec<Done>> {
        loop {
            let next = match self.once().await? {
                Next::Look(failure) => self.look(failure).await?,
                Next::Accepted => return Ok(self.accepted()),
                Next::Again => None,
            };
            if let Some(done) = next {
                return Ok(done);
            }
            self.read_again().await?;
        }
    }

    /// Plans on the document read last and sends what is needed.
    async fn once(&mut self) -> Result<Next> {
        let change = plan(&self.current, self.edits, self.manner.replace)?;
        self.note(&change);
        if change.is_nothing() {
            return Ok(Next::Look(None));
        }
        self.check_as_read(&change)?;
        if !self.current.managed.is_settled() {
            let state = self.current.managed.provisioning_state();
            let state = state.unwrap_or("Updating").to_owned();
            self.step.detail(&format!(
                "another operation is under way ({state}), waiting for it"
            ));
            return Ok(Next::Again);
        }
        self.check_time()?;
        guard::check_version(&self.current.managed)?;
        self.step.update(&describe(&change));
        let managed = &self.current.managed;
        let call = managed_cluster::put_call(managed, change.profile, &self.manner.headers);
        match self.current.azure.start(&call).await {
            Ok(accepted) => {
                self.carried();
                self.refused = None;
                self.waiting_since = Instant::now();
                self.follow(accepted).await
            }
            Err(error) => self.judge(error),
        }
    }

    /// Refuses to go over what is not as the caller looked at it: with every edit when that was
    /// asked for, and with a removal that was sent before in any case.
    fn check_as_read(&self, change: &Change) -> Result<()> {
        let edits = self.edits.iter().zip(&change.effects).zip(&self.sent);
        let guarded = edits.filter(|((edit, effect), sent)| {
            // What podid sent itself and AKS could not do is as podid left it.
            let own = **sent && **effect == Effect::Repaired;
            let again = **sent && guard::is_removal(edit);
            effect.is_change() && (again || (self.manner.only_as_read && !own))
        });
        let guarded: Vec<&Edit> = guarded.map(|((edit, _), _)| edit).collect();
        let now = self.current.managed.pod_identity_profile();
        if !guard::moved(&self.as_read, now, &guarded) {
            return Ok(());
        }
        let name = self.current.id.name();
        let nothing = if self.sent.contains(&true) {
            ""
        } else {
            "; nothing was changed"
        };
        Err(Error::new(
            Kind::Conflict,
            format!("Pod identity of cluster `{name}` was changed by others meanwhile"),
        )
        .cause(format!(
            "podid would undo what it has not looked at{nothing}"
        ))
        .hint("run the same command again")
        .target(self.current.id.to_string()))
    }

    /// Keeps what the edits do, unless a PUT carried them already.
    fn note(&mut self, change: &Change) {
        for (index, effect) in change.effects.iter().enumerate() {
            if effect.is_change() || !self.sent[index] {
                self.effects[index] = *effect;
            }
        }
    }

    /// Notes that a PUT with the changes planned last was sent.
    fn carried(&mut self) {
        for (sent, effect) in self.sent.iter_mut().zip(&self.effects) {
            *sent |= effect.is_change();
        }
    }

    async fn follow(&mut self, accepted: Accepted) -> Result<Next> {
        let Some(operation) = accepted.operation else {
            self.current.managed = ManagedCluster::from_value(accepted.body)?;
            return Ok(Next::Look(None));
        };
        if self.manner.no_wait {
            return Ok(Next::Accepted);
        }
        let step = self.step.clone();
        let mut tell = |status: &Status| {
            let seconds = status.elapsed.as_secs();
            step.detail(&format!(
                "AKS is at work, {} after {seconds} s",
                status.state
            ));
        };
        match self.current.azure.wait(&operation, &mut tell).await {
            Ok(Some(body)) => {
                self.current.managed = ManagedCluster::from_value(body)?;
                Ok(Next::Look(None))
            }
            Ok(None) => Ok(Next::Again),
            Err(error @ azure::Error::OperationFailed { .. }) => {
                self.read().await?;
                Ok(Next::Look(Some(error)))
            }
            Err(error) => Err(failures::told(&self.current, self.edits, error)),
        }
    }

    /// Decides whether a refused PUT is worth another try.
    fn judge(&mut self, error: azure::Error) -> Result<Next> {
        let in_time = Instant::now() < self.deadline;
        if error.may_have_happened() && self.lost < SURPRISES && in_time {
            self.lost += 1;
            self.carried();
            self.step
                .update("the answer was lost, looking at what happened");
            return Ok(Next::Again);
        }
        if error.is_precondition_failed() {
            self.step
                .detail("the cluster was changed meanwhile, trying again");
            return Ok(Next::Again);
        }
        if error.is_conflict() && !error.has_code("ScopeLocked") && in_time {
            self.step
                .detail("another operation is under way, waiting for it");
            self.refused = Some(Error::from(error));
            return Ok(Next::Again);
        }
        let late = self.manner.permissions_may_be_late
            && (error.is_authorization() || failures::is_assignment(&error));
        if late && in_time {
            self.step
                .update("the granted role is not in effect yet, trying again");
            return Ok(Next::Again);
        }
        Err(failures::told(&self.current, self.edits, error))
    }

    /// Looks at the items until none is on its way; nothing when one must be sent again.
    async fn look(&mut self, mut failure: Option<azure::Error>) -> Result<Option<Vec<Done>>> {
        let mut idle_since = None;
        loop {
            let view = Profile::of(self.current.managed.pod_identity_profile());
            let found: Vec<items::Finding> = self
                .edits
                .iter()
                .map(|edit| items::find(&view, edit))
                .collect();
            if self.is_early(&view) {
                self.step
                    .update("the granted role is not in effect yet, trying again");
                return Ok(None);
            }
            if self.is_undone(&found) && failure.is_none() && self.lost < SURPRISES {
                self.lost += 1;
                self.step
                    .update("somebody else changed it back meanwhile, trying again");
                return Ok(None);
            }
            let moving = found.contains(&items::Finding::Moving);
            if !moving || self.manner.no_wait || failure.is_some() {
                return Ok(Some(self.ends(&view, &found, failure.take())));
            }
            if self.current.managed.is_settled() {
                let since = *idle_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Ok(Some(self.ends(&view, &found, None)));
                }
            } else {
                idle_since = None;
            }
            self.step
                .detail("waiting until AKS has finished with every item");
            self.read_again().await?;
        }
    }

    /// Whether others undid what may be sent again; a removal may not, what is there is theirs.
    fn is_undone(&self, found: &[items::Finding]) -> bool {
        let mut ends = found.iter().zip(self.edits).zip(&self.sent);
        ends.any(|((found, edit), sent)| {
            let told = *sent && guard::is_removal(edit) && *edit != Edit::Disable;
            *found == items::Finding::Undone && !told
        })
    }

    /// Whether an item failed only because the role that was granted a moment ago is not in effect.
    fn is_early(&self, view: &Profile) -> bool {
        let early = |edit: &Edit| {
            items::find(view, edit) == items::Finding::Failed
                && items::error(view, edit).is_some_and(failures::is_of_assignment)
        };
        self.manner.permissions_may_be_late
            && Instant::now() < self.deadline
            && self.edits.iter().any(early)
    }

    fn ends(
        &self,
        view: &Profile,
        found: &[items::Finding],
        failure: Option<azure::Error>,
    ) -> Vec<Done> {
        let failure = failure.map(|error| failures::told(&self.current, self.edits, error));
        let ends = self.edits.iter().zip(found).enumerate();
        ends.map(|(index, (edit, found))| {
            let effect = self.effects[index];
            let own = match found {
                items::Finding::Done => None,
                items::Finding::Moving if self.manner.no_wait => None,
                _ => items::failure(&self.current, view, edit, *found),
            };
            let told = match (found, &failure) {
                (items::Finding::Failed, _) | (_, None) => own,
                // An operation that failed did not do what it was sent for.
                (_, Some(error)) if self.sent[index] => Some(error.clone()),
                _ => own,
            };
            Done {
                effect,
                state: items::state(view, edit),
                failure: told,
            }
        })
        .collect()
    }

    /// The end of `--no-wait`: what was sent is on its way.
    fn accepted(&self) -> Vec<Done> {
        let done = |effect: &Effect| Done {
            effect: *effect,
            state: ItemState::Unknown,
            failure: None,
        };
        self.effects.iter().map(done).collect()
    }

    /// Waits a little and reads the cluster again.
    async fn read_again(&mut self) -> Result<()> {
        self.check_time()?;
        let wait = pause(self.waiting_since.elapsed());
        let left = self.deadline.saturating_duration_since(Instant::now());
        tokio::time::sleep(wait.min(left)).await;
        self.read().await
    }

    async fn read(&mut self) -> Result<()> {
        let read = managed_cluster::get(&self.current.azure, &self.current.id).await;
        self.current.managed = read.map_err(|error| {
            if error.is_pending() {
                return self.out_of_time();
            }
            let name = self.current.id.name();
            Error::from(error).context(format!("Cluster `{name}` could not be read again"))
        })?;
        Ok(())
    }

    fn check_time(&self) -> Result<()> {
        if Instant::now() < self.deadline {
            return Ok(());
        }
        Err(self.out_of_time())
    }

    fn out_of_time(&self) -> Error {
        let name = self.current.id.name();
        let state = self.current.managed.provisioning_state().unwrap_or("-");
        let mut error = Error::new(
            Kind::Pending,
            format!("Cluster `{name}` is still being changed"),
        )
        .cause(format!("its provisioning state is {state}"));
        if let Some(refused) = &self.refused {
            error = error.cause(format!("AKS refuses: {}", refused.message));
            error.code.clone_from(&refused.code);
            error.request_id.clone_from(&refused.request_id);
        }
        error.hint(format!(
            "look at it with `podid list {}`, then run the same command again, or use a longer --timeout",
            self.current.flags()
        ))
        .target(self.current.id.to_string())
    }
}

/// A tenth of the time already waited, 0.25 s to 5 s, half of it random so that competitors part.
///
/// Fast at first, and in proportion later: a read of the cluster costs a token of a bucket that
/// everybody who waits draws from.
fn pause(waited: Duration) -> Duration {
    let full = (waited / 10).clamp(Duration::from_millis(250), Duration::from_secs(5));
    let full = u64::try_from(full.as_millis()).unwrap_or(u64::MAX);
    let random = uuid::Uuid::new_v4().as_u128() % u128::from(full / 2 + 1);
    Duration::from_millis(full / 2 + u64::try_from(random).unwrap_or(0))
}

fn describe(change: &Change) -> String {
    let count = |wanted: &[Effect]| {
        let counted = change
            .effects
            .iter()
            .filter(|effect| wanted.contains(effect));
        counted.count()
    };
    let written = count(&[Effect::Added, Effect::Replaced, Effect::Repaired]);
    let removed = count(&[Effect::Removed]);
    match (written, removed) {
        (written, 0) => format!("sending podIdentityProfile with {written} changed"),
        (0, removed) => format!("sending podIdentityProfile with {removed} removed"),
        _ => format!("sending podIdentityProfile with {written} changed, {removed} removed"),
    }
}
