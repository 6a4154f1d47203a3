//! Whether a principal may do what is needed on a scope: its roles there and above, without what
//! deny assignments forbid.

use super::deny::{Denial, Deny};
use super::permission::{self, Permission};
use super::resource_id::ResourceId;

/// A role that the principal has, with what it allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Where it was assigned; an id above subscriptions is kept as text.
    pub scope: String,
    /// What it allows.
    pub permissions: Vec<Permission>,
}

impl Held {
    /// Whether it reaches `scope`: assigned there or above, at a path boundary.
    #[must_use]
    pub fn reaches(&self, scope: &ResourceId) -> bool {
        reaches(&self.scope, scope)
    }
}

/// Whether something assigned at `assigned` reaches `scope`.
#[must_use]
pub fn reaches(assigned: &str, scope: &ResourceId) -> bool {
    match assigned.parse::<ResourceId>() {
        Ok(own) => own.contains(scope),
        // The root or a management group: Azure listed it for this scope, so it lies above.
        Err(_) => true,
    }
}

/// What is known about one need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The principal may do it.
    Allowed,
    /// No role of the principal allows these actions.
    Missing(Vec<&'static str>),
    /// The deny assignment of this name forbids it.
    Denied(String),
    /// The deny assignment of this name may forbid it: it names groups.
    Open(String),
}

/// Judges whether `principal` may do `actions` at `scope`.
#[must_use]
pub fn judge(
    principal: &str,
    actions: &'static [&'static str],
    scope: &ResourceId,
    roles: &[Held],
    denies: &[Deny],
) -> Verdict {
    let mut open = None;
    for deny in denies {
        match deny.forbids(principal, actions, scope) {
            Denial::Yes => return Verdict::Denied(deny.name.clone()),
            Denial::Open => open = Some(deny.name.clone()),
            Denial::No => {}
        }
    }
    let reaching: Vec<&Held> = roles.iter().filter(|role| role.reaches(scope)).collect();
    let granted = |action: &&str| {
        reaching
            .iter()
            .any(|role| permission::allows(&role.permissions, action))
    };
    let missing: Vec<&'static str> = actions
        .iter()
        .copied()
        .filter(|action| !granted(action))
        .collect();
    if !missing.is_empty() {
        return Verdict::Missing(missing);
    }
    open.map_or(Verdict::Allowed, Verdict::Open)
}

#[cfg(test)]
mod tests {
    use super::super::deny::Party;
    use super::*;

    const SUB: &str = "/subscriptions/11111111-2222-3333-4444-555555555555";
    const ACTIONS: &[&str] = &["Microsoft.X/a/read", "Microsoft.X/a/write"];

    fn at(path: &str) -> ResourceId {
        format!("{SUB}{path}").parse().unwrap()
    }

    fn held(path: &str, actions: &[&str]) -> Held {
        Held {
            scope: format!("{SUB}{path}"),
            permissions: vec![Permission {
                actions: actions.iter().map(ToString::to_string).collect(),
                ..Permission::default()
            }],
        }
    }

    #[test]
    fn inherited_roles_count_and_path_boundaries_do() {
        let scope = at("/resourceGroups/rg10");
        let owner = |path: &str| judge("me", ACTIONS, &scope, &[held(path, &["*"])], &[]);
        assert_eq!(owner(""), Verdict::Allowed);
        assert_eq!(owner("/resourcegroups/RG10"), Verdict::Allowed);
        assert_eq!(
            owner("/resourceGroups/rg1"),
            Verdict::Missing(ACTIONS.to_vec())
        );
        let below = "/resourceGroups/rg10/providers/Microsoft.X/a/b";
        assert_eq!(owner(below), Verdict::Missing(ACTIONS.to_vec()));
    }

    #[test]
    fn a_role_of_the_root_or_a_management_group_lies_above() {
        for scope in ["/", "/providers/Microsoft.Management/managementGroups/all"] {
            let role = Held {
                scope: scope.to_owned(),
                ..held("", &["*"])
            };
            assert_eq!(
                judge("me", ACTIONS, &at(""), &[role], &[]),
                Verdict::Allowed
            );
        }
    }

    #[test]
    fn several_roles_add_up() {
        let roles = [
            held("", &["*/read"]),
            held("/resourceGroups/a", &["Microsoft.X/*/write"]),
        ];
        assert_eq!(
            judge("me", ACTIONS, &at("/resourceGroups/a"), &roles, &[]),
            Verdict::Allowed
        );
        let elsewhere = judge("me", ACTIONS, &at("/resourceGroups/b"), &roles, &[]);
        assert_eq!(elsewhere, Verdict::Missing(vec![ACTIONS[1]]));
    }

    #[test]
    fn a_denial_beats_a_role_and_an_open_one_beats_success() {
        let deny = |is_group| Deny {
            name: "lock".to_owned(),
            scope: SUB.to_owned(),
            only_there: false,
            permissions: held("", &["*/write"]).permissions,
            principals: vec![Party {
                id: if is_group { "team" } else { "me" }.to_owned(),
                is_group,
            }],
            excluded: Vec::new(),
        };
        let owner = [held("", &["*"])];
        let judged = |roles: &[Held], group| judge("me", ACTIONS, &at(""), roles, &[deny(group)]);
        assert_eq!(judged(&owner, false), Verdict::Denied("lock".to_owned()));
        assert_eq!(judged(&owner, true), Verdict::Open("lock".to_owned()));
        assert_eq!(judged(&[], true), Verdict::Missing(ACTIONS.to_vec()));
    }
}
