//! What podid-mic itself assigned to a host, kept in a ConfigMap per host.
//!
//! Only what stands here may be taken off a host again. A record is written under the version it was
//! read as, so that two writers cannot undo each other.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Api, DeleteParams, ListParams, ObjectMeta, PostParams, Preconditions};
use kube::{Client, ResourceExt};
use uuid::Uuid;

use super::FIELD_MANAGER;
use super::error::{Error, Result};
use super::error_mapping::Explain;
use super::operation::Operation;
use crate::domain::resource_id::ResourceId;

const RESOURCE: &str = "configmaps";
const PREFIX: &str = "podid-mic-";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const COMPONENT: &str = "app.kubernetes.io/component";
const COMPONENT_VALUE: &str = "podid-mic-record";
const HOST: &str = "host";
const IDENTITIES: &str = "identities";

/// What podid-mic assigned to one host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnershipRecord {
    /// The scale set or machine.
    pub host: ResourceId,
    /// The identities podid-mic put there, or is about to.
    pub identities: BTreeSet<ResourceId>,
    /// The version it was read as; none when there is none yet.
    pub resource_version: Option<String>,
}

impl OwnershipRecord {
    /// A record that is not written yet.
    #[must_use]
    pub fn new(host: ResourceId) -> Self {
        Self {
            host,
            identities: BTreeSet::new(),
            resource_version: None,
        }
    }

    /// The name of a host's ConfigMap: the same for every spelling of its id.
    #[must_use]
    pub fn name(host: &ResourceId) -> String {
        let hash = Uuid::new_v5(&Uuid::NAMESPACE_URL, host.key().as_bytes());
        format!("{PREFIX}{}", hash.simple())
    }

    /// Nothing of a ConfigMap that is no record; identities that cannot be read are left out.
    fn read(object: &ConfigMap) -> Option<Self> {
        let data = object.data.as_ref()?;
        let host = ResourceId::parse(data.get(HOST)?).ok()?;
        let listed: Vec<String> = serde_json::from_str(data.get(IDENTITIES)?).ok()?;
        Some(Self {
            host,
            identities: listed
                .iter()
                .filter_map(|id| ResourceId::parse(id).ok())
                .collect(),
            resource_version: object.resource_version(),
        })
    }

    fn object(&self) -> ConfigMap {
        let listed: Vec<&str> = self.identities.iter().map(ResourceId::as_str).collect();
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        ConfigMap {
            metadata: ObjectMeta {
                name: Some(Self::name(&self.host)),
                labels: Some(BTreeMap::from([
                    pair(MANAGED_BY, FIELD_MANAGER),
                    pair(COMPONENT, COMPONENT_VALUE),
                ])),
                resource_version: self.resource_version.clone(),
                ..ObjectMeta::default()
            },
            data: Some(BTreeMap::from([
                pair(HOST, self.host.as_str()),
                pair(IDENTITIES, &serde_json::json!(listed).to_string()),
            ])),
            ..ConfigMap::default()
        }
    }
}

/// All records of a namespace.
///
/// # Errors
/// See [`Error`].
pub async fn list(client: &Client, namespace: &str) -> Result<Vec<OwnershipRecord>> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let labels = format!("{MANAGED_BY}={FIELD_MANAGER},{COMPONENT}={COMPONENT_VALUE}");
    let all = api.list(&ListParams::default().labels(&labels)).await;
    let all = all.explain(|| Operation::list(RESOURCE, Some(namespace)))?;
    Ok(all.items.iter().filter_map(OwnershipRecord::read).collect())
}

/// The record of one host; none when there is none.
///
/// # Errors
/// See [`Error`].
pub async fn get(
    client: &Client,
    namespace: &str,
    host: &ResourceId,
) -> Result<Option<OwnershipRecord>> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let name = OwnershipRecord::name(host);
    let found = api.get_opt(&name).await;
    let found = found.explain(|| Operation::object("get", RESOURCE, namespace, &name))?;
    Ok(found.as_ref().map(|object| {
        OwnershipRecord::read(object).unwrap_or_else(|| OwnershipRecord {
            resource_version: object.resource_version(),
            ..OwnershipRecord::new(host.clone())
        })
    }))
}

/// Writes a record; gives it with the version it has now.
///
/// # Errors
/// [`Error::Conflict`] when it is not as it was read any more; see [`Error`].
pub async fn write(
    client: &Client,
    namespace: &str,
    record: &OwnershipRecord,
) -> Result<OwnershipRecord> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let params = PostParams {
        field_manager: Some(FIELD_MANAGER.to_owned()),
        ..PostParams::default()
    };
    let name = OwnershipRecord::name(&record.host);
    let object = record.object();
    let (verb, written) = match record.resource_version {
        None => ("create", api.create(&params, &object).await),
        Some(_) => ("update", api.replace(&name, &params, &object).await),
    };
    let written = written.explain(|| Operation::object(verb, RESOURCE, namespace, &name))?;
    Ok(OwnershipRecord {
        resource_version: written.resource_version(),
        ..record.clone()
    })
}

/// Deletes a record as it was read; one that is gone already is no failure.
///
/// # Errors
/// [`Error::Conflict`] when it is not as it was read any more; see [`Error`].
pub async fn delete(client: &Client, namespace: &str, record: &OwnershipRecord) -> Result<()> {
    let api: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let params = DeleteParams {
        preconditions: Some(Preconditions {
            resource_version: record.resource_version.clone(),
            uid: None,
        }),
        ..DeleteParams::default()
    };
    let name = OwnershipRecord::name(&record.host);
    let deleted = api.delete(&name, &params).await;
    match deleted.explain(|| Operation::object("delete", RESOURCE, namespace, &name)) {
        Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUB: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let host = ResourceId::scale_set(SUB, "nodes", "aks-apps").unwrap();
        let id = |name| ResourceId::user_assigned_identity(SUB, "ids", name).unwrap();
        let record = OwnershipRecord {
            identities: [id("a"), id("b")].into(),
            resource_version: Some("7".to_owned()),
            ..OwnershipRecord::new(host)
        };
        assert_eq!(OwnershipRecord::read(&record.object()), Some(record));
        assert_eq!(OwnershipRecord::read(&ConfigMap::default()), None);
    }

    #[test]
    fn a_host_has_one_name_however_it_is_spelt() {
        let name = |group: &str| {
            OwnershipRecord::name(&ResourceId::scale_set(SUB, group, "aks-apps").unwrap())
        };
        assert_eq!(name("NODES"), name("nodes"));
        assert_ne!(name("other"), name("nodes"));
        assert!(name("nodes").len() <= 63);
    }
}
