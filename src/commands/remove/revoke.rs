//! `--revoke`: takes back the roles that podid granted for a pod identity that is gone.
//!
//! Only podid's own grants, and only those that no other pod identity of the cluster needs: the
//! role on the managed identity stays while another one uses it, the role on the node resource
//! group while podid has another one on the scale sets. The roles go last, so that a failure
//! leaves nothing but them behind.

use serde_json::{Value, json};

use crate::commands::change::claims::Snapshot;
use crate::commands::change::cluster::{Cluster, Way};
use crate::commands::role::holder::{self, Holder};
use crate::commands::role::revoke::{Revoked, revoke};
use crate::context::Context;
use crate::domain::grant::{Need, Purpose, Role, needs};
use crate::domain::profile::Profile;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};
use crate::output::report::Report;

/// What the pod identity that goes leaves to others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Others {
    /// Another pod identity uses the same managed identity.
    same_identity: bool,
    /// podid assigned another one to scale sets of the cluster, and will have to take it off.
    on_scale_sets: bool,
}

impl Others {
    /// As the claims say; the one of `namespace/name` does not count.
    pub(super) fn of_claims(
        snapshot: &Snapshot,
        namespace: &str,
        name: &str,
        identity: &ResourceId,
        node_group: &ResourceId,
    ) -> Self {
        let mut others = Others::default();
        for claim in &snapshot.claims {
            if claim.namespace == namespace && claim.name == name {
                continue;
            }
            others.same_identity |= claim.identity.as_ref() == Some(identity);
            let sets = claim.record.values().flatten();
            others.on_scale_sets |= sets.into_iter().any(|set| node_group.contains(set));
        }
        others
    }

    /// As the profile says; the one of `namespace/name` does not count.
    pub(super) fn of_profile(
        profile: &Profile,
        namespace: &str,
        name: &str,
        identity: &ResourceId,
    ) -> Self {
        let others = profile
            .identities
            .iter()
            .filter(|item| item.namespace != namespace || item.name != name);
        let mut ids = others.filter_map(|item| item.resource_id.parse::<ResourceId>().ok());
        Others {
            same_identity: ids.any(|id| id == *identity),
            // AKS writes the scale sets with rights of its own.
            on_scale_sets: false,
        }
    }

    fn need(self, need: &Need) -> bool {
        // What is granted on the managed identity is of use for it alone.
        if need.role == Role::ManagedIdentityOperator {
            self.same_identity
        } else {
            self.on_scale_sets
        }
    }
}

/// A role and what becomes of it.
struct Taken {
    need: Need,
    outcome: Result<&'static str>,
}

/// The roles of one pod identity.
pub(super) struct Roles {
    holder: Holder,
    taken: Vec<Taken>,
    retry: String,
}

impl Roles {
    /// Takes back what podid granted for `identity`; looks only when `dry_run`.
    ///
    /// # Errors
    /// The sign-in fails, or the cluster has no control-plane identity.
    pub(super) async fn take_back(
        cluster: &Cluster,
        way: Way,
        identity: &ResourceId,
        others: Others,
        dry_run: bool,
    ) -> Result<Roles> {
        let (holder, purpose, flag) = match way {
            Way::Direct => (holder::signed_in(cluster).await?, Purpose::Direct, ""),
            Way::Aks => (
                holder::control_plane(cluster)?,
                Purpose::Managed,
                " --for managed",
            ),
        };
        let identities = std::slice::from_ref(identity);
        let mut taken = Vec::new();
        for need in needs(purpose, identities, &cluster.node_resource_group()?) {
            let outcome = if others.need(&need) {
                Ok("stillNeeded")
            } else {
                let done = revoke(&cluster.azure, &holder, &need, dry_run).await;
                done.map(Revoked::as_str)
            };
            taken.push(Taken { need, outcome });
        }
        Ok(Roles {
            holder,
            taken,
            retry: format!(
                "podid role revoke {}{flag} --identity-resource-id {identity}",
                cluster.flags()
            ),
        })
    }

    /// One line per role that would go, for a preview.
    pub(super) fn lines(&self) -> Vec<String> {
        let would = Revoked::WouldRevoke.as_str();
        self.taken
            .iter()
            .filter(|taken| matches!(taken.outcome, Ok(outcome) if outcome == would))
            .map(|taken| format!("revoke {}", self.describe(&taken.need)))
            .collect()
    }

    fn describe(&self, need: &Need) -> String {
        format!(
            "`{}` on {} from {}",
            need.role,
            need.scope.name(),
            self.holder.label
        )
    }

    /// Tells what became of the roles, and adds it to `report`.
    pub(super) fn tell(self, context: &Context, mut report: Report) -> Report {
        let mut values = Vec::new();
        let mut failures = Vec::new();
        for taken in &self.taken {
            let outcome = match &taken.outcome {
                Ok(outcome) => outcome,
                Err(error) => {
                    failures.push(error.clone());
                    "failed"
                }
            };
            if outcome == Revoked::Done.as_str() {
                let role = self.describe(&taken.need);
                context.ui.status(&format!("Revoked {role}"));
            }
            values.push(json!({
                "role": taken.need.role.to_string(),
                "scope": taken.need.scope,
                "principalId": self.holder.object_id,
                "outcome": outcome,
            }));
        }
        if let Value::Object(value) = &mut report.value {
            value.insert("roles".to_owned(), values.into());
        }
        if failures.is_empty() || report.failure.is_some() {
            return report;
        }
        let failure = Error::several(
            "The pod identity is gone, but not every role was revoked",
            failures,
        )
        .hint(format!("the roles are taken back with: {}", self.retry));
        report.failed(Some(failure))
    }
}
