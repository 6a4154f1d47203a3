//! podid-nmi under load, beside the metadata service itself; its memory; and the first token in standard mode.
//!
//! Run it with `cargo bench --bench nmi`; `-- --rounds 3` makes it shorter. Everything is on this machine: the load,
//! the emulator's metadata service, the API server. podid-nmi runs as it is shipped, with its log, but without its
//! limit on requests to the metadata service (`--imds-rate 0`), which would be what is measured otherwise.

#![allow(clippy::unwrap_used)] // a bench that cannot go on says where

mod assignment;
mod load;
#[allow(dead_code)] // the tests use the rest
#[path = "../../tests/nmi/node.rs"]
mod node;
mod objects;
mod process;
mod rates;
mod report;
#[path = "../../tests/cli/support/mod.rs"]
mod support;

use process::Daemon;
use rates::{Figures, compare};
use report::{against, median, say};

const SIZES: [usize; 3] = [1, 1_000, 10_000];
const CONCURRENCY: [usize; 3] = [1, 8, 32];

fn rounds() -> usize {
    let mut words = std::env::args();
    let given = words
        .find(|word| word == "--rounds")
        .and_then(|_| words.next());
    given.map_or(7, |given| given.parse().unwrap())
}

fn main() {
    let rounds = rounds();
    let (one, many) = (objects::node(1, 1), objects::node(250, 2));
    let mut all = Vec::new();
    let mut made = 1;
    for size in SIZES {
        objects::fill(&one.0, made, size);
        made = size;
        say(&format!("\n{size} identities and bindings in the cluster"));
        for (node, pods) in [&one, &many] {
            let off = Daemon::start(node, &["--token-cache=off"]);
            let on = Daemon::start(node, &[]);
            memory("at rest", pods.len(), &off);
            say(
                "\n| pods | concurrency | who | requests/s | of direct | p50, us | p99, us | CPU, ms per 1,000 |",
            );
            say("|---|---|---|---|---|---|---|---|");
            for concurrency in CONCURRENCY {
                let figures = compare(node, pods, (&off, &on), concurrency, rounds);
                all.push((size, pods.len(), concurrency, figures));
            }
            memory("\nafter the load", pods.len(), &off);
            memory("after the load, cache on", pods.len(), &on);
        }
    }
    say("");
    aims(&all);
    assignment::measure(&one.0, one.1[0]);
}

fn memory(when: &str, pods: usize, daemon: &Daemon) {
    say(&format!(
        "{when}, {pods} pods: RSS {:.1} MB, at most so far {:.1} MB",
        daemon.memory(),
        daemon.peak()
    ));
}

fn aims(all: &[(usize, usize, usize, Figures)]) {
    for concurrency in CONCURRENCY {
        for size in SIZES {
            let own = all
                .iter()
                .filter(|one| one.0 == size && one.2 == concurrency);
            let of = |what: fn(&Figures) -> f64| median(own.clone().map(|one| what(&one.3)));
            let (off, on, over) = (of(|one| one.off), of(|one| one.on), of(|one| one.over));
            let what = format!("{size} identities, concurrency {concurrency}");
            against(
                &format!("{what}, cache off"),
                &format!("{off:.2}"),
                "at least 0.70 of direct",
                off >= 0.7,
            );
            against(
                &format!("{what}, cache off, p50"),
                &format!("+{over:.0} us"),
                "at most 100 us",
                over <= 100.0,
            );
            against(
                &format!("{what}, cache on"),
                &format!("{on:.2}"),
                "above direct",
                on > 1.0,
            );
        }
    }
}
