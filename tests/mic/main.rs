//! podid-mic: the shipped binary against a real kube-apiserver and the emulator's Resource Manager.

#![cfg(all(feature = "sandbox", unix))]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

#[path = "../cli/support/mod.rs"]
mod support;

mod assignments;
mod changes;
mod controller;
mod leaders;
mod preassign;
mod refused;
mod scene;
