//! Namespaces, NMI and pods.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::api::{Api, Patch, PatchParams, PostParams};
use podid::k8s::cluster::{
    NmiState, list_namespaces, namespace_exists, nmi_running, pods_using_selector,
};
use serde_json::json;

use crate::server;

#[tokio::test]
async fn a_namespace_exists_or_not() {
    let client = server::client_in("existing").await;
    assert!(namespace_exists(&client, "existing").await.unwrap());
    assert!(!namespace_exists(&client, "missing").await.unwrap());
    assert!(
        list_namespaces(&client)
            .await
            .unwrap()
            .contains(&"existing".to_owned())
    );
}

#[tokio::test]
async fn nmi_runs_once_a_node_is_ready() {
    let client = server::client_in("nmi").await;
    assert_eq!(nmi_running(&client).await.unwrap(), NmiState::Absent);
    let set = json!({
        "metadata": {"name": "token-proxy", "namespace": "nmi"},
        "spec": {
            "selector": {"matchLabels": {"component": "nmi"}},
            "template": {
                "metadata": {"labels": {"component": "nmi"}},
                "spec": {"containers": [{"name": "nmi", "image": "nmi"}]},
            },
        },
    });
    let api: Api<DaemonSet> = Api::namespaced(client.clone(), "nmi");
    api.create(
        &PostParams::default(),
        &serde_json::from_value(set).unwrap(),
    )
    .await
    .unwrap();
    let state = nmi_running(&client).await.unwrap();
    assert!(
        matches!(&state, NmiState::NotReady(sets) if sets.len() == 1),
        "{state:?}"
    );
    assert!(!state.is_running());

    let status = json!({"status": {"currentNumberScheduled": 2, "numberMisscheduled": 0,
        "desiredNumberScheduled": 2, "numberReady": 1}});
    api.patch_status(
        "token-proxy",
        &PatchParams::default(),
        &Patch::Merge(status),
    )
    .await
    .unwrap();
    let NmiState::Running(sets) = nmi_running(&client).await.unwrap() else {
        panic!("NMI is ready on a node");
    };
    assert_eq!(
        (sets[0].name.as_str(), sets[0].desired, sets[0].ready),
        ("token-proxy", 2, 1)
    );
}

#[tokio::test]
async fn pods_are_found_by_their_selector() {
    let client = server::client_in("pods").await;
    // No controller makes the account that every pod runs as.
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "pods");
    let account = json!({"metadata": {"name": "default"}});
    accounts
        .create(
            &PostParams::default(),
            &serde_json::from_value(account).unwrap(),
        )
        .await
        .unwrap();
    let pods: Api<Pod> = Api::namespaced(client.clone(), "pods");
    for (name, selector) in [("web-0", "reader"), ("web-1", "reader"), ("job", "writer")] {
        let pod = json!({
            "metadata": {"name": name, "labels": {"aadpodidbinding": selector}},
            "spec": {"nodeName": "aks-1", "automountServiceAccountToken": false,
                "containers": [{"name": "main", "image": "main"}]},
        });
        pods.create(
            &PostParams::default(),
            &serde_json::from_value(pod).unwrap(),
        )
        .await
        .unwrap();
    }
    let found = pods_using_selector(&client, "pods", "reader")
        .await
        .unwrap();
    let names: Vec<_> = found.iter().map(|pod| pod.name.as_str()).collect();
    assert_eq!(names, ["web-0", "web-1"]);
    assert_eq!(
        (found[0].node.as_deref(), found[0].phase.as_str()),
        (Some("aks-1"), "Pending")
    );
    for nobody in ["other", "", "a,b"] {
        assert_eq!(
            pods_using_selector(&client, "pods", nobody).await.unwrap(),
            [],
            "{nobody}"
        );
    }
}
