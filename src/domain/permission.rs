//! What a role definition's permissions allow.
//!
//! Azure's rule: an action is allowed when one permission entry grants it in `actions` and the same
//! entry does not take it back in `notActions`. `*` stands for any run of characters, case is ignored,
//! and `/*/` stands for no segment too: Managed Identity Operator has
//! `userAssignedIdentities/*/assign/action`, what Azure asks for is `userAssignedIdentities/assign/action`.

use serde::{Deserialize, Serialize};

/// One permission entry, as role definitions and the permissions of a caller list them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Permission {
    /// Control-plane actions granted, with wildcards.
    pub actions: Vec<String>,
    /// Control-plane actions this entry takes back from its own `actions`.
    pub not_actions: Vec<String>,
    /// Data-plane actions granted, with wildcards.
    pub data_actions: Vec<String>,
    /// Data-plane actions this entry takes back from its own `data_actions`.
    pub not_data_actions: Vec<String>,
}

impl Permission {
    /// Whether this entry grants the control-plane `action`.
    #[must_use]
    pub fn allows(&self, action: &str) -> bool {
        any_matches(&self.actions, action) && !any_matches(&self.not_actions, action)
    }

    /// Whether this entry grants the data-plane `action`.
    #[must_use]
    pub fn allows_data(&self, action: &str) -> bool {
        any_matches(&self.data_actions, action) && !any_matches(&self.not_data_actions, action)
    }
}

/// Whether any of `permissions` grants the control-plane `action`.
#[must_use]
pub fn allows(permissions: &[Permission], action: &str) -> bool {
    permissions
        .iter()
        .any(|permission| permission.allows(action))
}

/// Whether any of `permissions` grants the data-plane `action`.
#[must_use]
pub fn allows_data(permissions: &[Permission], action: &str) -> bool {
    permissions
        .iter()
        .any(|permission| permission.allows_data(action))
}

fn any_matches(patterns: &[String], action: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, action))
}

/// Whether `action` fits `pattern`, where `*` stands for any run of characters; case is ignored.
#[must_use]
pub fn matches(pattern: &str, action: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let action = action.to_lowercase();
    fits(&pattern, &action)
        || (pattern.contains("/*/") && fits(&pattern.replace("/*/", "/"), &action))
}

fn fits(pattern: &str, action: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == action;
    };
    let Some(mut left) = action.strip_prefix(head) else {
        return false;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*').filter(|part| !part.is_empty()) {
        // The leftmost fit leaves most for the parts behind it, so no backtracking is needed.
        let Some(at) = left.find(part) else {
            return false;
        };
        left = &left[at + part.len()..];
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ASSIGN: &str = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";

    fn permission(actions: &[&str], not_actions: &[&str]) -> Permission {
        Permission {
            actions: actions.iter().map(ToString::to_string).collect(),
            not_actions: not_actions.iter().map(ToString::to_string).collect(),
            ..Permission::default()
        }
    }

    #[test]
    fn managed_identity_operator_may_assign() {
        let operator = permission(
            &[
                "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
                "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
                "Microsoft.Resources/subscriptions/resourceGroups/read",
            ],
            &[],
        );
        // The middle star of Azure's own role covers nothing at all as well as a name.
        assert!(operator.allows(ASSIGN));
        assert!(operator.allows("Microsoft.ManagedIdentity/userAssignedIdentities/read"));
        assert!(!operator.allows("Microsoft.ManagedIdentity/userAssignedIdentities/write"));
        assert!(
            operator
                .allows("Microsoft.ManagedIdentity/userAssignedIdentities/reader/assign/action")
        );
        assert!(permission(&["*"], &[]).allows(ASSIGN));
        assert!(permission(&["microsoft.managedidentity/*"], &[]).allows(ASSIGN));
    }

    #[test]
    fn stars_may_be_anywhere() {
        let write = "Microsoft.Compute/virtualMachineScaleSets/write";
        assert!(matches("*", write) && matches("*/write", write));
        assert!(matches("Microsoft.Compute/*/write", write));
        assert!(matches("microsoft.compute/VIRTUAL*ScaleSets/*", write));
        assert!(!matches("*/read", write) && !matches("Microsoft.Compute/*/read", write));
        assert!(!matches("Microsoft.Compute/*/virtualMachines/*", write));
        assert!(!matches("Microsoft.Compute/virtualMachineScaleSets", write));
        // Two parts must not share characters of the action.
        assert!(!matches(
            "Microsoft.Compute/virtualM*Machine*/write",
            "Microsoft.Compute/virtualMachine/write"
        ));
    }

    #[test]
    fn what_is_taken_back_is_not_granted_unless_another_entry_grants_it() {
        let contributor = permission(&["*"], &["Microsoft.Authorization/*/Write"]);
        let action = "Microsoft.Authorization/roleAssignments/write";
        assert!(!allows(std::slice::from_ref(&contributor), action));
        let administrator = permission(&["Microsoft.Authorization/roleAssignments/*"], &[]);
        assert!(allows(&[contributor, administrator], action));
        assert!(!allows(&[], action));
    }

    #[test]
    fn data_actions_are_apart_from_actions() {
        let reader = Permission {
            data_actions: vec!["Microsoft.KeyVault/vaults/secrets/*".to_owned()],
            ..Permission::default()
        };
        let action = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
        assert!(allows_data(std::slice::from_ref(&reader), action));
        assert!(!allows(&[reader], action));
    }

    proptest! {
        #[test]
        fn a_pattern_made_by_cutting_a_hole_matches(
            head in "[a-zA-Z./]{0,12}", hole in "[a-zA-Z./]{0,12}", tail in "[a-zA-Z./]{0,12}"
        ) {
            let pattern = format!("{head}*{tail}");
            let action = format!("{head}{hole}{tail}");
            prop_assert!(matches(&pattern, &action.to_uppercase()));
            let middle = format!("*{hole}*");
            prop_assert!(matches(&middle, &action));
        }

        #[test]
        fn a_pattern_without_a_star_matches_itself_alone(text in "[a-z/]{1,20}", extra in "[a-z/]{1,5}") {
            prop_assert!(matches(&text, &text));
            let longer = format!("{text}{extra}");
            prop_assert!(!matches(&text, &longer));
        }
    }
}
