//! podid sets up, explains and keeps healthy Microsoft Entra pod-managed identity on AKS.
//!
//! The house, from the outside in; an arrow means "may import":
//!
//! ```text
//! main -> cli -> commands -> domain
//!                   |  +---> azure -> domain
//!                   |  +---> k8s   -> domain
//!                   |  +---> output
//! ```
//!
//! - [`cli`]: the root arguments and one exhaustive match.
//! - [`commands`]: one file per leaf command; a command returns a value, one place renders it.
//! - [`domain`]: pure rules; no I/O, no clock.
//! - [`azure`]: Azure Resource Manager and Entra over one HTTP pipeline.
//! - [`k8s`]: the Kubernetes API and the aad-pod-identity CRDs.
//! - [`nmi`]: the node daemon; its redirect of pods' packets.
//! - [`output`]: tables, JSON, YAML, TSV, JMESPath, and everything said on stderr.
//! - [`nmi`]: the node daemon, which answers the token requests of pods.
//! - [`mic`]: the controller, which puts identities on scale sets and machines.
//! - [`sandbox`]: the Azure emulator and a real Kubernetes API server on this machine.
//!
//! `tests/architecture.rs` holds these directions.

pub mod azure;
pub mod cli;
pub mod commands;
pub mod context;
pub mod domain;
pub mod env;
pub mod error;
pub mod k8s;
pub mod mic;
pub mod nmi;
pub mod output;
pub mod redact;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod settings;
pub mod telemetry;
