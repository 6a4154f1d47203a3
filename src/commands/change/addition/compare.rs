//! What is wanted against what the cluster holds, before anything is written.

use super::Wanted;
use crate::azure::user_assigned_identity::Identity as ManagedIdentity;
use crate::commands::change::claims::Snapshot;
use crate::domain::pod_identity::{Comparison, PodIdentity, Present, compare};
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::{Binding, Identity};

/// Compares everything wanted with the cluster and refuses what must not be overwritten.
///
/// # Errors
/// Each pod identity that exists with other content (unless it may be replaced) or that the
/// add-on owns.
pub fn compare_all(
    wanted: Vec<(PodIdentity, ManagedIdentity)>,
    snapshot: &Snapshot,
    bindings: &[Binding],
    replace: bool,
) -> Result<Vec<Wanted>> {
    let mut compared = Vec::with_capacity(wanted.len());
    let mut refused = Vec::new();
    for (pod_identity, managed) in wanted {
        let (namespace, name) = (pod_identity.namespace.as_str(), pod_identity.name.as_str());
        let object = snapshot.find(namespace, name);
        let binding_name = pod_identity.name.binding();
        let binding = bindings
            .iter()
            .find(|item| item.namespace == namespace && item.name == binding_name);
        let present = Present {
            resource_id: object.map(|object| object.resource_id.clone()),
            client_id: object
                .map(|object| object.client_id.clone())
                .unwrap_or_default(),
            binding: binding
                .map(|binding| (binding.identity_name.clone(), binding.selector.clone())),
        };
        let comparison = compare(&pod_identity, &managed.client_id, &present);
        if object.is_some_and(Identity::is_of_add_on) {
            refused.push(owned_by_add_on(&pod_identity));
        } else if let (Comparison::Different(how), false) = (&comparison, replace) {
            refused.push(different(&pod_identity, how));
        }
        let found = object.cloned();
        compared.push(Wanted {
            pod_identity,
            managed,
            comparison,
            found,
            found_binding: binding.cloned(),
        });
    }
    if refused.is_empty() {
        Ok(compared)
    } else {
        Err(Error::refusals(refused))
    }
}

fn different(wanted: &PodIdentity, how: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("Pod identity `{}` exists with other content", wanted.key()),
    )
    .cause(how)
    .hint("use --replace to change it, or another --name")
    .target(wanted.key())
}

fn owned_by_add_on(wanted: &PodIdentity) -> Error {
    Error::new(
        Kind::Conflict,
        format!(
            "Pod identity `{}` belongs to the pod identity add-on",
            wanted.key()
        ),
    )
    .hint("change it with `az aks pod-identity`, or use another --name")
    .target(wanted.key())
}
