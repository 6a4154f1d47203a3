//! The Azure client against the emulator: what it sends, what it makes of answers, what it refuses.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod bad_host;
mod credential;
mod etag;
mod fixture;
mod headers;
mod operation;
mod paging;
mod resources;
mod retry;
mod roles;
mod scripted;
mod throttling;
