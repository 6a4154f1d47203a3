//! One PUT of the profile with every edit.

use super::{How, Ledger};
use crate::commands::change::aks::{self, Manner};
use crate::commands::desired::identities::Identities;
use crate::commands::desired::planned::PlannedCluster;
use crate::context::Context;
use crate::domain::change_plan::{Kind as Resource, aks as plan};
use crate::domain::profile::{Edit, Profile};
use crate::error::Result;

pub(super) async fn run(
    context: &Context,
    planned: &PlannedCluster,
    identities: &Identities,
    (how, granted): (How, bool),
    ledger: &mut Ledger,
) -> Result<()> {
    let cluster = &planned.site.cluster;
    let profile = Profile::of(cluster.managed.pod_identity_profile());
    // Anew: managed identities that were created have ids now.
    let edits = plan::edits(&planned.site.wanted, &identities.principals());
    if !planned.edits.iter().any(|(_, effect)| effect.is_change()) {
        return Ok(());
    }
    let manner = Manner {
        no_wait: how.no_wait,
        replace: true,
        permissions_may_be_late: granted,
        only_as_read: how.as_shown || edits.contains(&Edit::Disable),
        ..Manner::default()
    };
    let done = aks::change(context, cluster, &edits, &manner).await?;
    for (edit, done) in edits.iter().zip(done) {
        let Some(change) = plan::change(edit, done.effect, &profile) else {
            // Somebody else did it meanwhile.
            note_unchanged(edit, ledger);
            continue;
        };
        let outcome = done.failure.map_or(Ok(()), Err);
        if outcome.is_ok() && *edit == Edit::Disable {
            for (kind, name) in lost(&profile) {
                ledger.done(kind, name);
            }
        }
        ledger.note(change.kind, change.name, outcome);
    }
    Ok(())
}

fn note_unchanged(edit: &Edit, ledger: &mut Ledger) {
    let kind = match edit {
        Edit::Enable { .. } | Edit::Disable => Resource::AddOn,
        Edit::SetException { .. } | Edit::RemoveException { .. } => Resource::PodIdentityException,
        Edit::AddIdentity(_) | Edit::RemoveIdentity { .. } | Edit::RepairIdentity { .. } => {
            Resource::PodIdentity
        }
    };
    ledger.done(kind, edit.key());
}

fn lost(profile: &Profile) -> Vec<(Resource, String)> {
    let identities = profile.identities.iter();
    let exceptions = profile.exceptions.iter();
    identities
        .map(|item| (Resource::PodIdentity, item.key()))
        .chain(exceptions.map(|item| (Resource::PodIdentityException, item.key())))
        .collect()
}
