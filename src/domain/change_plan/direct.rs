//! What has to change when podid itself changes the cluster.

mod prune;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Action, Change, Kind, Refusal, sort};
use crate::domain::assignment::{self, Holdings};
use crate::domain::claim::Claim;
use crate::domain::file::WantedCluster;
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
        prune::prune(&wanted, world, &mut outcome);
    }
    let mut given_up = prune::replaced(cluster, world);
    given_up.extend(outcome.pruned.iter().cloned());
    let leaving = prune::releases(cluster, world, &given_up);
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
mod tests;
