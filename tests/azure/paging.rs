//! Lists over several pages.

use podid::azure::client::Call;
use podid::azure::{Error, user_assigned_identity};
use serde_json::json;

use crate::fixture::{Azure, SUBSCRIPTION};
use crate::scripted::Scripted;

#[tokio::test]
async fn every_page_is_read_once() {
    let azure = Azure::start().await;
    azure.settings(json!({"pageSize": 3})).await;
    let found = user_assigned_identity::list_by_group(&azure.client(), SUBSCRIPTION, "ids")
        .await
        .unwrap();
    let mut names: Vec<_> = found.iter().map(|identity| identity.id.name()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["alpha", "beta", "delta", "epsilon", "eta", "gamma", "zeta"]
    );
    assert_eq!(azure.count("GET").await, 3);
    assert_eq!(
        azure.calls("entra").await.len(),
        1,
        "one token for all pages"
    );
}

#[tokio::test]
async fn a_list_that_never_ends_is_an_error() {
    let azure = Azure::start().await;
    let arm = Scripted::start(|_, _, url| {
        let body = json!({"value": [1], "nextLink": format!("{url}/subscriptions?again")});
        (200, Vec::new(), body.to_string())
    })
    .await;
    let mut options = azure.options();
    options.cloud = azure.cloud_with(&arm.url);
    let client = podid::azure::Client::new(options).unwrap();
    let error = client
        .list(&Call::get("/subscriptions", "1"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::BadAnswer { .. }), "{error}");
    assert_eq!(arm.seen().len(), 2);
}
