//! Action patterns of role definitions: `*` matches any run of characters, case is ignored.

/// Whether an action such as `Microsoft.Compute/virtualMachines/read` fits a pattern such as `*/read`.
pub fn matches(pattern: &str, action: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    let action = action.to_ascii_lowercase();
    // Azure lets `/*/` stand for no segment too: Managed Identity Operator's
    // `userAssignedIdentities/*/assign/action` allows `userAssignedIdentities/assign/action`.
    fits(&pattern, &action)
        || pattern.contains("/*/") && fits(&pattern.replace("/*/", "/"), &action)
}

fn fits(pattern: &str, action: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else {
        return false;
    };
    let Some(mut rest) = action.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Whether any pattern fits.
pub fn any<S: AsRef<str>>(patterns: &[S], action: &str) -> bool {
    patterns.iter().any(|one| matches(one.as_ref(), action))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_match_any_run() {
        assert!(matches("*", "Microsoft.Compute/virtualMachines/read"));
        assert!(matches("*/read", "Microsoft.Compute/virtualMachines/read"));
        assert!(!matches(
            "*/read",
            "Microsoft.Compute/virtualMachines/write"
        ));
        assert!(matches(
            "Microsoft.Compute/*",
            "microsoft.compute/x/y/action"
        ));
        let operator = "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action";
        assert!(matches(
            operator,
            "Microsoft.ManagedIdentity/userAssignedIdentities/i/assign/action"
        ));
        assert!(matches(
            operator,
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
        ));
        assert!(!matches("Microsoft.Compute/a", "Microsoft.Compute/ab"));
        assert!(!matches("a*ba", "aba/x"));
        assert!(!matches("ab*ba", "aba"));
    }
}
