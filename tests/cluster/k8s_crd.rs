//! CRDs: installing, not downgrading, and accepting what upstream accepts.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use podid::k8s::crd::definition::{REVISION, REVISION_ANNOTATION};
use podid::k8s::crd::{InstallAction, InstallOptions, check, install, manifests};
use podid::k8s::pod_identity::{
    ApplyOptions, WantedIdentity, apply_identity, get_identity, list_assigned, list_bindings,
    list_exceptions, list_identities,
};
use serde_json::{Value, json};

use crate::server;

const IDENTITIES: &str = "azureidentities.aadpodidentity.k8s.io";
const EXCEPTIONS: &str = "azurepodidentityexceptions.aadpodidentity.k8s.io";

fn crds(client: &Client) -> Api<CustomResourceDefinition> {
    Api::all(client.clone())
}

async fn actions(client: &Client, options: InstallOptions) -> Vec<InstallAction> {
    let outcomes = install(client, &options).await.unwrap();
    let names: Vec<_> = outcomes
        .iter()
        .map(|outcome| outcome.name.clone())
        .collect();
    let expected: Vec<_> = manifests()
        .into_iter()
        .filter_map(|crd| crd.metadata.name)
        .collect();
    assert_eq!(names, expected);
    outcomes.into_iter().map(|outcome| outcome.action).collect()
}

/// The content of a CRD, without what the server adds to metadata.
async fn content(client: &Client, name: &str) -> Value {
    let crd = crds(client).get(name).await.unwrap();
    json!({"spec": crd.spec, "annotations": crd.metadata.annotations})
}

/// A CRD as upstream ships it: same names, looser schema, made by kubectl.
async fn create_as_upstream(client: &Client) {
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": EXCEPTIONS, "annotations": {"api-approved.kubernetes.io": "unapproved"}},
        "spec": {
            "group": "aadpodidentity.k8s.io", "scope": "Namespaced",
            "names": {"kind": "AzurePodIdentityException", "listKind": "AzurePodIdentityExceptionList",
                "plural": "azurepodidentityexceptions", "singular": "azurepodidentityexception"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                "type": "object", "properties": {"spec": {"type": "object", "properties": {
                    "podLabels": {"type": "object", "additionalProperties": {"type": "string"}}}}}}}}],
        },
    });
    let params = PostParams {
        field_manager: Some("kubectl".to_owned()),
        ..PostParams::default()
    };
    let crd = serde_json::from_value(crd).unwrap();
    crds(client).create(&params, &crd).await.unwrap();
}

#[tokio::test]
async fn a_cluster_without_crds_is_told_so_and_a_dry_run_installs_nothing() {
    let server = server::own().await;
    let client = server::admin(&server).await.client;

    assert_eq!(check(&client).await.unwrap().missing.len(), 4);
    assert!(
        list_identities(&client, None)
            .await
            .unwrap_err()
            .crds_missing()
    );
    assert!(
        list_bindings(&client, Some("default"))
            .await
            .unwrap_err()
            .crds_missing()
    );
    assert!(list_assigned(&client).await.unwrap_err().crds_missing());
    assert!(
        list_exceptions(&client, None)
            .await
            .unwrap_err()
            .crds_missing()
    );
    assert!(
        get_identity(&client, "default", "a")
            .await
            .unwrap_err()
            .crds_missing()
    );
    let wanted = WantedIdentity {
        namespace: "default".to_owned(),
        name: "a".to_owned(),
        ..WantedIdentity::default()
    };
    let error = apply_identity(&client, &wanted, ApplyOptions::default())
        .await
        .unwrap_err();
    assert!(error.crds_missing(), "{error}");
    assert_eq!(
        error.hints(),
        ["install them with `podid install --crds-only`"]
    );

    let dry_run = InstallOptions {
        dry_run: true,
        ..InstallOptions::default()
    };
    assert_eq!(
        actions(&client, dry_run).await,
        vec![InstallAction::Created; 4]
    );
    assert_eq!(check(&client).await.unwrap().missing.len(), 4);
}

#[tokio::test]
async fn installing_twice_changes_nothing_and_nothing_newer_is_downgraded() {
    let server = server::own().await;
    let client = server::admin(&server).await.client;

    assert_eq!(
        actions(&client, InstallOptions::default()).await,
        vec![InstallAction::Created; 4]
    );
    // Served at once, not some time later.
    assert_eq!(list_identities(&client, None).await.unwrap(), []);
    assert!(check(&client).await.unwrap().is_complete());
    let before = crds(&client)
        .get(IDENTITIES)
        .await
        .unwrap()
        .metadata
        .resource_version;
    assert_eq!(
        actions(&client, InstallOptions::default()).await,
        vec![InstallAction::Unchanged; 4]
    );
    let after = crds(&client)
        .get(IDENTITIES)
        .await
        .unwrap()
        .metadata
        .resource_version;
    assert_eq!(before, after);

    // An older podid's manifest is brought up to date.
    let mut older = manifests().remove(0);
    older
        .metadata
        .annotations
        .as_mut()
        .unwrap()
        .insert(REVISION_ANNOTATION.to_owned(), "0".to_owned());
    older.spec.versions[0].additional_printer_columns = None;
    let podid = PatchParams::apply("podid");
    crds(&client)
        .patch(IDENTITIES, &podid, &Patch::Apply(&older))
        .await
        .unwrap();
    assert_eq!(
        actions(&client, InstallOptions::default()).await[0],
        InstallAction::Updated
    );
    let columns =
        |crd: CustomResourceDefinition| crd.spec.versions[0].additional_printer_columns.clone();
    assert_eq!(
        columns(crds(&client).get(IDENTITIES).await.unwrap())
            .unwrap()
            .len(),
        4
    );

    // A newer one's is not.
    let mut newer = older;
    let next = (REVISION + 1).to_string();
    newer
        .metadata
        .annotations
        .as_mut()
        .unwrap()
        .insert(REVISION_ANNOTATION.to_owned(), next);
    crds(&client)
        .patch(IDENTITIES, &podid, &Patch::Apply(&newer))
        .await
        .unwrap();
    let before = content(&client, IDENTITIES).await;
    let force = InstallOptions {
        force: true,
        ..InstallOptions::default()
    };
    assert_eq!(
        actions(&client, force.clone()).await[0],
        InstallAction::Newer
    );
    assert_eq!(content(&client, IDENTITIES).await, before);

    // Nor is one that serves a version nobody told us about.
    let mut more = manifests().remove(0);
    let mut version = more.spec.versions[0].clone();
    version.name = "v2".to_owned();
    version.storage = false;
    more.spec.versions.push(version);
    crds(&client)
        .patch(IDENTITIES, &podid, &Patch::Apply(&more))
        .await
        .unwrap();
    let before = content(&client, IDENTITIES).await;
    assert_eq!(
        actions(&client, force).await[0],
        InstallAction::UnknownVersions(vec!["v2".to_owned()])
    );
    assert_eq!(content(&client, IDENTITIES).await, before);
}

#[tokio::test]
async fn what_others_installed_is_replaced_only_when_told() {
    let server = server::own().await;
    let client = server::admin(&server).await.client;
    create_as_upstream(&client).await;
    let before = content(&client, EXCEPTIONS).await;

    let outcome = actions(&client, InstallOptions::default()).await;
    assert_eq!(outcome[..3], vec![InstallAction::Created; 3]);
    assert_eq!(
        outcome[3],
        InstallAction::ManagedByOthers(vec!["kubectl".to_owned()])
    );
    assert_eq!(content(&client, EXCEPTIONS).await, before);
    assert_eq!(list_exceptions(&client, None).await.unwrap(), []);

    let force = InstallOptions {
        force: true,
        ..InstallOptions::default()
    };
    assert_eq!(actions(&client, force).await[3], InstallAction::Updated);
    assert_eq!(
        actions(&client, InstallOptions::default()).await,
        vec![InstallAction::Unchanged; 4]
    );
}

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

#[tokio::test]
async fn objects_of_upstream_are_accepted() {
    let client = server::client_in("upstream-objects").await;
    let namespace = "upstream-objects";
    create(&client, namespace, "azureidentities", upstream_identity())
        .await
        .unwrap();
    let principal = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
        "metadata": {"name": "principal"},
        "spec": {"type": 1, "tenantID": "contoso.onmicrosoft.com", "clientID": "", "resourceID": "",
            "clientPassword": {"name": "secret", "namespace": "default"}, "adEndpoint": "https://login.example"},
    });
    create(&client, namespace, "azureidentities", principal)
        .await
        .unwrap();
    let binding = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentityBinding",
        "metadata": {"name": "reader-binding"},
        "spec": {"azureIdentity": "reader", "selector": "reader", "weight": 0, "metadata": {"creationTimestamp": null}},
        "status": {"availableReplicas": 0, "metadata": {"creationTimestamp": null}},
    });
    create(&client, namespace, "azureidentitybindings", binding.clone())
        .await
        .unwrap();
    let mut copy = upstream_identity();
    copy["metadata"]["namespace"] = json!("shop");
    copy["metadata"]["managedFields"] =
        json!([{"manager": "kubectl", "operation": "Update", "time": "2023-01-01T00:00:00Z"}]);
    let assigned = json!({
        "apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureAssignedIdentity",
        "metadata": {"name": "web-0-shop-reader", "labels": {"nodename": "aks-1"}},
        "spec": {"azureIdentityRef": copy, "azureBindingRef": binding, "pod": "web-0", "podNamespace": "shop",
            "nodename": "aks-1", "replicas": null, "metadata": {"creationTimestamp": null}},
        "status": {"status": "Assigned", "availableReplicas": 1, "metadata": {"creationTimestamp": null}},
    });
    create(&client, namespace, "azureassignedidentities", assigned)
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

    let identities = list_identities(&client, Some(namespace)).await.unwrap();
    assert_eq!(identities.len(), 2);
    assert!(
        identities
            .iter()
            .any(|identity| identity.is_namespaced() && identity.resource_id == RESOURCE_ID)
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
