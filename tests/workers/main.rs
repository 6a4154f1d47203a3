//! podid-mic's workers against the emulator's Resource Manager and a real kube-apiserver.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

// Of the cluster's fixture only the server and its namespaces are used.
#[allow(dead_code)]
#[path = "../cluster/server.rs"]
mod server;

mod azure;
mod bad_identities;
mod bursts;
mod hosts;
mod ownership;
mod rig;
mod trouble;

/// A figure for whoever reads the output.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}
