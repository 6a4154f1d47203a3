//! What podid put on scale sets, recorded on the `AzureIdentity` object.
//!
//! State: two annotations. [`ASSIGNED_SCALE_SETS`] lists, by managed identity, the scale sets that podid
//! assigned it to; what is not listed was put there by somebody else and is never taken away. [`RELEASING`]
//! says until when a `remove` may be at work.
//!
//! Guarantees: every write names the resource version it read, so of two writers one gets a conflict,
//! reads again and decides again. The field manager is not that of the apply, which therefore leaves the
//! annotations alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kube::Client;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::identity::Identity;
use super::object;
use crate::domain::claim::Record;
use crate::domain::resource_id::{ParseError, ResourceId};
use crate::k8s::OWNERSHIP_MANAGER;
use crate::k8s::crd::AzureIdentity;
use crate::k8s::error::Result;

/// JSON object: for each managed identity (resource id) the scale sets that podid assigned it to.
///
/// Formerly an array of scale sets; the identity was the one that the object referred to.
pub const ASSIGNED_SCALE_SETS: &str = "podid.dev/assigned-scale-sets";

/// RFC 3339 time until which a `remove` may be at work on the object.
pub const RELEASING: &str = "podid.dev/releasing";

/// The annotation of the scale sets is not a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "annotation {ASSIGNED_SCALE_SETS} of AzureIdentity `{namespace}/{name}` is not an object of resource ids"
)]
pub struct Unreadable {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
}

/// The annotation as it is written, now and formerly.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    ByIdentity(BTreeMap<String, Vec<String>>),
    Former(Vec<String>),
}

impl Identity {
    /// What podid assigned; nothing when there is no record.
    ///
    /// # Errors
    /// Somebody edited the annotation into something else. Taking it for empty would make podid forget
    /// what it owns.
    pub fn record(&self) -> Result<Record, Unreadable> {
        let Some(text) = self.annotations.get(ASSIGNED_SCALE_SETS) else {
            return Ok(Record::new());
        };
        self.read_record(text).ok_or_else(|| Unreadable {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        })
    }

    fn read_record(&self, text: &str) -> Option<Record> {
        let entries = match serde_json::from_str(text).ok()? {
            Written::ByIdentity(entries) => entries.into_iter().collect(),
            Written::Former(sets) if sets.is_empty() => Vec::new(),
            Written::Former(sets) => vec![(self.resource_id.clone(), sets)],
        };
        let mut record = Record::new();
        for (identity, sets) in entries {
            let sets: Result<BTreeSet<ResourceId>, ParseError> =
                sets.iter().map(|set| set.parse()).collect();
            record
                .entry(identity.parse().ok()?)
                .or_default()
                .extend(sets.ok()?);
        }
        Some(record)
    }

    /// The time until which a `remove` may be at work; none when none is, or the text is no time.
    #[must_use]
    pub fn releasing_until(&self) -> Option<Timestamp> {
        self.annotations.get(RELEASING)?.parse().ok()
    }
}

/// Writes a record as the value of [`ASSIGNED_SCALE_SETS`]; none for an empty one.
#[must_use]
pub fn record_value(record: &Record) -> Option<String> {
    let entries: Map<String, Value> = record
        .iter()
        .filter(|(_, sets)| !sets.is_empty())
        .map(|(identity, sets)| (identity.to_string(), json!(sets)))
        .collect();
    (!entries.is_empty()).then(|| Value::Object(entries).to_string())
}

/// Writes a deadline as the value of [`RELEASING`].
#[must_use]
pub fn releasing_value(until: Timestamp) -> String {
    until.to_string()
}

/// Sets (`Some`) and removes (`None`) annotations of an identity that still has this resource version.
///
/// # Errors
/// It changed or was deleted meanwhile ([`crate::k8s::Error::is_conflict`], `is_not_found`), or the API
/// server refuses.
pub async fn patch_annotations(
    client: &Client,
    namespace: &str,
    name: &str,
    resource_version: &str,
    changes: &BTreeMap<String, Option<String>>,
) -> Result<Identity> {
    let patch = json!({
        "metadata": {
            "resourceVersion": resource_version,
            "annotations": changes,
        }
    });
    object::merge::<AzureIdentity>(client, (namespace, name), OWNERSHIP_MANAGER, patch).await
}

#[cfg(test)]
mod tests {
    use super::{ASSIGNED_SCALE_SETS, RELEASING, record_value, releasing_value};
    use crate::domain::claim::Record;
    use crate::domain::resource_id::ResourceId;
    use crate::k8s::crd::AzureIdentity;
    use crate::k8s::pod_identity::Identity;
    use serde_json::{Value, json};

    const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g";

    fn id(name: &str) -> ResourceId {
        format!("{GROUP}/providers/A.B/c/{name}").parse().unwrap()
    }

    fn annotated(annotations: Value) -> Identity {
        let object = json!({
            "metadata": {"name": "reader", "namespace": "billing", "annotations": annotations},
            "spec": {"resourceID": id("referred")},
        });
        serde_json::from_value::<AzureIdentity>(object)
            .unwrap()
            .into()
    }

    #[test]
    fn a_record_survives_a_round_trip() {
        let record = Record::from([
            (id("x"), [id("one"), id("two")].into()),
            (id("y"), [id("one")].into()),
        ]);
        let value = record_value(&record).unwrap();
        let identity = annotated(json!({ASSIGNED_SCALE_SETS: value}));
        assert_eq!(identity.record().unwrap(), record);
        assert_eq!(record_value(&Record::new()), None);
        assert_eq!(record_value(&Record::from([(id("x"), [].into())])), None);
    }

    #[test]
    fn the_former_form_is_about_the_identity_that_the_object_refers_to() {
        let former = annotated(json!({ASSIGNED_SCALE_SETS: json!([id("one")]).to_string()}));
        let record = Record::from([(id("referred"), [id("one")].into())]);
        assert_eq!(former.record().unwrap(), record);
    }

    #[test]
    fn an_edited_record_is_an_error_not_an_empty_one() {
        assert_eq!(annotated(Value::Null).record(), Ok(Record::new()));
        for edited in ["oops", "[\"x\"]", "{\"x\":[]}", "{\"x\":1}"] {
            let error = annotated(json!({ASSIGNED_SCALE_SETS: edited}))
                .record()
                .unwrap_err();
            assert!(error.to_string().contains("billing/reader"), "{error}");
        }
    }

    #[test]
    fn a_deadline_survives_a_round_trip() {
        let until: jiff::Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let identity = annotated(json!({RELEASING: releasing_value(until)}));
        assert_eq!(identity.releasing_until(), Some(until));
        assert_eq!(
            annotated(json!({RELEASING: "soon"})).releasing_until(),
            None
        );
    }
}
