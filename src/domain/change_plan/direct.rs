//! What has to change when podid itself changes the cluster.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Action, Change, Kind, Refusal, sort};
use crate::domain::assignment::{self, Holdings};
use crate::domain::claim::{self, Claim, Record, Release};
use crate::domain::file::WantedCluster;
use crate::domain::name::BINDING_SUFFIX;
use crate::domain::resource_id::ResourceId;

/// Who keeps an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// podid made it.
    Podid,
    /// The add-on keeps it.
    AddOn,
    /// A person or another tool.
    Other,
}

/// An object as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Who keeps it.
    pub owner: Owner,
    /// Its content, with the keys that [`wanted`] gives.
    pub spec: Value,
    /// Differs after each change.
    pub version: String,
}

impl Object {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// The scale set of a node pool that can hold identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Name of the pool.
    pub name: String,
    /// What its scale set holds.
    pub held: BTreeSet<ResourceId>,
}

/// A cluster as it is.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Its objects.
    pub objects: Vec<Object>,
    /// The same identities as claims.
    pub claims: Vec<Claim>,
    /// Node pools that can hold identities, by scale set.
    pub pools: BTreeMap<ResourceId, Pool>,
    /// The cluster's own identities, which never leave a scale set.
    pub own: BTreeSet<ResourceId>,
    /// Client ids of the managed identities that exist.
    pub client_ids: BTreeMap<ResourceId, String>,
}

impl World {
    /// The object of this kind and `namespace/name`.
    #[must_use]
    pub fn find(&self, kind: Kind, key: &str) -> Option<&Object> {
        self.objects
            .iter()
            .find(|object| object.kind == kind && object.key() == key)
    }
}

/// An object as it should be.
#[derive(Debug, Clone, PartialEq)]
pub struct WantedObject {
    /// Its kind.
    pub kind: Kind,
    /// `namespace/name`.
    pub key: String,
    /// Its content; a client id that nobody knows yet is null.
    pub spec: Value,
}

/// How a plan is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Remove what podid made and the file does not name.
    pub prune: bool,
    /// Take over objects that others made.
    pub replace: bool,
}

/// What has to change, and what stays though one might expect it to go.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The changes, in the order in which they are carried out.
    pub changes: Vec<Change>,
    /// Pod identities, as `(namespace, name)`, that go.
    pub pruned: Vec<(String, String)>,
    /// What stays, and why.
    pub notes: Vec<String>,
}

/// The objects that `cluster` asks for.
#[must_use]
pub fn wanted(cluster: &WantedCluster, world: &World) -> Vec<WantedObject> {
    let mut objects = Vec::new();
    for item in &cluster.pod_identities {
        objects.push(WantedObject {
            kind: Kind::AzureIdentity,
            key: item.key(),
            spec: json!({
                "resourceID": item.identity,
                "clientID": world.client_ids.get(&item.identity),
            }),
        });
        objects.push(WantedObject {
            kind: Kind::AzureIdentityBinding,
            key: format!("{}/{}", item.namespace, item.name.binding()),
            spec: json!({"azureIdentity": item.name, "selector": item.selector}),
        });
    }
    for item in &cluster.bindings {
        objects.push(WantedObject {
            kind: Kind::AzureIdentityBinding,
            key: format!("{}/{}", item.namespace, item.name),
            spec: json!({"azureIdentity": item.identity, "selector": item.selector}),
        });
    }
    for item in &cluster.exceptions {
        objects.push(WantedObject {
            kind: Kind::AzurePodIdentityException,
            key: item.key(),
            spec: json!({"podLabels": item.pod_labels}),
        });
    }
    objects
}

/// Plans the changes of one cluster.
///
/// # Errors
/// Objects of others are in the way.
pub fn plan(
    cluster: &WantedCluster,
    world: &World,
    manner: Manner,
) -> Result<Outcome, Vec<Refusal>> {
    let wanted = wanted(cluster, world);
    let mut outcome = Outcome::default();
    let mut refusals = Vec::new();
    for object in &wanted {
        match compare(object, world, manner) {
            Ok(Some(change)) => outcome.changes.push(change),
            Ok(None) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    if manner.prune {
        prune(&wanted, world, &mut outcome);
    }
    let mut given_up = replaced(cluster, world);
    given_up.extend(outcome.pruned.iter().cloned());
    let leaving = releases(cluster, world, &given_up);
    scale_sets(cluster, world, &leaving, &mut outcome.changes);
    sort(&mut outcome.changes);
    Ok(outcome)
}

fn compare(
    object: &WantedObject,
    world: &World,
    manner: Manner,
) -> Result<Option<Change>, Refusal> {
    let change = |action, before: Value, why: String| Change {
        action,
        cluster: None,
        kind: object.kind,
        name: object.key.clone(),
        before,
        after: object.spec.clone(),
        why,
    };
    let Some(found) = world.find(object.kind, &object.key) else {
        let why = "the file asks for it".to_owned();
        return Ok(Some(change(Action::Create, Value::Null, why)));
    };
    let (kind, name) = (object.kind, object.key.clone());
    if found.owner == Owner::AddOn {
        return Err(Refusal::OfAddOn { kind, name });
    }
    let differing = differing(&object.spec, &found.spec);
    if differing.is_empty() {
        return Ok(None);
    }
    let how = describe(&differing, &object.spec, &found.spec);
    // A client id that went with its managed identity is nobody's content.
    let repair = differing == ["clientID"];
    if found.owner == Owner::Other && !manner.replace && !repair {
        return Err(Refusal::OfOthers { kind, name, how });
    }
    Ok(Some(change(Action::Update, found.spec.clone(), how)))
}

/// The keys whose values differ; resource and client ids are compared as Azure does.
fn differing<'a>(wanted: &'a Value, found: &Value) -> Vec<&'a str> {
    let Value::Object(wanted) = wanted else {
        return Vec::new();
    };
    let same = |key: &str, wanted: &Value| match (wanted, &found[key]) {
        (Value::String(a), Value::String(b)) if matches!(key, "resourceID" | "clientID") => {
            a.eq_ignore_ascii_case(b)
        }
        (a, b) => a == b,
    };
    wanted
        .iter()
        .filter(|(key, value)| !same(key, value))
        .map(|(key, _)| key.as_str())
        .collect()
}

fn describe(keys: &[&str], wanted: &Value, found: &Value) -> String {
    let texts = keys.iter().map(|key| {
        let shown = |value: &Value| match value {
            Value::Null => "not known yet".to_owned(),
            Value::String(text) => format!("`{}`", text.rsplit('/').next().unwrap_or(text)),
            other => other.to_string(),
        };
        format!(
            "{key} is {}, not {}",
            shown(&found[*key]),
            shown(&wanted[*key])
        )
    });
    texts.collect::<Vec<_>>().join("; ")
}

/// What podid made and nobody wants any more.
fn prune(wanted: &[WantedObject], world: &World, outcome: &mut Outcome) {
    let is_wanted = |object: &Object| {
        wanted
            .iter()
            .any(|wanted| wanted.kind == object.kind && wanted.key == object.key())
    };
    let ours: Vec<&Object> = world
        .objects
        .iter()
        .filter(|object| object.owner == Owner::Podid && !is_wanted(object))
        .collect();
    let mut kept = BTreeSet::new();
    for object in ours
        .iter()
        .filter(|object| object.kind == Kind::AzureIdentity)
    {
        let user = world.objects.iter().find(|binding| {
            binding.kind == Kind::AzureIdentityBinding
                && binding.namespace == object.namespace
                && binding.spec["azureIdentity"] == object.name.as_str()
                && (binding.owner != Owner::Podid || is_wanted(binding))
        });
        if let Some(binding) = user {
            kept.insert(object.key());
            outcome.notes.push(format!(
                "AzureIdentity `{}` stays: binding `{}`, which podid did not make, refers to it",
                object.key(),
                binding.key()
            ));
        } else {
            let name = (object.namespace.clone(), object.name.clone());
            outcome.pruned.push(name);
        }
    }
    for object in ours {
        let stays = match object.kind {
            Kind::AzureIdentity => kept.contains(&object.key()),
            // The own binding of an identity that stays.
            Kind::AzureIdentityBinding => {
                let identity = object.name.strip_suffix(BINDING_SUFFIX);
                identity.is_some_and(|name| kept.contains(&format!("{}/{name}", object.namespace)))
            }
            _ => false,
        };
        if !stays {
            outcome.changes.push(Change {
                action: Action::Delete,
                cluster: None,
                kind: object.kind,
                name: object.key(),
                before: object.spec.clone(),
                after: Value::Null,
                why: "podid made it, and the file does not name it".to_owned(),
            });
        }
    }
}

/// Pod identities that get another managed identity, and give up the former one.
fn replaced(cluster: &WantedCluster, world: &World) -> Vec<(String, String)> {
    let other = |claim: &&Claim| {
        cluster.pod_identities.iter().any(|item| {
            item.namespace.as_str() == claim.namespace
                && item.name.as_str() == claim.name
                && claim.identity.as_ref() != Some(&item.identity)
        })
    };
    let claims = world.claims.iter().filter(other);
    claims
        .map(|claim| (claim.namespace.clone(), claim.name.clone()))
        .collect()
}

/// The identities that leave scale sets when `given_up` give them up.
fn releases(cluster: &WantedCluster, world: &World, given_up: &[(String, String)]) -> Holdings {
    let goes = |claim: &Claim| {
        given_up
            .iter()
            .any(|(namespace, name)| claim.namespace == *namespace && claim.name == *name)
    };
    let mut claims = world.claims.clone();
    for claim in claims.iter_mut().filter(|claim| goes(claim)) {
        claim.releasing_until = Some(i64::MAX);
    }
    // What is added comes before what goes, and keeps its identity on the scale sets.
    claims.extend(cluster.pod_identities.iter().map(|item| Claim {
        namespace: item.namespace.to_string(),
        name: item.name.to_string(),
        uid: String::new(),
        identity: Some(item.identity.clone()),
        record: Record::new(),
        releasing_until: None,
    }));
    let held: Holdings = world
        .pools
        .iter()
        .map(|(set, pool)| (set.clone(), pool.held.clone()))
        .collect();
    let mut unwanted = BTreeSet::new();
    let mut owned = BTreeMap::new();
    for claim in world.claims.iter().filter(|claim| goes(claim)) {
        for identity in claim.identities() {
            if world.own.contains(&identity) {
                continue;
            }
            let release = claim::release(&claims, &identity, &claim.namespace, &claim.name);
            if let Release::Unassign(sets) = release {
                unwanted.insert(identity.clone());
                owned.insert(identity, sets);
            }
        }
    }
    assignment::removable(&unwanted, &owned, &held)
}

/// One change per scale set.
fn scale_sets(
    cluster: &WantedCluster,
    world: &World,
    leaving: &Holdings,
    changes: &mut Vec<Change>,
) {
    let chosen = |pool: &Pool| {
        let included = cluster.pools.as_ref();
        included.is_none_or(|names| names.contains(&pool.name))
    };
    let held: Holdings = world
        .pools
        .iter()
        .filter(|(_, pool)| chosen(pool))
        .map(|(set, pool)| (set.clone(), pool.held.clone()))
        .collect();
    let missing = assignment::missing(&cluster.identities(), &held);
    let none = BTreeSet::new();
    for (set, pool) in &world.pools {
        let coming = missing.get(set).unwrap_or(&none);
        let going = leaving.get(set).unwrap_or(&none);
        if coming.is_empty() && going.is_empty() {
            continue;
        }
        let mut after = pool.held.clone();
        after.extend(coming.iter().cloned());
        after.retain(|identity| !going.contains(identity));
        let why = match (coming.len(), going.len()) {
            (count, 0) => format!("{count} to assign"),
            (0, count) => format!("{count} to unassign"),
            (add, remove) => format!("{add} to assign, {remove} to unassign"),
        };
        changes.push(Change {
            action: Action::Update,
            cluster: None,
            kind: Kind::ScaleSet,
            name: set.name().to_owned(),
            before: json!({"nodePool": pool.name, "identities": pool.held}),
            after: json!({"nodePool": pool.name, "identities": after}),
            why,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            text.push_str(&format!("{IDS}{name}}}\n"));
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
}
