//! Names Kubernetes accepts: objects, namespaces, label values.
//!
//! The rules are Kubernetes' own (RFC 1123 labels and subdomains, label values of at most 63
//! characters); az checks none of them and lets the service fail later.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not a valid {what}: {reason}")]
pub struct InvalidName {
    /// What it should have been, for example `namespace`.
    pub what: &'static str,
    /// What was given.
    pub value: String,
    /// The broken rule.
    pub reason: String,
}

macro_rules! name_type {
    ($(#[$doc:meta])+ $name:ident, $check:path, $what:literal) => {
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(value: &str) -> Result<Self, InvalidName> {
                $check(value)
                    .map_err(|reason| InvalidName { what: $what, value: value.to_owned(), reason })?;
                Ok($name(value.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

name_type! {
    /// A Kubernetes namespace: an RFC 1123 label of at most 63 characters.
    Namespace, label, "namespace"
}
name_type! {
    /// The name of a pod identity. Its binding is called `NAME-binding`, so there are 245 of
    /// the 253 characters of an RFC 1123 subdomain left for it.
    PodIdentityName, pod_identity_name, "pod identity name"
}
name_type! {
    /// The name of an `AzurePodIdentityException`: an RFC 1123 subdomain of at most 253 characters.
    ExceptionName, longest_subdomain, "exception name"
}
name_type! {
    /// The name of a pod: an RFC 1123 subdomain of at most 253 characters.
    PodName, longest_subdomain, "pod name"
}
name_type! {
    /// The value of a pod's label `aadpodidbinding` that selects a pod identity.
    BindingSelector, selector, "binding selector"
}

/// The suffix the AKS resource provider gives to the binding of a pod identity.
pub const BINDING_SUFFIX: &str = "-binding";

impl PodIdentityName {
    /// The name of the binding that belongs to this pod identity.
    #[must_use]
    pub fn binding(&self) -> String {
        format!("{self}{BINDING_SUFFIX}")
    }
}

fn label(value: &str) -> Result<(), String> {
    rfc1123(value, 63)?;
    if value.contains('.') {
        return Err("it must not contain `.`".to_owned());
    }
    Ok(())
}

fn pod_identity_name(value: &str) -> Result<(), String> {
    subdomain(value, 253 - BINDING_SUFFIX.len())
}

fn longest_subdomain(value: &str) -> Result<(), String> {
    subdomain(value, 253)
}

fn subdomain(value: &str, longest: usize) -> Result<(), String> {
    rfc1123(value, longest)?;
    if value
        .split('.')
        .any(|part| part.is_empty() || part.starts_with('-') || part.ends_with('-'))
    {
        return Err("each part between dots must start and end with a letter or digit".to_owned());
    }
    Ok(())
}

fn rfc1123(value: &str, longest: usize) -> Result<(), String> {
    if value.is_empty() {
        return Err("it is empty".to_owned());
    }
    if value.len() > longest {
        return Err(format!(
            "it has {} characters, at most {longest} are allowed",
            value.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if let Some(bad) = value.chars().find(|c| !allowed(*c)) {
        return Err(format!("`{bad}` is not allowed, only a-z, 0-9 and `-`"));
    }
    if !starts_and_ends_alphanumeric(value) {
        return Err("it must start and end with a letter or digit".to_owned());
    }
    Ok(())
}

fn selector(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("it is empty; pods without the label would match it".to_owned());
    }
    if value.len() > 63 {
        return Err(format!(
            "it has {} characters, a label value has at most 63",
            value.len()
        ));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if let Some(bad) = value.chars().find(|c| !allowed(*c)) {
        return Err(format!(
            "`{bad}` is not allowed, only letters, digits, `-`, `_` and `.`"
        ));
    }
    if !starts_and_ends_alphanumeric(value) {
        return Err("it must start and end with a letter or digit".to_owned());
    }
    Ok(())
}

fn starts_and_ends_alphanumeric(value: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    edge(value.chars().next()) && edge(value.chars().last())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_kubernetes_refuses() {
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", "ü", &"a".repeat(64)] {
            assert!(bad.parse::<Namespace>().is_err(), "{bad}");
        }
        for bad in ["", ".a", "a..b", "a.-b", "a b", &"a".repeat(246)] {
            assert!(bad.parse::<PodIdentityName>().is_err(), "{bad}");
        }
        for bad in ["", "-a", "a/b", "a b", &"a".repeat(64)] {
            assert!(bad.parse::<BindingSelector>().is_err(), "{bad}");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let error = "My_Team".parse::<Namespace>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`My_Team` is not a valid namespace: `M` is not allowed, only a-z, 0-9 and `-`"
        );
    }

    proptest! {
        #[test]
        fn accepts_every_label(value in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?") {
            prop_assert!(value.parse::<Namespace>().is_ok());
            prop_assert!(value.parse::<PodIdentityName>().is_ok());
            prop_assert!(value.parse::<BindingSelector>().is_ok());
        }

        #[test]
        fn never_panics(value in ".*") {
            let _ = value.parse::<Namespace>();
            let _ = value.parse::<PodIdentityName>();
            let _ = value.parse::<BindingSelector>();
        }
    }
}
