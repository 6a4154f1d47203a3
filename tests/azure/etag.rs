//! Changes by two at once.

use podid::azure::scale_set::{self, Delta};

use crate::fixture::{Azure, identity};

fn add(name: &str) -> Delta {
    Delta {
        add: [identity(name)].into(),
        ..Delta::default()
    }
}

#[tokio::test]
async fn a_scale_set_that_changed_meanwhile_is_not_overwritten() {
    let azure = Azure::start().await;
    let client = azure.client();
    let read = azure.set().await;
    assert!(read.etag.is_some());
    scale_set::apply(&client, &read, &add("beta"), true, &mut |_| {})
        .await
        .unwrap();
    let error = scale_set::patch_identity(&client, &read, &add("gamma"), true)
        .await
        .unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    let now = azure.set().await;
    assert!(
        now.holds(&identity("alpha"))
            && now.holds(&identity("beta"))
            && !now.holds(&identity("gamma"))
    );
}

#[tokio::test]
async fn a_delta_without_if_match_leaves_what_others_added() {
    let azure = Azure::start().await;
    let client = azure.client();
    let read = azure.set().await;
    scale_set::apply(&client, &read, &add("beta"), false, &mut |_| {})
        .await
        .unwrap();
    scale_set::apply(&client, &read, &add("gamma"), false, &mut |_| {})
        .await
        .unwrap();
    let now = azure.set().await;
    for name in ["alpha", "beta", "gamma"] {
        assert!(now.holds(&identity(name)), "{name}");
    }
}

#[tokio::test]
async fn the_last_identity_is_removed_only_if_nobody_added_one() {
    let azure = Azure::start().await;
    let client = azure.client();
    let read = azure.set().await;
    let removal = Delta {
        remove: [identity("alpha")].into(),
        ..Delta::default()
    };
    scale_set::apply(&client, &read, &add("beta"), false, &mut |_| {})
        .await
        .unwrap();
    let error = scale_set::patch_identity(&client, &read, &removal, false)
        .await
        .unwrap_err();
    assert!(error.is_precondition_failed(), "{error}");
    let now = azure.set().await;
    let now = scale_set::apply(&client, &now, &removal, true, &mut |_| {})
        .await
        .unwrap();
    assert!(now.holds(&identity("beta")) && !now.holds(&identity("alpha")));
    let last = Delta {
        remove: [identity("beta")].into(),
        ..Delta::default()
    };
    let now = scale_set::apply(&client, &now, &last, true, &mut |_| {})
        .await
        .unwrap();
    assert!(now.identity.user_assigned.is_empty());
    assert_eq!(now.identity.kind.as_str(), "None");
}

#[tokio::test]
async fn an_identity_in_use_of_another_operation_is_a_conflict() {
    let azure = Azure::start_with(1.0).await;
    let client = azure.client();
    let read = azure.set().await;
    let accepted = scale_set::patch_identity(&client, &read, &add("beta"), false)
        .await
        .unwrap();
    assert!(accepted.operation.is_some());
    let error = scale_set::patch_identity(&client, &read, &add("gamma"), false)
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
}

#[tokio::test]
async fn an_identity_that_does_not_exist_is_named_by_the_error() {
    let azure = Azure::start().await;
    let read = azure.set().await;
    let error = scale_set::patch_identity(&azure.client(), &read, &add("nobody"), true)
        .await
        .unwrap_err();
    assert!(
        error.message().to_lowercase().contains("/nobody"),
        "{error}"
    );
    assert_eq!(azure.set().await, read);
}
