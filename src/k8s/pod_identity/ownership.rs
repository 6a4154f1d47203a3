//! What podid put on scale sets, recorded on the `AzureIdentity` object.
//!
//! State: two annotations. [`ASSIGNED_SCALE_SETS`] lists the scale sets that podid assigned the identity
//! to; what is not listed was put there by somebody else and is never taken away. [`RELEASING`] says
//! until when a `remove` may be at work.
//!
//! Guarantees: every write names the resource version it read, so of two writers one gets a conflict,
//! reads again and decides again. The field manager is not that of the apply, which therefore leaves the
//! annotations alone.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};

use super::identity::{Identity, RESOURCE};
use crate::k8s::OWNERSHIP_MANAGER;
use crate::k8s::crd::AzureIdentity;
use crate::k8s::error::Result;
use crate::k8s::error_mapping::Explain;
use crate::k8s::operation::Operation;

/// JSON array of the resource ids of the scale sets that podid assigned the identity to.
pub const ASSIGNED_SCALE_SETS: &str = "podid.dev/assigned-scale-sets";

/// RFC 3339 time until which a `remove` may be at work on the object.
pub const RELEASING: &str = "podid.dev/releasing";

/// The annotation of the scale sets is not a JSON array of texts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "annotation {ASSIGNED_SCALE_SETS} of AzureIdentity `{namespace}/{name}` is not a JSON array of resource ids"
)]
pub struct Unreadable {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
}

impl Identity {
    /// The scale sets that podid assigned the identity to; none when there is no record.
    ///
    /// # Errors
    /// Somebody edited the annotation into something else. Taking it for empty would make podid forget
    /// what it owns.
    pub fn assigned_scale_sets(&self) -> Result<Vec<String>, Unreadable> {
        match self.annotations.get(ASSIGNED_SCALE_SETS) {
            None => Ok(Vec::new()),
            Some(text) => serde_json::from_str(text).map_err(|_| Unreadable {
                namespace: self.namespace.clone(),
                name: self.name.clone(),
            }),
        }
    }

    /// The time until which a `remove` may be at work; none when none is, or the text is no time.
    #[must_use]
    pub fn releasing_until(&self) -> Option<Timestamp> {
        self.annotations.get(RELEASING)?.parse().ok()
    }
}

/// Writes scale sets as the value of [`ASSIGNED_SCALE_SETS`]: sorted, each once; none for an empty list.
#[must_use]
pub fn assigned_value(scale_sets: &[String]) -> Option<String> {
    let mut ids: Vec<&String> = scale_sets.iter().collect();
    ids.sort_by_key(|id| id.to_ascii_lowercase());
    // Azure compares resource ids ignoring case.
    ids.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    (!ids.is_empty()).then(|| json!(ids).to_string())
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
    let api: Api<AzureIdentity> = Api::namespaced(client.clone(), namespace);
    let patch: Value = json!({
        "metadata": {
            "resourceVersion": resource_version,
            "annotations": changes,
        }
    });
    let params = PatchParams {
        field_manager: Some(OWNERSHIP_MANAGER.to_owned()),
        ..PatchParams::default()
    };
    api.patch(name, &params, &Patch::Merge(patch))
        .await
        .explain(|| Operation::object("patch", RESOURCE, namespace, name))
        .map(Identity::from)
}

#[cfg(test)]
mod tests {
    use super::{ASSIGNED_SCALE_SETS, RELEASING, assigned_value, releasing_value};
    use crate::k8s::crd::AzureIdentity;
    use crate::k8s::pod_identity::Identity;
    use serde_json::{Value, json};

    fn annotated(annotations: Value) -> Identity {
        let object = json!({"metadata": {"name": "reader", "namespace": "billing", "annotations": annotations}});
        serde_json::from_value::<AzureIdentity>(object)
            .unwrap()
            .into()
    }

    #[test]
    fn scale_sets_survive_a_round_trip_sorted_and_once() {
        let ids = ["/S/b".to_owned(), "/s/a".to_owned(), "/s/B".to_owned()];
        let value = assigned_value(&ids).unwrap();
        let identity = annotated(json!({ASSIGNED_SCALE_SETS: value}));
        assert_eq!(identity.assigned_scale_sets().unwrap(), ["/s/a", "/S/b"]);
        assert_eq!(assigned_value(&[]), None);
    }

    #[test]
    fn an_edited_record_is_an_error_not_an_empty_list() {
        assert_eq!(annotated(Value::Null).assigned_scale_sets(), Ok(Vec::new()));
        let error = annotated(json!({ASSIGNED_SCALE_SETS: "oops"}))
            .assigned_scale_sets()
            .unwrap_err();
        assert!(error.to_string().contains("billing/reader"), "{error}");
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
