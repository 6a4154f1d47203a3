//! A YAML tree whose nodes know their place.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use super::Fault;

/// Where a node begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: u64,
    /// Column, from 1.
    pub column: u64,
}

/// A node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub content: Content,
}

/// What a node is.
#[derive(Debug, Clone)]
pub enum Content {
    /// Text, a number, a truth value or nothing.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// Keys with their places, and values.
    Map(Vec<(String, Place, Node)>),
}

impl Node {
    /// Parses a text.
    ///
    /// # Errors
    /// It is no YAML, or repeats a key.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        // Only `true` and `false` are truth values: a namespace may be called `n` or `on`.
        let options = serde_saphyr::options! { strict_booleans: true };
        serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let place = error.location();
            Fault {
                line: place.map_or(1, |place| place.line()),
                column: place.map_or(1, |place| place.column()),
                message: bare(&error.without_snippet().to_string()),
            }
        })
    }

    /// The node that `pointer` (RFC 6901) names, or the nearest one above it.
    #[must_use]
    pub fn nearest(&self, pointer: &str) -> &Node {
        let mut node = self;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let next = match &node.content {
                Content::Scalar(_) => None,
                Content::List(items) => part.parse::<usize>().ok().and_then(|at| items.get(at)),
                Content::Map(entries) => entries
                    .iter()
                    .find(|(key, ..)| *key == part)
                    .map(|(_, _, value)| value),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// A fault at the node that `pointer` names, or at the nearest one above it.
    #[must_use]
    pub fn fault(&self, pointer: &str, message: impl Into<String>) -> Fault {
        let place = self.nearest(pointer).place;
        Fault {
            line: place.line,
            column: place.column,
            message: message.into(),
        }
    }

    /// The value without its places.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => items.iter().map(Node::to_json).collect(),
            Content::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, _, value)| (key.clone(), value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}

/// The parser's words without the place, which the fault names itself.
fn bare(text: &str) -> String {
    let text = text.trim().trim_start_matches("error: ");
    let text = match text
        .strip_prefix("line ")
        .and_then(|rest| rest.split_once(": "))
    {
        Some((_, rest)) => rest,
        None => text,
    };
    match text.rsplit_once(" at line ") {
        Some((before, place)) if !place.contains(' ') || place.contains("column") => {
            before.to_owned()
        }
        _ => text.to_owned(),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Node {
            place: place(&spanned),
            content: spanned.value,
        })
    }
}

fn place<T>(spanned: &Spanned<T>) -> Place {
    Place {
        line: spanned.referenced.line(),
        column: spanned.referenced.column(),
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNode)
    }
}

struct AnyNode;

impl<'de> Visitor<'de> for AnyNode {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        let number = Number::from_f64(value).map_or(Value::Null, Value::Number);
        Ok(Content::Scalar(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Content, D::Error> {
        Content::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = access.next_key::<Spanned<String>>()? {
            let at = place(&key);
            entries.push((key.value, at, access.next_value()?));
        }
        Ok(Content::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a: 1\nb:\n- c: x\n  d: [true, null]\n- 'no'\n";

    #[test]
    fn knows_places_and_values() {
        let node = Node::parse(TEXT).unwrap();
        assert_eq!(
            node.to_json(),
            serde_json::json!({"a": 1, "b": [{"c": "x", "d": [true, null]}, "no"]})
        );
        let at = |pointer: &str| {
            let place = node.nearest(pointer).place;
            (place.line, place.column)
        };
        assert_eq!(at("/a"), (1, 4));
        assert_eq!(at("/b/0/c"), (3, 6));
        assert_eq!(at("/b/0/d/1"), (4, 13));
        assert_eq!(at("/b/1"), (5, 3));
        assert_eq!(at("/b/0/missing"), (3, 3));
        let Content::Map(entries) = &node.content else {
            panic!("a map");
        };
        assert_eq!(entries[1].1, Place { line: 2, column: 1 });
    }

    #[test]
    fn bad_yaml_and_repeated_keys_name_their_place() {
        let fault = Node::parse("a: [\n").unwrap_err();
        assert_eq!((fault.line, fault.column), (1, 4), "{fault}");
        let fault = Node::parse("a: 1\nb: 2\na: 3\n").unwrap_err();
        assert_eq!((fault.line, fault.column), (3, 1), "{fault}");
        assert!(fault.message.contains("duplicate"), "{fault}");
        assert!(!fault.message.contains("line"), "{fault}");
    }
}
