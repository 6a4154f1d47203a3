//! Identities onto and off scale sets: one PATCH per scale set, all side by side.
//!
//! Every PATCH carries the scale set's ETag. Whatever changed meanwhile (another podid, MIC,
//! the AKS resource provider, a person) makes ARM answer 412 or 409; the scale set is then read
//! again and only what is still needed is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use futures::future::join_all;

use super::cluster::Pool;
use crate::azure::scale_set::{self, Delta, ScaleSet};
use crate::azure::{self, Accepted, Status};
use crate::context::Context;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind};
use crate::output::progress::Step;

/// What is wished of scale sets.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Identities a scale set must hold.
    pub add: BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    /// Identities a scale set must lose.
    pub remove: BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    /// Return when ARM has accepted the PATCH.
    pub no_wait: bool,
    /// A role was granted a moment ago: missing permissions may only be late.
    pub permissions_may_be_late: bool,
    /// No PATCH is sent after this moment; `--timeout` from now when not set.
    pub deadline: Option<Instant>,
}

/// What became of one scale set.
#[derive(Debug)]
pub struct Outcome {
    /// Name of the node pool.
    pub pool: String,
    /// The scale set.
    pub scale_set: ResourceId,
    /// Identities podid itself put there (or may have: an answer that was lost counts).
    pub added: BTreeSet<ResourceId>,
    /// Identities ARM refused one by one; the others were not held up by them.
    pub refused: BTreeMap<ResourceId, Error>,
    /// Why the scale set as a whole did not get what was wished.
    pub failure: Option<Error>,
}

impl Outcome {
    /// Why `identity` is not on this scale set, if it is not.
    #[must_use]
    pub fn error_for(&self, identity: &ResourceId) -> Option<&Error> {
        self.refused.get(identity).or(self.failure.as_ref())
    }
}

/// Whether podid itself put `identity` on `scale_set` (or may have), as these outcomes tell.
#[must_use]
pub fn assigned(outcomes: &[Outcome], scale_set: &ResourceId, identity: &ResourceId) -> bool {
    outcomes
        .iter()
        .any(|outcome| outcome.scale_set == *scale_set && outcome.added.contains(identity))
}

/// Fulfils `wish` on the scale sets of `pools`, side by side.
///
/// Pools without a wish are left out of the result.
pub async fn converge(
    context: &Context,
    client: &azure::Client,
    pools: &[Pool],
    wish: &Wish,
) -> Vec<Outcome> {
    let work = pools.iter().filter_map(|pool| {
        let set = pool.scale_set.as_ref()?;
        let add = wish.add.get(&set.id).cloned().unwrap_or_default();
        let remove = wish.remove.get(&set.id).cloned().unwrap_or_default();
        if add.is_empty() && remove.is_empty() {
            return None;
        }
        let worker = Worker {
            client,
            wish,
            add,
            remove,
            step: context.ui.step(&format!("Node pool `{}`", pool.name)),
            deadline: wish
                .deadline
                .unwrap_or_else(|| Instant::now() + context.timeout()),
            lost: 0,
            outcome: Outcome {
                pool: pool.name.clone(),
                scale_set: set.id.clone(),
                added: BTreeSet::new(),
                refused: BTreeMap::new(),
                failure: None,
            },
        };
        Some(worker.run(set.clone()))
    });
    join_all(work).await
}

/// How often the answer to a PATCH of one scale set may be lost before podid gives up.
const LOST_ANSWERS: u32 = 5;

struct Worker<'a> {
    client: &'a azure::Client,
    wish: &'a Wish,
    add: BTreeSet<ResourceId>,
    remove: BTreeSet<ResourceId>,
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

impl Worker<'_> {
    async fn run(mut self, mut current: ScaleSet) -> Outcome {
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
                Ok(read) => current = read,
                Err(error) => {
                    self.outcome.failure = Some(error);
                    break;
                }
            }
        }
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
        self.outcome
    }

    /// What is still needed, in parts that ARM takes.
    fn parts(&self, current: &ScaleSet) -> Vec<Delta> {
        let mut delta = Delta {
            add: self.add.clone(),
            remove: self.remove.clone(),
        };
        delta
            .add
            .retain(|id| !self.outcome.refused.contains_key(id));
        delta.against(current).chunks()
    }

    /// Sends what is still needed.
    async fn once(&mut self, current: &ScaleSet) -> Result<Next, Error> {
        if !current.is_settled() {
            self.step
                .update("another change is under way, waiting for it");
            return Ok(Next::Again);
        }
        let parts = self.parts(current);
        let Some(delta) = parts.first() else {
            return Ok(Next::Done);
        };
        let complete = parts.len() == 1;
        if Instant::now() >= self.deadline {
            return Err(self.out_of_time());
        }
        self.step.update(&describe(delta));
        let sent = scale_set::patch_identity(self.client, current, delta, true).await;
        let done = match sent {
            Ok(accepted) => {
                self.outcome.added.extend(delta.add.iter().cloned());
                self.follow(accepted, &describe(delta), complete).await
            }
            Err(error) => {
                if error.may_have_happened() {
                    self.outcome.added.extend(delta.add.iter().cloned());
                }
                Err(error)
            }
        };
        match done {
            Ok(Some(read)) => Ok(Next::Now(Box::new(read))),
            Ok(None) => Ok(Next::Done),
            Err(error) => self.judge(error, delta),
        }
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
    fn judge(&mut self, error: azure::Error, delta: &Delta) -> Result<Next, Error> {
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
            return Err(Error::from(error)
                .context(format!("Node pool `{}` {what}", self.outcome.pool))
                .target(self.outcome.scale_set.to_string()));
        }
        let told = Error::from(error);
        for identity in named {
            self.outcome.added.remove(&identity);
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

    /// Waits a little and reads the scale set again.
    async fn read_again(&mut self, attempt: &mut u32) -> Result<ScaleSet, Error> {
        if Instant::now() >= self.deadline {
            return Err(self.out_of_time());
        }
        tokio::time::sleep(pause(*attempt)).await;
        *attempt += 1;
        let read = scale_set::get(self.client, &self.outcome.scale_set).await;
        read.map_err(|error| {
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

/// The added identities that ARM's error names.
fn named(added: &BTreeSet<ResourceId>, error: &azure::Error) -> BTreeSet<ResourceId> {
    let text = error.message().to_ascii_lowercase();
    added
        .iter()
        .filter(|id| names(&text, &id.to_string().to_ascii_lowercase()))
        .cloned()
        .collect()
}

/// Whether `text` holds `id` and not merely a longer id that starts with it.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let next = text[at + id.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'))
    })
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
    fn a_longer_name_is_another_identity() {
        assert!(names("resource '/x/reader' was not found", "/x/reader"));
        assert!(!names("resource '/x/reader-2' was not found", "/x/reader"));
        assert!(names("'/x/reader-2' and '/x/reader'", "/x/reader"));
    }

    #[test]
    fn pauses_grow_and_stay_bounded() {
        assert!(pause(0) <= Duration::from_millis(200));
        for attempt in 0..70 {
            assert!(pause(attempt) <= Duration::from_secs(5));
        }
    }
}
