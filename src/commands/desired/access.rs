//! Whether whoever carries a plan out may do it: looked at before the first write.
//!
//! Not part of planning: who may only read may plan.

use std::collections::{BTreeMap, BTreeSet};

use super::planned::{Planned, PlannedCluster};
use crate::commands::change::addition;
use crate::commands::change::cluster::Way;
use crate::commands::change::preflight::{self, Findings, Roles};
use crate::context::Context;
use crate::domain::assignment;
use crate::domain::file::{Principal, RoleScope};
use crate::domain::preflight::Actor;
use crate::domain::profile::{Edit, Effect};
use crate::domain::resource_id::ResourceId;
use crate::error::Result;

/// Looks at the roles that `planned` needs.
///
/// # Errors
/// Roles are missing, or a deny assignment is in the way; the sign-in fails.
pub async fn check(context: &Context, planned: &Planned) -> Result<()> {
    let mut findings = Findings::default();
    for cluster in &planned.clusters {
        if cluster.changes.is_empty() {
            continue;
        }
        let (actor, identities, scale_sets) = match cluster.site.way {
            Way::Direct => {
                let (identities, scale_sets) = assigned(cluster);
                (Actor::Podid, identities, scale_sets)
            }
            Way::Aks => (Actor::AddOn, edited(cluster), Vec::new()),
        };
        let granted = granted(cluster, actor);
        let identities: Vec<ResourceId> = identities
            .into_iter()
            .filter(|id| !granted.contains(&Some(id.clone())))
            .collect();
        let scale_sets = if granted.contains(&None) {
            Vec::new()
        } else {
            scale_sets
        };
        let absent: Vec<ResourceId> = planned
            .identities
            .absent
            .keys()
            .filter(|id| identities.contains(id))
            .cloned()
            .collect();
        let roles = Roles {
            identities: &identities,
            absent: &absent,
            scale_sets: &scale_sets,
            grant: false,
        };
        preflight::look_at_roles(&mut findings, &cluster.site.cluster, actor, &roles).await?;
    }
    findings.end(context)
}

/// The identities that scale sets get, and these scale sets.
fn assigned(planned: &PlannedCluster) -> (BTreeSet<ResourceId>, Vec<ResourceId>) {
    let Some(held) = &planned.held else {
        return (BTreeSet::new(), Vec::new());
    };
    let holdings = addition::holdings(&held.pools);
    let missing: BTreeMap<_, _> = assignment::missing(&planned.site.wanted.identities(), &holdings);
    let sets = missing.keys().cloned().collect();
    (missing.into_values().flatten().collect(), sets)
}

/// The identities that the profile gets.
fn edited(planned: &PlannedCluster) -> BTreeSet<ResourceId> {
    let edits = planned.edits.iter();
    let added = edits.filter_map(|(edit, effect)| match edit {
        Edit::AddIdentity(new) if *effect != Effect::Unchanged => new.resource_id.parse().ok(),
        _ => None,
    });
    added.collect()
}

/// The scopes on which the file itself grants the role first; none stands for the node resource
/// group.
fn granted(planned: &PlannedCluster, actor: Actor) -> BTreeSet<Option<ResourceId>> {
    let principal = match actor {
        Actor::Podid => Principal::Operator,
        Actor::AddOn => Principal::ControlPlane,
    };
    let group = planned.site.cluster.node_resource_group().ok();
    let wishes = planned.roles.iter().map(|(wish, _)| wish);
    wishes
        .filter(|wish| wish.principal == principal)
        .map(|wish| match &wish.scope {
            RoleScope::NodeResourceGroup => None,
            RoleScope::Resource(id) if Some(id) == group.as_ref() => None,
            RoleScope::Resource(id) => Some(id.clone()),
        })
        .collect()
}
