//! The two ways to write an object: server-side apply, and deletion under a condition.

use std::collections::BTreeMap;
use std::fmt::Debug;

use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::MANAGED_BY_LABEL;
use super::ownership::{ASSIGNED_SCALE_SETS, RELEASING};
use crate::k8s::FIELD_MANAGER;
use crate::k8s::crd::{GROUP, VERSION};
use crate::k8s::error::{Error, Result};
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;

/// How to apply an object.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApplyOptions {
    /// Let the server validate and answer; change nothing.
    pub dry_run: bool,
    /// Take fields over from other field managers.
    pub force: bool,
}

/// The object as it must still be; anything else is a conflict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Same object, not one of the same name made later.
    pub uid: Option<String>,
    /// Same content.
    pub resource_version: Option<String>,
}

impl Expected {
    /// This object, as it was read.
    #[must_use]
    pub fn exactly(uid: &str, resource_version: &str) -> Self {
        Self {
            uid: Some(uid.to_owned()),
            resource_version: Some(resource_version.to_owned()),
        }
    }

    /// This object, whatever changed since it was read.
    #[must_use]
    pub fn same(uid: &str) -> Self {
        Self {
            uid: Some(uid.to_owned()),
            resource_version: None,
        }
    }

    /// That there is no such object: an apply then makes it or is a conflict.
    ///
    /// No object has this resource version, and an apply that finds none makes one whatever version
    /// it names.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            uid: None,
            resource_version: Some("1".to_owned()),
        }
    }
}

/// What identifies and decorates an object to be applied.
pub(super) struct Document<'a> {
    pub(super) kind: &'static str,
    pub(super) resource: &'static str,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) labels: &'a BTreeMap<String, String>,
    pub(super) annotations: &'a BTreeMap<String, String>,
    pub(super) expected: &'a Expected,
    pub(super) spec: Value,
}

impl Document<'_> {
    fn json(&self) -> Value {
        let mut labels = self.labels.clone();
        labels.insert(MANAGED_BY_LABEL.to_owned(), "podid".to_owned());
        let annotations: BTreeMap<_, _> = self
            .annotations
            .iter()
            // These belong to compare-and-swap patches; an apply would overwrite them unseen.
            .filter(|(key, _)| ![ASSIGNED_SCALE_SETS, RELEASING].contains(&key.as_str()))
            .collect();
        let mut metadata = json!({
            "name": self.name,
            "namespace": self.namespace,
            "labels": labels,
        });
        if !annotations.is_empty() {
            metadata["annotations"] = json!(annotations);
        }
        if let Some(version) = &self.expected.resource_version {
            metadata["resourceVersion"] = json!(version);
        }
        // With the version alone, an apply would make an object that was deleted meanwhile again.
        if let Some(uid) = &self.expected.uid {
            metadata["uid"] = json!(uid);
        }
        json!({
            "apiVersion": format!("{GROUP}/{VERSION}"),
            "kind": self.kind,
            "metadata": metadata,
            "spec": self.spec,
        })
    }
}

/// Applies a document as podid.
pub(super) async fn apply<K>(
    api: &Api<K>,
    document: &Document<'_>,
    options: ApplyOptions,
) -> Result<K>
where
    K: Clone + DeserializeOwned + Debug,
{
    let mut params = PatchParams::apply(FIELD_MANAGER);
    params.dry_run = options.dry_run;
    params.force = options.force;
    api.patch(document.name, &params, &Patch::Apply(document.json()))
        .await
        .explain(|| {
            Operation::object(
                "patch",
                document.resource,
                document.namespace,
                document.name,
            )
        })
}

/// Deletes an object if it is as expected; false when there is none.
pub(super) async fn delete<K>(
    api: &Api<K>,
    resource: &str,
    namespace: &str,
    name: &str,
    expected: &Expected,
) -> Result<bool>
where
    K: Clone + DeserializeOwned + Debug,
{
    let preconditions = Preconditions {
        uid: expected.uid.clone(),
        resource_version: expected.resource_version.clone(),
    };
    let mut params = DeleteParams::background();
    if preconditions != Preconditions::default() {
        params = params.preconditions(preconditions);
    }
    let deleted = api
        .delete(name, &params)
        .await
        .explain(|| Operation::object("delete", resource, namespace, name));
    match deleted {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. } | Error::NamespaceNotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
