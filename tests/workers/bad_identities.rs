//! Identities that Azure refuses hold up no other, and cost one PATCH for each of their own waits.

use std::time::Duration;

use podid::azure::user_assigned_identity;
use podid::azure::wire::Tags;
use podid::domain::resource_id::ResourceId;
use podid::mic::workers::CLIENT_ID_DIFFERS;
use serde_json::json;

use super::azure::{Azure, identities, identity, set};
use super::rig::{Rig, needed, pace};

async fn create(azure: &Azure, id: &ResourceId) -> String {
    let (client, tags) = (azure.client(), Tags::default());
    let made = user_assigned_identity::create(&client, id, "westeurope", &tags).await;
    made.unwrap().client_id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_identity_among_a_hundred_wastes_one_patch_per_wait() {
    let mut rig = Rig::start("bad-one", Duration::ZERO, pace()).await;
    let (host, bad) = (set(0), identity("missing"));
    let mut wanted = identities(0, 99);
    wanted.insert(bad.clone());
    rig.want(&host, wanted);
    let told = rig.until_held(&host, identities(0, 99)).await;
    assert_eq!(told.refused[&bad].code, "FailedIdentityOperation");
    assert!(told.problem.is_none(), "{told:?}");
    // One that failed, one for all others; then the bad one alone, again and again.
    rig.until_patches(&host, 5).await;
    let patches = rig.azure.patches_of(&host).await;
    let shown: Vec<_> = patches.iter().map(|p| (p.status, p.added.len())).collect();
    assert_eq!(
        shown[..5],
        [(400, 100), (200, 99), (400, 1), (400, 1), (400, 1)]
    );
    assert!(
        patches[2..]
            .iter()
            .all(|patch| patch.added == [bad.clone()].into())
    );
    // Made at last, it is there after its next wait.
    create(&rig.azure, &bad).await;
    let told = rig.until_held(&host, [bad.clone()].into()).await;
    assert!(told.refused.is_empty(), "{told:?}");
    crate::say(&format!("PATCHes as (status, additions): {shown:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_azure_does_not_name_is_found_by_halves() {
    let mut rig = Rig::start("bad-unnamed", Duration::ZERO, pace()).await;
    let (host, bad) = (set(0), identity("id17"));
    // The quote ends the name: id170 is another.
    let part = format!("{bad}\"");
    rig.azure
        .fault(json!({
            "match": {"method": "PATCH", "body": part}, "times": 1000,
            "action": {"status": 400, "code": "BadRequest", "message": "One of them is wrong."},
        }))
        .await;
    let good: std::collections::BTreeSet<_> = identities(0, 100)
        .into_iter()
        .filter(|id| *id != bad)
        .collect();
    rig.want(&host, identities(0, 100));
    rig.until_held(&host, good).await;
    let told = rig.until(&host, |told| !told.refused.is_empty()).await;
    assert_eq!(told.refused.keys().collect::<Vec<_>>(), [&bad]);
    let patches = rig.azure.patches_of(&host).await;
    let failed = patches
        .iter()
        .filter(|p| p.status == 400 && p.added.len() > 1);
    let failed = failed.count();
    assert!(failed <= 7, "{failed} of {}", patches.len());
    rig.azure.clear_faults().await;
    rig.until_held(&host, [bad].into()).await;
    crate::say(&format!(
        "one among a hundred, not named: {failed} PATCHes failed"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_identity_that_was_made_again_is_put_on_anew() {
    let mut rig = Rig::start("made-again", Duration::ZERO, pace()).await;
    let (host, id) = (set(0), identity("id3"));
    let client = rig.azure.client();
    let before = user_assigned_identity::get(&client, &id).await.unwrap();
    let want = |client_id: &str| {
        let mut needed = needed(identities(0, 3));
        needed.insert(id.clone(), Some(client_id.to_owned()));
        needed
    };
    rig.workers().want(&host, want(&before.client_id));
    rig.until_held(&host, identities(0, 4)).await;
    user_assigned_identity::delete(&client, &id).await.unwrap();
    let now = create(&rig.azure, &id).await;
    assert_ne!(now, before.client_id);
    rig.azure.forget_calls().await;
    rig.workers().want(&host, want(&now));
    rig.until_patches(&host, 2).await;
    rig.until_held(&host, identities(0, 4)).await;
    let held = &rig.azure.document(&host).await["identity"]["userAssignedIdentities"];
    let held = held.as_object().unwrap().iter();
    let shown: Vec<_> = held
        .filter(|(key, _)| key.to_lowercase().ends_with("/id3"))
        .map(|(_, ids)| ids["clientId"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, [now]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_client_id_is_told_and_takes_nothing_off() {
    let mut rig = Rig::start("wrong-client-id", Duration::ZERO, pace()).await;
    let (host, id) = (set(0), identity("id3"));
    rig.want(&host, [id.clone()]);
    rig.until_held(&host, [id.clone()].into()).await;
    rig.azure.forget_calls().await;
    let wrong = "11111111-2222-3333-4444-555555555555".to_owned();
    rig.workers()
        .want(&host, [(id.clone(), Some(wrong))].into());
    let told = rig.until(&host, |told| !told.refused.is_empty()).await;
    assert_eq!(told.refused[&id].code, CLIENT_ID_DIFFERS);
    assert!(told.held.contains(&id));
    assert!(rig.azure.patches_of(&host).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_its_own_that_was_deleted_does_not_block_the_others() {
    let mut rig = Rig::start("deleted-blocks", Duration::ZERO, pace()).await;
    let (host, id) = (set(0), identity("id3"));
    rig.want(&host, [id.clone()]);
    rig.until_held(&host, [id.clone()].into()).await;
    let client = rig.azure.client();
    user_assigned_identity::delete(&client, &id).await.unwrap();
    rig.want(&host, identities(0, 4));
    let told = rig.until_held(&host, identities(0, 3)).await;
    assert!(
        told.refused.contains_key(&id) && !told.held.contains(&id),
        "{told:?}"
    );
    create(&rig.azure, &id).await;
    rig.until_held(&host, identities(0, 4)).await;
}
