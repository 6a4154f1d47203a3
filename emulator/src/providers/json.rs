//! Reading fields of JSON documents without ceremony. Nothing here knows what a field means.

use serde_json::{Map, Value};

/// The string at a JSON pointer, or the empty string.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The list at a JSON pointer, or an empty one.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The object at a member of `value`, made when it is not there or is something else.
pub(crate) fn object<'a>(value: &'a mut Value, member: &str) -> &'a mut Map<String, Value> {
    let parent = as_object(value);
    let child = parent
        .entry(member)
        .or_insert_with(|| Value::Object(Map::new()));
    as_object(child)
}

/// The value as an object; anything else is replaced by an empty one.
pub(crate) fn as_object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("the value was made an object above"),
    }
}

/// Writes a string into `/properties/<name>`.
pub(crate) fn set_property(body: &mut Value, name: &str, value: impl Into<Value>) {
    object(body, "properties").insert(name.to_owned(), value.into());
}

/// Lays `patch` over `target` member by member (RFC 7386): null removes, objects merge, the rest replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    let target = as_object(target);
    for (key, change) in changes {
        if change.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}
