//! Who reaches whom with the rules in place, and after they are removed.

use podid::nmi::redirect::{Error, METADATA, Method, Redirect, cleanup};

use crate::instance::{install, on, options};
use crate::node::{HOST, HOST_6, IMDS, IMDS_6, Node, POD_A, POD_A_6, POD_B, Place, address};
use crate::server::{Server, get};

#[test]
fn a_pods_request_reaches_the_target_with_the_pods_own_address() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    assert_eq!(METADATA, address(IMDS));
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("imds {POD_A}")
    );

    install(&node, options(Method::Nftables, 2579));
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("nmi {POD_A}")
    );
    assert_eq!(
        get(&node, Place::PodB, IMDS).unwrap(),
        format!("nmi {POD_B}")
    );
}

#[test]
fn ipv6_is_redirected_too() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("[{HOST_6}]:2579"), "nmi");
    assert_eq!(
        get(&node, Place::PodA, IMDS_6).unwrap(),
        format!("imds {POD_A_6}")
    );

    install(&node, options(Method::Nftables, 2579));
    assert_eq!(
        get(&node, Place::PodA, IMDS_6).unwrap(),
        format!("nmi {POD_A_6}")
    );
    assert_eq!(
        get(&node, Place::Host, IMDS_6).unwrap(),
        format!("imds {HOST_6}")
    );
}

#[test]
fn the_nodes_own_processes_are_left_alone() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    install(&node, options(Method::Nftables, 2579));
    assert_eq!(
        get(&node, Place::Host, IMDS).unwrap(),
        format!("imds {HOST}")
    );
    // Also when the address is the node's own, as on a machine that plays the fabric itself.
    node.on_host("ip", &["address", "add", "169.254.169.254/32", "dev", "lo"]);
    let _own = Server::start(&node, Place::Host, IMDS, "own");
    assert_eq!(
        get(&node, Place::Host, IMDS).unwrap(),
        "own 169.254.169.254"
    );
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("nmi {POD_A}")
    );
}

#[test]
fn other_ports_and_addresses_are_left_alone() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _other_port = Server::start(&node, Place::Fabric, "169.254.169.254:8080", "port");
    let _other_address = Server::start(&node, Place::Fabric, "10.0.0.1:80", "address");
    install(&node, options(Method::Nftables, 2579));
    let other_port = get(&node, Place::PodA, "169.254.169.254:8080").unwrap();
    assert_eq!(other_port, format!("port {POD_A}"));
    let other_address = get(&node, Place::PodA, "10.0.0.1:80").unwrap();
    assert_eq!(other_address, format!("address {POD_A}"));
}

#[test]
fn only_the_named_ranges_are_redirected() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    let mut some = options(Method::Nftables, 2579);
    some.pod_cidrs = ["10.244.1.11/32", "fd00:f4::/64"]
        .map(|c| c.parse().unwrap())
        .to_vec();
    let redirect = install(&node, some);
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("imds {POD_A}")
    );
    assert_eq!(
        get(&node, Place::PodB, IMDS).unwrap(),
        format!("nmi {POD_B}")
    );
    let _nmi = Server::start(&node, Place::Host, &format!("[{HOST_6}]:2579"), "nmi");
    on(&node, redirect.verify()).unwrap();
}

#[test]
fn cleanup_removes_its_own_and_nothing_else() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    node.on_host(
        "nft",
        &[
            "add table ip podid; add table inet podid-other; add table ip nat;
                           add chain ip nat prerouting { type nat hook prerouting priority -100; };
                           add rule ip nat prerouting ip daddr 192.0.2.1 accept",
        ],
    );
    let before = node.on_host("nft", &["list", "ruleset"]);
    let redirect = install(&node, options(Method::Nftables, 2579));
    assert!(redirect.is_intact());
    assert_ne!(node.on_host("nft", &["list", "ruleset"]), before);
    get(&node, Place::PodA, IMDS).unwrap_err();

    assert!(on(&node, redirect.cleanup()).unwrap());
    assert!(!redirect.is_intact());
    assert_eq!(node.on_host("nft", &["list", "ruleset"]), before);
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("imds {POD_A}")
    );
    // A second time there is nothing to do, and nothing is harmed.
    assert!(!on(&node, cleanup(Method::Nftables)).unwrap());
    assert_eq!(node.on_host("nft", &["list", "ruleset"]), before);
}

#[test]
fn the_rules_are_readable_for_an_operator() {
    let node = Node::new();
    let mut one = options(Method::Nftables, 2579);
    one.metadata.truncate(1);
    one.targets.truncate(1);
    install(&node, one);
    let shown = node.on_host("nft", &["list", "table", "inet", "podid"]);
    for line in [
        "type nat hook prerouting priority dstnat - 10; policy accept;",
        "iiftype != loopback ip daddr 169.254.169.254 tcp dport 80 counter packets 0 bytes 0 \
         dnat ip to 10.0.0.4:2579 comment \"podid-nmi ",
        "meta mark 0x706f6469 ip daddr 169.254.169.254 tcp dport 80 dnat ip to 10.0.0.4:2579",
        "iiftype != loopback ip daddr 169.254.169.254 tcp dport 80 counter packets 0 bytes 0 \
         reject with tcp reset",
        "iiftype != loopback ip daddr 10.0.0.4 tcp dport 2579 ct status ! dnat counter",
    ] {
        assert!(shown.contains(line), "{line}\nin\n{shown}");
    }
}

#[test]
fn a_target_that_is_not_the_nodes_is_refused_before_anything_changes() {
    let node = Node::new();
    let mut foreign = options(Method::Nftables, 2579);
    foreign.targets = vec![address("10.0.0.5:2579")];
    let redirect = Redirect::new(foreign).unwrap();
    let refused = on(&node, redirect.install()).unwrap_err();
    assert!(matches!(refused, Error::NotLocal(_)), "{refused}");
    assert!(refused.hint().unwrap().contains("status.hostIP"));
    assert_eq!(node.on_host("nft", &["list", "ruleset"]), "");
}

#[test]
fn the_method_none_changes_nothing() {
    let node = Node::new();
    let redirect = install(&node, options(Method::None, 2579));
    on(&node, redirect.verify()).unwrap();
    on(&node, redirect.watch(async {})).unwrap();
    assert!(redirect.is_intact());
    assert_eq!(node.on_host("nft", &["list", "ruleset"]), "");
}
