//! Which identity an error of Compute is about.
//!
//! Compute hands all identities of a host to the identity provider together: one that does not exist
//! makes it refuse the whole change. Its message then holds the id of the one at fault.

use std::collections::BTreeSet;

use crate::azure::error::Error;
use crate::domain::resource_id::ResourceId;

/// Those of `identities` that ARM's error names.
pub fn named<'a>(
    identities: impl IntoIterator<Item = &'a ResourceId>,
    error: &Error,
) -> BTreeSet<ResourceId> {
    let text = error.message().to_ascii_lowercase();
    identities
        .into_iter()
        .filter(|id| names(&text, &id.key().to_ascii_lowercase()))
        .cloned()
        .collect()
}

/// Whether `text` holds `id` and not merely a longer id that starts with it.
fn names(text: &str, id: &str) -> bool {
    text.match_indices(id).any(|(at, _)| {
        let next = text[at + id.len()..].chars().next();
        !next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_name_is_another_identity() {
        assert!(names("resource '/x/reader' was not found", "/x/reader"));
        assert!(!names("resource '/x/reader-2' was not found", "/x/reader"));
        assert!(names("'/x/reader-2' and '/x/reader'", "/x/reader"));
    }
}
