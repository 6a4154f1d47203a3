//! The little of netlink that the redirect needs: attributes, requests and answers.
//!
//! Written by hand because the crates for nf_tables have no NAT expression or bring a C library.

pub(super) mod attribute;
mod message;
mod socket;

pub(super) use message::{Answer, Request, netfilter};
pub(super) use socket::{Changes, Netlink};
