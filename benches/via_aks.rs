//! `podid list`, `add`, `exception add` and `remove` through the add-on: HTTP calls, and wall time
//! beside the time that AKS itself takes.
//!
//! Run it with `cargo bench --bench via_aks`. AKS takes 98 s for a change; the emulator takes
//! none of it, a tenth of it, and (once) all of it.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../tests/cli/support/mod.rs"]
mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Plan, Site};

/// Seconds that AKS takes for a change of a cluster.
const OPERATION: f64 = 98.0;

struct Measured {
    command: &'static str,
    calls: usize,
    wall: Vec<Duration>,
    changes: bool,
}

fn site(scale: f64) -> Site {
    let site = Site::planned(&Plan::with_add_on(&["reader"]));
    site.allow_control_plane();
    site.settings(&json!({"timeScale": scale}));
    site
}

fn commands(site: &Site) -> Vec<(&'static str, bool, Vec<String>)> {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    let namespace = site.namespace.as_str();
    let of = ["--namespace", namespace, "--name", "reader"];
    let id = site.identity("reader");
    let add = [&["add"][..], &of, &["--identity-resource-id", &id]].concat();
    let exception = [
        &["exception", "add"][..],
        &of,
        &["--pod-labels", "app=reader"],
    ]
    .concat();
    let remove = [&["remove"][..], &of].concat();
    vec![
        ("add", true, words(&add)),
        ("list", false, words(&["list"])),
        ("exception add", true, words(&exception)),
        ("remove", true, words(&remove)),
    ]
}

/// One run of each command on a fresh cluster.
fn round(scale: f64, measured: &mut Vec<Measured>) {
    let site = site(scale);
    for (index, (command, changes, words)) in commands(&site).into_iter().enumerate() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        site.forget_calls();
        let started = Instant::now();
        site.podid(&words).ok();
        let wall = started.elapsed();
        // Polls depend on time alone; the others are what the command is made of.
        let calls = site.calls();
        let poll = |path: &str| path.to_ascii_lowercase().contains("/operations/");
        let calls = calls
            .iter()
            .filter(|call| call.is_arm() && !poll(&call.path));
        if measured.len() <= index {
            measured.push(Measured {
                command,
                calls: calls.count(),
                wall: Vec::new(),
                changes,
            });
        }
        measured[index].wall.push(wall);
    }
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn main() {
    let mut out = std::io::stdout();
    for (scale, rounds) in [(0.0, 5), (0.1, 3), (1.0, 1)] {
        let operation = OPERATION * scale;
        let mut measured = Vec::new();
        for _ in 0..rounds {
            round(scale, &mut measured);
        }
        let _ = writeln!(out, "AKS takes {operation:.1} s ({rounds} runs, medians)");
        for mut item in measured {
            let wall = median(&mut item.wall);
            let own = if item.changes { wall - operation } else { wall };
            let (command, calls) = (item.command, item.calls);
            let _ = writeln!(
                out,
                "  {command}: {calls} calls besides polls, {wall:.2} s, of it {own:.2} s podid's (aim: at most 2 s)",
            );
            if item.changes {
                assert!(own <= 2.0, "{command} takes {own:.2} s more than AKS");
            }
        }
    }
}
