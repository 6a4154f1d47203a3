//! The controller podid-mic: puts the identities that pods need on the hosts they run on.
//!
//! - [`workers`]: one worker for each host, a scale set or a single machine.
//! - [`record`]: what podid-mic itself assigned, which is all it ever takes off again.
//! - [`fence`]: whether this process may still write.

pub mod fence;
pub mod record;
mod worker;
pub mod workers;
