//! `AzureIdentityBinding`: which pods may use an identity of the same namespace.

use kube::CustomResource;
use serde::{Deserialize, Deserializer, Serialize};

use super::casing::Fields;

/// What an `AzureIdentityBinding` says.
#[derive(CustomResource, Serialize, Clone, Debug, Default, PartialEq, Eq)]
#[kube(
    group = "aadpodidentity.k8s.io",
    version = "v1",
    kind = "AzureIdentityBinding",
    plural = "azureidentitybindings",
    singular = "azureidentitybinding",
    namespaced,
    schema = "disabled",
    derive = "PartialEq"
)]
#[serde(rename_all = "camelCase")]
pub struct AzureIdentityBindingSpec {
    /// Name of an `AzureIdentity` in the binding's own namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub azure_identity: Option<String>,
    /// Value of the pods' label `aadpodidbinding`, compared exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// Not read by any component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
}

impl<'de> Deserialize<'de> for AzureIdentityBindingSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            azure_identity: fields.text("azureIdentity"),
            selector: fields.text("selector"),
            weight: fields.integer("weight"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::AzureIdentityBinding;
    use serde_json::json;

    #[test]
    fn any_case_of_a_field_is_read() {
        for (identity, selector) in [
            ("azureIdentity", "selector"),
            ("AzureIdentity", "Selector"),
            ("azureidentity", "selector"),
        ] {
            let object = json!({"metadata": {"name": "b"}, "spec": {identity: "reader", selector: "reader-pods"}});
            let binding: AzureIdentityBinding = serde_json::from_value(object).unwrap();
            assert_eq!(binding.spec.azure_identity.as_deref(), Some("reader"));
            assert_eq!(binding.spec.selector.as_deref(), Some("reader-pods"));
        }
    }
}
