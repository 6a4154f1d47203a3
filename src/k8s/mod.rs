//! The Kubernetes API and the aad-pod-identity CRDs.
//!
//! Wire shapes and their quirks (key case, null labels, embedded objects) end in this module; what
//! leaves it are plain structs. Nothing here knows commands, Azure or output.
//!
//! - [`client`]: one connection per process, from a kubeconfig, from ARM's bytes or from inside a cluster.
//! - [`crd`]: the four custom resources, their manifests and how to install them.
//! - [`pod_identity`]: reads and writes of identities, bindings, assigned identities and exceptions.
//! - [`pod`]: pods with their labels and owners, and what NMI reported about them.
//! - [`cluster`]: what else a command wants to know of a cluster (namespaces, NMI, pods).
//! - [`auth`]: whether a connection leads to the cluster that Azure means.
//! - [`node_daemon`]: the objects that podid-nmi runs as, how they get to a cluster and leave it.
//! - [`ownership_record`]: what podid-mic itself assigned to a host.
//! - [`watch`]: follows all objects of a kind, and knows when it was last told anything.
//! - [`matching`]: pods, identities and bindings in the domain's terms, for the node daemon.
//! - [`assignment`], [`node`], [`lease`], [`event`]: what the controller writes and reads besides.
//! - [`error`]: what can go wrong, in words.

pub mod assignment;
pub mod auth;
pub mod client;
pub mod cluster;
pub mod crd;
pub mod error;
mod error_mapping;
pub mod event;
mod exec;
mod kubeconfig;
pub mod lease;
mod log;
pub mod matching;
pub mod node;
pub mod node_daemon;
pub mod operation;
pub mod ownership_record;
mod paging;
pub mod pod;
pub mod pod_identity;
mod proxy;
mod retry;
pub mod watch;

pub use client::{ConnectOptions, Connection, connect};
pub use error::{Error, Result};
pub use operation::Operation;

/// Field manager of every object that podid writes by server-side apply.
pub const FIELD_MANAGER: &str = "podid";

/// Field manager of the ownership annotations, which compare-and-swap patches write.
///
/// It differs from [`FIELD_MANAGER`] on purpose: a server-side apply removes what its own manager
/// set before and leaves out now, and would take the annotations away.
pub const OWNERSHIP_MANAGER: &str = "podid-ownership";
