//! Changes of one cluster by several commands at once, by killed commands, and by large ones.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../cli/support/mod.rs"]
mod support;

mod add_on;
mod claims;
mod kills;
mod races;
mod records;
mod requests;
