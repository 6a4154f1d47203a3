//! Matching against a model that knows no index, over any sequence of events, in both modes and both scopes.

use proptest::prelude::*;

pub(crate) mod world;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No sequence of events lets a pod obtain an identity that is not bound to it, and none keeps a bound one
    /// from it; only pods that an exception names are passed through.
    #[test]
    fn only_what_is_bound_is_obtained(bytes in prop::collection::vec(any::<u8>(), 2..400)) {
        world::run(&bytes, |_| {});
    }
}
