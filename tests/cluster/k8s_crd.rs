//! CRDs: installing, updating, not downgrading.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use kube::api::{Api, Patch, PatchParams, PostParams};
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
async fn installing_twice_changes_nothing() {
    let server = server::own().await;
    let client = server::admin(&server).await.client;
    let options = InstallOptions::default();
    assert_eq!(
        actions(&client, options.clone()).await,
        vec![InstallAction::Created; 4]
    );
    // Served at once, not some time later.
    assert_eq!(list_identities(&client, None).await.unwrap(), []);
    assert!(check(&client).await.unwrap().is_complete());
    let version = || async {
        crds(&client)
            .get(IDENTITIES)
            .await
            .unwrap()
            .metadata
            .resource_version
    };
    let before = version().await;
    assert_eq!(
        actions(&client, options.clone()).await,
        vec![InstallAction::Unchanged; 4]
    );
    assert_eq!(version().await, before);

    // Two at the same moment agree.
    apply_revision(&client, "0").await;
    let both = tokio::join!(actions(&client, options.clone()), actions(&client, options));
    assert!(
        [&both.0[0], &both.1[0]].contains(&&InstallAction::Updated),
        "{both:?}"
    );
    assert_eq!(revision(&client).await, REVISION.to_string());
}

/// Applies podid's own manifest without its columns and as another revision.
async fn apply_revision(client: &Client, revision: &str) {
    let mut manifest = manifests().remove(0);
    let annotations = manifest.metadata.annotations.as_mut().unwrap();
    annotations.insert(REVISION_ANNOTATION.to_owned(), revision.to_owned());
    manifest.spec.versions[0].additional_printer_columns = None;
    apply_as_podid(client, &manifest).await;
}

async fn apply_as_podid(client: &Client, manifest: &CustomResourceDefinition) {
    let podid = PatchParams::apply("podid");
    crds(client)
        .patch(IDENTITIES, &podid, &Patch::Apply(manifest))
        .await
        .unwrap();
}

async fn revision(client: &Client) -> String {
    let crd = crds(client).get(IDENTITIES).await.unwrap();
    crd.metadata.annotations.unwrap()[REVISION_ANNOTATION].clone()
}

#[tokio::test]
async fn an_older_crd_is_updated_and_a_newer_one_is_not_downgraded() {
    let server = server::own().await;
    let client = server::admin(&server).await.client;
    apply_revision(&client, "0").await;
    let older = content(&client, IDENTITIES).await;
    let force = InstallOptions {
        force: true,
        ..InstallOptions::default()
    };
    assert_eq!(
        actions(&client, force.clone()).await[0],
        InstallAction::Updated
    );
    assert_ne!(content(&client, IDENTITIES).await, older);
    assert_eq!(revision(&client).await, REVISION.to_string());

    for newer in [(REVISION + 1).to_string(), "2.0-preview".to_owned()] {
        apply_revision(&client, &newer).await;
        let before = content(&client, IDENTITIES).await;
        assert_eq!(
            actions(&client, force.clone()).await[0],
            InstallAction::Newer
        );
        assert_eq!(content(&client, IDENTITIES).await, before);
    }

    let mut more = manifests().remove(0);
    let mut version = more.spec.versions[0].clone();
    version.name = "v2".to_owned();
    version.storage = false;
    more.spec.versions.push(version);
    apply_as_podid(&client, &more).await;
    let before = content(&client, IDENTITIES).await;
    let expected = InstallAction::UnknownVersions(vec!["v2".to_owned()]);
    assert_eq!(actions(&client, force).await[0], expected);
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
