//! `AzurePodIdentityException`: pods whose requests NMI passes through to IMDS.

use std::collections::BTreeMap;

use kube::CustomResource;
use serde::{Deserialize, Deserializer, Serialize};

use super::casing::Fields;

/// What an `AzurePodIdentityException` says.
#[derive(CustomResource, Serialize, Clone, Debug, Default, PartialEq, Eq)]
#[kube(
    group = "aadpodidentity.k8s.io",
    version = "v1",
    kind = "AzurePodIdentityException",
    plural = "azurepodidentityexceptions",
    singular = "azurepodidentityexception",
    namespaced,
    schema = "disabled",
    derive = "PartialEq"
)]
#[serde(rename_all = "camelCase")]
pub struct AzurePodIdentityExceptionSpec {
    /// Labels of the pods in the exception's own namespace; one that matches is enough.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub pod_labels: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for AzurePodIdentityExceptionSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            pod_labels: Fields::read(deserializer)?.map("podLabels"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::AzurePodIdentityException;
    use serde_json::{Value, json};

    fn labels(spec: Value) -> Vec<(String, String)> {
        let object = json!({"metadata": {"name": "e"}, "spec": spec});
        let exception: AzurePodIdentityException = serde_json::from_value(object).unwrap();
        exception.spec.pod_labels.into_iter().collect()
    }

    #[test]
    fn null_labels_are_none() {
        assert!(labels(json!({"podLabels": null})).is_empty());
        assert!(labels(json!({})).is_empty());
    }

    #[test]
    fn any_case_of_the_field_is_read() {
        let expected = [("app".to_owned(), "mic".to_owned())];
        assert_eq!(labels(json!({"podLabels": {"app": "mic"}})), expected);
        assert_eq!(labels(json!({"PodLabels": {"app": "mic"}})), expected);
    }
}
