//! Finding the one at fault among identities that failed together.
//!
//! A group that failed is split in two, and each half is sent by itself, the largest first. Every
//! failure splits a group, so it ends: with one bad identity among n after about log2(n) failures.

use std::collections::BTreeSet;

use crate::domain::resource_id::ResourceId;

/// Groups of which at least one identity was at fault when they were sent together.
#[derive(Debug, Default)]
pub(super) struct Bisection(Vec<BTreeSet<ResourceId>>);

impl Bisection {
    pub(super) fn holds(&self, identity: &ResourceId) -> bool {
        self.0.iter().any(|group| group.contains(identity))
    }

    /// Keeps only what may still be sent.
    pub(super) fn keep(&mut self, may: impl Fn(&ResourceId) -> bool) {
        for group in &mut self.0 {
            group.retain(|identity| may(identity));
        }
        self.0.retain(|group| !group.is_empty());
    }

    /// The group to send next.
    pub(super) fn next(&self) -> BTreeSet<ResourceId> {
        let largest = self.0.iter().max_by_key(|group| group.len());
        largest.cloned().unwrap_or_default()
    }

    /// `failed` failed together; the one at fault when it was only one.
    pub(super) fn split(&mut self, failed: &BTreeSet<ResourceId>) -> Option<ResourceId> {
        self.keep(|identity| !failed.contains(identity));
        if failed.len() <= 1 {
            return failed.first().cloned();
        }
        let half = failed.len().div_ceil(2);
        let (first, second): (Vec<_>, Vec<_>) = failed
            .iter()
            .cloned()
            .enumerate()
            .partition(|(at, _)| *at < half);
        for part in [first, second] {
            self.0
                .push(part.into_iter().map(|(_, identity)| identity).collect());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: usize) -> ResourceId {
        let sub = "11111111-2222-3333-4444-555555555555";
        ResourceId::user_assigned_identity(sub, "ids", &format!("id{number}")).unwrap()
    }

    /// Sends groups until all are through or found out: (found out, failures).
    fn run(all: usize, bad: &BTreeSet<ResourceId>) -> (BTreeSet<ResourceId>, usize) {
        let (mut bisection, mut found, mut failures) = (Bisection::default(), BTreeSet::new(), 0);
        let mut sent: BTreeSet<_> = (0..all).map(id).collect();
        while !sent.is_empty() {
            if sent.is_disjoint(bad) {
                bisection.keep(|identity| !sent.contains(identity));
            } else {
                failures += 1;
                found.extend(bisection.split(&sent));
            }
            sent = bisection.next();
        }
        (found, failures)
    }

    #[test]
    fn one_of_a_hundred_is_found_in_eight_failures() {
        for bad in 0..100 {
            let bad = BTreeSet::from([id(bad)]);
            let (found, failures) = run(100, &bad);
            assert_eq!(found, bad);
            assert!(failures <= 8, "{failures}");
        }
    }

    proptest! {
        #[test]
        fn all_at_fault_are_found_and_no_other(all in 1usize..60, bad in proptest::collection::btree_set(0usize..60, 0..60)) {
            let bad: BTreeSet<_> = bad.into_iter().filter(|number| *number < all).map(id).collect();
            let (found, failures) = run(all, &bad);
            prop_assert!(failures <= 2 * all);
            prop_assert_eq!(found, bad);
        }
    }
}
