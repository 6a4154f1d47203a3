//! The four custom resources of aad-pod-identity, version v1.
//!
//! One file per resource holds its Rust shape; [`definition`] builds the manifests, [`install`] brings
//! them to a cluster. Field names are the wire's, with its accidents (`nodename`, but `podNamespace`).
//! Reading is tolerant of what old versions wrote; nothing is ever written back from these types as a
//! whole, so a field that podid does not know is never lost.

mod azure_assigned_identity;
mod azure_identity;
mod azure_identity_binding;
mod azure_pod_identity_exception;
mod casing;
pub mod definition;
mod install;

pub use azure_assigned_identity::{
    AssignmentState, AzureAssignedIdentity, AzureAssignedIdentitySpec, AzureAssignedIdentityStatus,
    Embedded, EmbeddedMetadata,
};
pub use azure_identity::{AzureIdentity, AzureIdentitySpec, SecretReference};
pub use azure_identity_binding::{AzureIdentityBinding, AzureIdentityBindingSpec};
pub use azure_pod_identity_exception::{AzurePodIdentityException, AzurePodIdentityExceptionSpec};
pub use definition::{documents, manifests};
pub use install::{CrdState, InstallAction, InstallOptions, InstallOutcome, check, install};

/// API group of the four resources.
pub const GROUP: &str = "aadpodidentity.k8s.io";

/// The one version that is served.
pub const VERSION: &str = "v1";
