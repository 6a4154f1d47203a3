//! The manifests of the four CustomResourceDefinitions.
//!
//! They accept every object that upstream's manifests accept and make sense, and add what upstream left
//! out: bounds of `type`, the shape of resource ids, client ids and label values. Nothing is required,
//! as nothing was: a service principal has no resource id, an old object may lack anything.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use serde_json::{Value, json};

use super::{GROUP, VERSION};

/// Annotation that holds the revision of podid's manifests.
pub const REVISION_ANNOTATION: &str = "podid.dev/crd-revision";

/// Revision of the manifests in this build; counts up with every change of them.
pub const REVISION: u32 = 2;

/// Mandatory for groups under `k8s.io`; upstream's value.
const API_APPROVED: &str = "api-approved.kubernetes.io";

const GUID: (&str, &str) = (
    "^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})?$",
    "expected a GUID",
);

const IDENTITY_ID: (&str, &str) = (
    "^((?i)/subscriptions/[^/]+/resourcegroups/[^/]+/providers/\
     microsoft\\.managedidentity/userassignedidentities/[^/]+)?$",
    "expected /subscriptions/.../resourceGroups/.../providers/Microsoft.ManagedIdentity/userAssignedIdentities/...",
);

const SELECTOR: (&str, &str) = (
    LABEL_VALUE,
    "expected the value of a label: letters, digits, '-', '_' and '.', a letter or digit at both ends",
);

const LABEL_VALUE: &str = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

/// One resource: its names, schema and columns.
struct Resource {
    kind: &'static str,
    plural: &'static str,
    singular: &'static str,
    summary: &'static str,
    spec: Value,
    status: Value,
    columns: Value,
}

/// Builds the four CustomResourceDefinitions that podid installs.
///
/// # Panics
/// Never: a test builds them all.
#[must_use]
pub fn manifests() -> Vec<CustomResourceDefinition> {
    values()
        .into_iter()
        .map(|value| serde_json::from_value(value).expect("the manifests are constant and tested"))
        .collect()
}

/// Builds the same manifests as YAML, each with its file name.
///
/// # Panics
/// Never: a test builds them all.
#[must_use]
pub fn documents() -> Vec<(String, String)> {
    values()
        .into_iter()
        .map(|value| {
            let plural = value["spec"]["names"]["plural"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let yaml =
                serde_saphyr::to_string(&value).expect("the manifests are constant and tested");
            (format!("{plural}.yaml"), yaml)
        })
        .collect()
}

fn values() -> Vec<Value> {
    [identity(), binding(), assigned(), exception()]
        .map(manifest)
        .into()
}

fn manifest(resource: Resource) -> Value {
    let Resource {
        kind,
        plural,
        singular,
        summary,
        spec,
        status,
        columns,
    } = resource;
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": format!("{plural}.{GROUP}"),
            "annotations": {
                API_APPROVED: "unapproved",
                REVISION_ANNOTATION: REVISION.to_string(),
            },
            "labels": {"app.kubernetes.io/managed-by": "podid"},
        },
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": kind, "listKind": format!("{kind}List"), "plural": plural, "singular": singular},
            "versions": [{
                "name": VERSION,
                "served": true,
                "storage": true,
                "additionalPrinterColumns": columns,
                "schema": {"openAPIV3Schema": {
                    "description": summary,
                    "type": "object",
                    "properties": {
                        "apiVersion": {"type": "string"},
                        "kind": {"type": "string"},
                        "metadata": {"type": "object"},
                        "spec": {"type": "object", "properties": spec},
                        "status": {"type": "object", "properties": status},
                    },
                }},
            }],
        },
    })
}

/// Upstream's components embed an ObjectMeta in `spec` and `status` by accident; it is taken and ignored.
fn stray_metadata() -> Value {
    json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true})
}

fn text(description: &str, longest: u32) -> Value {
    json!({"description": description, "type": "string", "maxLength": longest})
}

fn pattern(description: &str, pattern: &str, longest: u32) -> Value {
    json!({"description": description, "type": "string", "maxLength": longest, "pattern": pattern})
}

/// A text that fits a regular expression, checked by CEL: unlike `pattern` it says what is expected.
fn fitting(description: &str, (expression, expected): (&str, &str), longest: u32) -> Value {
    json!({
        "description": description, "type": "string", "maxLength": longest,
        "x-kubernetes-validations": [{
            "rule": format!("self.matches(r'{expression}')"),
            "message": expected,
        }],
    })
}

fn unused() -> Value {
    json!({"description": "Not used.", "type": "integer", "format": "int32", "nullable": true})
}

fn replicas_status() -> Value {
    json!({
        "metadata": stray_metadata(),
        "availableReplicas": {"type": "integer", "format": "int32"},
    })
}

/// Why something is as it is; read by people, written by podid-mic.
fn conditions() -> Value {
    let word = json!({"type": "string", "maxLength": 316});
    json!({
        "description": "How far podid-mic is, and why not further.",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["type", "status"],
            "properties": {
                "type": word,
                "status": {"type": "string", "enum": ["True", "False", "Unknown"]},
                "reason": {"type": "string", "maxLength": 1024},
                "message": {"type": "string", "maxLength": 32768},
                "lastTransitionTime": {"type": "string", "format": "date-time"},
            },
        },
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
    })
}

fn column(name: &str, path: &str, kind: &str, priority: u32) -> Value {
    json!({"name": name, "jsonPath": path, "type": kind, "priority": priority})
}

fn age() -> Value {
    column("Age", ".metadata.creationTimestamp", "date", 0)
}

fn identity() -> Resource {
    Resource {
        kind: "AzureIdentity",
        plural: "azureidentities",
        singular: "azureidentity",
        summary: "A managed identity, or a service principal, that pods may use.",
        spec: json!({
            "metadata": stray_metadata(),
            "type": {
                "description": "0 user-assigned managed identity, 1 service principal with a secret, 2 with a certificate.",
                "type": "integer", "enum": [0, 1, 2],
            },
            "resourceID": fitting("Resource id of the user-assigned managed identity.", IDENTITY_ID, 1024),
            "clientID": fitting("Client id of the identity.", GUID, 36),
            "clientPassword": {
                "description": "Secret that holds the password or certificate of a service principal.",
                "type": "object",
                "properties": {
                    "name": text("Name of the secret.", 253),
                    "namespace": text("Namespace of the secret.", 253),
                },
            },
            "tenantID": text("Tenant of a service principal.", 253),
            "auxiliaryTenantIDs": {
                "description": "More tenants that a service principal may ask tokens for.",
                "type": "array", "items": {"type": "string"}, "nullable": true,
            },
            "adResourceID": text("Not used.", 2048),
            "adEndpoint": text("Authority that a service principal asks.", 2048),
            "replicas": unused(),
        }),
        status: replicas_status(),
        columns: json!([
            column("Type", ".spec.type", "integer", 0),
            column("ClientID", ".spec.clientID", "string", 0),
            column("ResourceID", ".spec.resourceID", "string", 1),
            age(),
        ]),
    }
}

fn binding() -> Resource {
    Resource {
        kind: "AzureIdentityBinding",
        plural: "azureidentitybindings",
        singular: "azureidentitybinding",
        summary: "Which pods may use an AzureIdentity of the same namespace.",
        spec: json!({
            "metadata": stray_metadata(),
            "azureIdentity": text("Name of an AzureIdentity in the same namespace.", 253),
            "selector": fitting("Value of the pods' label aadpodidbinding, compared exactly.", SELECTOR, 63),
            "weight": {"description": "Not used.", "type": "integer"},
        }),
        status: replicas_status(),
        columns: json!([
            column("AzureIdentity", ".spec.azureIdentity", "string", 0),
            column("Selector", ".spec.selector", "string", 0),
            age(),
        ]),
    }
}

fn assigned() -> Resource {
    let copy = |of: &str| {
        json!({
            "description": format!("Copy of the {of} as it was when it was assigned."),
            "type": "object",
            "x-kubernetes-embedded-resource": true,
            "x-kubernetes-preserve-unknown-fields": true,
        })
    };
    Resource {
        kind: "AzureAssignedIdentity",
        plural: "azureassignedidentities",
        singular: "azureassignedidentity",
        summary: "MIC's record that one pod uses one identity on one node.",
        spec: json!({
            "metadata": stray_metadata(),
            "azureIdentityRef": copy("AzureIdentity"),
            "azureBindingRef": copy("AzureIdentityBinding"),
            "pod": text("Name of the pod.", 253),
            "podNamespace": text("Namespace of the pod.", 63),
            "nodename": text("Name of the pod's node.", 253),
            "replicas": unused(),
        }),
        status: json!({
            "metadata": stray_metadata(),
            "status": text("Created, Assigned or Unassigned.", 63),
            "availableReplicas": {"type": "integer", "format": "int32"},
            "conditions": conditions(),
        }),
        columns: json!([
            column("Pod", ".spec.pod", "string", 0),
            column("PodNamespace", ".spec.podNamespace", "string", 0),
            column("Node", ".spec.nodename", "string", 0),
            column("Status", ".status.status", "string", 0),
            column("Reason", ".status.conditions[0].reason", "string", 1),
            column(
                "ResourceID",
                ".spec.azureIdentityRef.spec.resourceID",
                "string",
                1
            ),
            age(),
        ]),
    }
}

fn exception() -> Resource {
    Resource {
        kind: "AzurePodIdentityException",
        plural: "azurepodidentityexceptions",
        singular: "azurepodidentityexception",
        summary: "Pods of the same namespace whose requests NMI passes through to IMDS.",
        spec: json!({
            "metadata": stray_metadata(),
            "podLabels": {
                "description": "Labels of the pods; one that matches is enough.",
                "type": "object",
                "additionalProperties": pattern("Value of the label.", LABEL_VALUE, 63),
                "nullable": true,
            },
        }),
        status: json!({
            "metadata": stray_metadata(),
            "status": {"type": "string"},
        }),
        columns: json!([age()]),
    }
}

#[cfg(test)]
mod tests {
    use super::{documents, manifests};

    #[test]
    fn each_manifest_names_itself_after_its_plural() {
        let names: Vec<String> = manifests()
            .into_iter()
            .filter_map(|crd| crd.metadata.name)
            .collect();
        assert_eq!(
            names,
            [
                "azureidentities.aadpodidentity.k8s.io",
                "azureidentitybindings.aadpodidentity.k8s.io",
                "azureassignedidentities.aadpodidentity.k8s.io",
                "azurepodidentityexceptions.aadpodidentity.k8s.io",
            ]
        );
    }

    #[test]
    fn typed_manifests_lose_nothing() {
        let typed: Vec<_> = manifests()
            .iter()
            .map(|crd| serde_json::to_value(crd).unwrap())
            .collect();
        assert_eq!(typed, super::values());
    }

    /// `PODID_BLESS=1` rewrites the files.
    #[test]
    fn the_committed_manifests_are_current() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/crds");
        for (name, yaml) in documents() {
            let path = folder.join(name);
            if std::env::var_os("PODID_BLESS").is_some() {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, &yaml).unwrap();
            }
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(committed, yaml, "{}", path.display());
        }
    }

    #[test]
    fn yaml_reads_back_as_the_manifest() {
        for ((_, yaml), value) in documents().into_iter().zip(super::values()) {
            let back: serde_json::Value = serde_saphyr::from_str(&yaml).unwrap();
            assert_eq!(back, value);
        }
    }
}
