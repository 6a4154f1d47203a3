//! The node of a sandbox: a machine of the emulated cluster with podid-nmi on it, and the network of its pods.
//!
//! - [`requirements`]: what this machine must offer.
//! - [`namespace`], [`network`], [`relay`]: the networks of fabric, node and pods, and the ways out of them.
//! - [`cluster`]: the node as the API server knows it. [`daemon`]: podid-nmi. [`kubelet`]: pods get networks.
//!
//! Nothing here has a name on the machine. The networks end with the processes and sockets in them and with the
//! process that made them, even when that is killed.

#[cfg(target_os = "linux")]
mod cluster;
#[cfg(target_os = "linux")]
mod daemon;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod kubelet;
#[cfg(target_os = "linux")]
mod namespace;
#[cfg(target_os = "linux")]
mod network;
#[cfg(target_os = "linux")]
mod relay;
pub mod requirements;
#[cfg(target_os = "linux")]
mod running;

use std::io;
use std::path::{Path, PathBuf};

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::Node;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::replace_by;
#[cfg(target_os = "linux")]
pub use namespace::replace_by;
#[cfg(target_os = "linux")]
pub(super) use running::Node;

/// Why this process did not become another inside a network.
#[derive(Debug)]
pub enum NotReplaced {
    /// The network cannot be entered.
    Network(io::Error),
    /// The program cannot be run.
    Program(io::Error),
}

/// The way into the node's network, in the folder that `PODID_SANDBOX_NODE` names.
#[must_use]
pub fn way_into_node(folder: &Path) -> PathBuf {
    folder.join("network")
}

/// The way into a pod's network; it is there once the pod runs.
#[must_use]
pub fn way_into_pod(folder: &Path, namespace: &str, pod: &str) -> PathBuf {
    folder.join("pods").join(namespace).join(pod)
}
