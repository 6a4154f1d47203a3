//! podid-nmi: the shipped binary against a real kube-apiserver and the emulator's instance metadata service.
//!
//! Linux lets a client connect from 127.0.0.2, 127.0.0.3 and so on. Pods whose address is such a one are told apart
//! as pods with networks of their own are.

#![cfg(all(feature = "sandbox", target_os = "linux"))]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../cli/support/mod.rs"]
mod support;

// Of both tests each uses a part.
#[allow(dead_code)]
#[path = "../redirect/node.rs"]
mod namespaces;

mod callers;
mod client;
mod crowd;
mod daemon;
mod deployment;
mod exceptions;
mod floods;
mod forwarding;
mod image;
mod managed;
mod metadata;
mod network;
mod node;
mod operation;
mod outage;
mod prefetch;
mod redirect;
mod reuse;
mod service_principals;
mod standard;
mod throttling;
mod token_requests;
mod tokens;
