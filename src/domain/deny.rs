//! Deny assignments: what nobody's role can allow.
//!
//! Azure's rule: a deny assignment holds at its scope and below (unless it spares what lies below),
//! for its principals without the excluded ones, for the actions of its permissions. It beats every
//! role. Who belongs to a group only Azure knows, so a question may stay open.

use super::permission::{self, Permission};
use super::resource_id::ResourceId;

/// In a deny assignment: everybody.
const EVERYBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Somebody that a deny assignment names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The object id; the all-zero id means everybody.
    pub id: String,
    /// Whether it is a group, whose members only Azure knows.
    pub is_group: bool,
}

/// A deny assignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deny {
    /// The name people see.
    pub name: String,
    /// Where it holds; an id above subscriptions is kept as text.
    pub scope: String,
    /// It does not hold below its scope.
    pub only_there: bool,
    /// What it denies.
    pub permissions: Vec<Permission>,
    /// Whom it denies that.
    pub principals: Vec<Party>,
    /// Whom it spares.
    pub excluded: Vec<Party>,
}

/// Whether a deny assignment forbids something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// It does not.
    No,
    /// It does.
    Yes,
    /// That depends on groups that podid does not know the members of.
    Open,
}

impl Deny {
    /// Whether it forbids one of `actions` at `scope` to the principal with this object id.
    #[must_use]
    pub fn forbids(&self, principal: &str, actions: &[&str], scope: &ResourceId) -> Denial {
        let denied = |action: &&str| permission::allows(&self.permissions, action);
        if !self.holds_at(scope) || !actions.iter().any(denied) {
            return Denial::No;
        }
        let is_named = |party: &Party| party.id.eq_ignore_ascii_case(principal);
        let is_everybody = |party: &Party| party.id == EVERYBODY;
        if self.excluded.iter().any(is_named) {
            return Denial::No;
        }
        let named = self
            .principals
            .iter()
            .any(|party| is_named(party) || is_everybody(party));
        let by_group = self
            .principals
            .iter()
            .any(|party| party.is_group && !is_everybody(party));
        let spared_by_group = self.excluded.iter().any(|party| party.is_group);
        match (named, by_group, spared_by_group) {
            (false, false, _) => Denial::No,
            (true, _, false) => Denial::Yes,
            _ => Denial::Open,
        }
    }

    fn holds_at(&self, scope: &ResourceId) -> bool {
        match self.scope.parse::<ResourceId>() {
            Ok(own) if self.only_there => own == *scope,
            Ok(own) => own.contains(scope),
            // The root or a management group: Azure listed it, so it lies above.
            Err(_) => !self.only_there,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUB: &str = "/subscriptions/11111111-2222-3333-4444-555555555555";
    const WRITE: &[&str] = &["Microsoft.Compute/virtualMachineScaleSets/write"];

    fn party(id: &str, is_group: bool) -> Party {
        Party {
            id: id.to_owned(),
            is_group,
        }
    }

    fn lock() -> Deny {
        Deny {
            name: "lock".to_owned(),
            scope: format!("{SUB}/resourceGroups/MC_1"),
            only_there: false,
            permissions: vec![Permission {
                actions: vec!["*".to_owned()],
                not_actions: vec!["*/read".to_owned()],
                ..Permission::default()
            }],
            principals: vec![party(EVERYBODY, false)],
            excluded: vec![party("aks", false)],
        }
    }

    fn at(path: &str) -> ResourceId {
        format!("{SUB}{path}").parse().unwrap()
    }

    fn set(group: &str) -> ResourceId {
        at(&format!(
            "/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachineScaleSets/a"
        ))
    }

    #[test]
    fn everybody_but_the_excluded_is_denied() {
        assert_eq!(lock().forbids("me", WRITE, &set("mc_1")), Denial::Yes);
        assert_eq!(lock().forbids("AKS", WRITE, &set("mc_1")), Denial::No);
        let read = &["Microsoft.Compute/virtualMachineScaleSets/read"];
        assert_eq!(lock().forbids("me", read, &set("mc_1")), Denial::No);
        let both = &[read[0], WRITE[0]];
        assert_eq!(lock().forbids("me", both, &set("mc_1")), Denial::Yes);
    }

    #[test]
    fn it_holds_at_its_scope_and_below_at_path_boundaries() {
        assert_eq!(
            lock().forbids("me", WRITE, &at("/resourceGroups/MC_1")),
            Denial::Yes
        );
        assert_eq!(lock().forbids("me", WRITE, &set("MC_10")), Denial::No);
        assert_eq!(lock().forbids("me", WRITE, &at("")), Denial::No);
        let shallow = Deny {
            only_there: true,
            ..lock()
        };
        assert_eq!(shallow.forbids("me", WRITE, &set("MC_1")), Denial::No);
        assert_eq!(
            shallow.forbids("me", WRITE, &at("/resourceGroups/MC_1")),
            Denial::Yes
        );
    }

    #[test]
    fn one_of_a_management_group_lies_above() {
        let scope = "/providers/Microsoft.Management/managementGroups/all".to_owned();
        let above = Deny { scope, ..lock() };
        assert_eq!(above.forbids("me", WRITE, &set("any")), Denial::Yes);
    }

    #[test]
    fn groups_leave_the_question_open() {
        let group = Deny {
            principals: vec![party("team", true)],
            ..lock()
        };
        assert_eq!(group.forbids("me", WRITE, &set("MC_1")), Denial::Open);
        assert_eq!(group.forbids("aks", WRITE, &set("MC_1")), Denial::No);
        let spared = Deny {
            excluded: vec![party("team", true)],
            ..lock()
        };
        assert_eq!(spared.forbids("me", WRITE, &set("MC_1")), Denial::Open);
        let other = Deny {
            principals: vec![party("you", false)],
            ..lock()
        };
        assert_eq!(other.forbids("me", WRITE, &set("MC_1")), Denial::No);
    }
}
