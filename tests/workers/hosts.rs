//! Scale sets that go away.

use std::time::Duration;

use podid::azure::{Call, host};

use super::azure::{identities, set};
use super::rig::{Rig, pace};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_being_deleted_or_gone_gets_no_patch() {
    let mut rig = Rig::start("deleting", Duration::from_secs(1), pace()).await;
    let host = set(0);
    rig.want(&host, identities(0, 1));
    rig.until_held(&host, identities(0, 1)).await;
    rig.azure.forget_calls().await;
    // So long that it is seen in between.
    let slow = serde_json::json!({"timeScale": 100.0});
    rig.azure.settings(slow).await;
    let delete = Call::delete(&host, host::API_VERSION);
    rig.azure.client().start(&delete).await.unwrap();
    rig.workers().drift(&host);
    let told = rig.until(&host, |told| told.gone).await;
    assert!(told.held.is_empty());
    rig.want(&host, identities(0, 5));
    assert_eq!(rig.record.owned(&host), identities(0, 1));
    rig.azure.advance(100_000.0).await;
    rig.workers().drift(&host);
    rig.until_recorded(&host, &[].into()).await;
    assert!(rig.azure.patches().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_never_was_is_told_as_gone() {
    let mut rig = Rig::start("never-was", Duration::ZERO, pace()).await;
    let host = set(99);
    rig.want(&host, identities(0, 1));
    let told = rig.until(&host, |told| told.gone).await;
    assert!(told.held.is_empty() && told.problem.is_none());
    assert!(rig.record.owned(&host).is_empty());
    assert!(rig.azure.patches().await.is_empty());
}
