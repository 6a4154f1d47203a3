//! The table as it should be.
//!
//! ```text
//! divert             nat     prerouting   pods' requests to the metadata address go to podid-nmi
//! probe              nat     output       podid-nmi's own probe takes the same way
//! refuse-forwarded   filter  forward      a packet of a pod that still goes to the metadata address
//! refuse-arrived     filter  input        the same; and requests that were not redirected
//! ```
//!
//! A packet that meets the last two was of a connection from before the rules, or was not tracked:
//! it is refused, so that no pod keeps a way around podid-nmi.

use std::net::SocketAddr;

use super::expression::{self, Expression};
use crate::nmi::redirect::options::Options;
use crate::nmi::redirect::probe::MARK;

/// The table's name, in the family that holds IPv4 and IPv6.
pub(super) const TABLE: &str = "podid";

/// A rule: all its steps in order.
pub(super) type Rule = Vec<Expression>;

/// A chain that is hooked into the path of packets.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) name: &'static str,
    /// `nat` or `filter`.
    pub(super) kind: &'static str,
    pub(super) hook: u32,
    pub(super) priority: i32,
    pub(super) rules: Vec<Rule>,
}

const PREROUTING: u32 = 0;
const INPUT: u32 = 1;
const FORWARD: u32 = 2;
const OUTPUT: u32 = 3;
/// Before the rules of kube-proxy and iptables, which are at -100 and 0.
const BEFORE_NAT: i32 = -110;
const BEFORE_FILTER: i32 = -10;

/// The chains that `options` ask for.
pub(super) fn chains(options: &Options) -> Vec<Chain> {
    let escaped = || {
        options
            .metadata
            .iter()
            .flat_map(|to| refuse_escaped(options, *to))
    };
    let direct = options.targets.iter().map(|target| refuse_direct(*target));
    vec![
        Chain {
            name: "divert",
            kind: "nat",
            hook: PREROUTING,
            priority: BEFORE_NAT,
            rules: redirect(options),
        },
        Chain {
            name: "probe",
            kind: "nat",
            hook: OUTPUT,
            priority: BEFORE_NAT,
            rules: options.pairs().map(|(from, to)| probe(from, to)).collect(),
        },
        Chain {
            name: "refuse-forwarded",
            kind: "filter",
            hook: FORWARD,
            priority: BEFORE_FILTER,
            rules: escaped().collect(),
        },
        Chain {
            name: "refuse-arrived",
            kind: "filter",
            hook: INPUT,
            priority: BEFORE_FILTER,
            rules: escaped().chain(direct).collect(),
        },
    ]
}

fn redirect(options: &Options) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (metadata, target) in options.pairs() {
        for sender in options.senders(metadata) {
            let mut rule = expression::not_from_this_node();
            rule.extend(sender.map(expression::from).unwrap_or_default());
            rule.extend(expression::to(metadata));
            rule.push(expression::counted());
            rule.extend(expression::redirect(target));
            rules.push(rule);
        }
    }
    rules
}

/// Only the probe carries the mark: the node's own requests are left alone.
fn probe(metadata: SocketAddr, target: SocketAddr) -> Rule {
    let mut rule = expression::marked(MARK);
    rule.extend(expression::to(metadata));
    rule.extend(expression::redirect(target));
    rule
}

fn refuse_escaped(options: &Options, metadata: SocketAddr) -> Vec<Rule> {
    let refuse = |sender: Option<_>| {
        let mut rule = expression::not_from_this_node();
        rule.extend(sender.map(expression::from).unwrap_or_default());
        rule.extend(expression::to(metadata));
        rule.extend([expression::counted(), expression::refuse()]);
        rule
    };
    options.senders(metadata).into_iter().map(refuse).collect()
}

/// A caller must come through the redirect: who reaches the port directly may be another machine
/// that pretends to be a pod.
fn refuse_direct(target: SocketAddr) -> Rule {
    let mut rule = expression::not_from_this_node();
    rule.extend(expression::to(target));
    rule.extend(expression::not_redirected());
    rule.extend([expression::counted(), expression::refuse()]);
    rule
}
