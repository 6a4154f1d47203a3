//! Whether whoever carries a plan out may do it: looked at before the first write.
//!
//! Not part of planning: who may only read may plan.

use std::collections::{BTreeMap, BTreeSet};

use super::planned::{Planned, PlannedCluster};
use crate::commands::change::addition;
use crate::commands::change::cluster::Way;
use crate::commands::change::preflight::{self, Findings, Grants, Roles};
use crate::commands::role::wishes;
use crate::context::Context;
use crate::domain::assignment;
use crate::domain::file::Principal;
use crate::domain::grant::{Need, Role};
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
    let absent: Vec<ResourceId> = planned.identities.absent.keys().cloned().collect();
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
        let granted = granted(cluster, actor)?;
        let covered = |role: Role, id: &ResourceId| {
            let mut needs = granted.iter();
            needs.any(|need| need.role == role && need.scope.contains(id))
        };
        let identities: Vec<ResourceId> = identities
            .into_iter()
            .filter(|id| !covered(Role::ManagedIdentityOperator, id))
            .collect();
        let scale_sets: Vec<ResourceId> = scale_sets
            .into_iter()
            .filter(|id| !covered(Role::VirtualMachineContributor, id))
            .collect();
        let roles = Roles {
            identities: &identities,
            absent: &absent,
            scale_sets: &scale_sets,
            grant: false,
        };
        let at = &cluster.site.cluster;
        preflight::look_at_roles(&mut findings, at, actor, &roles).await?;
        if cluster.edits.iter().any(|(_, effect)| effect.is_change()) {
            preflight::look_at_cluster_role(&mut findings, at).await?;
        }
        for (wish, _) in &cluster.roles {
            let grants = Grants {
                holder: wishes::holder(at, wish).await?,
                needs: vec![wishes::need(at, wish)?],
            };
            preflight::look_at_granting(&mut findings, at, actor, &grants).await?;
        }
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

/// The roles that the file itself grants first to whoever assigns the identities.
fn granted(planned: &PlannedCluster, actor: Actor) -> Result<Vec<Need>> {
    let principal = match actor {
        Actor::Podid => Principal::Operator,
        Actor::AddOn => Principal::ControlPlane,
    };
    let wishes = planned.roles.iter().map(|(wish, _)| wish);
    wishes
        .filter(|wish| wish.principal == principal)
        .map(|wish| wishes::need(&planned.site.cluster, wish))
        .collect()
}
