//! Instances that follow each other, under the requests of a pod.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use podid::nmi::redirect::Method;

use crate::instance::{Instance, install, on, options};
use crate::node::{HOST, IMDS, Node, POD_A, Place};
use crate::server::{Client, Server, get};

/// What a pod sees that asks without a pause while `work` is done.
fn asking_all_the_time(node: &Node, work: impl FnOnce()) -> Vec<std::io::Result<String>> {
    let (entry, done) = (node.entry(Place::PodA), AtomicBool::new(false));
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            entry.enter();
            let mut answers = Vec::new();
            while !done.load(Ordering::Relaxed) {
                answers.push(Client::connect(IMDS).and_then(|mut client| client.get()));
            }
            answers
        });
        work();
        done.store(true, Ordering::Relaxed);
        asking.join().unwrap()
    })
}

#[test]
fn a_rolling_restart_leaves_no_moment_without_rules() {
    let node = Node::new();
    let [imds, _] = Server::imds(&node);
    let _old = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "old");
    let _new = Server::start(&node, Place::Host, &format!("{HOST}:2580"), "new");
    let mut running = Instance::start(&node, options(Method::Nftables, 2579));
    let answers = asking_all_the_time(&node, || {
        for port in [2580, 2579, 2580, 2579, 2580] {
            // The next one starts while the former still watches its rules.
            let next = Instance::start(&node, options(Method::Nftables, port));
            for _ in 0..20 {
                on(&node, next.redirect.install()).unwrap();
            }
            running = next;
        }
    });
    assert!(answers.len() > 100, "only {} requests", answers.len());
    let answers: Vec<String> = answers.into_iter().map(Result::unwrap).collect();
    let (old, new) = (format!("old {POD_A}"), format!("new {POD_A}"));
    assert!(
        answers
            .iter()
            .all(|answer| *answer == old || *answer == new)
    );
    assert!(answers.contains(&old) && answers.last() == Some(&new));
    assert_eq!(imds.callers(), Vec::<std::net::IpAddr>::new());
}

#[test]
fn between_two_instances_pods_are_refused_not_let_through() {
    let node = Node::new();
    let [imds, _] = Server::imds(&node);
    let answers = {
        let first = Instance::start(&node, options(Method::Nftables, 2579));
        let server = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
        asking_all_the_time(&node, || {
            get(&node, Place::PodB, IMDS).unwrap();
            drop((server, first));
            get(&node, Place::PodB, IMDS).unwrap_err();
            let _second = Instance::start(&node, options(Method::Nftables, 2579));
            let _server = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
            get(&node, Place::PodB, IMDS).unwrap();
        })
    };
    assert!(answers.iter().any(Result::is_ok) && answers.iter().any(Result::is_err));
    assert!(imds.callers().is_empty());
}

#[test]
fn the_later_of_two_instances_wins_and_they_do_not_fight() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _old = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "old");
    let _new = Server::start(&node, Place::Host, &format!("{HOST}:2580"), "new");
    let old = Instance::start(&node, options(Method::Nftables, 2579));
    let new = Instance::start(&node, options(Method::Nftables, 2580));
    let started = std::time::Instant::now();
    while old.redirect.is_intact() {
        assert!(
            started.elapsed().as_secs() < 5,
            "the old one has not noticed"
        );
        thread::yield_now();
    }
    assert_eq!((old.redirect.restored(), new.redirect.restored()), (0, 0));
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("new {POD_A}")
    );

    // Removed, they come back from whoever is first, and end as those of the later one.
    node.on_host("nft", &["delete table inet podid"]);
    let since = std::time::Instant::now();
    let new_answer = format!("new {POD_A}");
    let settled = || {
        let answer = get(&node, Place::PodA, IMDS).ok();
        answer.as_ref() == Some(&new_answer) && new.redirect.is_intact()
    };
    while !settled() || old.redirect.restored() + new.redirect.restored() == 0 {
        assert!(since.elapsed().as_secs() < 5, "they have not settled");
    }
}

#[test]
fn an_instance_that_ends_leaves_its_rules_to_the_next() {
    let node = Node::new();
    let _imds = Server::imds(&node);
    let _nmi = Server::start(&node, Place::Host, &format!("{HOST}:2579"), "nmi");
    drop(Instance::start(&node, options(Method::Nftables, 2579)));
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("nmi {POD_A}")
    );
    install(&node, options(Method::Nftables, 2579));
    assert_eq!(
        get(&node, Place::PodA, IMDS).unwrap(),
        format!("nmi {POD_A}")
    );
}
