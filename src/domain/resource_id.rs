//! Azure resource ids.
//!
//! ARM compares ids without regard to case and echoes them in several casings, so a [`ResourceId`]
//! keeps the text it was given for display and compares, sorts and hashes by its lower-cased form.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The resource type of user-assigned managed identities.
pub const USER_ASSIGNED_IDENTITY: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";
/// The resource type of AKS clusters.
pub const MANAGED_CLUSTER: &str = "Microsoft.ContainerService/managedClusters";
/// The resource type of virtual machine scale sets.
pub const SCALE_SET: &str = "Microsoft.Compute/virtualMachineScaleSets";
/// The resource type of virtual machines that stand alone.
pub const MACHINE: &str = "Microsoft.Compute/virtualMachines";
/// The resource type of resource groups.
pub const RESOURCE_GROUP: &str = "Microsoft.Resources/resourceGroups";
/// The resource type of subscriptions.
pub const SUBSCRIPTION: &str = "Microsoft.Resources/subscriptions";

/// Characters ARM refuses in names, and those that would change the meaning of a URL.
const FORBIDDEN: &[char] = &['<', '>', '*', '%', '&', ':', '?', '\\', '#', '"', '\''];

/// The id of a subscription, a resource group or a resource.
#[derive(Debug, Clone)]
pub struct ResourceId {
    text: String,
    key: String,
}

/// Why a text is not the id that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Nothing was given.
    #[error("the resource id is empty")]
    Empty,
    /// The text does not start as ids do.
    #[error("`{text}` is not a resource id: it must start with `/subscriptions/`")]
    Start {
        /// The text given.
        text: String,
    },
    /// The subscription is not a GUID.
    #[error("`{text}` is not a resource id: the subscription `{subscription}` is not a GUID")]
    Subscription {
        /// The text given.
        text: String,
        /// What stands where the subscription's GUID belongs.
        subscription: String,
    },
    /// Two slashes follow each other, or the text ends with one.
    #[error("`{text}` is not a resource id: segment {position} is empty")]
    EmptySegment {
        /// The text given.
        text: String,
        /// Which segment, from 1.
        position: usize,
    },
    /// A segment has a character that no Azure name may have.
    #[error("`{text}` is not a resource id: `{segment}` may not contain {character:?}")]
    Character {
        /// The text given.
        text: String,
        /// The segment at fault.
        segment: String,
        /// The character at fault.
        character: char,
    },
    /// Where `resourceGroups` or `providers` belongs, something else stands.
    #[error(
        "`{text}` is not a resource id: expected `resourceGroups` or `providers` instead of `{found}`"
    )]
    Keyword {
        /// The text given.
        text: String,
        /// What stands there.
        found: String,
    },
    /// The id stops in the middle.
    #[error("`{text}` is not a resource id: {missing} is missing at its end")]
    Incomplete {
        /// The text given.
        text: String,
        /// What should follow.
        missing: &'static str,
    },
    /// A sound id, of another type.
    #[error("`{text}` is a `{found}`, not a `{expected}`")]
    Type {
        /// The text given.
        text: String,
        /// The type wanted.
        expected: String,
        /// The type found.
        found: String,
    },
}

impl ResourceId {
    /// Parses an id.
    ///
    /// # Errors
    /// Says what is wrong with the text when it is not an id.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        check(text)?;
        Ok(Self {
            key: text.to_lowercase(),
            text: text.to_owned(),
        })
    }

    /// Builds the id of a user-assigned identity.
    ///
    /// # Errors
    /// When a part cannot stand in an id.
    pub fn user_assigned_identity(
        subscription: &str,
        resource_group: &str,
        name: &str,
    ) -> Result<Self, ParseError> {
        Self::resource(subscription, resource_group, USER_ASSIGNED_IDENTITY, name)
    }

    /// Builds the id of an AKS cluster.
    ///
    /// # Errors
    /// When a part cannot stand in an id.
    pub fn managed_cluster(
        subscription: &str,
        resource_group: &str,
        name: &str,
    ) -> Result<Self, ParseError> {
        Self::resource(subscription, resource_group, MANAGED_CLUSTER, name)
    }

    /// Builds the id of a virtual machine scale set.
    ///
    /// # Errors
    /// When a part cannot stand in an id.
    pub fn scale_set(
        subscription: &str,
        resource_group: &str,
        name: &str,
    ) -> Result<Self, ParseError> {
        Self::resource(subscription, resource_group, SCALE_SET, name)
    }

    /// Builds the id of a resource group.
    ///
    /// # Errors
    /// When a part cannot stand in an id.
    pub fn resource_group_id(subscription: &str, resource_group: &str) -> Result<Self, ParseError> {
        one_segment(resource_group)?;
        Self::parse(&format!(
            "/subscriptions/{subscription}/resourceGroups/{resource_group}"
        ))
    }

    /// Builds the id of a subscription.
    ///
    /// # Errors
    /// When the subscription is not a GUID.
    pub fn subscription_id(subscription: &str) -> Result<Self, ParseError> {
        Self::parse(&format!("/subscriptions/{subscription}"))
    }

    fn resource(
        subscription: &str,
        resource_group: &str,
        resource_type: &str,
        name: &str,
    ) -> Result<Self, ParseError> {
        one_segment(resource_group)?;
        one_segment(name)?;
        Self::parse(&format!(
            "/subscriptions/{subscription}/resourceGroups/{resource_group}/providers/{resource_type}/{name}"
        ))
    }

    /// Builds the id of something below this resource, e.g. `child("federatedIdentityCredentials", "build")`.
    ///
    /// # Errors
    /// When a part cannot stand in an id.
    pub fn child(&self, child_type: &str, name: &str) -> Result<Self, ParseError> {
        one_segment(child_type)?;
        one_segment(name)?;
        Self::parse(&format!("{}/{child_type}/{name}", self.text))
    }

    /// The id as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The lower-cased id, by which ids compare.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The GUID of the subscription.
    #[must_use]
    pub fn subscription(&self) -> &str {
        self.segments().nth(1).unwrap_or_default()
    }

    /// The resource group, when the id lies in one.
    #[must_use]
    pub fn resource_group(&self) -> Option<&str> {
        let mut segments = self.segments().skip(2);
        segments
            .next()
            .filter(|word| word.eq_ignore_ascii_case("resourceGroups"))?;
        segments.next()
    }

    /// The namespace of the resource provider, e.g. `Microsoft.Compute`; of the last one when
    /// the id is that of an extension resource.
    #[must_use]
    pub fn provider(&self) -> Option<&str> {
        self.provider_part().map(|part| part[0])
    }

    /// The full type, e.g. `Microsoft.ManagedIdentity/userAssignedIdentities`.
    #[must_use]
    pub fn resource_type(&self) -> String {
        match self.provider_part() {
            Some(part) => {
                let types = part[1..].iter().step_by(2);
                std::iter::once(&part[0])
                    .chain(types)
                    .copied()
                    .collect::<Vec<_>>()
                    .join("/")
            }
            None if self.resource_group().is_some() => RESOURCE_GROUP.to_owned(),
            None => SUBSCRIPTION.to_owned(),
        }
    }

    /// The last name of the id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.segments().last().unwrap_or_default()
    }

    /// What the id lies in: the resource above a nested one, else the resource group, else the subscription.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let segments: Vec<_> = self.segments().collect();
        let nested = self.provider_part().is_some_and(|part| part.len() > 3);
        let drop = match self.provider_part() {
            Some(_) if !nested => 4,
            _ => 2,
        };
        let left = segments.len().checked_sub(drop).filter(|&left| left > 0)?;
        let text = format!("/{}", segments[..left].join("/"));
        Some(Self {
            key: text.to_lowercase(),
            text,
        })
    }

    /// Whether the id is of this type, ignoring case.
    #[must_use]
    pub fn is_type(&self, resource_type: &str) -> bool {
        self.resource_type().eq_ignore_ascii_case(resource_type)
    }

    /// Passes the id through when it is of this type.
    ///
    /// # Errors
    /// Names both types when they differ.
    pub fn expect_type(self, resource_type: &str) -> Result<Self, ParseError> {
        if self.is_type(resource_type) {
            return Ok(self);
        }
        Err(ParseError::Type {
            expected: resource_type.to_owned(),
            found: self.resource_type(),
            text: self.text,
        })
    }

    /// Whether `other` is this id or lies below it, at a path boundary.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other
            .key
            .strip_prefix(&self.key)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.text.split('/').skip(1)
    }

    /// The segments behind the last `providers`: namespace, type, name, type, name ...
    fn provider_part(&self) -> Option<Vec<&str>> {
        let segments: Vec<_> = self.segments().collect();
        let mut at = if self.resource_group().is_some() {
            4
        } else {
            2
        };
        let mut last = None;
        while at < segments.len() {
            // Every second word from here is a keyword or a type; a resource named `providers` is a name.
            if segments[at].eq_ignore_ascii_case("providers") {
                last = Some(at + 1);
            }
            at += 2;
        }
        last.map(|start| segments[start..].to_vec())
    }
}

fn one_segment(name: &str) -> Result<(), ParseError> {
    if name.is_empty() {
        return Err(ParseError::Empty);
    }
    if name.contains('/') {
        return Err(ParseError::Character {
            text: name.to_owned(),
            segment: name.to_owned(),
            character: '/',
        });
    }
    Ok(())
}

fn check(text: &str) -> Result<(), ParseError> {
    if text.is_empty() {
        return Err(ParseError::Empty);
    }
    let own = || text.to_owned();
    let Some(path) = text.strip_prefix('/') else {
        return Err(ParseError::Start { text: own() });
    };
    let segments: Vec<&str> = path.split('/').collect();
    if !segments[0].eq_ignore_ascii_case("subscriptions") {
        return Err(ParseError::Start { text: own() });
    }
    check_segments(text, &segments)?;
    let Some(subscription) = segments.get(1) else {
        return Err(ParseError::Incomplete {
            text: own(),
            missing: "the subscription",
        });
    };
    // `Uuid` also reads braced and undashed forms, which ARM does not.
    if subscription.len() != 36 || Uuid::parse_str(subscription).is_err() {
        return Err(ParseError::Subscription {
            text: own(),
            subscription: (*subscription).to_owned(),
        });
    }
    let mut rest = &segments[2..];
    if rest
        .first()
        .is_some_and(|word| word.eq_ignore_ascii_case("resourceGroups"))
    {
        if rest.len() < 2 {
            return Err(ParseError::Incomplete {
                text: own(),
                missing: "the resource group",
            });
        }
        rest = &rest[2..];
    }
    check_providers(text, rest)
}

fn check_segments(text: &str, segments: &[&str]) -> Result<(), ParseError> {
    for (index, segment) in segments.iter().enumerate() {
        if segment.trim().is_empty() || matches!(*segment, "." | "..") {
            return Err(ParseError::EmptySegment {
                text: text.to_owned(),
                position: index + 1,
            });
        }
        let at_edge = segment.len() != segment.trim().len();
        let wrong = |c: &char| c.is_control() || FORBIDDEN.contains(c) || (at_edge && *c == ' ');
        if let Some(character) = segment.chars().find(wrong) {
            return Err(ParseError::Character {
                text: text.to_owned(),
                segment: (*segment).to_owned(),
                character,
            });
        }
    }
    Ok(())
}

fn check_providers(text: &str, rest: &[&str]) -> Result<(), ParseError> {
    let Some(first) = rest.first() else {
        return Ok(());
    };
    if !first.eq_ignore_ascii_case("providers") {
        return Err(ParseError::Keyword {
            text: text.to_owned(),
            found: (*first).to_owned(),
        });
    }
    let missing = match rest.len() {
        1 => Some("the resource provider"),
        2 => Some("the resource type"),
        length if length % 2 == 1 => Some("the name"),
        _ => None,
    };
    // `providers/<namespace>` and every `<type>/<name>` are pairs; an extension resource repeats
    // the first kind of pair and must have a type and a name behind it.
    let dangling = rest.len() >= 4
        && rest.len().is_multiple_of(2)
        && rest[rest.len() - 2].eq_ignore_ascii_case("providers");
    match missing.or(dangling.then_some("the resource type")) {
        Some(missing) => Err(ParseError::Incomplete {
            text: text.to_owned(),
            missing,
        }),
        None => Ok(()),
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for ResourceId {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl FromStr for ResourceId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for ResourceId {}

impl PartialOrd for ResourceId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ResourceId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl Hash for ResourceId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Serialize for ResourceId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for ResourceId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
