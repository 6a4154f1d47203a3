//! Reads and writes of the objects that make a pod identity.
//!
//! Reads are consistent and complete. Writes are server-side apply for what the user wants, and
//! compare-and-swap patches for who owns what on the scale sets ([`ownership`]); never a PUT.

mod assigned;
mod binding;
mod exception;
mod identity;
mod manifest;
mod object;
pub mod ownership;
mod write;

pub use assigned::{AssignedIdentity, list_assigned};
pub use binding::{
    Binding, WantedBinding, apply_binding, delete_binding, get_binding, list_bindings,
};
pub use exception::{
    Exception, create_exception, delete_exception, get_exception, list_exceptions,
    replace_pod_labels,
};
pub use identity::{
    Identity, IdentityKind, WantedIdentity, apply_identity, delete_identity, get_identity,
    list_identities,
};
pub use manifest::{binding_manifest, identity_manifest};
pub use ownership::{ASSIGNED_SCALE_SETS, RELEASING, patch_annotations};
pub use write::{ApplyOptions, Expected};

/// Annotation of an `AzureIdentity` that only pods of its own namespace may use when it says [`NAMESPACED`].
pub const BEHAVIOR_ANNOTATION: &str = "aadpodidentity.k8s.io/Behavior";

/// The value of [`BEHAVIOR_ANNOTATION`] that has a meaning.
pub const NAMESPACED: &str = "namespaced";

/// Label of a pod that names the binding selector.
pub const SELECTOR_LABEL: &str = "aadpodidbinding";

/// Label that says who made an object.
pub const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";

/// Label that AKS puts on the objects of its add-on, with the value `aks`.
pub const AKS_MANAGED_BY_LABEL: &str = "kubernetes.azure.com/managedby";

/// Whether labels say that AKS's add-on keeps the object.
fn is_of_add_on(labels: &std::collections::BTreeMap<String, String>) -> bool {
    labels
        .get(AKS_MANAGED_BY_LABEL)
        .is_some_and(|by| by == "aks")
}
