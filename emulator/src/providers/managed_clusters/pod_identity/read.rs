//! Reading the items of a sent profile and refusing what the service refuses.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::same_item;
use crate::arm::error::ArmError;
use crate::providers::id::ResourceId;
use crate::providers::identity::user_assigned_identities;
use crate::providers::json::{list, text};
use crate::providers::refusals::{bad_request, invalid_parameter};

/// The most identities, and the most exceptions, of a cluster.
const LIMIT: usize = 200;

/// The identities of a sent profile, named, without repetitions.
pub(super) fn identities(profile: &Value) -> Result<Vec<Value>, ArmError> {
    let mut items: Vec<Value> = Vec::new();
    for sent in list(profile, "/userAssignedIdentities") {
        let id = text(sent, "/identity/resourceId");
        if !ResourceId::parse(id).is_some_and(|r| r.is_a(user_assigned_identities::KIND)) {
            return Err(invalid_parameter(
                "podIdentityProfile.userAssignedIdentities.identity.resourceId",
                format!("The value '{id}' is not the resource ID of a user assigned identity."),
            ));
        }
        let item = named(sent, id.rsplit('/').next().unwrap_or_default())?;
        match items.iter().find(|other| same_item(other, &item)) {
            None => items.push(item),
            Some(other) if text(other, "/identity/resourceId").eq_ignore_ascii_case(id) => {}
            Some(_) => {
                return Err(bad_request(
                    "BadRequest",
                    format!(
                        "Found pod identities use different identities with the same name '{}' in namespace '{}'. \
                         Please update the pod identity name.",
                        text(&item, "/name"),
                        text(&item, "/namespace")
                    ),
                ));
            }
        }
    }
    check_limit(items.len(), "pod identities")?;
    Ok(items)
}

/// The exceptions of a sent profile, named.
pub(super) fn exceptions(profile: &Value) -> Result<Vec<Value>, ArmError> {
    let mut items: Vec<Value> = Vec::new();
    for sent in list(profile, "/userAssignedIdentityExceptions") {
        let mut item = named(sent, "exception")?;
        // The labels come back sorted.
        let labels: BTreeMap<String, Value> =
            serde_json::from_value(item["podLabels"].take()).unwrap_or_default();
        item["podLabels"] = json!(labels);
        if items.iter().any(|other| same_item(other, &item)) {
            return Err(bad_request(
                "BadRequest",
                format!(
                    "Found pod identity exceptions with the same name '{}' in namespace '{}'.",
                    text(&item, "/name"),
                    text(&item, "/namespace")
                ),
            ));
        }
        items.push(item);
    }
    check_limit(items.len(), "pod identity exceptions")?;
    Ok(items)
}

fn check_limit(count: usize, what: &str) -> Result<(), ArmError> {
    if count <= LIMIT {
        return Ok(());
    }
    Err(bad_request(
        "BadRequest",
        format!("A managed cluster can have at most {LIMIT} {what}, but {count} are given."),
    ))
}

/// The item with a name: an empty one is generated.
fn named(sent: &Value, stem: &str) -> Result<Value, ArmError> {
    let mut item = sent.clone();
    for read_only in ["provisioningState", "provisioningInfo"] {
        if let Some(map) = item.as_object_mut() {
            map.remove(read_only);
        }
    }
    if text(&item, "/name").is_empty() {
        let stem: String = stem
            .to_ascii_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .take(40)
            .collect();
        let end = uuid::Uuid::new_v4().simple().to_string();
        let name = format!("{}-{}", stem.trim_matches('-'), &end[..8]);
        item["name"] = name.trim_start_matches('-').into();
    }
    for field in ["name", "namespace"] {
        let value = text(&item, &format!("/{field}"));
        if !is_dns_name(value, if field == "name" { 253 } else { 63 }) {
            return Err(invalid_parameter(
                &format!("podIdentityProfile.{field}"),
                format!(
                    "The value '{value}' of pod identity field '{field}' is not a valid Kubernetes name."
                ),
            ));
        }
    }
    Ok(item)
}

fn is_dns_name(text: &str, most: usize) -> bool {
    let label = |label: &str| {
        let edge =
            |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        edge(label.chars().next())
            && edge(label.chars().last())
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    text.len() <= most && text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/";

    fn item(name: &str, identity: &str) -> Value {
        json!({"name": name, "namespace": "n", "identity": {"resourceId": format!("{ID}{identity}")}})
    }

    #[test]
    fn a_name_stands_for_one_identity() {
        let twice = json!({"userAssignedIdentities": [item("x", "a"), item("x", "A")]});
        assert_eq!(identities(&twice).unwrap().len(), 1);
        let two = json!({"userAssignedIdentities": [item("x", "a"), item("x", "b")]});
        assert!(
            identities(&two)
                .unwrap_err()
                .message
                .contains("different identities")
        );
    }

    #[test]
    fn an_empty_name_is_generated() {
        let items =
            identities(&json!({"userAssignedIdentities": [item("", "Billing_1")]})).unwrap();
        assert!(
            text(&items[0], "/name").starts_with("billing1-"),
            "{items:?}"
        );
    }

    #[test]
    fn exceptions_without_labels_get_an_empty_map() {
        let sent = json!({"userAssignedIdentityExceptions": [{"name": "e", "namespace": "n", "podLabels": null}]});
        assert_eq!(exceptions(&sent).unwrap()[0]["podLabels"], json!({}));
    }
}
