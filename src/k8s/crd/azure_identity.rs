//! `AzureIdentity`: a managed identity, or a service principal, that pods may use.

use kube::CustomResource;
use serde::{Deserialize, Deserializer, Serialize};

use super::casing::Fields;

/// What an `AzureIdentity` says.
#[derive(CustomResource, Serialize, Clone, Debug, Default, PartialEq)]
#[kube(
    group = "aadpodidentity.k8s.io",
    version = "v1",
    kind = "AzureIdentity",
    plural = "azureidentities",
    singular = "azureidentity",
    namespaced,
    schema = "disabled",
    derive = "PartialEq"
)]
#[serde(rename_all = "camelCase")]
pub struct AzureIdentitySpec {
    /// 0 user-assigned managed identity, 1 service principal with a secret, 2 with a certificate.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<i64>,
    /// ARM resource id of the managed identity.
    #[serde(rename = "resourceID", skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Client id of the identity.
    #[serde(rename = "clientID", skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Where the secret or certificate of a service principal is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_password: Option<SecretReference>,
    /// Tenant of a service principal.
    #[serde(rename = "tenantID", skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// More tenants that a service principal may ask tokens for.
    #[serde(rename = "auxiliaryTenantIDs", skip_serializing_if = "Vec::is_empty")]
    pub auxiliary_tenant_ids: Vec<String>,
    /// Resource of old versions; NMI does not read it.
    #[serde(rename = "adResourceID", skip_serializing_if = "Option::is_none")]
    pub ad_resource_id: Option<String>,
    /// Authority for a service principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad_endpoint: Option<String>,
    /// Not used by any component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i64>,
}

impl<'de> Deserialize<'de> for AzureIdentitySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            kind: fields.integer("type"),
            resource_id: fields.text("resourceID"),
            client_id: fields.text("clientID"),
            client_password: fields.object("clientPassword"),
            tenant_id: fields.text("tenantID"),
            auxiliary_tenant_ids: fields.texts("auxiliaryTenantIDs"),
            ad_resource_id: fields.text("adResourceID"),
            ad_endpoint: fields.text("adEndpoint"),
            replicas: fields.integer("replicas"),
        })
    }
}

/// A secret by name and namespace.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretReference {
    /// Name of the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Namespace of the secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

impl<'de> Deserialize<'de> for SecretReference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::read(deserializer)?;
        Ok(Self {
            name: fields.text("name"),
            namespace: fields.text("namespace"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{AzureIdentity, AzureIdentitySpec};
    use serde_json::{Value, json};

    fn read(spec: Value) -> AzureIdentitySpec {
        let object = json!({"metadata": {"name": "reader", "namespace": "billing"}, "spec": spec});
        serde_json::from_value::<AzureIdentity>(object)
            .unwrap()
            .spec
    }

    #[test]
    fn any_case_of_a_field_is_read() {
        let canonical = read(
            json!({"type": 0, "resourceID": "/r", "clientID": "c", "tenantID": "t",
            "clientPassword": {"name": "n", "namespace": "s"}}),
        );
        let capital = read(
            json!({"Type": 0, "ResourceID": "/r", "ClientID": "c", "TenantID": "t",
            "ClientPassword": {"Name": "n", "Namespace": "s"}}),
        );
        let lower = read(
            json!({"type": "0", "resourceid": "/r", "clientid": "c", "tenantid": "t",
            "clientpassword": {"name": "n", "namespace": "s"}}),
        );
        assert_eq!(canonical.resource_id.as_deref(), Some("/r"));
        assert_eq!(canonical, capital);
        assert_eq!(canonical, lower);
    }

    #[test]
    fn the_exact_name_wins() {
        let spec = read(json!({"ClientID": "old", "clientID": "new", "clientid": "older"}));
        assert_eq!(spec.client_id.as_deref(), Some("new"));
    }

    #[test]
    fn nothing_is_required() {
        let empty = AzureIdentitySpec::default();
        assert_eq!(read(json!({})), empty);
        assert_eq!(read(Value::Null), empty);
        let bare: AzureIdentity =
            serde_json::from_value(json!({"metadata": {"name": "a"}})).unwrap();
        assert_eq!(bare.spec, empty);
        let odd = read(
            json!({"metadata": {"creationTimestamp": null}, "auxiliaryTenantIDs": null, "clientID": 3}),
        );
        assert_eq!(odd, empty);
    }

    #[test]
    fn canonical_names_are_written() {
        let spec = read(json!({"ClientID": "c", "resourceid": "/r", "adendpoint": "https://e"}));
        let written = serde_json::to_value(&spec).unwrap();
        assert_eq!(
            written,
            json!({"clientID": "c", "resourceID": "/r", "adEndpoint": "https://e"})
        );
    }
}
