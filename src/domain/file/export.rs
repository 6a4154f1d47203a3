//! A cluster as it is, written as a file that asks for exactly that.

use std::collections::BTreeSet;

use super::{BindingEntry, Cluster, ExceptionEntry, PodIdentityEntry, Pools, Way};
use crate::domain::change_plan::Kind;
use crate::domain::change_plan::direct::{Object, Owner, World};
use crate::domain::label::PodLabels;
use crate::domain::name::{BINDING_SUFFIX, BindingSelector, PodIdentityName};
use crate::domain::profile::{ItemState, Profile};
use crate::domain::resource_id::{ResourceId, USER_ASSIGNED_IDENTITY};

/// A cluster, and what of it a file cannot say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// What the file says.
    pub cluster: Cluster,
    /// What is left out, and why.
    pub left_out: Vec<String>,
}

/// A cluster that podid itself changes.
#[must_use]
pub fn direct(id: &ResourceId, world: &World) -> Exported {
    let mut exported = Exported {
        cluster: Cluster {
            via: Way::Direct,
            ..named(id)
        },
        left_out: Vec::new(),
    };
    let of = |kind: Kind| {
        let mut found: Vec<&Object> = world
            .objects
            .iter()
            .filter(|object| object.kind == kind && object.owner != Owner::AddOn)
            .collect();
        found.sort_by_key(|object| (&object.namespace, &object.name));
        found
    };
    let bindings = of(Kind::AzureIdentityBinding);
    let mut managed = BTreeSet::new();
    for object in of(Kind::AzureIdentity) {
        match pod_identity(object, &bindings) {
            Ok((entry, identity)) => {
                managed.insert(identity);
                exported.cluster.pod_identities.push(entry);
            }
            Err(why) => exported.leave(object, &why),
        }
    }
    for object in bindings {
        match binding(object, &exported.cluster) {
            Ok(Some(entry)) => exported.cluster.bindings.push(entry),
            Ok(None) => {}
            Err(why) => exported.leave(object, &why),
        }
    }
    for object in of(Kind::AzurePodIdentityException) {
        let labels = serde_json::from_value(object.spec["podLabels"].clone()).unwrap_or_default();
        match PodLabels::from_map(labels) {
            Ok(labels) => exported.cluster.exceptions.push(ExceptionEntry {
                namespace: object.namespace.clone(),
                name: object.name.clone(),
                pod_labels: labels.as_map().clone(),
            }),
            Err(wrong) => {
                let why = wrong.first().map(ToString::to_string).unwrap_or_default();
                exported.leave(object, &why);
            }
        }
    }
    exported.cluster.pools = pools(world, &managed);
    exported
}

/// A cluster that the add-on changes.
#[must_use]
pub fn add_on(id: &ResourceId, profile: &Profile) -> Exported {
    let mut cluster = Cluster {
        enabled: Some(true),
        allow_network_plugin_kubenet: profile.allow_network_plugin_kubenet.then_some(true),
        ..named(id)
    };
    let staying = profile
        .identities
        .iter()
        .filter(|item| item.state != ItemState::Deleting);
    cluster.pod_identities = staying
        .map(|item| PodIdentityEntry {
            namespace: item.namespace.clone(),
            name: Some(item.name.clone()),
            identity_resource_id: item.resource_id.clone(),
            binding_selector: Some(item.selector.clone()),
        })
        .collect();
    cluster
        .pod_identities
        .sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let exceptions = profile.exceptions.iter();
    let (good, bad): (Vec<_>, Vec<_>) = exceptions
        .map(|item| ExceptionEntry {
            namespace: item.namespace.clone(),
            name: item.name.clone(),
            pod_labels: item.labels.clone(),
        })
        .partition(|entry| PodLabels::from_map(entry.pod_labels.clone()).is_ok());
    cluster.exceptions = good;
    cluster
        .exceptions
        .sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let left_out = bad.iter().map(|entry| {
        let (namespace, name) = (&entry.namespace, &entry.name);
        format!("exception `{namespace}/{name}`: its labels are none that pods can carry")
    });
    Exported {
        left_out: left_out.collect(),
        cluster,
    }
}

impl Exported {
    fn leave(&mut self, object: &Object, why: &str) {
        self.left_out
            .push(format!("{} `{}`: {why}", object.kind, object.key()));
    }
}

fn named(id: &ResourceId) -> Cluster {
    Cluster {
        subscription: Some(id.subscription().to_owned()),
        resource_group: id.resource_group().unwrap_or_default().to_owned(),
        name: id.name().to_owned(),
        ..Cluster::default()
    }
}

fn pod_identity(
    object: &Object,
    bindings: &[&Object],
) -> Result<(PodIdentityEntry, ResourceId), String> {
    let id = object.spec["resourceID"].as_str().unwrap_or_default();
    let identity = id
        .parse::<ResourceId>()
        .and_then(|id| id.expect_type(USER_ASSIGNED_IDENTITY))
        .map_err(|error| error.to_string())?;
    object
        .name
        .parse::<PodIdentityName>()
        .map_err(|error| error.to_string())?;
    let own_name = format!("{}{BINDING_SUFFIX}", object.name);
    let own = bindings
        .iter()
        .find(|binding| binding.namespace == object.namespace && binding.name == own_name);
    let Some(own) = own.filter(|own| own.spec["azureIdentity"] == object.name.as_str()) else {
        return Err(format!("it has no binding `{own_name}`"));
    };
    Ok((
        PodIdentityEntry {
            namespace: object.namespace.clone(),
            name: Some(object.name.clone()),
            identity_resource_id: id.to_owned(),
            binding_selector: Some(selector(own)?),
        },
        identity,
    ))
}

/// A binding beside the own one of each identity.
fn binding(object: &Object, cluster: &Cluster) -> Result<Option<BindingEntry>, String> {
    let identity = object.spec["azureIdentity"].as_str().unwrap_or_default();
    let owner = cluster.pod_identities.iter().find(|entry| {
        entry.namespace == object.namespace && entry.name.as_deref() == Some(identity)
    });
    let Some(owner) = owner else {
        return Err(format!("its AzureIdentity `{identity}` is not in the file"));
    };
    if object.name == format!("{identity}{BINDING_SUFFIX}") {
        return Ok(None);
    }
    let selector = selector(object)?;
    let same = |entry: &&BindingEntry| {
        entry.namespace == object.namespace
            && entry.identity == identity
            && entry.selector == selector
    };
    if owner.binding_selector.as_ref() == Some(&selector)
        || cluster.bindings.iter().any(|entry| same(&entry))
    {
        return Err(format!(
            "another binding of `{identity}` has selector `{selector}` too"
        ));
    }
    Ok(Some(BindingEntry {
        namespace: object.namespace.clone(),
        name: object.name.clone(),
        identity: identity.to_owned(),
        selector,
    }))
}

fn selector(binding: &Object) -> Result<String, String> {
    let text = binding.spec["selector"].as_str().unwrap_or_default();
    text.parse::<BindingSelector>()
        .map(|_| text.to_owned())
        .map_err(|error| error.to_string())
}

/// The node pools that hold any of the identities, when others hold none.
fn pools(world: &World, managed: &BTreeSet<ResourceId>) -> Option<Pools> {
    let holds = |held: &BTreeSet<ResourceId>| held.intersection(managed).next().is_some();
    let mut include: Vec<String> = world
        .pools
        .values()
        .filter(|pool| holds(&pool.held))
        .map(|pool| pool.name.clone())
        .collect();
    include.sort();
    (!include.is_empty() && include.len() < world.pools.len()).then_some(Pools { include })
}
