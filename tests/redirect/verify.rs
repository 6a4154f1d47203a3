//! The proof before readiness, and that it fails when the redirect does not work.

use podid::nmi::redirect::{Error, Method, Redirect};

use crate::instance::{install, on, options};
use crate::node::{HOST, HOST_6, Node, Place};
use crate::server::Server;

#[test]
fn the_redirect_is_verified_by_a_request_through_it() {
    let node = Node::new();
    let imds = Server::imds(&node);
    let nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    let nmi_6 = Server::start(&node, Place::Host, &format!("[{HOST_6}]:2579"), "nmi");
    let redirect = install(&node, options(Method::Nftables, 2579));
    on(&node, redirect.verify()).unwrap();
    assert_eq!((nmi.callers().len(), nmi_6.callers().len()), (1, 1));
    assert!(imds.iter().all(|imds| imds.callers().is_empty()));
}

#[test]
fn it_fails_while_nobody_listens() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let redirect = install(&node, options(Method::Nftables, 2579));
    let failed = on(&node, redirect.verify()).unwrap_err();
    assert!(matches!(failed, Error::Probe { .. }), "{failed}");
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    // Both families have to work.
    let failed = on(&node, redirect.verify()).unwrap_err();
    assert!(failed.to_string().contains("fd00:169:254::254"), "{failed}");
}

#[test]
fn it_fails_without_the_wanted_rules() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let redirect = Redirect::new(options(Method::Nftables, 2579)).unwrap();
    let failed = on(&node, redirect.verify()).unwrap_err();
    assert!(matches!(failed, Error::Rules(_)), "{failed}");
    install(&node, options(Method::Nftables, 2580));
    let failed = on(&node, redirect.verify()).unwrap_err();
    assert!(matches!(failed, Error::Rules(_)), "{failed}");
}

#[test]
fn it_fails_when_somebody_elses_rules_come_first() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    let _other = Server::start(&node, Place::Host, &format!("{HOST}:9999"), "other");
    let redirect = install(&node, options(Method::Nftables, 2579));
    node.on_host(
        "nft",
        &["add table ip other;
        add chain ip other output { type nat hook output priority -190; };
        add rule ip other output ip daddr 169.254.169.254 tcp dport 80 dnat to 10.0.0.4:9999"],
    );
    let failed = on(&node, redirect.verify()).unwrap_err();
    assert!(matches!(failed, Error::Elsewhere { .. }), "{failed}");
    assert!(failed.to_string().contains("10.0.0.4:9999"), "{failed}");
    assert!(failed.hint().is_some());
}
