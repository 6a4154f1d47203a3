//! The JSON Schema of the file, and what a tree of nodes breaks of it.
//!
//! The part of JSON Schema that the types produce is understood, and a test sees to it that they
//! produce no other.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::node::{Content, Node, Place};
use super::{Fault, File};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = schemars::schema_for!(File).to_value();
    if let Value::Object(keys) = &mut schema {
        keys.insert("title".to_owned(), json!("podid file"));
    }
    schema
});

/// The JSON Schema.
#[must_use]
pub fn schema() -> &'static Value {
    &SCHEMA
}

/// The schema's text, as it is committed.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", *SCHEMA)
}

/// What `root` breaks.
#[must_use]
pub fn faults(root: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    walk(root, &SCHEMA, "", &mut faults);
    faults
}

fn walk(node: &Node, schema: &Value, path: &str, faults: &mut Vec<Fault>) {
    let schema = resolve(schema);
    let mut tell = |place: Place, message: String| {
        faults.push(Fault {
            line: place.line,
            column: place.column,
            message,
        });
    };
    if let Some(choices) = choices(schema) {
        if !choices.contains(&node.to_json()) {
            let known: Vec<String> = choices.iter().map(shown).collect();
            tell(
                node.place,
                format!("{}expected {}", name(path), known.join(" or ")),
            );
        }
        return;
    }
    if let Some(options) = schema.get("anyOf").and_then(Value::as_array) {
        // An optional part: nothing, or what the other option says.
        let is_null = matches!(&node.content, Content::Scalar(Value::Null));
        let part = options.iter().find(|option| option["type"] != "null");
        if let (false, Some(part)) = (is_null, part) {
            walk(node, part, path, faults);
        }
        return;
    }
    if !fits(node, schema) {
        let wanted = types(schema).first().copied().unwrap_or("value");
        let quote = if wanted == "string" && matches!(node.content, Content::Scalar(_)) {
            "; put it in quotes"
        } else {
            ""
        };
        let kind = kind(node);
        let wanted = word(wanted);
        tell(
            node.place,
            format!("{}expected {wanted}, found {kind}{quote}", name(path)),
        );
        return;
    }
    match &node.content {
        Content::Scalar(_) => {}
        Content::List(items) => {
            if items.is_empty() && schema.get("minItems").is_some() {
                tell(node.place, format!("{}it is empty", name(path)));
            }
            if let Some(inner) = schema.get("items") {
                for (at, item) in items.iter().enumerate() {
                    walk(item, inner, &format!("{path}[{at}]"), faults);
                }
            }
        }
        Content::Map(entries) => keys(node, entries, schema, path, faults),
    }
}

fn keys(
    map: &Node,
    entries: &[(String, Place, Node)],
    schema: &Value,
    path: &str,
    faults: &mut Vec<Fault>,
) {
    let none = Map::new();
    let known = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    let mut tell = |place: Place, message: String| {
        faults.push(Fault {
            line: place.line,
            column: place.column,
            message,
        });
    };
    if entries.is_empty() && schema.get("minProperties").is_some() {
        tell(map.place, format!("{}it is empty", name(path)));
    }
    let required = schema.get("required").and_then(Value::as_array);
    for key in required.into_iter().flatten().filter_map(Value::as_str) {
        if !entries.iter().any(|(found, ..)| found == key) {
            tell(map.place, format!("{}key `{key}` is missing", name(path)));
        }
    }
    let more = schema.get("additionalProperties");
    let closed = more == Some(&Value::Bool(false));
    for (key, place, value) in entries {
        let inner = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        if let Some(schema) = known.get(key) {
            walk(value, schema, &inner, faults);
        } else if closed {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            faults.push(Fault {
                line: place.line,
                column: place.column,
                message: format!(
                    "{}unknown key `{key}`; known are {}",
                    name(path),
                    names.join(", ")
                ),
            });
        } else if let Some(schema) = more.filter(|schema| schema.is_object()) {
            walk(value, schema, &inner, faults);
        }
    }
}

fn resolve(schema: &Value) -> &Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| SCHEMA.pointer(target.trim_start_matches('#')))
        .unwrap_or(schema)
}

/// The values of an enumeration.
fn choices(schema: &Value) -> Option<Vec<Value>> {
    if let Some(listed) = schema.get("enum").and_then(Value::as_array) {
        return Some(listed.clone());
    }
    if let Some(only) = schema.get("const") {
        return Some(vec![only.clone()]);
    }
    let options = schema.get("oneOf").and_then(Value::as_array)?;
    let lists = options.iter().map(choices);
    Some(
        lists
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect(),
    )
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(only)) => vec![only.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn fits(node: &Node, schema: &Value) -> bool {
    let found = match &node.content {
        Content::List(_) => "array",
        Content::Map(_) => "object",
        Content::Scalar(Value::Null) => "null",
        Content::Scalar(Value::Bool(_)) => "boolean",
        Content::Scalar(Value::Number(_)) => "number",
        Content::Scalar(_) => "string",
    };
    let allowed = types(schema);
    allowed.is_empty() || allowed.contains(&found)
}

fn kind(node: &Node) -> String {
    match &node.content {
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "keys and values".to_owned(),
        Content::Scalar(Value::Null) => "nothing".to_owned(),
        Content::Scalar(Value::String(text)) => format!("text `{text}`"),
        Content::Scalar(other) => format!("`{other}`"),
    }
}

fn word(kind: &str) -> &'static str {
    match kind {
        "array" => "a list",
        "object" => "keys and values",
        "boolean" => "true or false",
        "string" => "text",
        _ => "another value",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}

fn name(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!("{path}: ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let node = Node::parse(text).unwrap();
        faults(&node).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_faults_are_found_at_once_each_at_its_place() {
        let text = "apiVersion: podid.dev/v2\nkind: PodIdentities\nclusters:\n- name: 7\n  resourceGroup: g\n  via: mic\n  podidentities: []\n  exceptions:\n  - {namespace: a, name: b, podLabels: {}}\n  pools: {include: x}\n- name: a\n";
        assert_eq!(
            told(text),
            [
                "line 1 column 13: apiVersion: expected `podid.dev/v1`",
                "line 4 column 9: clusters[0].name: expected text, found `7`; put it in quotes",
                "line 6 column 8: clusters[0].via: expected `auto` or `direct` or `aks`",
                "line 7 column 3: clusters[0]: unknown key `podidentities`; known are subscription, resourceGroup, name, via, kubeContext, enabled, allowNetworkPluginKubenet, podIdentities, bindings, exceptions, roles, pools",
                "line 9 column 40: clusters[0].exceptions[0].podLabels: it is empty",
                "line 10 column 20: clusters[0].pools.include: expected a list, found text `x`",
                "line 11 column 3: clusters[1]: key `resourceGroup` is missing",
            ]
        );
    }

    #[test]
    fn a_good_file_breaks_nothing() {
        let text = "apiVersion: podid.dev/v1\nkind: PodIdentities\nmanagedIdentities:\n- resourceId: /x\n  create: {tags: {a: b}}\n- {resourceId: /y, create: null}\nclusters:\n- {resourceGroup: g, name: n, enabled: true, pools: {include: [a]}}\n";
        assert_eq!(told(text), [""; 0]);
    }

    /// Every keyword of the schema is one that is checked here, or one that says nothing.
    #[test]
    fn the_types_produce_no_other_keywords() {
        fn collect(schema: &Value, found: &mut Vec<String>) {
            let Value::Object(keys) = schema else { return };
            for (key, value) in keys {
                found.push(key.clone());
                match key.as_str() {
                    "properties" | "$defs" => {
                        for inner in value.as_object().unwrap().values() {
                            collect(inner, found);
                        }
                    }
                    "items" | "additionalProperties" => collect(value, found),
                    "anyOf" | "oneOf" => {
                        for inner in value.as_array().unwrap() {
                            collect(inner, found);
                        }
                    }
                    _ => {}
                }
            }
        }
        let understood = [
            "$defs",
            "$ref",
            "$schema",
            "additionalProperties",
            "anyOf",
            "const",
            "default",
            "description",
            "enum",
            "items",
            "minItems",
            "minProperties",
            "oneOf",
            "properties",
            "required",
            "title",
            "type",
        ];
        let mut found = Vec::new();
        collect(schema(), &mut found);
        found.retain(|key| !understood.contains(&key.as_str()));
        assert_eq!(found, [""; 0]);
    }
}
