//! Azure Resource Manager and Entra over one HTTP transport.
//!
//! [`Client`] signs in, retries, keeps within ARM's budgets and follows pages; [`operation`] follows
//! long-running operations; a module per resource type turns wire shapes into what the rest of
//! podid reads. Nothing here prints, reads the environment or knows a command line.

pub mod claims;
pub mod client;
pub mod cloud;
pub mod credential;
pub mod deny_assignment;
pub mod error;
pub mod federated_credential;
pub mod host;
pub mod managed_cluster;
pub mod notice;
pub mod operation;
pub mod resource_group;
pub mod role_assignment;
pub mod role_definition;
pub mod scale_set;
pub mod subscription;
pub mod transport;
mod trust;
pub mod user_assigned_identity;
pub mod wire;

pub use client::{Call, Client, ClientOptions, Gate, Response};
pub use cloud::Cloud;
pub use error::{Error, ServiceError};
pub use notice::{Notice, Notices};
pub use operation::{Accepted, Operation, Status};
pub use transport::Transport;

/// Makes *ring* the process's TLS provider.
///
/// Called first thing in `main`, before any TLS client is built: kube, reqwest and the emulator
/// then agree, and none of them has to guess between two providers.
pub fn install_crypto_provider() {
    // A second call finds the provider installed already, which is what it wanted.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
