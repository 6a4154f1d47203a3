//! What podid takes off: only what it put on itself.

use std::sync::atomic::Ordering;
use std::time::Duration;

use podid::azure::host::Delta;
use podid::mic::workers::Pace;

use super::azure::{identities, identity, machine, set};
use super::rig::{Rig, pace};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_system_identity_stays_as_the_last_other_comes_and_goes() {
    let mut rig = Rig::start("system", Duration::ZERO, pace()).await;
    let host = machine();
    let identity_block = |document: serde_json::Value| document["identity"].clone();
    let before = identity_block(rig.azure.document(&host).await);
    assert_eq!(before["type"], "SystemAssigned");
    rig.want(&host, identities(0, 1));
    rig.until_held(&host, identities(0, 1)).await;
    let with = identity_block(rig.azure.document(&host).await);
    assert_eq!(with["type"], "SystemAssigned, UserAssigned");
    assert_eq!(with["principalId"], before["principalId"]);
    rig.want(&host, []);
    rig.until(&host, |told| told.held.is_empty()).await;
    let after = identity_block(rig.azure.document(&host).await);
    assert_eq!(after, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_take_off_comes_back_and_what_they_put_on_stays() {
    let drift = Duration::from_secs(2);
    let mut rig = Rig::start("drift", Duration::ZERO, Pace { drift, ..pace() }).await;
    let (host, other) = (set(0), identity("byhand"));
    rig.want(&host, identities(0, 2));
    rig.until_held(&host, identities(0, 2)).await;
    let by_hand = Delta {
        add: [other.clone()].into(),
        remove: identities(1, 2),
    };
    rig.azure.by_hand(&host, &by_hand).await;
    rig.until_held(
        &host,
        [other.clone(), identity("id0"), identity("id1")].into(),
    )
    .await;
    assert_eq!(rig.drifted.0.load(Ordering::SeqCst), 1);
    // Needed for a while, it is not podid's to take off either.
    rig.want(&host, [other.clone()]);
    rig.until(&host, |told| !told.held.contains(&identity("id0")))
        .await;
    rig.want(&host, []);
    rig.until_recorded(&host, &[].into()).await;
    let held = rig.azure.held(&host).await;
    assert_eq!(held, [other, identity("kubelet")].into());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_kubelets_identity_is_never_taken_off() {
    let mut rig = Rig::start("protected", Duration::ZERO, pace()).await;
    let host = set(0);
    let kubelet = [identity("kubelet")].into();
    rig.record.adopt(&host, &kubelet).await.unwrap();
    rig.record.adopt(&host, &identities(0, 1)).await.unwrap();
    let by_hand = Delta {
        add: identities(0, 1),
        ..Delta::default()
    };
    rig.azure.by_hand(&host, &by_hand).await;
    // What a forerunner assigned is podid's now; the kubelet's is nobody's.
    rig.want(&host, []);
    rig.until(&host, |told| told.held == kubelet).await;
    assert_eq!(rig.azure.held(&host).await, kubelet);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_identity_stays_for_a_while_after_its_last_pod() {
    let linger = Duration::from_secs(3);
    let mut rig = Rig::start("linger", Duration::ZERO, Pace { linger, ..pace() }).await;
    let host = set(0);
    rig.want(&host, identities(0, 2));
    rig.until_held(&host, identities(0, 2)).await;
    rig.azure.forget_calls().await;
    // Both are let go; one is needed again before its time.
    rig.want(&host, []);
    rig.want(&host, identities(0, 1));
    rig.until(&host, |told| !told.held.contains(&identity("id1")))
        .await;
    let patches = rig.azure.patches_of(&host).await;
    let removed: Vec<_> = patches.iter().map(|patch| patch.removed.clone()).collect();
    assert_eq!(removed, [identities(1, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_fence_nothing_is_written() {
    let mut rig = Rig::start("fence", Duration::ZERO, pace()).await;
    let host = set(0);
    rig.open.store(false, Ordering::SeqCst);
    rig.want(&host, identities(0, 1));
    rig.until(&host, |told| told.held.contains(&identity("kubelet")))
        .await;
    rig.restart().await;
    assert!(rig.record.owned(&host).is_empty());
    assert!(rig.azure.patches().await.is_empty());
    rig.want(&host, identities(0, 1));
    rig.open.store(true, Ordering::SeqCst);
    rig.until_held(&host, identities(0, 1)).await;
}
