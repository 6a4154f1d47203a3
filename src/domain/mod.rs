//! Pure rules: no I/O, no async, no clock.
//!
//! Every decision of podid that can be made from values alone is made here, so that it can be
//! tested, previewed and explained: what a valid name is, what is wanted, what has to change.

pub mod access;
pub mod assignment;
pub mod assignment_name;
pub mod change_plan;
pub mod claim;
pub mod deny;
pub mod exception;
pub mod file;
pub mod grant;
pub mod label;
pub mod matching;
pub mod metadata_path;
pub mod name;
pub mod permission;
pub mod pod_identity;
pub mod preflight;
pub mod profile;
pub mod provider_id;
#[cfg(test)]
mod request_property;
pub mod resource_id;
pub mod role;
pub mod suggestion;
pub mod token_request;
pub mod uses;
pub mod wanted;
pub mod workload;
