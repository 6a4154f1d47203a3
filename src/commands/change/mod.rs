//! The one path of every change to a cluster: read, pure edit, preview, write, wait.
//!
//! - [`cluster`]: the cluster, its node pools and its Kubernetes API, read side by side.
//! - [`scale_sets`]: identities onto and off the scale sets, one PATCH each, side by side.
//! - [`aks`]: edits of `podIdentityProfile`, carried out by the add-on.
//! - [`leave`]: whether identities may still be taken off, asked right before.
//! - [`preflight`]: everything that speaks against a change, before the first write.
//! - [`claims`]: who needs an identity, and what podid assigned (rules in [`crate::domain::claim`]).

pub mod addition;
pub mod aks;
pub mod claims;
pub mod cluster;
pub mod leave;
pub mod managed;
pub mod preflight;
pub mod records;
pub mod removal;
pub mod scale_sets;
pub mod wanted;
