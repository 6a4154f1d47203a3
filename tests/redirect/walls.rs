//! What pods cannot reach: the real service while nobody listens, the target around the redirect.

use std::io::ErrorKind;

use podid::nmi::redirect::Method;

use crate::instance::{Instance, install, options};
use crate::node::{HOST, HOST_6, IMDS, IMDS_6, Node, POD_A, Place};
use crate::server::{Server, get};

#[test]
fn pods_are_refused_while_nobody_listens() {
    let node = Node::new();
    let imds = Server::imds(&node);
    drop(Instance::start(&node, options(Method::Nftables, 2579)));
    for metadata in [IMDS, IMDS_6] {
        let refused = get(&node, Place::PodA, metadata).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "{metadata}");
    }
    assert!(imds.iter().all(|imds| imds.callers().is_empty()));
}

#[test]
fn a_family_without_a_target_is_refused() {
    let node = Node::new();
    let [_, imds] = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    let mut ipv4_only = options(Method::Nftables, 2579);
    ipv4_only.targets.truncate(1);
    install(&node, ipv4_only);
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("nmi {POD_A}")
    );
    let refused = get(&node, Place::PodA, IMDS_6).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(imds.callers().is_empty());
    assert_eq!(
        get(&node, Place::Host, IMDS_6).unwrap(),
        format!("imds {HOST_6}")
    );
}

#[test]
fn the_target_is_reached_through_the_redirect_or_from_the_node_only() {
    let node = Node::new();
    let targets = [format!("{HOST}:2579"), format!("[{HOST_6}]:2579")];
    let nmi = targets
        .clone()
        .map(|at| Server::start(&node, Place::Host, &at, "nmi"));
    install(&node, options(Method::Nftables, 2579));
    for target in &targets {
        for place in [Place::PodA, Place::PodB, Place::Fabric] {
            let refused = get(&node, place, target).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "{place:?}");
        }
    }
    assert!(nmi.iter().all(|nmi| nmi.callers().is_empty()));
    for target in &targets {
        get(&node, Place::Host, target).unwrap();
    }
    for metadata in [IMDS, IMDS_6] {
        get(&node, Place::PodA, metadata).unwrap();
    }
}
