//! `--mode preassign`: managed mode without the add-on.

use crate::controller::Controller;
use crate::scene::Scene;
use crate::support::until;

#[test]
fn every_bound_identity_is_on_every_host_before_pods_come() {
    let scene = Scene::new(&["reader", "writer", "unbound"]);
    let controller = Controller::start(&scene.site, &["--mode", "preassign"]);
    controller.until_leading();
    scene.bind("reader", "reader");
    scene.until_held("reader", &["pool0", "pool1"]);
    scene.bind("writer", "writer");
    scene.until_held("writer", &["pool0", "pool1"]);
    assert!(scene.records().is_empty());
    scene.delete("AzureIdentityBinding", "reader");
    scene.until_held("reader", &[]);
    assert_eq!(scene.site.holders("writer"), ["pool0", "pool1"]);
    assert!(scene.site.holders("unbound").is_empty());
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let scene = Scene::new(&["reader"]);
    scene.bind("reader", "reader");
    scene.pod("web", "node0", "reader");
    let mut run = Controller::start(&scene.site, &["--dry-run"]);
    assert!(run.end());
    until("the whole text", || run.log().contains("host "));
    let text = run.log();
    assert!(
        text.contains("pod ") && text.contains("for identity"),
        "{text}"
    );
    assert!(text.contains("assign /subscriptions/"), "{text}");
    assert!(scene.records().is_empty());
    assert_eq!(scene.patches(), 0);
}
