//! Reading wire shapes, and the quirks that many resource types share.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::client::Call;
use super::error::Error;

/// Reads one wire shape.
pub(super) fn read<T: serde::de::DeserializeOwned>(call: &Call, value: Value) -> Result<T, Error> {
    serde_json::from_value(value).map_err(|error| call.bad_answer(&error.to_string()))
}

/// Reads many of one wire shape.
pub(super) fn read_all<T: serde::de::DeserializeOwned>(
    call: &Call,
    values: Vec<Value>,
) -> Result<Vec<T>, Error> {
    values.into_iter().map(|value| read(call, value)).collect()
}

/// ARM writes `null` where it has nothing; to podid that is the empty value.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Tags of a resource.
pub type Tags = BTreeMap<String, String>;

/// A text inside a document, by JSON pointer; nothing when absent or empty.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}
