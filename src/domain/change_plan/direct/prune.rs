//! What goes: objects that nobody wants any more, and what leaves the scale sets with them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Object, Outcome, Owner, WantedObject, World};
use crate::domain::assignment::{self, Holdings};
use crate::domain::change_plan::{Action, Change, Kind};
use crate::domain::claim::{self, Claim, Record, Release};
use crate::domain::file::WantedCluster;
use crate::domain::name::BINDING_SUFFIX;

/// What podid made and nobody wants any more.
pub(super) fn prune(wanted: &[WantedObject], world: &World, outcome: &mut Outcome) {
    let is_wanted = |object: &Object| {
        wanted
            .iter()
            .any(|wanted| wanted.kind == object.kind && wanted.key == object.key())
    };
    let ours: Vec<&Object> = world
        .objects
        .iter()
        .filter(|object| object.owner == Owner::Podid && !is_wanted(object))
        .collect();
    let mut kept = BTreeSet::new();
    for object in ours
        .iter()
        .filter(|object| object.kind == Kind::AzureIdentity)
    {
        let user = world.objects.iter().find(|binding| {
            binding.kind == Kind::AzureIdentityBinding
                && binding.namespace == object.namespace
                && binding.spec["azureIdentity"] == object.name.as_str()
                && (binding.owner != Owner::Podid || is_wanted(binding))
        });
        if let Some(binding) = user {
            kept.insert(object.key());
            outcome.notes.push(format!(
                "AzureIdentity `{}` stays: binding `{}`, which podid did not make, refers to it",
                object.key(),
                binding.key()
            ));
        } else {
            let name = (object.namespace.clone(), object.name.clone());
            outcome.pruned.push(name);
        }
    }
    for object in ours {
        let stays = match object.kind {
            Kind::AzureIdentity => kept.contains(&object.key()),
            // The own binding of an identity that stays.
            Kind::AzureIdentityBinding => {
                let identity = object.name.strip_suffix(BINDING_SUFFIX);
                identity.is_some_and(|name| kept.contains(&format!("{}/{name}", object.namespace)))
            }
            _ => false,
        };
        if !stays {
            outcome.changes.push(Change {
                action: Action::Delete,
                cluster: None,
                kind: object.kind,
                name: object.key(),
                before: object.spec.clone(),
                after: Value::Null,
                why: "podid made it, and the file does not name it".to_owned(),
            });
        }
    }
}

/// Pod identities that get another managed identity, and give up the former one.
pub(super) fn replaced(cluster: &WantedCluster, world: &World) -> Vec<(String, String)> {
    let other = |claim: &&Claim| {
        cluster.pod_identities.iter().any(|item| {
            item.namespace.as_str() == claim.namespace
                && item.name.as_str() == claim.name
                && claim.identity.as_ref() != Some(&item.identity)
        })
    };
    let claims = world.claims.iter().filter(other);
    claims
        .map(|claim| (claim.namespace.clone(), claim.name.clone()))
        .collect()
}

/// The identities that leave scale sets when `given_up` give them up.
pub(super) fn releases(
    cluster: &WantedCluster,
    world: &World,
    given_up: &[(String, String)],
) -> Holdings {
    let goes = |claim: &Claim| {
        given_up
            .iter()
            .any(|(namespace, name)| claim.namespace == *namespace && claim.name == *name)
    };
    let mut claims = world.claims.clone();
    for claim in claims.iter_mut().filter(|claim| goes(claim)) {
        claim.releasing_until = Some(i64::MAX);
    }
    // What is added comes before what goes, and keeps its identity on the scale sets.
    claims.extend(cluster.pod_identities.iter().map(|item| Claim {
        namespace: item.namespace.to_string(),
        name: item.name.to_string(),
        uid: String::new(),
        identity: Some(item.identity.clone()),
        record: Record::new(),
        releasing_until: None,
    }));
    let held: Holdings = world
        .pools
        .iter()
        .map(|(set, pool)| (set.clone(), pool.held.clone()))
        .collect();
    let mut unwanted = BTreeSet::new();
    let mut owned = BTreeMap::new();
    for claim in world.claims.iter().filter(|claim| goes(claim)) {
        for identity in claim.identities() {
            if world.own.contains(&identity) {
                continue;
            }
            let release = claim::release(&claims, &identity, &claim.namespace, &claim.name);
            if let Release::Unassign(sets) = release {
                unwanted.insert(identity.clone());
                owned.insert(identity, sets);
            }
        }
    }
    assignment::removable(&unwanted, &owned, &held)
}
