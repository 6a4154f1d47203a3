//! The managed identities that a file names: those that exist, and those to be created.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use serde_json::json;

use super::source::{self, Source};
use crate::azure::user_assigned_identity::{self, Identity};
use crate::azure::{self, resource_group};
use crate::commands::change::managed;
use crate::context::Context;
use crate::domain::change_plan::aks::Principals;
use crate::domain::change_plan::{Action, Change, Kind};
use crate::domain::file::Fault;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};

/// The managed identities of a file.
#[derive(Debug, Clone, Default)]
pub struct Identities {
    /// Those that exist.
    pub found: BTreeMap<ResourceId, Identity>,
    /// Those to be created: location and tags.
    pub absent: BTreeMap<ResourceId, (String, BTreeMap<String, String>)>,
}

/// Reads the managed identities that `source` names.
///
/// # Errors
/// One does not exist and is not to be created, or belongs to another tenant: each with its line
/// and column; or they may not be read.
pub async fn read(context: &Context, source: &Source) -> Result<Identities> {
    let wanted = &source.read.wanted;
    let ids: BTreeSet<ResourceId> = wanted.named.keys().cloned().collect();
    let mut identities = Identities::default();
    if ids.is_empty() {
        return Ok(identities);
    }
    let azure = context.azure().await?;
    for identity in managed::lookup(azure, &ids).await? {
        identities.found.insert(identity.id.clone(), identity);
    }
    let tenant = azure.principal().await?.tenant_id;
    let mut faults = Vec::new();
    for (id, pointer) in &wanted.named {
        if let Some(message) = fault(&identities, &tenant, id, wanted.create.contains_key(id)) {
            faults.push(source.read.fault(pointer, message));
        }
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault: &Fault| (fault.line, fault.column));
        return Err(source::refused(&source.name, faults));
    }
    let mut locations: BTreeMap<(String, String), String> = BTreeMap::new();
    for (id, how) in &wanted.create {
        if identities.found.contains_key(id) {
            continue;
        }
        let location = match &how.location {
            Some(location) => location.clone(),
            None => location(azure, id, &mut locations).await?,
        };
        let creation = (location, how.tags.clone());
        identities.absent.insert(id.clone(), creation);
    }
    Ok(identities)
}

fn fault(identities: &Identities, tenant: &str, id: &ResourceId, create: bool) -> Option<String> {
    let name = id.name();
    match identities.found.get(id) {
        Some(identity) if !identity.tenant_id.eq_ignore_ascii_case(tenant) => Some(format!(
            "managed identity `{name}` belongs to another tenant ({}, the cluster's is {tenant})",
            identity.tenant_id
        )),
        Some(_) => None,
        None if create => user_assigned_identity::check_name(name)
            .err()
            .map(|reason| format!("managed identity `{name}` cannot be created: {reason}")),
        None => Some(format!(
            "managed identity `{name}` does not exist; correct the id, or list it under `managedIdentities` with `create: {{}}`"
        )),
    }
}

/// Where the resource group of `id` is, each asked once.
async fn location(
    azure: &azure::Client,
    id: &ResourceId,
    known: &mut BTreeMap<(String, String), String>,
) -> Result<String> {
    let group = id.resource_group().unwrap_or_default().to_ascii_lowercase();
    let key = (id.subscription().to_ascii_lowercase(), group);
    if let Some(location) = known.get(&key) {
        return Ok(location.clone());
    }
    let location = resource_group::location(azure, &key.0, &key.1).await?;
    known.insert(key, location.clone());
    Ok(location)
}

/// The name of `id`, or the whole id when another of `all` has the same name.
fn label<T>(all: &BTreeMap<ResourceId, T>, id: &ResourceId) -> String {
    let alike = |other: &&ResourceId| other.name().eq_ignore_ascii_case(id.name());
    if all.keys().filter(alike).count() > 1 {
        id.to_string()
    } else {
        id.name().to_owned()
    }
}

impl Identities {
    /// The creations, as changes.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let created = self.absent.iter().map(|(id, (location, tags))| Change {
            action: Action::Create,
            cluster: None,
            kind: Kind::ManagedIdentity,
            name: label(&self.absent, id),
            before: serde_json::Value::Null,
            after: json!({"resourceId": id, "location": location, "tags": tags}),
            why: "it does not exist".to_owned(),
        });
        created.collect()
    }

    /// Client ids of those that exist.
    #[must_use]
    pub fn client_ids(&self) -> BTreeMap<ResourceId, String> {
        self.found
            .iter()
            .map(|(id, identity)| (id.clone(), identity.client_id.clone()))
            .collect()
    }

    /// Client and object ids of those that exist.
    #[must_use]
    pub fn principals(&self) -> Principals {
        let pair =
            |identity: &Identity| (identity.client_id.clone(), identity.principal_id.clone());
        self.found
            .iter()
            .map(|(id, identity)| (id.clone(), pair(identity)))
            .collect()
    }

    /// Creates those that do not exist, side by side; what became of each, by name.
    pub async fn create(&mut self, azure: &azure::Client) -> Vec<(String, Result<()>)> {
        let absent = std::mem::take(&mut self.absent);
        let names: BTreeMap<ResourceId, String> = absent
            .keys()
            .map(|id| (id.clone(), label(&absent, id)))
            .collect();
        let work = absent.into_iter().map(|(id, (location, tags))| async move {
            let created = user_assigned_identity::create(azure, &id, &location, &tags).await;
            (id, created)
        });
        let mut outcomes = Vec::new();
        for (id, created) in join_all(work).await {
            let name = names.get(&id).cloned().unwrap_or_default();
            let outcome = match created {
                Ok(identity) => {
                    self.found.insert(id, identity);
                    Ok(())
                }
                Err(error) => Err(Error::from(error)
                    .context(format!("Managed identity `{name}` was not created"))
                    .target(id.to_string())),
            };
            outcomes.push((name, outcome));
        }
        outcomes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_of_one_name_are_told_apart() {
        let id = |group: &str, name: &str| {
            let subscription = "00000000-0000-0000-0000-000000000000";
            ResourceId::user_assigned_identity(subscription, group, name).unwrap()
        };
        let all = [
            id("one", "billing"),
            id("two", "Billing"),
            id("one", "reader"),
        ];
        let all: BTreeMap<ResourceId, u8> = all.into_iter().map(|id| (id, 0)).collect();
        let labels: Vec<String> = all.keys().map(|id| label(&all, id)).collect();
        let whole: Vec<bool> = labels.iter().map(|text| text.starts_with('/')).collect();
        assert_eq!(whole, [true, false, true], "{labels:?}");
    }
}
