//! Exceptions: creation, exact replacement of labels, and labels as the API server takes them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, Patch, PatchParams, PostParams};
use podid::domain::label::PodLabels;
use podid::k8s::crd::AzurePodIdentityException;
use podid::k8s::pod_identity::{
    Expected, create_exception, delete_exception, get_exception, list_exceptions,
    replace_pod_labels,
};
use serde_json::{Value, json};

use crate::server;

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    owned.collect()
}

/// Applies labels as another field manager.
async fn apply_as(manager: &str, client: &kube::Client, namespace: &str, pod_labels: Value) {
    let api: Api<AzurePodIdentityException> = Api::namespaced(client.clone(), namespace);
    let object = json!({"apiVersion": "aadpodidentity.k8s.io/v1", "kind": "AzurePodIdentityException",
        "metadata": {"name": "web"}, "spec": {"podLabels": pod_labels}});
    api.patch(
        "web",
        &PatchParams::apply(manager).force(),
        &Patch::Apply(object),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn is_made_once() {
    let client = server::client_in("exception-made").await;
    let wanted = labels(&[("app", "web")]);
    let made = create_exception(&client, "exception-made", "web", &wanted)
        .await
        .unwrap();
    assert_eq!(made.pod_labels, wanted);
    assert!(!made.is_of_add_on());
    let again = create_exception(&client, "exception-made", "web", &wanted).await;
    assert!(again.unwrap_err().is_conflict());
    let there = list_exceptions(&client, Some("exception-made"))
        .await
        .unwrap();
    assert_eq!(there, [made]);
}

#[tokio::test]
async fn replacement_leaves_no_label_of_anybody() {
    let namespace = "exception-replaced";
    let client = server::client_in(namespace).await;
    create_exception(&client, namespace, "web", &labels(&[("app", "web")]))
        .await
        .unwrap();
    apply_as(
        "gitops",
        &client,
        namespace,
        json!({"tier": "front", "zone": "1"}),
    )
    .await;
    let there = get_exception(&client, namespace, "web")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(there.pod_labels.len(), 3);
    let wanted = labels(&[("zone", "2")]);
    let replaced = replace_pod_labels(&client, &there, &wanted).await.unwrap();
    assert_eq!(replaced.pod_labels, wanted);
    // What was read is out of date now.
    let stale = replace_pod_labels(&client, &there, &wanted).await;
    assert!(stale.unwrap_err().is_conflict());
}

#[tokio::test]
async fn an_object_made_again_is_another_one() {
    let namespace = "exception-again";
    let client = server::client_in(namespace).await;
    let wanted = labels(&[("app", "web")]);
    let first = create_exception(&client, namespace, "web", &wanted)
        .await
        .unwrap();
    let of_first = Expected {
        uid: Some(first.uid.clone()),
        resource_version: None,
    };
    assert!(
        delete_exception(&client, namespace, "web", &of_first)
            .await
            .unwrap()
    );
    let gone = replace_pod_labels(&client, &first, &labels(&[("a", "b")])).await;
    assert!(gone.unwrap_err().is_not_found());
    create_exception(&client, namespace, "web", &wanted)
        .await
        .unwrap();
    let other = delete_exception(&client, namespace, "web", &of_first).await;
    assert!(other.unwrap_err().is_conflict());
}

#[tokio::test]
async fn labels_are_valid_when_the_api_server_takes_them() {
    let client = server::client_in("exception-labels").await;
    let maps: Api<ConfigMap> = Api::namespaced(client, "exception-labels");
    let [most, more] = [63, 64].map(|count| "a".repeat(count));
    let dotted = format!("{}.{}.{}.{}", most, most, most, "a".repeat(61));
    let keys = [
        "app",
        "A",
        "a.b_c-d",
        "-a",
        "a-",
        "_a",
        "",
        "a b",
        "ä",
        "a/b",
        "a/",
        "/a",
        "a/b/c",
        "A/b",
        "a_b/c",
        "a..b/c",
        "a-.b/c",
        ".a/b",
        "a.b-c.d/E",
        &most,
        &more,
        &format!("{dotted}/{most}"),
        &format!("{dotted}a/a"),
        &format!("{more}.a/a"),
    ]
    .map(|key| (key.to_owned(), "x".to_owned()));
    let values = [
        "", "x", "X.y_z-1", "-x", "x-", ".", "a/b", "a b", "ä", &most, &more,
    ]
    .map(|value| ("app".to_owned(), value.to_owned()));
    for (key, value) in keys.into_iter().chain(values) {
        let ours = PodLabels::from_map(BTreeMap::from([(key.clone(), value.clone())])).is_ok();
        let object = json!({"metadata": {"name": "probe", "labels": {&key: &value}}});
        let params = PostParams {
            dry_run: true,
            ..PostParams::default()
        };
        let theirs = maps
            .create(&params, &serde_json::from_value(object).unwrap())
            .await;
        assert_eq!(ours, theirs.is_ok(), "`{key}`=`{value}`: {theirs:?}");
    }
}
