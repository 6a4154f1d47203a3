//! `podid add` of 20 identities to 10 node pools, against one PATCH of one scale set.
//!
//! Run it with `cargo bench --bench add_many`. The emulator's operations take a tenth of the
//! real 45 seconds; both sides are measured in turn, and the ratio of the medians is printed.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../tests/cli/support/mod.rs"]
mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Plan, Site};

const RUNS: usize = 5;
const IDENTITIES: usize = 20;
const POOLS: usize = 10;

fn site() -> Site {
    let identities = (0..IDENTITIES)
        .map(|n| format!("identity-{n:02}"))
        .collect();
    let site = Site::planned(&Plan {
        identities,
        ..Plan::pools(POOLS)
    });
    site.settings(&json!({"timeScale": 0.1, "throttling": {"enabled": false}}));
    site
}

/// One PATCH by hand, polled every ten milliseconds.
fn one_patch() -> Duration {
    let site = site();
    let set = site.scale_set("pool0");
    let started = Instant::now();
    site.assign_by_hand("identity-00", "pool0");
    while site.azure("GET", &set, &json!(null))["properties"]["provisioningState"] != "Succeeded" {
        std::thread::sleep(Duration::from_millis(10));
    }
    started.elapsed()
}

/// The whole command, from the start of the process to its end.
fn add_many() -> Duration {
    let site = site();
    let entry = |n| {
        let name = format!("identity-{n:02}");
        json!({"namespace": site.namespace, "name": name, "identityResourceId": site.identity(&name)})
    };
    let entries: Vec<_> = (0..IDENTITIES).map(entry).collect();
    let file = site.write(
        "identities.json",
        &json!({"podIdentities": entries}).to_string(),
    );
    let started = Instant::now();
    site.podid(&["add", "--from-file", &file]).ok();
    let elapsed = started.elapsed();
    assert_eq!(site.holders("identity-19").len(), POOLS);
    elapsed
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn main() {
    let mut patch = Vec::new();
    let mut add = Vec::new();
    for _ in 0..RUNS {
        patch.push(one_patch());
        add.push(add_many());
    }
    let (patch, add) = (median(patch), median(add));
    let ratio = add.as_secs_f64() / patch.as_secs_f64();
    let line = format!(
        "one PATCH {:.2} s, add of {IDENTITIES} identities to {POOLS} pools {:.2} s, ratio {ratio:.2} (aim: at most 1.30)\n",
        patch.as_secs_f64(),
        add.as_secs_f64(),
    );
    // A reader that went away needs no report.
    let _ = std::io::stdout().write_all(line.as_bytes());
}
