//! The shipped binary, one file per command, against an Azure emulator and a real Kubernetes API
//! server.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod add;
mod machine;
mod sandbox_down;
mod sandbox_run;
mod sandbox_serve;
mod sandbox_status;
mod sandbox_up;
mod support;
