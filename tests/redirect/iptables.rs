//! The redirect by iptables, in both of its kinds.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use podid::nmi::redirect::{Error, Method, cleanup};

use crate::instance::{Instance, install, on, options};
use crate::node::{HOST, HOST_6, IMDS, IMDS_6, Node, POD_A, POD_A_6, Place};
use crate::server::{Client, Server, get};

#[test]
fn redirects_refuses_and_verifies_as_nftables_does() {
    let node = Node::new();
    let imds = Server::imds(&node);
    let targets = [format!("{HOST}:2579"), format!("[{HOST_6}]:2579")];
    let mut open = node.inside(Place::PodA, || Client::connect(IMDS).unwrap());
    open.get().unwrap();
    // An instance with the other method was here before.
    install(&node, options(Method::Nftables, 2599));
    let redirect = install(&node, options(Method::Iptables, 2579));
    open.get().unwrap_err();
    get(&node, Place::PodA, IMDS).unwrap_err();
    let failed = on(&node, redirect.verify()).unwrap_err();
    assert!(matches!(failed, Error::Probe { .. }), "{failed}");

    let _nmi = targets
        .clone()
        .map(|at| Server::start(&node, Place::Host, &at, "nmi"));
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("nmi {POD_A}")
    );
    assert_eq!(
        get(&node, Place::PodA, IMDS_6).unwrap(),
        format!("nmi {POD_A_6}")
    );
    assert_eq!(
        get(&node, Place::Host, IMDS).unwrap(),
        format!("imds {HOST}")
    );
    on(&node, redirect.verify()).unwrap();
    for target in &targets {
        get(&node, Place::PodA, target).unwrap_err();
    }
    let from_pods = |caller: &&std::net::IpAddr| caller.to_string() == POD_A;
    assert_eq!(imds[0].callers().iter().filter(from_pods).count(), 1);
}

#[test]
fn a_second_installation_replaces_the_first() {
    let node = Node::new();
    install(&node, options(Method::Iptables, 2579));
    install(&node, options(Method::Iptables, 2580));
    let rules = node.on_host("iptables-save", &[]);
    assert_eq!(rules.matches("-A PREROUTING -j PODID-NMI\n").count(), 1);
    assert_eq!(rules.matches("--to-destination 10.0.0.4:2580").count(), 2);
    assert!(!rules.contains("2579"), "{rules}");
}

#[test]
fn cleanup_removes_its_own_and_nothing_else() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let other = [
        "-t",
        "nat",
        "-A",
        "PREROUTING",
        "-d",
        "192.0.2.1/32",
        "-j",
        "ACCEPT",
    ];
    node.on_host("iptables", &other);
    install(&node, options(Method::Iptables, 2579));
    assert!(on(&node, cleanup(Method::Iptables)).unwrap());
    for program in ["iptables-save", "ip6tables-save"] {
        let rules = node.on_host(program, &[]);
        assert!(!rules.contains("PODID"), "{rules}");
    }
    assert!(
        node.on_host("iptables-save", &[])
            .contains("-d 192.0.2.1/32 -j ACCEPT")
    );
    assert!(!on(&node, cleanup(Method::Iptables)).unwrap());
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("imds {POD_A}")
    );
}

#[test]
fn rules_that_are_removed_come_back() {
    let node = Node::new();
    let mut often = options(Method::Iptables, 2579);
    // The older iptables announces nothing.
    often.resync = Duration::from_millis(300);
    let instance = Instance::start(&node, often);
    for (restored, tampering) in (1..).zip([
        &["-t", "nat", "-F", "PREROUTING"][..],
        &["-t", "nat", "-I", "PODID-NMI", "-j", "RETURN"],
        &["-F"],
    ]) {
        let since = Instant::now();
        node.on_host("iptables", tampering);
        while instance.redirect.restored() < restored {
            assert!(since.elapsed() < Duration::from_secs(5), "{tampering:?}");
            std::thread::yield_now();
        }
    }
}

/// The other kind of the programs, by the same tests.
#[test]
fn the_older_iptables_works_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let legacy = Path::new("/usr/sbin/xtables-legacy-multi");
    assert!(
        legacy.exists(),
        "{legacy:?} is missing: install the package iptables"
    );
    for name in ["iptables", "ip6tables"] {
        for kind in ["", "-save", "-restore"] {
            let link = folder.path().join(format!("{name}{kind}"));
            std::os::unix::fs::symlink(legacy, link).unwrap();
        }
    }
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["iptables::", "--skip", "the_older_iptables_works_as_well"])
        .env("PATH", path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("4 passed"),
        "{said}"
    );
}
