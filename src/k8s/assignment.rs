//! The controller's side of `AzureAssignedIdentity`: what it makes, changes and takes away.
//!
//! An object holds of the identity and the binding what its readers need and nothing more (aad-pod-identity copied both
//! whole, managed fields included). The pod owns it, so that it goes with the pod even when no controller runs; the
//! finalizer is the one that aad-pod-identity used, so that either controller can release objects of the other.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Client;
use kube::api::{Api, DeleteParams, ObjectMeta, Patch, PatchParams, PostParams, Preconditions};
use kube::core::metadata::TypeMeta;
use serde_json::{Value, json};

use super::FIELD_MANAGER;
use super::crd::{AssignmentState, AzureAssignedIdentity, GROUP, VERSION};
use super::error::{Error, Result};
use super::error_mapping::Explain;
use super::matching;
use super::operation::Operation;
use super::pod_identity::{BEHAVIOR_ANNOTATION, MANAGED_BY_LABEL, NAMESPACED};
use crate::domain::matching::{Binding, Identity, Key, Source};

const RESOURCE: &str = "azureassignedidentities.aadpodidentity.k8s.io";
/// aad-pod-identity's finalizer on every assigned identity.
pub const FINALIZER: &str = "azureassignedidentity.finalizers.aadpodidentity.k8s.io";
/// Label by which NMI finds those of its node.
pub const NODE_LABEL: &str = "nodename";
/// Longest message of a condition.
const LONGEST: usize = 1024;

/// One pod's use of one identity, as it is to be recorded.
#[derive(Debug, Clone)]
pub struct Assignment<'a> {
    /// Name of the object; its namespace is the pod's.
    pub name: &'a str,
    /// The pod.
    pub pod: &'a Key,
    /// Uid of the pod.
    pub uid: &'a str,
    /// The pod's node.
    pub node: &'a str,
    /// The identity.
    pub identity: &'a Identity,
    /// The binding that names it.
    pub binding: &'a Binding,
}

/// Where an assignment is, and why it is not further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// How far it is.
    pub state: AssignmentState,
    /// Why: a word such as `Pending` or ARM's code, and a sentence.
    pub reason: (String, String),
}

/// An object as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The object.
    pub key: Key,
    /// Its uid.
    pub uid: String,
    /// Its version, as far as it is a number that grows.
    pub version: u64,
    /// podid made it.
    pub own: bool,
    /// It is being deleted.
    pub deleting: bool,
    /// Who has to let it go.
    pub finalizers: Vec<String>,
    /// The pod.
    pub pod: Key,
    /// The node.
    pub node: String,
    /// The identity as it was copied.
    pub identity: Identity,
    /// The binding as it was copied.
    pub binding: Key,
    /// How far it is.
    pub state: AssignmentState,
    /// Why not further.
    pub reason: Option<String>,
}

impl From<AzureAssignedIdentity> for Recorded {
    fn from(object: AzureAssignedIdentity) -> Self {
        let state = object.state();
        let AzureAssignedIdentity {
            metadata,
            spec,
            status,
        } = object;
        let copy = spec.azure_identity_ref.unwrap_or_default();
        let binding = spec.azure_binding_ref.unwrap_or_default().metadata;
        let labels = metadata.labels.unwrap_or_default();
        let version = metadata.resource_version.unwrap_or_default();
        let of = Key::new(copy.metadata.namespace, copy.metadata.name);
        Self {
            key: Key::new(
                metadata.namespace.unwrap_or_default(),
                metadata.name.unwrap_or_default(),
            ),
            uid: metadata.uid.unwrap_or_default(),
            version: version.parse().unwrap_or_default(),
            own: labels.get(MANAGED_BY_LABEL).is_some_and(|by| by == "podid"),
            deleting: metadata.deletion_timestamp.is_some(),
            finalizers: metadata.finalizers.unwrap_or_default(),
            pod: Key::new(
                spec.pod_namespace.unwrap_or_default(),
                spec.pod.unwrap_or_default(),
            ),
            node: spec.node_name.unwrap_or_default(),
            identity: matching::identity(of, &copy.metadata.annotations, copy.spec),
            binding: Key::new(binding.namespace, binding.name),
            state,
            reason: status.and_then(|status| status.reason),
        }
    }
}

impl Recorded {
    /// The copy says what the identity says now.
    #[must_use]
    pub fn is_copy_of(&self, identity: &Identity) -> bool {
        let now = Identity {
            uid: String::new(),
            ..identity.clone()
        };
        self.identity == now
    }
}

impl Progress {
    fn status(&self) -> Value {
        let (reason, message) = &self.reason;
        let assigned = self.state == AssignmentState::Assigned;
        let message: String = message.chars().take(LONGEST).collect();
        json!({
            "status": self.state.word(),
            "availableReplicas": 1,
            "conditions": [{
                "type": "Assigned",
                "status": if assigned { "True" } else { "False" },
                "reason": reason,
                "message": message,
                "lastTransitionTime": jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            }],
        })
    }
}

impl Assignment<'_> {
    fn object(&self, progress: &Progress) -> Value {
        let metadata = ObjectMeta {
            name: Some(self.name.to_owned()),
            namespace: Some(self.pod.namespace.clone()),
            labels: Some(BTreeMap::from([
                (NODE_LABEL.to_owned(), self.node.to_owned()),
                (MANAGED_BY_LABEL.to_owned(), "podid".to_owned()),
            ])),
            finalizers: Some(vec![FINALIZER.to_owned()]),
            owner_references: Some(vec![OwnerReference {
                api_version: "v1".to_owned(),
                kind: "Pod".to_owned(),
                name: self.pod.name.clone(),
                uid: self.uid.to_owned(),
                ..OwnerReference::default()
            }]),
            ..ObjectMeta::default()
        };
        let TypeMeta { api_version, kind } = TypeMeta::resource::<AzureAssignedIdentity>();
        json!({
            "apiVersion": api_version,
            "kind": kind,
            "metadata": metadata,
            "spec": self.spec(),
            "status": progress.status(),
        })
    }

    fn spec(&self) -> Value {
        json!({
            "azureIdentityRef": identity_copy(self.identity),
            "azureBindingRef": binding_copy(self.binding),
            "pod": self.pod.name,
            "podNamespace": self.pod.namespace,
            "nodename": self.node,
        })
    }
}

fn identity_copy(identity: &Identity) -> Value {
    let kind = match identity.source {
        Source::Managed => 0,
        Source::Secret => 1,
        Source::Certificate => 2,
        Source::Unknown(other) => other,
    };
    let mut spec = json!({"type": kind});
    let texts = [
        ("resourceID", Some(&identity.resource_id)),
        ("clientID", Some(&identity.client_id)),
        ("tenantID", identity.tenant.as_ref()),
        ("adEndpoint", identity.authority.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            spec[name] = json!(text);
        }
    }
    if !identity.auxiliary_tenants.is_empty() {
        spec["auxiliaryTenantIDs"] = json!(identity.auxiliary_tenants);
    }
    if let Some(secret) = &identity.secret {
        spec["clientPassword"] = json!({"name": secret.name, "namespace": secret.namespace});
    }
    let mut copy = embedded("AzureIdentity", &identity.key, spec);
    if identity.namespaced {
        copy["metadata"]["annotations"] = json!({BEHAVIOR_ANNOTATION: NAMESPACED});
    }
    copy
}

fn binding_copy(binding: &Binding) -> Value {
    let spec = json!({"azureIdentity": binding.identity, "selector": binding.selector});
    embedded("AzureIdentityBinding", &binding.key, spec)
}

fn embedded(kind: &str, key: &Key, spec: Value) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "kind": kind,
        "metadata": {"name": key.name, "namespace": key.namespace},
        "spec": spec,
    })
}

fn api(client: &Client, namespace: &str) -> Api<AzureAssignedIdentity> {
    Api::namespaced(client.clone(), namespace)
}

fn operation(verb: &'static str, key: &Key) -> Operation {
    Operation::object(verb, RESOURCE, &key.namespace, &key.name)
}

/// Makes the object; one of this name that is there already is returned as it is.
///
/// # Errors
/// The namespace goes away, a permission is missing, or the API server does not answer.
pub async fn create(
    client: &Client,
    assignment: &Assignment<'_>,
    progress: &Progress,
) -> Result<AzureAssignedIdentity> {
    let key = Key::new(&assignment.pod.namespace, assignment.name);
    let api = api(client, &key.namespace);
    let object = serde_json::from_value(assignment.object(progress));
    let object: kube::api::DynamicObject = object.map_err(|error| Error::Protocol {
        operation: operation("create", &key),
        message: error.to_string(),
    })?;
    let dynamic: Api<kube::api::DynamicObject> = Api::namespaced_with(
        client.clone(),
        &key.namespace,
        &kube::api::ApiResource::erase::<AzureAssignedIdentity>(&()),
    );
    let params = PostParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    };
    match dynamic.create(&params, &object).await {
        Err(kube::Error::Api(status)) if status.code == 409 => {
            api.get(&key.name).await.explain(|| operation("get", &key))
        }
        Ok(made) => made.try_parse().map_err(|error| Error::Protocol {
            operation: operation("create", &key),
            message: error.to_string(),
        }),
        Err(error) => Err(error).explain(|| operation("create", &key)),
    }
}

/// Writes what the object says, its content included; `None` when it is gone.
///
/// # Errors
/// A permission is missing, or the API server does not answer.
pub async fn rewrite(
    client: &Client,
    key: &Key,
    assignment: &Assignment<'_>,
    progress: &Progress,
) -> Result<Option<AzureAssignedIdentity>> {
    let patch = json!({
        "metadata": {"labels": {NODE_LABEL: assignment.node}},
        "spec": assignment.spec(),
        "status": progress.status(),
    });
    merge(client, key, patch).await
}

/// Writes how far the assignment is; `None` when the object is gone.
///
/// # Errors
/// A permission is missing, or the API server does not answer.
pub async fn progress(
    client: &Client,
    key: &Key,
    progress: &Progress,
) -> Result<Option<AzureAssignedIdentity>> {
    merge(client, key, json!({"status": progress.status()})).await
}

/// Lets the object go: it says `Unassigned` and nothing holds it any more; `None` when it is gone.
///
/// # Errors
/// A permission is missing, or the API server does not answer.
pub async fn release(
    client: &Client,
    key: &Key,
    uid: &str,
    finalizers: &[String],
) -> Result<Option<AzureAssignedIdentity>> {
    let kept: Vec<&String> = finalizers.iter().filter(|own| *own != FINALIZER).collect();
    let patch = json!({
        "metadata": {"uid": uid, "finalizers": kept},
        "status": {"status": AssignmentState::Unassigned.word()},
    });
    merge(client, key, patch).await
}

/// Deletes the object of this uid.
///
/// # Errors
/// A permission is missing, or the API server does not answer.
pub async fn delete(client: &Client, key: &Key, uid: &str) -> Result<()> {
    let exactly = Preconditions {
        uid: Some(uid.to_owned()),
        resource_version: None,
    };
    let params = DeleteParams::background().preconditions(exactly);
    let deleted = api(client, &key.namespace).delete(&key.name, &params).await;
    match deleted.explain(|| operation("delete", key)) {
        // A conflict: another object of the name, made since.
        Ok(_)
        | Err(Error::NotFound { .. } | Error::NamespaceNotFound { .. } | Error::Conflict { .. }) => {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

async fn merge(client: &Client, key: &Key, patch: Value) -> Result<Option<AzureAssignedIdentity>> {
    let params = PatchParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    let patched = api(client, &key.namespace)
        .patch(&key.name, &params, &Patch::Merge(patch))
        .await;
    match patched.explain(|| operation("patch", key)) {
        Ok(object) => Ok(Some(object)),
        Err(Error::NotFound { .. } | Error::NamespaceNotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
