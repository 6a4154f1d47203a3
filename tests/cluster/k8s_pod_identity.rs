//! Identities and bindings: apply, compare-and-swap, conflicts, deletion.

use std::collections::BTreeMap;

use futures::future::join_all;
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use podid::domain::claim::Record;
use podid::domain::resource_id::ResourceId;
use podid::k8s::Error;
use podid::k8s::crd::AzureIdentity;
use podid::k8s::pod_identity::ownership::{record_value, releasing_value};
use podid::k8s::pod_identity::{
    ASSIGNED_SCALE_SETS, ApplyOptions, BEHAVIOR_ANNOTATION, Expected, RELEASING, WantedBinding,
    WantedIdentity, apply_binding, apply_identity, delete_binding, delete_identity, get_binding,
    get_identity, list_bindings, list_identities, patch_annotations,
};
use serde_json::{Value, json};

use crate::server;

const CLIENT_ID: &str = "11111111-2222-3333-4444-555555555555";

fn resource_id(name: &str) -> String {
    format!(
        "/subscriptions/s/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    )
}

fn id(name: &str) -> ResourceId {
    let group = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g";
    format!("{group}/providers/A.B/c/{name}").parse().unwrap()
}

fn wanted(namespace: &str, name: &str) -> WantedIdentity {
    WantedIdentity {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        resource_id: resource_id(name),
        client_id: CLIENT_ID.to_owned(),
        ..WantedIdentity::default()
    }
}

fn wanted_binding(namespace: &str, name: &str, selector: &str) -> WantedBinding {
    WantedBinding {
        namespace: namespace.to_owned(),
        name: format!("{name}-binding"),
        identity_name: name.to_owned(),
        selector: selector.to_owned(),
        ..WantedBinding::default()
    }
}

fn set(key: &str, value: &str) -> BTreeMap<String, Option<String>> {
    BTreeMap::from([(key.to_owned(), Some(value.to_owned()))])
}

/// Applies a fragment of an identity as another field manager.
async fn apply_as(manager: &str, client: &Client, namespace: &str, name: &str, spec: Value) {
    let api: Api<AzureIdentity> = Api::namespaced(client.clone(), namespace);
    let fragment = json!({"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzureIdentity",
        "metadata": {"name": name}, "spec": spec});
    api.patch(name, &PatchParams::apply(manager), &Patch::Apply(fragment))
        .await
        .unwrap();
}

async fn raw(client: &Client, namespace: &str, name: &str) -> Value {
    let path =
        format!("/apis/aadpodidentity.k8s.io/v1/namespaces/{namespace}/azureidentities/{name}");
    let request = http::Request::get(path).body(Vec::new()).unwrap();
    client.request(request).await.unwrap()
}

#[tokio::test]
async fn applying_twice_changes_nothing() {
    let client = server::client_in("apply-twice").await;
    let options = ApplyOptions::default();
    let first = apply_identity(&client, &wanted("apply-twice", "reader"), options)
        .await
        .unwrap();
    assert!(first.is_namespaced());
    assert_eq!(
        first
            .labels
            .get("app.kubernetes.io/managed-by")
            .map(String::as_str),
        Some("podid")
    );
    assert_eq!(first.resource_id, resource_id("reader"));
    let second = apply_identity(&client, &wanted("apply-twice", "reader"), options)
        .await
        .unwrap();
    assert_eq!(first, second);
    assert_eq!(
        list_identities(&client, Some("apply-twice")).await.unwrap(),
        [second]
    );

    let binding = wanted_binding("apply-twice", "reader", "pods");
    let first = apply_binding(&client, &binding, options).await.unwrap();
    let second = apply_binding(&client, &binding, options).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(
        (second.identity_name.as_str(), second.selector.as_str()),
        ("reader", "pods")
    );
    assert_eq!(
        list_bindings(&client, Some("apply-twice")).await.unwrap(),
        std::slice::from_ref(&second)
    );
    let read = get_binding(&client, "apply-twice", "reader-binding")
        .await
        .unwrap();
    assert_eq!(read, Some(second));
}

#[tokio::test]
async fn an_identity_serves_its_own_namespace_unless_told_otherwise() {
    let client = server::client_in("behaviour").await;
    let mut open = wanted("behaviour", "reader");
    let applied = apply_identity(&client, &open, ApplyOptions::default())
        .await
        .unwrap();
    assert!(applied.is_namespaced());
    open.annotations
        .insert(BEHAVIOR_ANNOTATION.to_owned(), "any".to_owned());
    let applied = apply_identity(&client, &open, ApplyOptions::default())
        .await
        .unwrap();
    assert!(!applied.is_namespaced());
}

#[tokio::test]
async fn a_dry_run_is_validated_but_not_kept() {
    let client = server::client_in("dry-run").await;
    let dry_run = ApplyOptions {
        dry_run: true,
        ..ApplyOptions::default()
    };
    apply_identity(&client, &wanted("dry-run", "reader"), dry_run)
        .await
        .unwrap();
    assert_eq!(
        get_identity(&client, "dry-run", "reader").await.unwrap(),
        None
    );
    let mut nonsense = wanted("dry-run", "reader");
    nonsense.client_id = "nobody".to_owned();
    let error = apply_identity(&client, &nonsense, dry_run)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Invalid { message, .. } if message.contains("spec.clientID")),
        "{error}"
    );
}

#[tokio::test]
async fn fields_that_podid_does_not_write_survive() {
    let client = server::client_in("survivors").await;
    let theirs = json!({"adEndpoint": "https://login.example", "metadata": {"note": "kept"}});
    apply_as("terraform", &client, "survivors", "reader", theirs).await;
    let applied = apply_identity(
        &client,
        &wanted("survivors", "reader"),
        ApplyOptions::default(),
    )
    .await
    .unwrap();
    let version = &applied.resource_version;
    patch_annotations(
        &client,
        "survivors",
        "reader",
        version,
        &set(RELEASING, "x"),
    )
    .await
    .unwrap();
    let object = raw(&client, "survivors", "reader").await;
    assert_eq!(object["spec"]["adEndpoint"], "https://login.example");
    assert_eq!(object["spec"]["metadata"]["note"], "kept");
    assert_eq!(object["spec"]["clientID"], CLIENT_ID);
}

#[tokio::test]
async fn of_two_writers_with_one_version_one_gets_a_conflict() {
    let client = server::client_in("swap").await;
    let read = apply_identity(&client, &wanted("swap", "reader"), ApplyOptions::default())
        .await
        .unwrap();
    let attempts = (0..8).map(|number| {
        let (client, version) = (client.clone(), read.resource_version.clone());
        async move {
            let change = set("podid.dev/writer", &format!("{number}"));
            patch_annotations(&client, "swap", "reader", &version, &change).await
        }
    });
    let results = join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(lost.into_iter().all(|lost| lost.unwrap_err().is_conflict()));
    let winner = won.into_iter().next().unwrap().unwrap();
    let now = get_identity(&client, "swap", "reader")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(now, winner);
}

#[tokio::test]
async fn an_apply_leaves_the_ownership_record_alone() {
    let client = server::client_in("ownership").await;
    let options = ApplyOptions::default();
    let first = apply_identity(&client, &wanted("ownership", "reader"), options)
        .await
        .unwrap();
    let record = Record::from([(id("reader"), [id("b"), id("a")].into())]);
    let until: jiff::Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let changes = BTreeMap::from([
        (ASSIGNED_SCALE_SETS.to_owned(), record_value(&record)),
        (RELEASING.to_owned(), Some(releasing_value(until))),
    ]);
    patch_annotations(
        &client,
        "ownership",
        "reader",
        &first.resource_version,
        &changes,
    )
    .await
    .unwrap();

    // Even a caller that passes on the annotations it read does not write them.
    let mut again = wanted("ownership", "reader");
    again
        .annotations
        .insert(ASSIGNED_SCALE_SETS.to_owned(), "[]".to_owned());
    again.client_id = "99999999-2222-3333-4444-555555555555".to_owned();
    let applied = apply_identity(&client, &again, options).await.unwrap();
    assert_eq!(applied.client_id, again.client_id);
    assert_eq!(applied.record().unwrap(), record);
    assert_eq!(applied.releasing_until(), Some(until));

    let none = BTreeMap::from([(RELEASING.to_owned(), None)]);
    let version = &applied.resource_version;
    let released = patch_annotations(&client, "ownership", "reader", version, &none)
        .await
        .unwrap();
    assert_eq!(released.releasing_until(), None);
    assert_eq!(released.record().unwrap(), record);
    assert!(released.is_namespaced());
}

#[tokio::test]
async fn a_field_of_another_manager_is_a_conflict_that_names_it() {
    let client = server::client_in("managers").await;
    let theirs = json!({"type": 0, "resourceID": resource_id("theirs"), "clientID": CLIENT_ID});
    apply_as("terraform", &client, "managers", "reader", theirs).await;
    let ours = wanted("managers", "reader");
    let error = apply_identity(&client, &ours, ApplyOptions::default())
        .await
        .unwrap_err();
    assert!(error.is_conflict());
    assert_eq!(
        error.to_string(),
        "AzureIdentity `managers/reader` is managed by `terraform`, which set \
         .spec.resourceID to another value"
    );
    let untouched = get_identity(&client, "managers", "reader")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(untouched.resource_id, resource_id("theirs"));

    let force = ApplyOptions {
        force: true,
        ..ApplyOptions::default()
    };
    let taken = apply_identity(&client, &ours, force).await.unwrap();
    assert_eq!(taken.resource_id, resource_id("reader"));
}

#[tokio::test]
async fn an_apply_may_insist_on_a_version() {
    let client = server::client_in("versions").await;
    let options = ApplyOptions::default();
    let first = apply_identity(&client, &wanted("versions", "reader"), options)
        .await
        .unwrap();
    let mut second = wanted("versions", "reader");
    second.client_id = "99999999-2222-3333-4444-555555555555".to_owned();
    second.expected = first.expected();
    apply_identity(&client, &second, options).await.unwrap();
    second.client_id = CLIENT_ID.to_owned();
    let error = apply_identity(&client, &second, options).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    // One that was deleted meanwhile is not made again.
    second.expected.resource_version = None;
    assert!(
        delete_identity(&client, "versions", "reader", &Expected::default())
            .await
            .unwrap()
    );
    let error = apply_identity(&client, &second, options).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(
        get_identity(&client, "versions", "reader").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_deletion_insists_on_what_was_read() {
    let client = server::client_in("deletion").await;
    let options = ApplyOptions::default();
    let old = apply_identity(&client, &wanted("deletion", "reader"), options)
        .await
        .unwrap();
    let change = set(RELEASING, "now");
    let new = patch_annotations(
        &client,
        "deletion",
        "reader",
        &old.resource_version,
        &change,
    )
    .await
    .unwrap();
    let error = delete_identity(&client, "deletion", "reader", &old.expected())
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert!(
        delete_identity(&client, "deletion", "reader", &new.expected())
            .await
            .unwrap()
    );
    assert!(
        !delete_identity(&client, "deletion", "reader", &new.expected())
            .await
            .unwrap()
    );
    let error = patch_annotations(
        &client,
        "deletion",
        "reader",
        &new.resource_version,
        &change,
    )
    .await
    .unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[tokio::test]
async fn a_deletion_spares_a_later_object_of_the_same_name() {
    let client = server::client_in("later").await;
    let options = ApplyOptions::default();
    let first = apply_identity(&client, &wanted("later", "reader"), options)
        .await
        .unwrap();
    assert!(
        delete_identity(&client, "later", "reader", &first.expected())
            .await
            .unwrap()
    );
    let second = apply_identity(&client, &wanted("later", "reader"), options)
        .await
        .unwrap();
    let same_object = Expected {
        uid: Some(first.uid),
        resource_version: None,
    };
    let error = delete_identity(&client, "later", "reader", &same_object)
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(
        get_identity(&client, "later", "reader").await.unwrap(),
        Some(second)
    );
}

#[tokio::test]
async fn a_binding_is_deleted_as_it_was_read() {
    let client = server::client_in("unbinding").await;
    let options = ApplyOptions::default();
    let binding = apply_binding(
        &client,
        &wanted_binding("unbinding", "reader", "a"),
        options,
    )
    .await
    .unwrap();
    apply_binding(
        &client,
        &wanted_binding("unbinding", "reader", "b"),
        options,
    )
    .await
    .unwrap();
    let error = delete_binding(&client, "unbinding", "reader-binding", &binding.expected())
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert!(
        delete_binding(&client, "unbinding", "reader-binding", &Expected::default())
            .await
            .unwrap()
    );
    assert!(
        !delete_binding(&client, "unbinding", "reader-binding", &Expected::default())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn namespaces_that_take_nothing_are_told_apart() {
    let client = server::client_in("leaving").await;
    let options = ApplyOptions::default();
    let error = apply_identity(&client, &wanted("nowhere", "reader"), options)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "namespace `nowhere` does not exist");
    assert!(error.is_not_found());
    assert!(
        !delete_identity(&client, "nowhere", "reader", &Expected::default())
            .await
            .unwrap()
    );

    // No controller runs, so the namespace stays as it is while it is being deleted.
    let namespaces: Api<Namespace> = Api::all(client.clone());
    namespaces
        .delete("leaving", &DeleteParams::default())
        .await
        .unwrap();
    let error = apply_identity(&client, &wanted("leaving", "reader"), options)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "namespace `leaving` is being deleted");
}

#[tokio::test]
async fn lists_are_complete_beyond_one_page() {
    const COUNT: usize = 520;
    let client = server::client_in("pages").await;
    let numbers: Vec<usize> = (0..COUNT).collect();
    for chunk in numbers.chunks(40) {
        let writes = chunk.iter().map(|number| {
            let (client, binding) = (
                client.clone(),
                wanted_binding("pages", &format!("i{number}"), "s"),
            );
            async move {
                apply_binding(&client, &binding, ApplyOptions::default())
                    .await
                    .unwrap()
            }
        });
        join_all(writes).await;
    }
    let listed = list_bindings(&client, Some("pages")).await.unwrap();
    let mut names: Vec<_> = listed.into_iter().map(|binding| binding.name).collect();
    names.dedup();
    assert_eq!(names.len(), COUNT);
}
