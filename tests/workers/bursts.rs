//! Many identities at once: what comes in during a PATCH goes into the next.

use std::time::{Duration, Instant};

use podid::azure::host::Delta;

use super::azure::{SETS, identities, identity, set};
use super::rig::{Rig, pace};

const PATCH: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_identities_in_a_burst_are_held_within_two_patch_times() {
    let mut rig = Rig::start("burst", PATCH, pace()).await;
    let host = set(0);
    rig.want(&host, [identity("id0")]);
    rig.until_patches(&host, 1).await;
    let started = Instant::now();
    for last in 2..=10 {
        rig.want(&host, identities(0, last));
    }
    rig.until_held(&host, identities(0, 10)).await;
    let took = started.elapsed();
    let patches = rig.azure.patches_of(&host).await;
    let added: Vec<_> = patches.iter().map(|patch| patch.added.clone()).collect();
    assert_eq!(added, [identities(0, 1), identities(1, 10)]);
    assert!(patches.iter().all(|patch| patch.if_match), "{patches:?}");
    // Two, and what polling and a busy machine add.
    assert!(took < PATCH * 5 / 2, "{took:?}");
    crate::say(&format!(
        "ten identities, PATCH time {PATCH:?}: all held after {took:?}"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_hosts_go_side_by_side() {
    let mut rig = Rig::start("side-by-side", PATCH, pace()).await;
    for number in 0..SETS {
        rig.want(&set(number), [identity("id0")]);
    }
    for number in 0..SETS {
        rig.until_patches(&set(number), 1).await;
    }
    let started = Instant::now();
    for number in 0..SETS {
        rig.want(&set(number), identities(0, 10));
    }
    for number in 0..SETS {
        rig.until_held(&set(number), identities(0, 10)).await;
    }
    let took = started.elapsed();
    assert_eq!(rig.azure.patches().await.len(), 2 * SETS);
    assert!(took < PATCH * 5 / 2, "{took:?}");
    crate::say(&format!(
        "{SETS} scale sets, PATCH time {PATCH:?}: all held after {took:?}"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_go_into_two_patches_with_additions_first() {
    let mut rig = Rig::start("two-hundred", Duration::ZERO, pace()).await;
    let host = set(1);
    rig.want(&host, [identity("id205")]);
    rig.until_held(&host, [identity("id205")].into()).await;
    rig.azure.forget_calls().await;
    rig.want(&host, identities(0, 200));
    rig.until(&host, |told| {
        identities(0, 200).is_subset(&told.held) && !told.held.contains(&identity("id205"))
    })
    .await;
    let patches = rig.azure.patches_of(&host).await;
    let sizes: Vec<_> = patches
        .iter()
        .map(|patch| (patch.added.len(), patch.removed.len()))
        .collect();
    assert_eq!(sizes, [(150, 0), (50, 1)]);
    rig.until_recorded(&host, &identities(0, 200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patch_under_way_is_not_sent_again_by_the_next_process() {
    let mut rig = Rig::start("handover", PATCH, pace()).await;
    let host = set(0);
    rig.want(&host, identities(0, 3));
    rig.until_patches(&host, 1).await;
    rig.stop().await;
    rig.restart().await;
    rig.want(&host, identities(0, 3));
    rig.until_held(&host, identities(0, 3)).await;
    assert_eq!(rig.azure.patches_of(&host).await.len(), 1);
    // It still knows that these are its own.
    rig.want(&host, []);
    rig.until(&host, |told| told.held == [identity("kubelet")].into())
        .await;
    rig.until_recorded(&host, &[].into()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_to_change_is_no_patch() {
    let mut rig = Rig::start("nothing", Duration::ZERO, pace()).await;
    let host = set(0);
    let by_hand = Delta {
        add: identities(0, 2),
        ..Delta::default()
    };
    rig.azure.by_hand(&host, &by_hand).await;
    rig.azure.forget_calls().await;
    rig.want(&host, identities(0, 2));
    rig.until_held(&host, identities(0, 2)).await;
    rig.want(&host, []);
    rig.workers().drift(&host);
    rig.want(&host, identities(0, 1));
    rig.want(&set(1), [identity("id7")]);
    rig.until_held(&set(1), [identity("id7")].into()).await;
    assert!(rig.azure.patches_of(&host).await.is_empty());
}
