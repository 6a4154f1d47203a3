//! Labels of pods, as the arguments of `--pod-labels` name them.
//!
//! The rules are Kubernetes' own: a key is `name` or `prefix/name`, the prefix an RFC 1123
//! subdomain of at most 253 characters, the name and the value at most 63 characters.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};

/// Labels as Kubernetes holds them: each key once, in order.
pub type Labels = BTreeMap<String, String>;

/// Why labels were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabels {
    /// One of them breaks a rule.
    #[error("`{label}` is not a valid label: {reason}")]
    Label {
        /// What was given.
        label: String,
        /// The broken rule.
        reason: String,
    },
    /// A key is given twice with different values; a pod can only carry one of them.
    #[error("label `{key}` is given twice, with the values `{first}` and `{second}`")]
    Repeated {
        /// The key.
        key: String,
        /// The value given first.
        first: String,
        /// The value given later.
        second: String,
    },
    /// There is none.
    #[error("no label is given")]
    None,
}

/// At least one valid label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodLabels(Labels);

impl PodLabels {
    /// Reads items of the form `key=value`; empty items are skipped.
    ///
    /// # Errors
    /// All that is wrong: items that break a rule, keys with several values, or no label at all.
    pub fn parse<S: AsRef<str>>(items: &[S]) -> Result<Self, Vec<InvalidLabels>> {
        let mut labels = Labels::new();
        let mut wrong = Vec::new();
        let given = items.iter().map(AsRef::as_ref);
        for item in given.filter(|item| !item.is_empty()) {
            match split(item) {
                Err(reason) => wrong.push(InvalidLabels::Label {
                    label: item.to_owned(),
                    reason,
                }),
                Ok((key, value)) => match labels.get(key) {
                    Some(first) if first != value => wrong.push(InvalidLabels::Repeated {
                        key: key.to_owned(),
                        first: first.clone(),
                        second: value.to_owned(),
                    }),
                    _ => {
                        labels.insert(key.to_owned(), value.to_owned());
                    }
                },
            }
        }
        if wrong.is_empty() && labels.is_empty() {
            wrong.push(InvalidLabels::None);
        }
        if wrong.is_empty() {
            Ok(PodLabels(labels))
        } else {
            Err(wrong)
        }
    }

    /// Checks labels that were read as a map.
    ///
    /// # Errors
    /// All that is wrong, as in [`PodLabels::parse`].
    pub fn from_map(labels: Labels) -> Result<Self, Vec<InvalidLabels>> {
        let refused = labels.iter().filter_map(|(key, value)| {
            let reason = check(key, value).err()?;
            let label = format!("{key}={value}");
            Some(InvalidLabels::Label { label, reason })
        });
        let mut wrong: Vec<InvalidLabels> = refused.collect();
        if labels.is_empty() {
            wrong.push(InvalidLabels::None);
        }
        if wrong.is_empty() {
            Ok(PodLabels(labels))
        } else {
            Err(wrong)
        }
    }

    /// The labels.
    #[must_use]
    pub fn as_map(&self) -> &Labels {
        &self.0
    }
}

impl fmt::Display for PodLabels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

impl Serialize for PodLabels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Labels as the arguments that give them: `a=b c=d`, sorted by key.
#[must_use]
pub fn shown(labels: &Labels) -> String {
    let pairs = labels.iter().map(|(key, value)| format!("{key}={value}"));
    pairs.collect::<Vec<_>>().join(" ")
}

fn split(item: &str) -> Result<(&str, &str), String> {
    let Some((key, value)) = item.split_once('=') else {
        return Err("it has no `=`; a label is written KEY=VALUE".to_owned());
    };
    if value.contains('=') {
        return Err("it has more than one `=`; a label is written KEY=VALUE".to_owned());
    }
    check(key, value)?;
    Ok((key, value))
}

fn check(key: &str, value: &str) -> Result<(), String> {
    let name = match key.split_once('/') {
        None => key,
        Some((_, name)) if name.contains('/') => {
            return Err("its key has more than one `/`".to_owned());
        }
        Some((prefix, name)) => {
            check_prefix(prefix)?;
            name
        }
    };
    let what = if name.len() == key.len() {
        "its key"
    } else {
        "the name in its key"
    };
    if name.is_empty() {
        return Err(format!("{what} is empty"));
    }
    check_text(what, name)?;
    if value.is_empty() {
        return Ok(());
    }
    check_text("its value", value)
}

fn check_prefix(prefix: &str) -> Result<(), String> {
    if prefix.is_empty() {
        return Err("the prefix of its key is empty".to_owned());
    }
    if prefix.len() > 253 {
        return Err(format!(
            "the prefix of its key has {} characters, at most 253 are allowed",
            prefix.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    if let Some(bad) = prefix.chars().find(|c| !allowed(*c)) {
        return Err(format!(
            "the prefix of its key holds `{bad}`; only a-z, 0-9, `-` and `.` are allowed"
        ));
    }
    let part = |part: &str| starts_and_ends_alphanumeric(part);
    if !prefix.split('.').all(part) {
        return Err(
            "each part of the prefix of its key must start and end with a letter or digit"
                .to_owned(),
        );
    }
    Ok(())
}

fn check_text(what: &str, text: &str) -> Result<(), String> {
    if text.len() > 63 {
        return Err(format!(
            "{what} has {} characters, at most 63 are allowed",
            text.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some(bad) = text.chars().find(|c| !allowed(*c)) {
        return Err(format!(
            "{what} holds `{bad}`; only letters, digits, `-`, `_` and `.` are allowed"
        ));
    }
    if !starts_and_ends_alphanumeric(text) {
        return Err(format!("{what} must start and end with a letter or digit"));
    }
    Ok(())
}

fn starts_and_ends_alphanumeric(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    edge(text.chars().next()) && edge(text.chars().last())
}

#[cfg(test)]
mod tests;
