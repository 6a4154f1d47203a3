//! One scale set: reads, compares, sends what is missing, until it is as wished.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::{Outcome, Wish};
use crate::azure::host::named;
use crate::azure::scale_set::{self, Delta, ScaleSet};
use crate::azure::{self, Accepted, Status};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind};
use crate::output::progress::Step;

/// How often the answer to a PATCH of one scale set may be lost before podid gives up.
const LOST_ANSWERS: u32 = 5;

/// Brings one scale set to what is wished of it.
pub(super) struct Worker<'a> {
    client: &'a azure::Client,
    wish: &'a Wish,
    add: BTreeSet<ResourceId>,
    remove: BTreeSet<ResourceId>,
    /// Identities taken off to be assigned anew.
    renewed: BTreeSet<ResourceId>,
    /// What ARM took, or may have: (added, removed).
    sent: (BTreeSet<ResourceId>, BTreeSet<ResourceId>),
    step: Step,
    deadline: Instant,
    /// PATCHes whose answer was lost so far.
    lost: u32,
    outcome: Outcome,
}

enum Next {
    /// Nothing is left to do.
    Done,
    /// Done so far; this is the scale set now.
    Now(Box<ScaleSet>),
    /// Read it again after a pause.
    Again,
}

impl<'a> Worker<'a> {
    /// A worker for the identities (to add, to remove) of the scale set in `outcome`.
    pub(super) fn new(
        client: &'a azure::Client,
        wish: &'a Wish,
        (add, remove): (BTreeSet<ResourceId>, BTreeSet<ResourceId>),
        (step, deadline): (Step, Instant),
        outcome: Outcome,
    ) -> Self {
        Worker {
            client,
            wish,
            add,
            remove,
            renewed: BTreeSet::new(),
            sent: Default::default(),
            step,
            deadline,
            lost: 0,
            outcome,
        }
    }

    /// Works until nothing is left to do, or cannot be done; `current` is the scale set as read.
    pub(super) async fn run(mut self, mut current: ScaleSet) -> Outcome {
        let mut attempt = 0;
        loop {
            match self.once(&current).await {
                Ok(Next::Done) => break,
                Ok(Next::Now(read)) => {
                    current = *read;
                    continue;
                }
                Ok(Next::Again) => {}
                Err(error) => {
                    self.outcome.failure = Some(error);
                    break;
                }
            }
            match self.read_again(&mut attempt).await {
                Ok(Some(read)) => current = read,
                Ok(None) => break,
                Err(error) => {
                    self.outcome.failure = Some(error);
                    break;
                }
            }
        }
        self.look_back().await;
        self.tell();
        self.outcome
    }

    /// Says what became of it.
    ///
    /// An operation that failed may have left the scale set as it was or as it was wished: what
    /// podid put there is what is there now.
    async fn look_back(&mut self) {
        let outcome = &mut self.outcome;
        (outcome.added, outcome.removed) = self.sent.clone();
        outcome
            .added
            .retain(|identity| !outcome.refused.contains_key(identity));
        let over = match &outcome.failure {
            None => !outcome.refused.is_empty(),
            // It goes on, and may come true.
            Some(failure) => failure.kind != Kind::Pending,
        };
        let (added, removed) = &self.sent;
        if !over || (added.is_empty() && removed.is_empty()) {
            return;
        }
        let read = scale_set::get(self.client, &outcome.scale_set).await;
        if let Ok(now) = read
            && now.is_settled()
        {
            outcome.added = added.iter().filter(|id| now.holds(id)).cloned().collect();
            outcome.removed = removed
                .iter()
                .filter(|id| !now.holds(id))
                .cloned()
                .collect();
        }
    }

    fn tell(&self) {
        match (&self.outcome.failure, self.outcome.refused.len()) {
            (Some(error), _) if error.kind == Kind::Pending => self.step.failed("not done yet"),
            (Some(_), _) => self.step.failed("not changed"),
            (None, 0) => self.step.done(if self.wish.no_wait {
                "accepted"
            } else {
                "up to date"
            }),
            (None, count) => self.step.failed(&format!("{} refused", self::count(count))),
        }
    }

    /// Identities to add that the scale set holds from before they were deleted and made again.
    fn stale(&self, current: &ScaleSet) -> BTreeSet<ResourceId> {
        let is_stale = |id: &&ResourceId| {
            let wanted = self.wish.client_ids.get(*id);
            !self.renewed.contains(*id) && wanted.is_some_and(|wanted| current.is_stale(id, wanted))
        };
        self.add.iter().filter(is_stale).cloned().collect()
    }

    /// What is still needed: the next part that ARM takes, and whether it is the last.
    fn next(&self, current: &ScaleSet) -> Option<(Delta, bool)> {
        let stale = self.stale(current);
        let mut delta = Delta {
            add: self.add.difference(&stale).cloned().collect(),
            remove: self.remove.union(&stale).cloned().collect(),
        };
        delta
            .add
            .retain(|id| !self.outcome.refused.contains_key(id));
        let mut parts = delta.against(&current.identity).chunks();
        let last = parts.len() == 1 && stale.is_empty();
        (!parts.is_empty()).then(|| (parts.remove(0), last))
    }

    /// Sends what is still needed.
    async fn once(&mut self, current: &ScaleSet) -> Result<Next, Error> {
        if !current.is_settled() {
            self.step
                .update("another change is under way, waiting for it");
            return Ok(Next::Again);
        }
        let Some((delta, last)) = self.next(current) else {
            return Ok(Next::Done);
        };
        if Instant::now() >= self.deadline {
            return Err(self.out_of_time());
        }
        self.may_leave(&delta).await?;
        let text = describe(&delta);
        self.step.update(&text);
        let done = match scale_set::patch_identity(self.client, current, &delta, true).await {
            Ok(accepted) => {
                self.note(&delta);
                self.follow(accepted, &text, last).await
            }
            Err(error) => {
                if error.may_have_happened() {
                    self.note(&delta);
                }
                Err(error)
            }
        };
        match done {
            Ok(Some(read)) => Ok(Next::Now(Box::new(read))),
            Ok(None) if last => Ok(Next::Done),
            Ok(None) => Ok(Next::Again),
            Err(error) if error.has_code("ResourceNotFound") && self.add.is_empty() => {
                Ok(Next::Done)
            }
            Err(error) => self.judge(error, &delta, current),
        }
    }

    /// Remembers what ARM took.
    fn note(&mut self, delta: &Delta) {
        self.sent.0.extend(delta.add.iter().cloned());
        for identity in &delta.remove {
            if self.remove.contains(identity) {
                self.sent.1.insert(identity.clone());
            } else {
                self.renewed.insert(identity.clone());
            }
        }
    }

    /// Refuses to take off what somebody needs by now.
    async fn may_leave(&mut self, delta: &Delta) -> Result<(), Error> {
        let leaving: BTreeSet<ResourceId> =
            delta.remove.intersection(&self.remove).cloned().collect();
        let Some(leave) = self.wish.leave.as_ref().filter(|_| !leaving.is_empty()) else {
            return Ok(());
        };
        let asked = leave.objection(&leaving).await;
        let error = match asked {
            Ok(None) => return Ok(()),
            Ok(Some(objection)) => {
                self.outcome.objection = Some(objection.clone());
                Error::from(objection)
            }
            Err(error) => error,
        };
        Err(error
            .context(format!("Node pool `{}` was not changed", self.outcome.pool))
            .target(self.outcome.scale_set.to_string()))
    }

    /// Waits for the PATCH; `None` when nobody asked to.
    ///
    /// The parts of a change that is too large for one PATCH are waited for in any case.
    async fn follow(
        &self,
        accepted: Accepted,
        text: &str,
        last: bool,
    ) -> Result<Option<ScaleSet>, azure::Error> {
        let Some(operation) = accepted.operation else {
            return ScaleSet::from_value(&accepted.body).map(Some);
        };
        if self.wish.no_wait && last {
            return Ok(None);
        }
        let step = self.step.clone();
        let mut tell = |status: &Status| {
            let seconds = status.elapsed.as_secs();
            step.detail(&format!("{text}, {} after {seconds} s", status.state));
        };
        let body = self.client.wait(&operation, &mut tell).await?;
        body.as_ref().map(ScaleSet::from_value).transpose()
    }

    /// Decides whether a failed PATCH is worth another try.
    fn judge(
        &mut self,
        error: azure::Error,
        delta: &Delta,
        current: &ScaleSet,
    ) -> Result<Next, Error> {
        if error.may_have_happened() && self.lost < LOST_ANSWERS && Instant::now() < self.deadline {
            self.lost += 1;
            self.step
                .update("the answer was lost, looking at what happened");
            return Ok(Next::Again);
        }
        if error.is_precondition_failed() || (error.is_conflict() && !error.has_code("ScopeLocked"))
        {
            self.step
                .update("another change is under way, trying again");
            return Ok(Next::Again);
        }
        if error.is_authorization()
            && self.wish.permissions_may_be_late
            && Instant::now() < self.deadline
        {
            self.step
                .update("the granted role is not in effect yet, trying again");
            return Ok(Next::Again);
        }
        let named = named(&delta.add, &error);
        if named.is_empty() || matches!(error, azure::Error::StillPending { .. }) {
            let what = if error.is_pending() {
                "is still being changed"
            } else {
                "was not changed"
            };
            let culprits = culprits(current, delta, &error);
            let error = Error::from(error)
                .context(format!("Node pool `{}` {what}", self.outcome.pool))
                .target(self.outcome.scale_set.to_string());
            return Err(culprits.into_iter().fold(error, blame));
        }
        let told = Error::from(error);
        for identity in named {
            let refusal = told.clone().context(format!(
                "Identity `{}` was refused on node pool `{}`",
                identity.name(),
                self.outcome.pool
            ));
            self.outcome.refused.insert(identity, refusal);
        }
        Ok(Next::Again)
    }

    fn out_of_time(&self) -> Error {
        Error::new(
            Kind::Pending,
            format!(
                "Node pool `{}` is still being changed by others",
                self.outcome.pool
            ),
        )
        .hint("run the same command again, or use a longer --timeout")
    }

    /// Waits a little and reads the scale set again; `None` when it is gone, and every identity with
    /// it that it was to lose.
    async fn read_again(&mut self, attempt: &mut u32) -> Result<Option<ScaleSet>, Error> {
        if Instant::now() >= self.deadline {
            return Err(self.out_of_time());
        }
        tokio::time::sleep(pause(*attempt)).await;
        *attempt += 1;
        let read = scale_set::get(self.client, &self.outcome.scale_set).await;
        if let Err(error) = &read
            && error.has_code("ResourceNotFound")
            && self.add.is_empty()
        {
            return Ok(None);
        }
        read.map(Some).map_err(|error| {
            if error.is_pending() {
                return self.out_of_time();
            }
            Error::from(error)
                .context(format!(
                    "Node pool `{}` could not be read again",
                    self.outcome.pool
                ))
                .target(self.outcome.scale_set.to_string())
        })
    }
}

/// 0.2 s, doubled up to 5 s, half of it random so that competitors part.
fn pause(attempt: u32) -> Duration {
    let full = 200u64.saturating_mul(1 << attempt.min(6)).min(5_000);
    let random = uuid::Uuid::new_v4().as_u128() % u128::from(full / 2 + 1);
    Duration::from_millis(full / 2 + u64::try_from(random).unwrap_or(0))
}

/// Identities that were on the scale set before and make ARM refuse the change of others: those
/// that do not exist any more.
fn culprits(current: &ScaleSet, delta: &Delta, error: &azure::Error) -> BTreeSet<ResourceId> {
    if !error.has_code("FailedIdentityOperation") {
        return BTreeSet::new();
    }
    let kept = current.identity.user_assigned.keys();
    named(kept.filter(|id| !delta.remove.contains(*id)), error)
}

fn blame(error: Error, culprit: ResourceId) -> Error {
    error
        .cause(format!(
            "identity `{}` is on this scale set but does not exist any more, which blocks every other change",
            culprit.name()
        ))
        .hint(format!(
            "take it off with `podid nodepool unassign --identity-resource-id {culprit}`, then run the same command again"
        ))
}

fn describe(delta: &Delta) -> String {
    match (delta.add.len(), delta.remove.len()) {
        (added, 0) => format!("assigning {}", count(added)),
        (0, removed) => format!("unassigning {}", count(removed)),
        (added, removed) => format!("assigning {}, unassigning {removed}", count(added)),
    }
}

fn count(identities: usize) -> String {
    if identities == 1 {
        "1 identity".to_owned()
    } else {
        format!("{identities} identities")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        assert!(pause(0) <= Duration::from_millis(200));
        for attempt in 0..70 {
            assert!(pause(attempt) <= Duration::from_secs(5));
        }
    }
}
