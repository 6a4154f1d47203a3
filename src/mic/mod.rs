//! The controller podid-mic: puts the identities that pods need on the hosts they run on.
//!
//! - [`run`]: from arguments to a controller, and its end. [`args`]: what it can be told.
//! - [`feed`]: what is watched. [`state`]: what is known and what follows. [`steps`]: what has to be written of a pod.
//! - [`engine`]: the task that knows and has it done. [`write`]: writes of Kubernetes. [`preview`]: `--dry-run`.
//! - [`workers`]: one worker for each host, a scale set or a single machine.
//! - [`record`]: what podid-mic itself assigned, which is all it ever takes off again.
//! - [`leader`], [`fence`]: which of several instances acts, and whether this process may still write.
//! - [`status`], [`metrics`], [`tell`]: what operators and owners see.

pub mod args;
pub mod engine;
pub mod feed;
pub mod fence;
pub mod leader;
pub mod metrics;
pub mod preview;
pub mod record;
pub mod run;
pub mod state;
pub mod status;
pub mod steps;
pub mod tell;
mod worker;
pub mod workers;
pub mod write;

pub use run::main;
