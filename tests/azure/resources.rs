//! Identities, federated credentials, clusters, subscriptions.

use podid::azure::federated_credential::{self, Subject};
use podid::azure::wire::Tags;
use podid::azure::{
    managed_cluster, resource_group, scale_set, subscription, user_assigned_identity,
};
use podid::domain::resource_id::ResourceId;
use serde_json::json;

use crate::fixture::{Azure, SUBSCRIPTION, identity, set_id};

#[tokio::test]
async fn an_identity_lives_and_dies() {
    let azure = Azure::start().await;
    let client = azure.client();
    let tags = [("team".to_owned(), "billing".to_owned())].into();
    let made = user_assigned_identity::create(&client, &identity("theta"), "westeurope", &tags)
        .await
        .unwrap();
    assert_eq!(made.tags, tags);
    assert!(
        !made.client_id.is_empty() && !made.principal_id.is_empty() && !made.tenant_id.is_empty()
    );
    assert_eq!(
        user_assigned_identity::get(&client, &identity("THETA"))
            .await
            .unwrap(),
        made
    );
    assert!(
        user_assigned_identity::delete(&client, &identity("theta"))
            .await
            .unwrap()
    );
    assert!(
        !user_assigned_identity::delete(&client, &identity("theta"))
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_federated_credential_lives_and_dies() {
    let azure = Azure::start().await;
    let client = azure.client();
    let subject = Subject {
        issuer: "https://issuer.example/".to_owned(),
        subject: "system:serviceaccount:billing:reader".to_owned(),
        audiences: vec![federated_credential::DEFAULT_AUDIENCE.to_owned()],
    };
    let alpha = identity("alpha");
    let made = federated_credential::put(&client, &alpha, "billing", &subject)
        .await
        .unwrap();
    assert_eq!(made.properties, subject);
    assert_eq!(
        federated_credential::get(&client, &alpha, "billing")
            .await
            .unwrap(),
        made
    );
    assert_eq!(
        federated_credential::list(&client, &alpha).await.unwrap(),
        [made]
    );
    assert!(
        federated_credential::delete(&client, &alpha, "billing")
            .await
            .unwrap()
    );
    assert!(
        federated_credential::list(&client, &alpha)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn scale_sets_are_listed_with_their_pools() {
    let azure = Azure::start().await;
    let sets = scale_set::list(&azure.client(), SUBSCRIPTION, "nodes")
        .await
        .unwrap();
    assert_eq!(sets.len(), 1);
    assert_eq!(
        (&sets[0].id, sets[0].pool_name()),
        (&set_id(), Some("apps"))
    );
    let ids = &sets[0].identity.user_assigned[&identity("alpha")];
    let alpha = user_assigned_identity::get(&azure.client(), &identity("alpha"))
        .await
        .unwrap();
    assert_eq!(ids.client_id.as_deref(), Some(alpha.client_id.as_str()));
}

#[tokio::test]
async fn more_identities_than_one_patch_takes_go_in_parts() {
    let azure = Azure::start().await;
    azure
        .settings(json!({"throttling": {"enabled": false}}))
        .await;
    let client = azure.client();
    let mut delta = scale_set::Delta::default();
    // Two makers, because one would hold back after 120 writes, as the service asks.
    let makers = [azure.client(), azure.client()];
    for number in 0..160 {
        let id = identity(&format!("many-{number}"));
        let call = user_assigned_identity::create_call(&id, "westeurope", &Tags::default());
        makers[number % 2].send(&call).await.unwrap();
        delta.add.insert(id);
    }
    delta.remove.insert(identity("alpha"));
    let before = azure.set().await;
    let after = scale_set::apply(&client, &before, &delta, true, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(after.identity.user_assigned.len(), 160);
    assert!(!after.holds(&identity("alpha")));
    assert_eq!(azure.count("PATCH").await, 2);
}

#[tokio::test]
async fn subscriptions_and_groups_are_found() {
    let azure = Azure::start().await;
    let client = azure.client();
    assert_eq!(
        subscription::find(&client, "test").await.unwrap().id,
        SUBSCRIPTION
    );
    assert_eq!(
        subscription::find(&client, SUBSCRIPTION)
            .await
            .unwrap()
            .name,
        "Test"
    );
    let error = subscription::find(&client, "prod").await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no subscription is named `prod`"),
        "{error}"
    );
    assert_eq!(
        resource_group::location(&client, SUBSCRIPTION, "ids")
            .await
            .unwrap(),
        "westeurope"
    );
    assert_eq!(
        resource_group::list(&client, SUBSCRIPTION)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_cluster_is_read_as_the_service_keeps_it() {
    let azure = Azure::start().await;
    let client = azure.client();
    let id = ResourceId::managed_cluster(SUBSCRIPTION, "nodes", "demo").unwrap();
    let body = json!({
        "location": "westeurope",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "dnsPrefix": "demo",
            "agentPoolProfiles": [
                {"name": "system", "count": 1, "vmSize": "Standard_D2s_v5", "mode": "System", "osType": "Linux", "type": "VirtualMachineScaleSets"},
            ],
        },
    });
    let call = podid::azure::Call::put(&id, managed_cluster::API_VERSION, body);
    let accepted = client.start(&call).await.unwrap();
    if let Some(operation) = &accepted.operation {
        client.wait(operation, &mut |_| {}).await.unwrap();
    }
    let cluster = managed_cluster::get(&client, &id).await.unwrap();
    assert_eq!(cluster.name(), "demo");
    assert!(cluster.etag().is_some());
    assert!(!cluster.identity_principal_ids().is_empty());
    let pools = cluster.agent_pools();
    assert_eq!(
        (pools.len(), pools[0].name.as_str(), pools[0].mode.as_str()),
        (1, "system", "System")
    );
    let group = cluster.node_resource_group().unwrap();
    let sets = scale_set::list(&client, SUBSCRIPTION, group).await.unwrap();
    assert_eq!(sets[0].pool_name(), Some("system"));
    assert_eq!(
        managed_cluster::list(&client, SUBSCRIPTION).await.unwrap(),
        [cluster]
    );
}
