//! Changes of one cluster by several commands at once, by killed commands, and by large ones.

#[path = "../cli/support/mod.rs"]
#[allow(dead_code)]
mod support;

mod kills;
mod races;
mod requests;
