//! Changes of one cluster by several commands at once, by killed commands, and by large ones.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../cli/support/mod.rs"]
mod support;

mod add_on;
mod api_proxy;
mod apply;
mod claims;
mod failures;
mod kills;
mod kills_kubernetes;
mod overtaken;
mod races;
mod records;
mod requests;

/// When a scale set shows a change of its identities. Nobody says what Azure does, so podid is
/// tried with both.
const TIMINGS: [&str; 2] = ["atEnd", "atStart"];
