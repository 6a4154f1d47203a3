//! Whether a principal may do what is needed: roles, inherited ones too, without what deny
//! assignments forbid.
//!
//! All needs in one resource group are answered from two lists read at the group, so that the
//! number of requests does not grow with the number of identities. Whoever may not read there is
//! asked about at each scope by itself. What cannot be read at all is unknown, never fine.

use std::collections::BTreeMap;

use futures::{StreamExt, stream};

use super::holder::Holder;
use crate::azure::{self, deny_assignment, role_assignment, role_definition};
use crate::domain::access::{Held, Verdict, judge, reaches};
use crate::domain::deny::Deny;
use crate::domain::grant::Need;
use crate::domain::permission::Permission;
use crate::domain::resource_id::ResourceId;
use crate::domain::role::Role;
use crate::error::{Error, Kind};

/// Scopes asked about side by side.
const PARALLEL: usize = 8;

/// Actions that must all be allowed on a scope.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Demand {
    /// The actions.
    pub(in crate::commands) actions: &'static [&'static str],
    /// Where.
    pub(in crate::commands) scope: ResourceId,
}

impl From<&Need> for Demand {
    fn from(need: &Need) -> Self {
        Demand {
            actions: need.role.needed_actions(),
            scope: need.scope.clone(),
        }
    }
}

/// What is known about one demand.
#[derive(Debug, Clone)]
pub(in crate::commands) enum Answer {
    /// The principal may.
    Allowed,
    /// No role allows these actions.
    Missing(Vec<&'static str>),
    /// The deny assignment of this name forbids it, whatever the roles.
    Denied(String),
    /// It could not be found out.
    Unknown(Error),
}

/// One answer per demand, in their order.
pub(in crate::commands) async fn check(
    azure: &azure::Client,
    holder: &Holder,
    demands: &[Demand],
) -> Vec<Answer> {
    let mut groups: BTreeMap<ResourceId, Vec<usize>> = BTreeMap::new();
    for (index, demand) in demands.iter().enumerate() {
        groups
            .entry(group_of(&demand.scope))
            .or_default()
            .push(index);
    }
    let asked = groups.into_iter().map(|(group, indices)| async move {
        let facts = Facts::read(azure, holder, &group, true).await;
        let facts = &facts;
        let answers = indices.into_iter().map(|index| async move {
            let demand = &demands[index];
            (index, answer(azure, holder, demand, facts).await)
        });
        stream::iter(answers)
            .buffered(PARALLEL)
            .collect::<Vec<_>>()
            .await
    });
    let mut answers: Vec<(usize, Answer)> = futures::future::join_all(asked)
        .await
        .into_iter()
        .flatten()
        .collect();
    answers.sort_by_key(|(index, _)| *index);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

fn group_of(scope: &ResourceId) -> ResourceId {
    let group = scope.resource_group();
    group
        .and_then(|group| ResourceId::resource_group_id(scope.subscription(), group).ok())
        .unwrap_or_else(|| scope.clone())
}

/// What could be read about a scope.
struct Facts {
    roles: Result<Vec<Held>, Error>,
    denies: Result<Vec<Deny>, Error>,
}

impl Facts {
    async fn read(
        azure: &azure::Client,
        holder: &Holder,
        scope: &ResourceId,
        and_below: bool,
    ) -> Facts {
        let principal = holder.object_id.as_str();
        let (roles, denies) = tokio::join!(
            roles(azure, principal, scope, and_below),
            deny_assignment::list(azure, scope, principal, and_below),
        );
        Facts {
            roles,
            denies: denies.map_err(Error::from),
        }
    }
}

async fn answer(azure: &azure::Client, holder: &Holder, demand: &Demand, near: &Facts) -> Answer {
    let near_is_enough = near.roles.is_ok() && near.denies.is_ok();
    let at_scope;
    let facts = if near_is_enough || group_of(&demand.scope) == demand.scope {
        near
    } else {
        at_scope = Facts::read(azure, holder, &demand.scope, false).await;
        &at_scope
    };
    let denies = facts.denies.as_deref().unwrap_or_default();
    let judged = |roles: &[Held]| {
        judge(
            &holder.object_id,
            demand.actions,
            &demand.scope,
            roles,
            denies,
        )
    };
    let mut verdict = facts.roles.as_deref().map(judged);
    // Roles of a delegated subscription are not listed as assignments, and whoever may not read
    // assignments may still ask about himself.
    if holder.is_caller
        && !matches!(verdict, Ok(Verdict::Allowed | Verdict::Denied(_)))
        && let Ok(permissions) = role_assignment::permissions(azure, &demand.scope).await
    {
        verdict = Ok(judged(&[Held {
            scope: demand.scope.to_string(),
            permissions,
        }]));
    }
    match (verdict, &facts.denies) {
        (Ok(Verdict::Missing(actions)), _) => Answer::Missing(actions),
        (Ok(Verdict::Denied(name)), _) => Answer::Denied(name),
        (Ok(Verdict::Open(name)), _) => Answer::Unknown(spared_by_group(&name)),
        (Err(error), _) | (Ok(Verdict::Allowed), Err(error)) => Answer::Unknown(error.clone()),
        (Ok(Verdict::Allowed), Ok(_)) => Answer::Allowed,
    }
}

fn spared_by_group(name: &str) -> Error {
    Error::new(
        Kind::Permission,
        format!("Deny assignment `{name}` spares groups whose members podid does not know"),
    )
}

/// The roles of `principal` that reach `scope` or, when `and_below`, something below it.
async fn roles(
    azure: &azure::Client,
    principal: &str,
    scope: &ResourceId,
    and_below: bool,
) -> Result<Vec<Held>, Error> {
    let listed = if and_below {
        role_assignment::list_around(azure, scope, principal).await?
    } else {
        role_assignment::list(azure, scope, Some(principal)).await?
    };
    // Each definition once.
    let mut definitions: BTreeMap<String, Vec<Permission>> = BTreeMap::new();
    for assignment in &listed {
        let properties = &assignment.properties;
        let id = properties.role_definition_id.to_lowercase();
        if definitions.contains_key(&id) {
            continue;
        }
        let permissions = match well_known(&id) {
            Some(permissions) => permissions,
            None => definition(azure, scope, &properties.scope, &id).await?,
        };
        definitions.insert(id, permissions);
    }
    let held = listed.into_iter().map(|assignment| Held {
        permissions: definitions
            .get(&assignment.properties.role_definition_id.to_lowercase())
            .cloned()
            .unwrap_or_default(),
        scope: assignment.properties.scope,
    });
    Ok(held.collect())
}

async fn definition(
    azure: &azure::Client,
    scope: &ResourceId,
    assigned_at: &str,
    id: &str,
) -> Result<Vec<Permission>, Error> {
    // Whoever may read a scope may read the definitions there.
    let at = match assigned_at.parse::<ResourceId>() {
        Ok(assigned) if !reaches(assigned_at, scope) => assigned,
        _ => scope.clone(),
    };
    let definition = role_definition::get_at(azure, &at, id).await?;
    Ok(definition.properties.permissions)
}

/// What the usual built-in roles allow of what podid asks about: it spares a request each.
fn well_known(definition: &str) -> Option<Vec<Permission>> {
    let (actions, not_actions): (&[&str], &[&str]) = match Role::of(definition)? {
        Role::Owner => (&["*"], &[]),
        Role::Contributor => (
            &["*"],
            &[
                "Microsoft.Authorization/*/Delete",
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/elevateAccess/Action",
            ],
        ),
        Role::Reader => (&["*/read"], &[]),
        Role::ManagedIdentityOperator => (
            &[
                "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
                "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
            ],
            &[],
        ),
        Role::VirtualMachineContributor => (&["Microsoft.Compute/virtualMachineScaleSets/*"], &[]),
        _ => return None,
    };
    let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    Some(vec![Permission {
        actions: owned(actions),
        not_actions: owned(not_actions),
        ..Permission::default()
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::permission::allows;

    #[test]
    fn well_known_roles_cover_what_they_are_granted_for() {
        let covers = |held: Role, role: Role| {
            let permissions = well_known(&held.definition_id("s")).unwrap();
            role.needed_actions()
                .iter()
                .all(|action| allows(&permissions, action))
        };
        for role in [
            Role::ManagedIdentityOperator,
            Role::VirtualMachineContributor,
        ] {
            assert!(covers(role, role));
            assert!(covers(Role::Owner, role) && covers(Role::Contributor, role));
            assert!(!covers(Role::Reader, role));
        }
        assert_eq!(well_known(&Role::AksContributor.definition_id("s")), None);
    }
}
