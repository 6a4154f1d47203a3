//! Plans of one cluster.

use super::*;
use crate::domain::claim::Record;
use crate::domain::file;

const IDS: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/";

fn identity(name: &str) -> ResourceId {
    format!("{IDS}{name}").parse().unwrap()
}

fn scale_set(name: &str) -> ResourceId {
    format!("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/{name}").parse().unwrap()
}

fn cluster(names: &[&str]) -> WantedCluster {
    let mut text = "apiVersion: podid.dev/v1\nkind: PodIdentities\nclusters:\n- resourceGroup: g\n  name: c\n  podIdentities:\n".to_owned();
    if names.is_empty() {
        text.truncate(text.len() - 1);
        text.push_str(" []\n");
    }
    for name in names {
        text.push_str("  - {namespace: a, identityResourceId: ");
        text.extend([IDS, name, "}\n"]);
    }
    file::read(&text).unwrap().wanted.clusters.remove(0)
}

fn object(kind: Kind, name: &str, spec: Value) -> Object {
    Object {
        kind,
        namespace: "a".to_owned(),
        name: name.to_owned(),
        owner: Owner::Podid,
        spec,
        version: "1".to_owned(),
    }
}

/// A cluster where podid put `name` on pool `one`.
fn holding(name: &str) -> World {
    World {
        objects: vec![
            object(
                Kind::AzureIdentity,
                name,
                json!({"resourceID": format!("{IDS}{name}").to_uppercase(), "clientID": "C"}),
            ),
            object(
                Kind::AzureIdentityBinding,
                &format!("{name}-binding"),
                json!({"azureIdentity": name, "selector": name}),
            ),
        ],
        claims: vec![Claim {
            namespace: "a".to_owned(),
            name: name.to_owned(),
            identity: Some(identity(name)),
            uid: "u".to_owned(),
            record: Record::from([(identity(name), BTreeSet::from([scale_set("one")]))]),
            releasing_until: None,
        }],
        pools: BTreeMap::from([(
            scale_set("one"),
            Pool {
                name: "pool".to_owned(),
                held: BTreeSet::from([identity(name)]),
            },
        )]),
        own: BTreeSet::new(),
        client_ids: BTreeMap::from([(identity(name), "c".to_owned())]),
    }
}

fn lines(outcome: &Outcome) -> Vec<String> {
    outcome
        .changes
        .iter()
        .map(|change| format!("{} {} {}", change.action.sign(), change.kind, change.name))
        .collect()
}

#[test]
fn what_is_there_needs_no_change() {
    let outcome = plan(&cluster(&["x"]), &holding("x"), Manner::default()).unwrap();
    assert_eq!(outcome, Outcome::default());
}

#[test]
fn an_empty_cluster_gets_everything() {
    let mut world = holding("y");
    world.objects.clear();
    world.claims.clear();
    let outcome = plan(&cluster(&["x"]), &world, Manner::default()).unwrap();
    assert_eq!(
        lines(&outcome),
        [
            "+ AzureIdentity a/x",
            "~ ScaleSet one",
            "+ AzureIdentityBinding a/x-binding"
        ]
    );
    assert_eq!(outcome.changes[1].why, "1 to assign");
}

#[test]
fn pruning_takes_what_podid_made_and_nothing_else() {
    let prune = Manner {
        prune: true,
        replace: false,
    };
    let world = holding("x");
    let kept = plan(&cluster(&[]), &world, Manner::default()).unwrap();
    assert_eq!(kept, Outcome::default());
    let gone = plan(&cluster(&[]), &world, prune).unwrap();
    assert_eq!(
        lines(&gone),
        [
            "~ ScaleSet one",
            "- AzureIdentityBinding a/x-binding",
            "- AzureIdentity a/x"
        ]
    );
    let mut by_hand = world.clone();
    for object in &mut by_hand.objects {
        object.owner = Owner::Other;
    }
    assert_eq!(plan(&cluster(&[]), &by_hand, prune).unwrap().changes, []);
    let mut used = world.clone();
    let mut binding = object(
        Kind::AzureIdentityBinding,
        "hand",
        json!({"azureIdentity": "x", "selector": "z"}),
    );
    binding.owner = Owner::Other;
    used.objects.push(binding);
    let outcome = plan(&cluster(&[]), &used, prune).unwrap();
    assert_eq!((outcome.changes.len(), outcome.notes.len()), (0, 1));
    let mut own = world;
    own.own.insert(identity("x"));
    let outcome = plan(&cluster(&[]), &own, prune).unwrap();
    assert_eq!(lines(&outcome).len(), 2, "the scale set keeps it");
}

#[test]
fn a_name_that_gets_another_identity_gives_up_the_former() {
    let mut world = holding("x");
    for object in &mut world.objects {
        object.name = object.name.replace('x', "y");
    }
    world.objects[1].spec = json!({"azureIdentity": "y", "selector": "y"});
    world.claims[0].name = "y".to_owned();
    let outcome = plan(&cluster(&["y"]), &world, Manner::default()).unwrap();
    assert_eq!(lines(&outcome), ["~ AzureIdentity a/y", "~ ScaleSet one"]);
    assert_eq!(outcome.changes[1].why, "1 to assign, 1 to unassign");
}

#[test]
fn objects_of_others_are_in_the_way() {
    let mut world = holding("x");
    world.objects[1].spec["selector"] = json!("other");
    let outcome = plan(&cluster(&["x"]), &world, Manner::default()).unwrap();
    assert_eq!(lines(&outcome), ["~ AzureIdentityBinding a/x-binding"]);
    assert_eq!(outcome.changes[0].why, "selector is `other`, not `x`");
    world.objects[1].owner = Owner::Other;
    assert!(plan(&cluster(&["x"]), &world, Manner::default()).is_err());
    let replace = Manner {
        prune: false,
        replace: true,
    };
    assert_eq!(
        plan(&cluster(&["x"]), &world, replace)
            .unwrap()
            .changes
            .len(),
        1
    );
    world.objects[1].owner = Owner::AddOn;
    assert!(plan(&cluster(&["x"]), &world, replace).is_err());
}
