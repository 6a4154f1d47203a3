//! Objects as files of other tools hold them: without podid's label, so that podid does not take
//! them for its own.

use serde_json::{Value, json};

use super::binding::WantedBinding;
use super::identity::{self, WantedIdentity};
use crate::k8s::crd::{GROUP, VERSION};

/// The `AzureIdentity`.
#[must_use]
pub fn identity_manifest(wanted: &WantedIdentity) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "kind": "AzureIdentity",
        "metadata": {
            "name": wanted.name,
            "namespace": wanted.namespace,
            "annotations": identity::annotations(wanted),
        },
        "spec": identity::spec(wanted),
    })
}

/// The `AzureIdentityBinding`.
#[must_use]
pub fn binding_manifest(wanted: &WantedBinding) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/{VERSION}"),
        "kind": "AzureIdentityBinding",
        "metadata": {"name": wanted.name, "namespace": wanted.namespace},
        "spec": {"azureIdentity": wanted.identity_name, "selector": wanted.selector},
    })
}
