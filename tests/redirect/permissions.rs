//! Without the capability podid-nmi says so.

use podid::nmi::redirect::{Error, Method, Redirect, cleanup};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};

use crate::instance::{install, options};
use crate::node::{Node, Place};

#[test]
fn a_missing_capability_is_named() {
    let node = Node::new();
    let redirect = install(&node, options(Method::Nftables, 2579));
    let before = node.on_host("nft", &["list", "ruleset"]);
    let again = Redirect::new(options(Method::Nftables, 2579)).unwrap();
    node.inside(Place::Host, || {
        let nothing = CapabilitySet::empty();
        let sets = CapabilitySets {
            effective: nothing,
            permitted: nothing,
            inheritable: nothing,
        };
        // Of this thread and those it starts.
        set_capabilities(None, sets).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        for failed in [
            runtime.block_on(again.install()).unwrap_err(),
            runtime.block_on(cleanup(Method::Nftables)).unwrap_err(),
            runtime.block_on(again.verify()).unwrap_err(),
        ] {
            assert!(matches!(failed, Error::Permission { .. }), "{failed}");
            assert!(failed.hint().unwrap().contains("NET_ADMIN"));
        }
        // What was used before has kept the right; only nobody listens.
        let failed = runtime.block_on(redirect.verify()).unwrap_err();
        assert!(matches!(failed, Error::Probe { .. }), "{failed}");
    });
    assert_eq!(node.on_host("nft", &["list", "ruleset"]), before);
}
