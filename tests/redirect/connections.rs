//! Connections from before the rules.

use podid::nmi::redirect::Method;

use crate::instance::{install, options};
use crate::node::{HOST, HOST_6, IMDS, IMDS_6, Node, POD_A, POD_A_6, Place};
use crate::server::{Client, Server, get};

#[test]
fn a_pods_open_connection_is_cut_and_the_nodes_own_lives_on() {
    let node = Node::new();
    let imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    let _nmi_6 = Server::start(&node, Place::Host, &format!("[{HOST_6}]:2579"), "nmi");
    // Connections are tracked from the first rule that needs it, as on any node with kube-proxy.
    node.on_host(
        "nft",
        &["add table ip kube; add table ip6 kube;
        add chain ip kube seen { type filter hook prerouting priority 0; };
        add chain ip6 kube seen { type filter hook prerouting priority 0; };
        add rule ip kube seen ct state established counter;
        add rule ip6 kube seen ct state established counter"],
    );
    for (metadata, pod, host, imds) in [
        (IMDS, POD_A, HOST, &imds[0]),
        (IMDS_6, POD_A_6, HOST_6, &imds[1]),
    ] {
        let mut open = node.inside(Place::PodA, || Client::connect(metadata).unwrap());
        let mut own = node.inside(Place::Host, || Client::connect(metadata).unwrap());
        assert_eq!(open.get().unwrap(), format!("imds {pod}"));
        assert_eq!(own.get().unwrap(), format!("imds {host}"));
        assert_eq!(imds.callers().len(), 2);

        install(&node, options(Method::Nftables, 2579));
        open.get().unwrap_err();
        assert_eq!(own.get().unwrap(), format!("imds {host}"));
        assert_eq!(imds.callers().len(), 3);
        assert_eq!(
            get(&node, Place::PodA, metadata).unwrap(),
            format!("nmi {pod}")
        );
        on_a_clean_node(&node);
    }
}

#[test]
fn a_connection_that_was_not_tracked_is_refused() {
    let node = Node::new();
    let [imds, _] = Server::imds(&node);
    // A packet that fits no connection would pass by the redirect, which looks at the first of a
    // connection only.
    node.set(Place::Host, "netfilter/nf_conntrack_tcp_loose", "0");
    let mut open = node.inside(Place::PodA, || Client::connect(IMDS).unwrap());
    open.get().unwrap();
    install(&node, options(Method::Nftables, 2579));
    open.get().unwrap_err();
    assert_eq!(imds.callers().len(), 1);
}

#[test]
fn a_redirected_connection_outlives_the_replacement_of_the_rules() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    install(&node, options(Method::Nftables, 2579));
    let mut open = node.inside(Place::PodA, || Client::connect(IMDS).unwrap());
    assert_eq!(open.get().unwrap(), format!("nmi {POD_A}"));
    install(&node, options(Method::Nftables, 2579));
    assert_eq!(open.get().unwrap(), format!("nmi {POD_A}"));
}

fn on_a_clean_node(node: &Node) {
    node.on_host("nft", &["delete", "table", "inet", "podid"]);
}
