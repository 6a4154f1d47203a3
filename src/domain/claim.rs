//! Claims: which `AzureIdentity` objects need a managed identity on the scale sets, and which
//! scale sets podid put it on.
//!
//! Several operators change the same cluster at once, and Kubernetes and ARM share no
//! transaction. Two rules keep them right:
//!
//! 1. `add` writes its object *before* it looks whether somebody is releasing the identity;
//!    `remove` marks its object as releasing *before* it looks whether somebody else claims the
//!    identity. Kubernetes lists are linearisable, so at least one of two racing commands sees
//!    the other: `add` then waits for the release to end, `remove` then leaves the identity.
//! 2. What podid assigned is the union of the records on all objects of that identity, so a
//!    record moves to another claimant before its object goes.

use std::collections::BTreeSet;

use super::resource_id::ResourceId;

/// One `AzureIdentity` object, as far as claims go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The managed identity it refers to; `None` when that cannot be parsed.
    pub identity: Option<ResourceId>,
    /// The scale sets podid assigned the identity to, as recorded on this object.
    pub assigned: BTreeSet<ResourceId>,
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
}

/// The claims on `identity` other than `namespace/name` itself.
pub fn others<'a>(
    claims: &'a [Claim],
    identity: &'a ResourceId,
    namespace: &'a str,
    name: &'a str,
) -> impl Iterator<Item = &'a Claim> {
    claims.iter().filter(move |claim| {
        claim.identity.as_ref() == Some(identity) && !claim.is(namespace, name)
    })
}

/// The releases of `identity` by others that may still be at work at `now` (Unix seconds).
#[must_use]
pub fn releases<'a>(claims: &'a [Claim], identity: &ResourceId, now: i64) -> Vec<&'a Claim> {
    claims
        .iter()
        .filter(|claim| claim.identity.as_ref() == Some(identity))
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
        assigned: BTreeSet<ResourceId>,
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
    let mut assigned = own.map(|claim| claim.assigned.clone()).unwrap_or_default();
    if let Some(heir) =
        others(claims, identity, namespace, name).find(|claim| claim.releasing_until.is_none())
    {
        let complete = assigned.is_subset(&heir.assigned);
        assigned.extend(heir.assigned.iter().cloned());
        return Release::HandOver {
            namespace: heir.namespace.clone(),
            name: heir.name.clone(),
            assigned,
            complete,
        };
    }
    for other in others(claims, identity, namespace, name) {
        assigned.extend(other.assigned.iter().cloned());
    }
    Release::Unassign(assigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> ResourceId {
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x".parse().unwrap()
    }

    fn scale_set(name: &str) -> ResourceId {
        format!("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/{name}").parse().unwrap()
    }

    fn claim(name: &str, sets: &[&str], releasing: bool) -> Claim {
        Claim {
            namespace: "n".to_owned(),
            name: name.to_owned(),
            identity: Some(identity()),
            assigned: sets.iter().map(|set| scale_set(set)).collect(),
            releasing_until: releasing.then_some(100),
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
        let claims = [claim("a", &["one"], true), claim("b", &[], false)];
        let Release::HandOver {
            name,
            assigned,
            complete,
            ..
        } = release(&claims, &identity(), "n", "a")
        else {
            panic!("expected a hand-over");
        };
        assert_eq!((name.as_str(), complete), ("b", false));
        assert_eq!(assigned, BTreeSet::from([scale_set("one")]));
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
}
