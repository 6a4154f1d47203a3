//! Claims: which `AzureIdentity` objects need a managed identity on the scale sets, and which
//! scale sets podid put it on.
//!
//! Several operators change the same cluster at once, and Kubernetes and ARM share no
//! transaction. Three rules keep them right:
//!
//! 1. `add` writes its object *before* it looks whether somebody is releasing the identity;
//!    `remove` marks its object as releasing *before* it looks whether somebody else claims the
//!    identity. Kubernetes lists are linearisable, so at least one of two racing commands sees
//!    the other: `add` then waits for the release to end, `remove` then leaves the identity.
//! 2. What podid assigned is the union of the records on all objects of that identity, so a
//!    record moves to another claimant before its object goes.
//! 3. Objects are also written by those who know nothing of this. So `remove` looks at the claims
//!    again right before each PATCH, and sends it only when [`objection`] finds nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::resource_id::ResourceId;

/// What podid assigned: for each managed identity the scale sets it put it on.
///
/// It names the identity, and not only the scale sets, so that a `spec.resourceID` that somebody
/// edits does not make podid take away what others assigned.
pub type Record = BTreeMap<ResourceId, BTreeSet<ResourceId>>;

/// One `AzureIdentity` object, as far as claims go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Differs for an object of the same name that is made later.
    pub uid: String,
    /// The managed identity it refers to; `None` when that cannot be parsed.
    pub identity: Option<ResourceId>,
    /// What podid assigned, as recorded on this object.
    pub record: Record,
    /// Until when a `remove` of this object may be at work (Unix seconds), if one is.
    pub releasing_until: Option<i64>,
}

impl Claim {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }

    fn refers_to(&self, identity: &ResourceId) -> bool {
        self.identity.as_ref() == Some(identity)
    }

    /// Whether it is here to stay and refers to `identity`.
    fn needs(&self, identity: &ResourceId) -> bool {
        self.refers_to(identity) && self.releasing_until.is_none()
    }

    fn recorded(&self, identity: &ResourceId) -> impl Iterator<Item = &ResourceId> {
        self.record.get(identity).into_iter().flatten()
    }

    /// The managed identities that a removal of this object lets go of: the one it refers to, and
    /// those it referred to when podid assigned them.
    #[must_use]
    pub fn identities(&self) -> BTreeSet<ResourceId> {
        self.identity
            .iter()
            .chain(self.record.keys())
            .cloned()
            .collect()
    }
}

/// The releases of `identity` by others that may still be at work at `now` (Unix seconds).
#[must_use]
pub fn releases<'a>(claims: &'a [Claim], identity: &ResourceId, now: i64) -> Vec<&'a Claim> {
    claims
        .iter()
        .filter(|claim| claim.refers_to(identity) || claim.record.contains_key(identity))
        .filter(|claim| claim.releasing_until.is_some_and(|until| until > now))
        .collect()
}

/// What a `remove` of `namespace/name` has to do with the scale sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// Another object needs the identity: it stays, and the record moves to that object.
    HandOver {
        /// Namespace of the object that takes the record over.
        namespace: String,
        /// Its name.
        name: String,
        /// The record it must carry then.
        record: Record,
        /// Whether it carries all of it already.
        complete: bool,
    },
    /// Nobody else needs it: unassign it from the scale sets podid put it on.
    Unassign(BTreeSet<ResourceId>),
}

/// Decides what happens to `identity` when `namespace/name` goes.
///
/// Other objects that are being released count as gone, but their records count as ours.
#[must_use]
pub fn release(claims: &[Claim], identity: &ResourceId, namespace: &str, name: &str) -> Release {
    let own = claims.iter().find(|claim| claim.is(namespace, name));
    let mut assigned: BTreeSet<ResourceId> = own
        .into_iter()
        .flat_map(|claim| claim.recorded(identity))
        .cloned()
        .collect();
    let others = || claims.iter().filter(|claim| !claim.is(namespace, name));
    if let Some(heir) = others().find(|claim| claim.needs(identity)) {
        let mut record = heir.record.clone();
        if !assigned.is_empty() {
            record.entry(identity.clone()).or_default().extend(assigned);
        }
        return Release::HandOver {
            namespace: heir.namespace.clone(),
            name: heir.name.clone(),
            complete: record == heir.record,
            record,
        };
    }
    for other in others().filter(|claim| claim.releasing_until.is_some()) {
        assigned.extend(other.recorded(identity).cloned());
    }
    Release::Unassign(assigned)
}

/// Why identities must not be taken off a scale set now, although it looked so before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Objection {
    /// A claim appeared that needs one of them.
    #[error("pod identity `{0}` needs its managed identity")]
    Needed(String),
    /// The object that is being removed is not there any more.
    #[error("the AzureIdentity was deleted by another command meanwhile")]
    Gone,
    /// The mark of the removal was taken off the object.
    #[error("the pod identity is being added by another command")]
    Overtaken,
    /// The mark is over: `add` waits for it no longer.
    #[error("the time for the removal is over")]
    Expired,
}

/// The object whose removal takes identities off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// What speaks at `now` (Unix seconds) against taking `leaving` off a scale set, for the removal of
/// `leaver` or, without one, for somebody who was told that nobody claims them.
#[must_use]
pub fn objection(
    claims: &[Claim],
    leaver: Option<&Leaver>,
    leaving: &BTreeSet<ResourceId>,
    now: i64,
) -> Option<Objection> {
    let is_leaver = |claim: &&Claim| {
        leaver.is_some_and(|own| claim.is(&own.namespace, &own.name) && claim.uid == own.uid)
    };
    if leaver.is_some() {
        let Some(own) = claims.iter().find(is_leaver) else {
            return Some(Objection::Gone);
        };
        match own.releasing_until {
            None => return Some(Objection::Overtaken),
            Some(until) if until <= now => return Some(Objection::Expired),
            Some(_) => {}
        }
    }
    let mut others = claims.iter().filter(|claim| !is_leaver(claim));
    let heir = others.find(|claim| leaving.iter().any(|identity| claim.needs(identity)))?;
    Some(Objection::Needed(heir.key()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity_named(name: &str) -> ResourceId {
        format!("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}").parse().unwrap()
    }

    fn identity() -> ResourceId {
        identity_named("x")
    }

    fn scale_set(name: &str) -> ResourceId {
        format!("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/{name}").parse().unwrap()
    }

    fn record(sets: &[&str]) -> Record {
        let sets: BTreeSet<ResourceId> = sets.iter().map(|set| scale_set(set)).collect();
        if sets.is_empty() {
            return Record::new();
        }
        Record::from([(identity(), sets)])
    }

    fn claim(name: &str, sets: &[&str], releasing: bool) -> Claim {
        Claim {
            namespace: "n".to_owned(),
            name: name.to_owned(),
            uid: format!("uid-{name}"),
            identity: Some(identity()),
            record: record(sets),
            releasing_until: releasing.then_some(100),
        }
    }

    fn leaver(name: &str) -> Leaver {
        Leaver {
            namespace: "n".to_owned(),
            name: name.to_owned(),
            uid: format!("uid-{name}"),
        }
    }

    #[test]
    fn the_last_claim_unassigns_what_is_recorded() {
        let claims = [claim("a", &["one"], true)];
        let release = release(&claims, &identity(), "n", "a");
        assert_eq!(
            release,
            Release::Unassign(BTreeSet::from([scale_set("one")]))
        );
    }

    #[test]
    fn another_claim_keeps_the_identity_and_takes_the_record() {
        let claims = [claim("a", &["one"], true), claim("b", &["two"], false)];
        let Release::HandOver {
            name,
            record: handed,
            complete,
            ..
        } = release(&claims, &identity(), "n", "a")
        else {
            panic!("expected a hand-over");
        };
        assert_eq!((name.as_str(), complete), ("b", false));
        assert_eq!(handed, record(&["one", "two"]));
    }

    #[test]
    fn two_releases_at_once_both_unassign_everything_recorded() {
        let claims = [claim("a", &["one"], true), claim("b", &["two"], true)];
        let both = BTreeSet::from([scale_set("one"), scale_set("two")]);
        assert_eq!(
            release(&claims, &identity(), "n", "a"),
            Release::Unassign(both.clone())
        );
        assert_eq!(
            release(&claims, &identity(), "n", "b"),
            Release::Unassign(both)
        );
    }

    #[test]
    fn an_expired_release_is_not_waited_for() {
        let claims = [claim("a", &[], true)];
        assert_eq!(releases(&claims, &identity(), 99).len(), 1);
        assert!(releases(&claims, &identity(), 100).is_empty());
    }

    #[test]
    fn an_object_that_was_pointed_elsewhere_releases_only_what_was_assigned() {
        let mut edited = claim("a", &["one"], true);
        edited.identity = Some(identity_named("theirs"));
        let claims = [edited];
        let release = |identity: &ResourceId| release(&claims, identity, "n", "a");
        assert_eq!(
            release(&identity_named("theirs")),
            Release::Unassign(BTreeSet::new())
        );
        assert_eq!(
            release(&identity()),
            Release::Unassign(BTreeSet::from([scale_set("one")]))
        );
        assert_eq!(claims[0].identities().len(), 2);
        assert_eq!(releases(&claims, &identity(), 99).len(), 1);
    }

    #[test]
    fn an_unassignment_stops_when_the_claims_change() {
        let leaving = BTreeSet::from([identity()]);
        let own = claim("a", &["one"], true);
        let against = |claims: &[Claim], now| objection(claims, Some(&leaver("a")), &leaving, now);
        assert_eq!(against(std::slice::from_ref(&own), 99), None);
        assert_eq!(
            against(&[own.clone(), claim("b", &[], true)], 99),
            None,
            "one that goes too"
        );
        assert_eq!(
            against(&[own.clone(), claim("b", &[], false)], 99),
            Some(Objection::Needed("n/b".to_owned()))
        );
        assert_eq!(
            against(std::slice::from_ref(&own), 100),
            Some(Objection::Expired)
        );
        let unmarked = claim("a", &["one"], false);
        assert_eq!(against(&[unmarked], 99), Some(Objection::Overtaken));
        let mut anew = own;
        anew.uid = "another".to_owned();
        assert_eq!(against(&[anew], 99), Some(Objection::Gone));
    }

    #[test]
    fn an_unassignment_without_an_object_stops_for_any_claim() {
        let leaving = BTreeSet::from([identity()]);
        assert_eq!(objection(&[], None, &leaving, 0), None);
        let claims = [claim("a", &[], false)];
        let needed = Objection::Needed("n/a".to_owned());
        assert_eq!(objection(&claims, None, &leaving, 0), Some(needed));
    }
}
