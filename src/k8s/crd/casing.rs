//! Reads the fields of an object whatever the case of their names.
//!
//! Releases before 1.6 of aad-pod-identity wrote `ClientID`, `ResourceID` or `azureidentity`, and before
//! the structural schema of 1.8 nothing checked types either. An exact name wins over any other case;
//! a value of a type that makes no sense counts as absent, as it did for the components.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// The fields of one object.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads an object; `null`, or no object at all, has no fields.
    pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through Option, for which serde does not insist that the field exists.
        Ok(match Option::<Value>::deserialize(deserializer)? {
            Some(Value::Object(map)) => Self(map),
            _ => Self(Map::new()),
        })
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .get(name)
            .or_else(|| {
                self.0
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value)
            })
            .filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    /// A whole number, also one that was written as a text.
    pub(super) fn integer(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    }

    /// A list of texts; absent and `null` are empty.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let list = self.get(name).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    }

    /// A map of texts; absent and `null` are empty.
    pub(super) fn map(&self, name: &str) -> BTreeMap<String, String> {
        let map = self.get(name).and_then(Value::as_object);
        map.into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect()
    }

    /// A nested object.
    pub(super) fn object<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.get(name)?.clone()).ok()
    }
}
