//! The objects the provider keeps in a cluster: an AzureIdentity and an AzureIdentityBinding for each pod identity, an
//! AzurePodIdentityException for each exception.

use serde_json::{Value, json};

use super::{EXCEPTIONS, in_state};
use crate::providers::json::{list, text};
use crate::world::World;
use crate::world::effects::{Effect, Step};

const API_VERSION: &str = "aadpodidentity.k8s.io/v1";

/// What to write and delete so that the cluster's objects are those of its profile.
pub(super) fn steps(cluster: &Value, gone_exceptions: &Value) -> Vec<Step> {
    let mut steps = Vec::new();
    for item in in_state(cluster, "Deleting") {
        let name = text(item, "/name");
        steps.push(Step::Delete(object(
            "AzureIdentityBinding",
            &format!("{name}-binding"),
            item,
        )));
        steps.push(Step::Delete(object("AzureIdentity", name, item)));
    }
    for gone in gone_exceptions.as_array().into_iter().flatten() {
        steps.push(Step::Delete(object(
            "AzurePodIdentityException",
            text(gone, "/name"),
            gone,
        )));
    }
    for item in in_state(cluster, "Assigned") {
        steps.extend(pod_identity(item));
    }
    for exception in list(cluster, EXCEPTIONS) {
        let mut object = object(
            "AzurePodIdentityException",
            text(exception, "/name"),
            exception,
        );
        object["spec"] = json!({"podLabels": exception["podLabels"]});
        steps.push(Step::Apply(object));
    }
    steps
}

fn pod_identity(item: &Value) -> [Step; 2] {
    let name = text(item, "/name");
    let selector = match text(item, "/bindingSelector") {
        "" => name,
        selector => selector,
    };
    let mut identity = object("AzureIdentity", name, item);
    identity["metadata"]["annotations"] = json!({"aadpodidentity.k8s.io/Behavior": "namespaced"});
    identity["spec"] = json!({
        "type": 0,
        "resourceID": text(item, "/identity/resourceId"),
        "clientID": text(item, "/identity/clientId"),
    });
    let mut binding = object("AzureIdentityBinding", &format!("{name}-binding"), item);
    binding["spec"] = json!({"azureIdentity": name, "selector": selector});
    [Step::Apply(identity), Step::Apply(binding)]
}

fn object(kind: &str, name: &str, item: &Value) -> Value {
    json!({
        "apiVersion": API_VERSION, "kind": kind,
        "metadata": {
            "name": name,
            "namespace": text(item, "/namespace"),
            "labels": {"kubernetes.azure.com/managedby": "aks"},
        },
    })
}

/// Carries the steps out through the attached Kubernetes API and then calls `finish`; at once when there is none or
/// nothing to do. The operation that is ending stays open until then.
pub(super) fn write(
    world: &mut World,
    cluster_id: &str,
    steps: Vec<Step>,
    finish: impl FnOnce(&mut World, &str, Result<(), String>) + Send + 'static,
) {
    if steps.is_empty() || world.cluster(cluster_id).is_none() {
        finish(world, cluster_id, Ok(()));
        return;
    }
    let operation = world.operations.hold_ending();
    let id = cluster_id.to_owned();
    world.effects.push(Effect {
        cluster_id: cluster_id.to_owned(),
        steps,
        done: Box::new(move |world, result| {
            finish(world, &id, result);
            if let Some(operation) = operation {
                world.release_operation(&operation);
            }
        }),
    });
}

/// Writes the objects of a cluster's profile again; for a Kubernetes API that is attached to a cluster in use.
pub fn synchronise(world: &mut World, cluster_id: &str) {
    let Some(cluster) = world.resources.get(cluster_id) else {
        return;
    };
    let steps = steps(&cluster.body, &Value::Null);
    if steps.is_empty() || world.cluster(cluster_id).is_none() {
        return;
    }
    world.effects.push(Effect {
        cluster_id: cluster_id.to_owned(),
        steps,
        done: Box::new(|_, result| {
            if let Err(message) = result {
                tracing::warn!(message, "objects of pod identities could not be written");
            }
        }),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_identity_is_two_objects() {
        let cluster = json!({"properties": {"podIdentityProfile": {"userAssignedIdentities": [
            {"name": "reader", "namespace": "billing", "bindingSelector": "pods", "provisioningState": "Assigned",
             "identity": {"resourceId": "/r", "clientId": "c"}},
            {"name": "old", "namespace": "billing", "provisioningState": "Deleting"},
        ]}}});
        let steps = steps(&cluster, &Value::Null);
        let Step::Delete(binding) = &steps[0] else {
            panic!("bindings go before identities")
        };
        assert_eq!(text(binding, "/metadata/name"), "old-binding");
        let Step::Apply(identity) = &steps[2] else {
            panic!("identities are written before bindings")
        };
        assert_eq!(
            identity["spec"],
            json!({"type": 0, "resourceID": "/r", "clientID": "c"})
        );
        let Step::Apply(binding) = &steps[3] else {
            panic!("each identity has a binding")
        };
        assert_eq!(
            binding["spec"],
            json!({"azureIdentity": "reader", "selector": "pods"})
        );
    }
}
