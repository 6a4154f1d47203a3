//! Rates: the metadata service itself, podid-nmi without and with its cache, in turn, so that a ratio is of one time.

use std::net::IpAddr;
use std::time::Duration;

use url::Url;

use crate::load::{Burst, Target, load, request};
use crate::node::Node;
use crate::process::Daemon;
use crate::report::{median, say};

/// Length of one burst.
const BURST: Duration = Duration::from_secs(1);
const WARM_UP: Duration = Duration::from_millis(300);
const TOKEN: &str = "/metadata/identity/oauth2/token";

/// One who answers.
struct Side<'a> {
    name: &'static str,
    target: Target,
    daemon: Option<&'a Daemon>,
    bursts: Vec<(Burst, f64)>,
}

/// What a comparison came to, as medians over its rounds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    /// Of the direct rate, without cache.
    pub(crate) off: f64,
    /// Of the direct rate, with cache.
    pub(crate) on: f64,
    /// Over the direct p50, without cache.
    pub(crate) over: f64,
}

/// Compares for one number of requests under way.
pub(crate) fn compare(
    node: &Node,
    pods: &[IpAddr],
    (off, on): (&Daemon, &Daemon),
    concurrency: usize,
    rounds: usize,
) -> Figures {
    let imds = Url::parse(&node.imds).unwrap();
    let client = format!("&client_id={}", node.client_id("reader"));
    let imds = Target {
        address: imds.socket_addrs(|| None).unwrap()[0],
        pods: pods.to_vec(),
        request: request(
            &format!("{}{TOKEN}", imds.path().trim_end_matches('/')),
            &client,
        ),
    };
    let of = |daemon: &Daemon| Target {
        address: daemon.address,
        pods: pods.to_vec(),
        request: request(TOKEN, ""),
    };
    let side = |name, target, daemon| Side {
        name,
        target,
        daemon,
        bursts: Vec::new(),
    };
    let mut sides = [
        side("direct", imds, None),
        side("cache off", of(off), Some(off)),
        side("cache on", of(on), Some(on)),
    ];
    for side in &sides {
        load(&side.target, concurrency, WARM_UP);
    }
    for _ in 0..rounds {
        for side in &mut sides {
            side.burst(concurrency);
        }
        // The emulator's record of calls grows with every one of them.
        node.site.forget_calls();
    }
    let [direct, off, on] = &sides;
    for side in &sides {
        side.print(pods.len(), concurrency, side.rate_of(direct));
    }
    Figures {
        off: off.rate_of(direct),
        on: on.rate_of(direct),
        over: off.over(direct),
    }
}

impl Side<'_> {
    fn burst(&mut self, concurrency: usize) {
        let cpu = || self.daemon.map_or(0.0, Daemon::cpu);
        let before = cpu();
        let burst = load(&self.target, concurrency, BURST);
        self.bursts.push((burst, cpu() - before));
    }

    fn of(&self, what: impl Fn(&Burst, f64) -> f64) -> f64 {
        median(self.bursts.iter().map(|(burst, cpu)| what(burst, *cpu)))
    }

    /// The rate as a part of another one's, round by round.
    fn rate_of(&self, other: &Self) -> f64 {
        let pairs = self.bursts.iter().zip(&other.bursts);
        median(pairs.map(|((own, _), (other, _))| own.rate() / other.rate()))
    }

    /// The p50 over another one's in microseconds, round by round.
    fn over(&self, other: &Self) -> f64 {
        let pairs = self.bursts.iter().zip(&other.bursts);
        median(pairs.map(|((own, _), (other, _))| micros(own.at(500)) - micros(other.at(500))))
    }

    #[allow(clippy::cast_precision_loss)] // not that many
    fn print(&self, pods: usize, concurrency: usize, ratio: f64) {
        let rate = self.of(|burst, _| burst.rate());
        let (p50, p99) = (
            self.of(|burst, _| micros(burst.at(500))),
            self.of(|burst, _| micros(burst.at(990))),
        );
        let cpu = self.of(|burst, cpu| cpu * 1e6 / burst.latencies.len() as f64);
        let cpu = self.daemon.map_or("-".to_owned(), |_| format!("{cpu:.0}"));
        let name = self.name;
        say(&format!(
            "| {pods} | {concurrency} | {name} | {rate:.0} | {ratio:.2} | {p50:.0} | {p99:.0} | {cpu} |"
        ));
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
