//! Rules that are removed or changed under podid-nmi.

use std::time::{Duration, Instant};

use podid::nmi::redirect::Method;

use crate::instance::{Instance, on, options};
use crate::node::{HOST, IMDS, Node, POD_A, Place};
use crate::server::{Server, get};

/// How long a pod may get past podid-nmi.
const LIMIT: Duration = Duration::from_secs(1);

#[test]
fn rules_that_are_removed_or_changed_come_back_within_a_second() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    let instance = Instance::start(&node, options(Method::Nftables, 2579));
    let wanted = rules(&node);
    for (restored, tampering) in (1..).zip([
        "flush ruleset",
        "delete table inet podid",
        "flush chain inet podid divert",
        "flush chain inet podid refuse-forwarded",
        "insert rule inet podid divert accept",
        "add rule inet podid refuse-arrived accept",
        "add chain inet podid more",
        "add table inet podid { flags dormant; }",
        "chain inet podid refuse-arrived { policy drop; }",
        "flush chain inet podid divert; add rule inet podid divert iiftype != loopback \
         ip daddr 169.254.169.254 tcp dport 80 counter dnat ip to 10.0.0.4:2580; \
         add rule inet podid divert ip6 daddr fd00::1 accept",
    ]) {
        node.on_host("nft", &[tampering]);
        let since = Instant::now();
        while instance.redirect.restored() < restored {
            assert!(since.elapsed() < LIMIT, "not put back after `{tampering}`");
            std::thread::yield_now();
        }
        let body = get(&node, Place::PodA, IMDS).unwrap();
        assert!(since.elapsed() < LIMIT, "{:?}", since.elapsed());
        assert_eq!(body, format!("nmi {POD_A}"), "{tampering}");
        assert_eq!(rules(&node), wanted, "{tampering}");
        assert!(instance.redirect.is_intact());
    }
}

#[test]
fn changes_of_others_are_none_of_its_business() {
    let node = Node::new();
    let instance = Instance::start(&node, options(Method::Nftables, 2579));
    let before = node.on_host("nft", &["-a", "list", "table", "inet", "podid"]);
    node.on_host(
        "nft",
        &["add table ip podid; add table inet other; delete table ip podid"],
    );
    // Noticed after the others, and nothing was put back for those.
    node.on_host("nft", &["delete table inet podid"]);
    let since = Instant::now();
    while instance.redirect.restored() == 0 {
        assert!(since.elapsed() < LIMIT);
        std::thread::yield_now();
    }
    drop(instance.redirect.clone());
    assert_eq!(instance.redirect.restored(), 1);
    let after = node.on_host("nft", &["-a", "list", "table", "inet", "podid"]);
    assert_eq!(without_handles(&before), without_handles(&after));
}

#[test]
fn the_regular_comparison_finds_what_was_not_announced() {
    let node = Node::new();
    let mut often = options(Method::Nftables, 2579);
    often.resync = Duration::from_millis(100);
    let redirect = crate::instance::install(&node, often);
    // Removed while nobody listens for announcements: only the comparison can notice.
    node.on_host("nft", &["delete table inet podid"]);
    let watched = redirect.clone();
    on(&node, async move {
        let stop = async {
            while watched.restored() == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let watch = watched.watch(stop);
        tokio::time::timeout(Duration::from_secs(10), watch)
            .await
            .unwrap()
            .unwrap();
    });
    assert!(rules(&node).contains("dnat ip to 10.0.0.4:2579"));
}

/// podid's rules without what counts up by itself.
fn rules(node: &Node) -> String {
    node.on_host("nft", &["-s", "list", "table", "inet", "podid"])
}

fn without_handles(rules: &str) -> String {
    let without = |line: &str| {
        line.split(" # handle")
            .next()
            .unwrap_or_default()
            .to_owned()
            + "\n"
    };
    rules.lines().map(without).collect()
}
