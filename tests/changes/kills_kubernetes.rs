//! SIGKILL at each write to the Kubernetes API in turn, before and after it takes effect.

use crate::api_proxy::{ApiProxy, Trouble};
use crate::kills::{add, remove, run, site, state};
use crate::support::{Site, until};

/// More writes than any of the commands makes.
const MOST_WRITES: u64 = 20;

/// Runs the command and kills it at its `skip`-th write; `false` when it made fewer.
fn killed(site: &Site, proxy: &ApiProxy, arguments: &[String], skip: u64, moment: Trouble) -> bool {
    proxy.order(moment, "", skip);
    let mut list: Vec<&str> = arguments.iter().map(String::as_str).collect();
    list.extend(proxy.arguments());
    let mut podid = site.start(&[], &list, None);
    let mut ended = false;
    until("the write to be held or the command to end", || {
        ended = podid.has_ended();
        ended || proxy.holds_one()
    });
    if !ended {
        podid.signal("KILL");
    }
    let output = podid.finish();
    let code = if ended { 0 } else { 128 + 9 };
    assert_eq!(output.code, code, "{}", output.all());
    proxy.heal();
    !ended
}

/// Kills `command` at each write; `undo` brings the state before it back.
fn kill_everywhere(
    moment: Trouble,
    command: fn(&Site) -> Vec<String>,
    undo: fn(&Site) -> Vec<String>,
) {
    let site = site(crate::TIMINGS[0]);
    let proxy = ApiProxy::start(&site);
    run(&site, &undo(&site));
    let before = state(&site);
    run(&site, &command(&site));
    let undisturbed = state(&site);
    assert_ne!(before, undisturbed);
    let mut kills = 0;
    for skip in 0..MOST_WRITES {
        run(&site, &undo(&site));
        assert_eq!(state(&site), before, "undone after kill {skip}");
        if !killed(&site, &proxy, &command(&site), skip, moment) {
            break;
        }
        kills += 1;
        run(&site, &command(&site));
        assert_eq!(state(&site), undisturbed, "killed {moment:?} write {skip}");
    }
    // The claim, its record and the binding; or the mark, the binding and the claim.
    assert_eq!(kills, 3);
}

#[test]
fn add_killed_before_each_write() {
    kill_everywhere(Trouble::HeldBefore, add, remove);
}

#[test]
fn add_killed_after_each_write() {
    kill_everywhere(Trouble::HeldAfter, add, remove);
}

#[test]
fn remove_killed_before_each_write() {
    kill_everywhere(Trouble::HeldBefore, remove, add);
}

#[test]
fn remove_killed_after_each_write() {
    kill_everywhere(Trouble::HeldAfter, remove, add);
}

#[test]
fn an_add_killed_at_any_write_can_be_removed() {
    let site = site(crate::TIMINGS[0]);
    let proxy = ApiProxy::start(&site);
    let before = state(&site);
    let mut kills = 0;
    for moment in [Trouble::HeldBefore, Trouble::HeldAfter] {
        for skip in 0..MOST_WRITES {
            if !killed(&site, &proxy, &add(&site), skip, moment) {
                break;
            }
            kills += 1;
            run(&site, &remove(&site));
            assert_eq!(state(&site), before, "killed {moment:?} write {skip}");
        }
        run(&site, &remove(&site));
    }
    assert_eq!(kills, 6);
}

#[test]
fn a_removal_that_hands_its_record_over_killed_at_any_write() {
    let site = site(crate::TIMINGS[0]);
    let proxy = ApiProxy::start(&site);
    let other = |verb: &str| {
        let mut list = if verb == "add" {
            add(&site)
        } else {
            remove(&site)
        };
        let name = list.iter().position(|word| word == "--name").unwrap() + 1;
        "other".clone_into(&mut list[name]);
        list
    };
    // The record is on the first of the two.
    let reset = || {
        for command in [remove(&site), other("remove"), add(&site), other("add")] {
            run(&site, &command);
        }
    };
    reset();
    run(&site, &remove(&site));
    let undisturbed = state(&site);
    assert_eq!(site.holders("reader"), ["pool0", "pool1"]);
    let mut kills = 0;
    for moment in [Trouble::HeldBefore, Trouble::HeldAfter] {
        for skip in 0..MOST_WRITES {
            reset();
            if !killed(&site, &proxy, &remove(&site), skip, moment) {
                break;
            }
            kills += 1;
            run(&site, &remove(&site));
            assert_eq!(state(&site), undisturbed, "killed {moment:?} write {skip}");
        }
    }
    // The mark, the binding, the record and the claim.
    assert_eq!(kills, 8);
    run(&site, &other("remove"));
    assert!(site.holders("reader").is_empty());
}
