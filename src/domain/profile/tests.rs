//! What edits make of profiles.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

const ID: &str =
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/";

fn new(name: &str, identity: &str) -> NewIdentity {
    NewIdentity {
        namespace: "billing".to_owned(),
        name: name.to_owned(),
        selector: name.to_owned(),
        resource_id: format!("{ID}{identity}"),
        client_id: "c".to_owned(),
        object_id: "o".to_owned(),
    }
}

fn add(name: &str, identity: &str) -> Edit {
    Edit::AddIdentity(new(name, identity))
}

fn remove(name: &str) -> Edit {
    Edit::RemoveIdentity {
        namespace: "billing".to_owned(),
        name: name.to_owned(),
    }
}

fn repair(name: &str) -> Edit {
    Edit::RepairIdentity {
        namespace: "billing".to_owned(),
        name: name.to_owned(),
    }
}

fn except(labels: &[(&str, &str)]) -> Edit {
    let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Edit::SetException {
        namespace: "kube-system".to_owned(),
        name: "monitoring".to_owned(),
        labels: labels.iter().map(pair).collect(),
        must_exist: false,
    }
}

fn item(name: &str, identity: &str, state: &str) -> Value {
    json!({
        "name": name, "namespace": "billing", "provisioningState": state, "fieldOfTomorrow": 1,
        "identity": {"resourceId": format!("{ID}{identity}"), "clientId": "c", "objectId": "o", "newer": true},
    })
}

fn on(items: &[Value]) -> Value {
    json!({"enabled": true, "userAssignedIdentities": items, "mode": "future"})
}

fn effects(profile: &Value, edits: &[Edit]) -> Vec<Effect> {
    edit(profile, edits, false).unwrap().effects
}

#[test]
fn exceptions_of_one_name_become_one() {
    let item = |value: &str| json!({"name": "monitoring", "namespace": "kube-system", "podLabels": {"app": value}, "newer": value});
    let profile =
        json!({"enabled": true, "userAssignedIdentityExceptions": [item("a"), item("b")]});
    let wanted = [except(&[("app", "a")])];
    assert!(matches!(
        edit(&profile, &wanted, false).unwrap_err()[..],
        [Refusal::OtherLabels { .. }]
    ));
    let change = edit(&profile, &wanted, true).unwrap();
    assert_eq!(change.effects, [Effect::Replaced]);
    let exceptions = &change.profile["userAssignedIdentityExceptions"];
    assert_eq!(*exceptions, json!([item("a")]));
    assert_eq!(effects(&change.profile, &wanted), [Effect::Unchanged]);
}

#[test]
fn off_is_empty_absent_or_false() {
    for off in [json!({}), Value::Null, json!({"enabled": false})] {
        assert!(!Profile::of(&off).enabled);
        assert_eq!(edit(&off, &[add("a", "a")], false), Err(vec![Refusal::Off]));
        assert_eq!(effects(&off, &[remove("a")]), [Effect::Absent]);
    }
}

#[test]
fn a_profile_is_viewed() {
    let mut failed = item("b", "b", "Failed");
    failed["provisioningInfo"] = json!({"error": {"error": {"code": "C", "message": "m"}}});
    let mut profile = on(&[item("a", "a", "Assigned"), failed]);
    profile["userAssignedIdentityExceptions"] =
        json!([{"name": "e", "namespace": "n", "podLabels": null}]);
    let view = Profile::of(&profile);
    assert_eq!(view.identity("billing", "a").unwrap().selector, "a");
    let failed = view.identity("billing", "b").unwrap();
    assert_eq!(failed.error.as_ref().unwrap().message, "m");
    assert_eq!(view.exception("n", "e").unwrap().labels, BTreeMap::new());
    assert_eq!(view.stuck(true), [failed]);
    assert_eq!(view.identity("Billing", "a"), None);
}

#[test]
fn both_lists_are_always_sent_and_computed_fields_never() {
    let mut profile = on(&[item("a", "a", "Assigned")]);
    profile["userAssignedIdentityExceptions"] = json!([{"name": "e", "namespace": "n"}]);
    let change = edit(&profile, &[remove("a")], false).unwrap();
    let expected = json!({
        "enabled": true, "mode": "future", "userAssignedIdentities": [],
        "userAssignedIdentityExceptions": [{"name": "e", "namespace": "n", "podLabels": {}}],
    });
    assert_eq!(change.profile, expected);
    let change = edit(&profile, &[add("b", "b")], false).unwrap();
    let kept = &change.profile["userAssignedIdentities"][0];
    assert_eq!(kept["fieldOfTomorrow"], 1);
    assert_eq!(kept["identity"]["newer"], true);
    assert_eq!(kept.get("provisioningState"), None);
}

#[test]
fn the_same_again_is_unchanged_and_resource_ids_ignore_case() {
    let profile = on(&[item("a", "A", "Assigned"), item("b", "b", "Updating")]);
    let change = edit(&profile, &[add("a", "a"), add("b", "b")], false).unwrap();
    assert_eq!(change.effects, [Effect::Unchanged; 2]);
    assert!(change.is_nothing());
    assert_eq!(effects(&profile, &[add("A", "a")]), [Effect::Added]);
}

#[test]
fn another_identity_or_selector_needs_replace() {
    let profile = on(&[item("a", "x", "Assigned"), item("b", "b", "Assigned")]);
    let mut moved = new("b", "b");
    moved.selector = "blue".to_owned();
    let edits = [add("a", "y"), Edit::AddIdentity(moved)];
    let refusals = edit(&profile, &edits, false).unwrap_err();
    let told: Vec<String> = refusals.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            format!("`billing/a` uses identity `{ID}x`"),
            "the binding selector of `billing/b` is `b`".to_owned(),
        ]
    );
    let change = edit(&profile, &edits, true).unwrap();
    assert_eq!(change.effects, [Effect::Replaced; 2]);
    let sent = Profile::of(&change.profile);
    assert_eq!(sent.identities.len(), 2);
    assert_eq!(sent.identities[0].resource_id, format!("{ID}y"));
    assert_eq!(sent.identities[1].selector, "blue");
}

#[test]
fn a_failed_one_and_one_made_again_are_sent_again() {
    let profile = on(&[item("a", "a", "Failed")]);
    assert_eq!(effects(&profile, &[add("a", "a")]), [Effect::Repaired]);
    let mut again = new("a", "a");
    again.client_id = "c2".to_owned();
    let profile = on(&[item("a", "a", "Assigned")]);
    let change = edit(&profile, &[Edit::AddIdentity(again)], false).unwrap();
    assert_eq!(change.effects, [Effect::Repaired]);
    assert_eq!(Profile::of(&change.profile).identities[0].client_id, "c2");
}

#[test]
fn what_is_being_deleted_is_neither_there_nor_sent() {
    let profile = on(&[item("a", "a", "Deleting"), item("b", "b", "Assigned")]);
    let change = edit(&profile, &[remove("a")], false).unwrap();
    assert_eq!(change.effects, [Effect::Absent]);
    assert_eq!(Profile::of(&change.profile).identities.len(), 1);
    let change = edit(&profile, &[add("a", "other")], false).unwrap();
    assert_eq!(change.effects, [Effect::Added]);
    assert_eq!(Profile::of(&change.profile).identities.len(), 2);
    assert_eq!(
        effects(&profile, &[repair("a"), repair("b"), repair("c")]),
        [Effect::Removed, Effect::Removed, Effect::Absent]
    );
}

#[test]
fn exceptions_are_added_replaced_and_removed() {
    let profile = on(&[]);
    let change = edit(&profile, &[except(&[("app", "m")])], false).unwrap();
    assert_eq!(change.effects, [Effect::Added]);
    assert_eq!(
        edit(&change.profile, &[except(&[("app", "m")])], false)
            .unwrap()
            .effects,
        [Effect::Unchanged]
    );
    let refusals = edit(&change.profile, &[except(&[("app", "n")])], false).unwrap_err();
    assert_eq!(
        refusals[0].to_string(),
        "the pod labels of `kube-system/monitoring` are `app=m`"
    );
    let replaced = edit(&change.profile, &[except(&[("app", "n")])], true).unwrap();
    assert_eq!(replaced.effects, [Effect::Replaced]);
    let gone = Edit::RemoveException {
        namespace: "kube-system".to_owned(),
        name: "monitoring".to_owned(),
    };
    let removed = edit(&replaced.profile, &[gone], false).unwrap();
    assert_eq!(removed.effects, [Effect::Removed]);
    assert!(Profile::of(&removed.profile).exceptions.is_empty());
}

#[test]
fn an_exception_that_went_is_not_made_again_by_other_labels() {
    let wanted = Edit::SetException {
        namespace: "kube-system".to_owned(),
        name: "monitoring".to_owned(),
        labels: BTreeMap::new(),
        must_exist: true,
    };
    let edits = std::slice::from_ref(&wanted);
    let key = "kube-system/monitoring".to_owned();
    assert_eq!(
        edit(&on(&[]), edits, true),
        Err(vec![Refusal::Gone { key }])
    );
    let there = edit(&on(&[]), &[except(&[("app", "m")])], false).unwrap();
    assert_eq!(
        edit(&there.profile, edits, true).unwrap().effects,
        [Effect::Replaced]
    );
}

#[test]
fn the_add_on_goes_on_and_off() {
    let enable = |consent| {
        [Edit::Enable {
            allow_network_plugin_kubenet: consent,
        }]
    };
    let first = edit(&json!({}), &enable(false), false).unwrap();
    assert_eq!(first.effects, [Effect::Added]);
    let expected = json!({"enabled": true, "userAssignedIdentities": [], "userAssignedIdentityExceptions": []});
    assert_eq!(first.profile, expected);
    let consented = edit(&first.profile, &enable(true), false).unwrap();
    assert_eq!(consented.effects, [Effect::Replaced]);
    assert!(Profile::of(&consented.profile).allow_network_plugin_kubenet);
    let again = edit(&consented.profile, &enable(false), false).unwrap();
    assert_eq!(again.effects, [Effect::Unchanged]);
    assert!(Profile::of(&again.profile).allow_network_plugin_kubenet);
    let profile = on(&[item("a", "a", "Assigned")]);
    let off = edit(&profile, &[Edit::Disable], false).unwrap();
    assert_eq!(off.effects, [Effect::Removed]);
    assert_eq!(off.profile["enabled"], false);
    assert_eq!(off.profile["userAssignedIdentities"], json!([]));
    let mut both = enable(false).to_vec();
    both.push(add("a", "a"));
    assert_eq!(effects(&json!({}), &both), [Effect::Added; 2]);
}

#[test]
fn no_more_than_the_limit() {
    let items = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|n| item(&format!("n{n}"), "x", "Assigned"))
            .collect()
    };
    let refusals = edit(&on(&items(LIMIT)), &[add("one-more", "x")], false).unwrap_err();
    assert_eq!(
        refusals[0].to_string(),
        "a cluster has at most 200 pod identities, not 201"
    );
    let swap = [remove("n0"), add("one-more", "x")];
    assert!(edit(&on(&items(LIMIT)), &swap, false).is_ok());
    assert!(edit(&on(&items(LIMIT + 5)), &[remove("n0")], false).is_ok());
}

/// Any JSON, a few levels deep.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zA-Z0-9/ -]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("x[a-z]{0,5}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn unknown_fields() -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map("x[a-z]{1,6}", anything(), 0..4)
        .prop_map(|map| map.into_iter().collect())
}

fn any_item() -> impl Strategy<Value = Value> {
    let states = prop::sample::select(vec!["Assigned", "Updating", "Failed", "Canceled"]);
    ("[a-e]", "[a-e]", states, unknown_fields()).prop_map(|(name, identity, state, extra)| {
        let mut value = item(&name, &identity, state);
        value.as_object_mut().unwrap().extend(extra);
        value
    })
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        ("[a-e]", "[a-e]").prop_map(|(name, identity)| add(&name, &identity)),
        "[a-e]".prop_map(|name| remove(&name)),
        "[a-e]".prop_map(|name| repair(&name)),
        Just(except(&[("app", "x")])),
        any::<bool>().prop_map(|consent| Edit::Enable {
            allow_network_plugin_kubenet: consent
        }),
    ]
}

proptest! {
    #[test]
    fn what_no_edit_is_about_survives(
        items in prop::collection::vec(any_item(), 0..5),
        extra in unknown_fields(),
        edits in prop::collection::vec(any_edit(), 0..5),
    ) {
        let mut profile = on(&items);
        profile.as_object_mut().unwrap().extend(extra.clone());
        let change = edit(&profile, &edits, true).unwrap();
        prop_assert_eq!(change.effects.len(), edits.len());
        for (key, value) in &extra {
            prop_assert_eq!(&change.profile[key], value);
        }
        let touched: Vec<String> = edits.iter().map(Edit::key).collect();
        let sent = change.profile[IDENTITIES].as_array().unwrap();
        for original in &items {
            if touched.contains(&Item::of(original).key()) {
                continue;
            }
            let mut expected = original.clone();
            expected.as_object_mut().unwrap().shift_remove("provisioningState");
            prop_assert!(sent.contains(&expected));
        }
    }

    #[test]
    fn a_second_time_nothing_is_left_to_do(
        items in prop::collection::vec(any_item(), 0..5),
        change in any_edit(),
    ) {
        let first = edit(&on(&items), std::slice::from_ref(&change), true).unwrap();
        let second = edit(&first.profile, &[change], true).unwrap();
        prop_assert!(second.is_nothing(), "{:?}", second.effects);
    }

    #[test]
    fn any_value_is_read(profile in anything()) {
        let _ = Profile::of(&profile);
        let _ = edit(&profile, &[add("a", "a"), Edit::Disable], true);
    }
}
