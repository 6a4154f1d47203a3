//! The schemas: they take what upstream's objects hold, and refuse nonsense.

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, PostParams};
use podid::k8s::crd::AssignmentState;
use podid::k8s::pod_identity::{
    IdentityKind, list_assigned, list_bindings, list_exceptions, list_identities,
};
use serde_json::{Value, json};

use crate::server;

fn api(client: &Client, kind: &str, plural: &str, namespace: &str) -> Api<DynamicObject> {
    let resource = ApiResource {
        group: "aadpodidentity.k8s.io".to_owned(),
        version: "v1".to_owned(),
        api_version: "aadpodidentity.k8s.io/v1".to_owned(),
        kind: kind.to_owned(),
        plural: plural.to_owned(),
    };
    Api::namespaced_with(client.clone(), namespace, &resource)
}

async fn create(
    client: &Client,
    namespace: &str,
    plural: &str,
    object: Value,
) -> kube::Result<DynamicObject> {
    let kind = object["kind"].as_str().unwrap().to_owned();
    let mut object: DynamicObject = serde_json::from_value(object).unwrap();
    object.metadata.namespace = Some(namespace.to_owned());
    api(client, &kind, plural, namespace)
        .create(&PostParams::default(), &object)
        .await
}

const RESOURCE_ID: &str = "/subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader";

fn upstream_identity() -> Value {
    json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
        "metadata": {"name": "reader", "creationTimestamp": null,
            "annotations": {"aadpodidentity.k8s.io/Behavior": "namespaced"}},
        "spec": {"type": 0, "resourceID": RESOURCE_ID, "clientID": "11111111-2222-3333-4444-555555555555",
            "clientPassword": {}, "auxiliaryTenantIDs": null, "replicas": null,
            "metadata": {"creationTimestamp": null}},
        "status": {"metadata": {"creationTimestamp": null}, "availableReplicas": 0},
    })
}

fn upstream_binding() -> Value {
    json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentityBinding",
        "metadata": {"name": "reader-binding"},
        "spec": {"azureIdentity": "reader", "selector": "reader", "weight": 0,
            "metadata": {"creationTimestamp": null}},
        "status": {"availableReplicas": 0, "metadata": {"creationTimestamp": null}},
    })
}

/// As MIC writes it: with complete copies of the two objects.
fn upstream_assigned() -> Value {
    let mut copy = upstream_identity();
    copy["metadata"]["namespace"] = json!("shop");
    copy["metadata"]["managedFields"] =
        json!([{"manager": "kubectl", "operation": "Update", "time": "2023-01-01T00:00:00Z"}]);
    json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureAssignedIdentity",
        "metadata": {"name": "web-0-shop-reader", "labels": {"nodename": "aks-1"}},
        "spec": {"azureIdentityRef": copy, "azureBindingRef": upstream_binding(), "pod": "web-0",
            "podNamespace": "shop", "nodename": "aks-1", "replicas": null,
            "metadata": {"creationTimestamp": null}},
        "status": {"status": "Assigned", "availableReplicas": 1, "metadata": {"creationTimestamp": null}},
    })
}

#[tokio::test]
async fn identities_of_upstream_are_accepted() {
    let namespace = "upstream-identities";
    let client = server::client_in(namespace).await;
    let principal = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
        "metadata": {"name": "principal"},
        "spec": {"type": 1, "tenantID": "contoso.onmicrosoft.com", "clientID": "", "resourceID": "",
            "clientPassword": {"name": "secret", "namespace": "default"}, "adEndpoint": "https://login.example"},
    });
    let bare = json!({"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity", "metadata": {"name": "bare"}});
    for object in [upstream_identity(), principal, bare] {
        create(&client, namespace, "azureidentities", object)
            .await
            .unwrap();
    }
    let identities = list_identities(&client, Some(namespace)).await.unwrap();
    let read: Vec<_> = identities
        .iter()
        .map(|identity| {
            (
                identity.name.as_str(),
                identity.kind,
                identity.resource_id.as_str(),
            )
        })
        .collect();
    let expected = [
        ("bare", IdentityKind::ManagedIdentity, ""),
        ("principal", IdentityKind::ServicePrincipal, ""),
        ("reader", IdentityKind::ManagedIdentity, RESOURCE_ID),
    ];
    assert_eq!(read, expected);
    assert!(identities[2].is_namespaced() && !identities[1].is_namespaced());
    assert_eq!(
        identities[1].tenant_id.as_deref(),
        Some("contoso.onmicrosoft.com")
    );
}

#[tokio::test]
async fn other_objects_of_upstream_are_accepted() {
    let namespace = "upstream-objects";
    let client = server::client_in(namespace).await;
    create(
        &client,
        namespace,
        "azureidentitybindings",
        upstream_binding(),
    )
    .await
    .unwrap();
    create(
        &client,
        namespace,
        "azureassignedidentities",
        upstream_assigned(),
    )
    .await
    .unwrap();
    for (name, labels) in [
        ("mic", json!({"app": "mic", "component": "mic"})),
        ("none", Value::Null),
    ] {
        let exception = json!({
            "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzurePodIdentityException",
            "metadata": {"name": name}, "spec": {"podLabels": labels},
        });
        create(&client, namespace, "azurepodidentityexceptions", exception)
            .await
            .unwrap();
    }

    let bindings = list_bindings(&client, Some(namespace)).await.unwrap();
    assert_eq!(
        (
            bindings[0].identity_name.as_str(),
            bindings[0].selector.as_str()
        ),
        ("reader", "reader")
    );
    let assigned = list_assigned(&client).await.unwrap();
    let assigned = assigned
        .iter()
        .find(|assigned| assigned.namespace == namespace)
        .unwrap();
    assert_eq!(
        (assigned.identity_namespace.as_str(), assigned.node.as_str()),
        ("shop", "aks-1")
    );
    assert_eq!(assigned.resource_id, RESOURCE_ID);
    assert_eq!(assigned.state, AssignmentState::Assigned);
    let exceptions = list_exceptions(&client, Some(namespace)).await.unwrap();
    let counts: Vec<_> = exceptions
        .iter()
        .map(|exception| exception.pod_labels.len())
        .collect();
    assert_eq!(counts, [2, 0]);
}

#[tokio::test]
async fn nonsense_is_refused_by_the_server() {
    let client = server::client_in("nonsense").await;
    for (field, value) in [
        ("type", json!(3)),
        ("type", json!("0")),
        ("resourceID", json!("reader")),
        (
            "resourceID",
            json!(
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a"
            ),
        ),
        ("clientID", json!("not-a-guid")),
    ] {
        let mut identity = upstream_identity();
        identity["spec"][field] = value;
        let error = create(&client, "nonsense", "azureidentities", identity)
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains(&format!("spec.{field}")),
            "{error}"
        );
        let said = error.to_string();
        assert!(field == "type" || said.contains("expected "), "{said}");
    }
    let binding = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentityBinding",
        "metadata": {"name": "b"}, "spec": {"azureIdentity": "reader", "selector": "a b"},
    });
    let error = create(&client, "nonsense", "azureidentitybindings", binding)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("spec.selector"), "{error}");
}
