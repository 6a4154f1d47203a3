//! SIGKILL at each call to Resource Manager in turn, before and after it takes effect.
//!
//! The emulator holds the n-th call open; podid is killed while it waits; the same command is
//! then run again and must leave what an undisturbed run leaves.

use serde_json::{Value, json};

use crate::TIMINGS;
use crate::support::{Plan, Site, until};

/// More calls than any of the commands makes.
const MOST_CALLS: u64 = 60;

pub(crate) fn site(timing: &str) -> Site {
    let site = Site::planned(&Plan {
        identities: vec!["reader".into()],
        ..Plan::pools(2)
    });
    // Long enough for a poll or two, so that these are killed too.
    site.settings(&json!({
        "timeScale": 0.005, "throttling": {"enabled": false}, "identityShown": timing,
    }));
    site
}

/// Everything podid is responsible for.
pub(crate) fn state(site: &Site) -> Value {
    let objects: Vec<Value> = ["AzureIdentity", "AzureIdentityBinding"]
        .iter()
        .flat_map(|kind| site.objects(kind))
        .map(|object| {
            let metadata = &object["metadata"];
            json!([
                metadata["name"],
                metadata["labels"],
                metadata["annotations"],
                object["spec"]
            ])
        })
        .collect();
    json!({"objects": objects, "pools": site.holders("reader")})
}

pub(crate) fn add(site: &Site) -> Vec<String> {
    let identity = site.identity("reader");
    [
        "add",
        "--namespace",
        &site.namespace,
        "--name",
        "reader",
        "--identity-resource-id",
        &identity,
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(crate) fn remove(site: &Site) -> Vec<String> {
    // The killed run may have been complete already.
    [
        "remove",
        "--namespace",
        &site.namespace,
        "--name",
        "reader",
        "--ignore-not-found",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(crate) fn run(site: &Site, arguments: &[String]) {
    let list: Vec<&str> = arguments.iter().map(String::as_str).collect();
    site.podid(&list).ok();
}

/// Runs the command and kills it at its `skip`-th call; `false` when it made fewer.
fn killed(site: &Site, arguments: &[String], skip: u64, moment: &str) -> bool {
    site.fault(&json!({
        "match": {"service": "arm", "skip": skip},
        "times": 1,
        "action": {"hang": moment},
    }));
    let list: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut podid = site.start(&[], &list, None);
    let mut ended = false;
    until("the call to be held or the command to end", || {
        ended = podid.has_ended();
        ended || site.hanging() > 0
    });
    if !ended {
        podid.signal("KILL");
    }
    let code = podid.finish().code;
    assert_eq!(code, if ended { 0 } else { 128 + 9 });
    site.heal();
    !ended
}

/// Kills `command` at each call; `undo` brings the state before it back.
fn kill_everywhere(
    timing: &str,
    moment: &str,
    command: fn(&Site) -> Vec<String>,
    undo: fn(&Site) -> Vec<String>,
) {
    let site = site(timing);
    run(&site, &undo(&site));
    let before = state(&site);
    run(&site, &command(&site));
    let undisturbed = state(&site);
    assert_ne!(before, undisturbed);
    let mut kills = 0;
    for skip in 0..MOST_CALLS {
        run(&site, &undo(&site));
        assert_eq!(state(&site), before, "undone after kill {skip}");
        if !killed(&site, &command(&site), skip, moment) {
            break;
        }
        kills += 1;
        run(&site, &command(&site));
        assert_eq!(state(&site), undisturbed, "killed {moment} call {skip}");
    }
    // The cluster, the scale sets (twice), two PATCHes at least.
    assert!(
        (5..MOST_CALLS).contains(&kills),
        "{kills} calls were killed"
    );
}

#[test]
fn add_killed_before_each_call_shown_at_the_end() {
    kill_everywhere(TIMINGS[0], "before", add, remove);
}

#[test]
fn add_killed_before_each_call_shown_at_the_start() {
    kill_everywhere(TIMINGS[1], "before", add, remove);
}

#[test]
fn add_killed_after_each_call_shown_at_the_end() {
    kill_everywhere(TIMINGS[0], "after", add, remove);
}

#[test]
fn add_killed_after_each_call_shown_at_the_start() {
    kill_everywhere(TIMINGS[1], "after", add, remove);
}

#[test]
fn remove_killed_before_each_call_shown_at_the_end() {
    kill_everywhere(TIMINGS[0], "before", remove, add);
}

#[test]
fn remove_killed_before_each_call_shown_at_the_start() {
    kill_everywhere(TIMINGS[1], "before", remove, add);
}

#[test]
fn remove_killed_after_each_call_shown_at_the_end() {
    kill_everywhere(TIMINGS[0], "after", remove, add);
}

#[test]
fn remove_killed_after_each_call_shown_at_the_start() {
    kill_everywhere(TIMINGS[1], "after", remove, add);
}

#[test]
fn an_add_killed_at_any_call_can_be_removed() {
    let site = site(TIMINGS[0]);
    let before = state(&site);
    let mut kills = 0;
    for skip in 0..MOST_CALLS {
        // Each call with one of them, so that both are tried without taking twice the time.
        let timing = TIMINGS[usize::from(skip % 2 == 1)];
        site.settings(&json!({"identityShown": timing}));
        if !killed(&site, &add(&site), skip, "after") {
            break;
        }
        kills += 1;
        // The scale sets may still be changing when this starts.
        run(&site, &remove(&site));
        assert_eq!(state(&site), before, "killed after call {skip}");
    }
    assert!(
        (5..MOST_CALLS).contains(&kills),
        "{kills} calls were killed"
    );
}

#[test]
fn an_add_right_after_a_removal_that_was_not_waited_for() {
    for timing in TIMINGS {
        let site = site(timing);
        run(&site, &add(&site));
        let undisturbed = state(&site);
        let mut unwatched = remove(&site);
        unwatched.push("--no-wait".to_owned());
        run(&site, &unwatched);
        run(&site, &add(&site));
        assert_eq!(state(&site), undisturbed, "shown {timing}");
    }
}
