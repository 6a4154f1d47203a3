//! The redirect of podid-nmi in network namespaces of its own: a fabric with the real metadata
//! service, a node, two pods on it.
//!
//! Needs root, and the programs `ip`, `nft` and `iptables`; CONTRIBUTING.md says where they come
//! from. Nothing leaves the namespaces.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod connections;
mod instance;
mod iptables;
// The tests of podid-nmi use the rest.
#[allow(dead_code)]
mod node;
mod permissions;
mod restart;
mod rules;
mod server;
mod tampering;
mod verify;
mod walls;
