//! Several instances: one acts, another takes over.

use std::time::{Duration, Instant};

use crate::controller::Controller;
use crate::scene::Scene;
use crate::support::until;

#[test]
fn after_a_clean_end_the_standby_acts_within_two_seconds() {
    let (scene, mut first) = Scene::led(&["reader"]);
    let second = Controller::start(&scene.site, &[]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    assert!(!second.leads());
    first.signal("TERM");
    assert!(first.end(), "{}", first.log());
    let ended = Instant::now();
    until("the standby to lead", || second.leads());
    let took = ended.elapsed();
    scene.pod("api", "node1", "reader");
    scene.until_records(&["api reader node1 Assigned", "web reader node0 Assigned"]);
    assert_eq!(scene.patches(), 2);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn what_a_killed_leader_left_is_finished_by_the_next() {
    let (scene, first) = Scene::led(&["reader", "writer"]);
    scene.bind("reader", "reader");
    scene.bind("writer", "writer");
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    first.signal("KILL");
    scene.delete_pod("web");
    scene.pod("api", "node0", "writer");
    let second = Controller::start(&scene.site, &[]);
    second.until_leading();
    scene.until_records(&["api writer node0 Assigned"]);
    scene.until_held("reader", &[]);
    scene.until_held("writer", &["pool0"]);
}

#[test]
fn a_leader_that_was_paused_writes_nothing_when_it_wakes() {
    let (scene, mut first) = Scene::led(&["reader"]);
    scene.bind("reader", "reader");
    let second = Controller::start(&scene.site, &[]);
    first.signal("STOP");
    until("the standby to lead", || second.leads());
    scene.pod("web", "node0", "reader");
    scene.until_records(&["web reader node0 Assigned"]);
    let before = scene.records();
    scene.site.forget_calls();
    first.signal("CONT");
    assert!(!first.end(), "a former leader ends with a failure");
    assert_eq!(scene.records(), before);
    assert_eq!(scene.patches(), 0);
}
