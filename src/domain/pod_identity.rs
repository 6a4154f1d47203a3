//! A pod identity: which user-assigned identity the pods of a namespace with a label may use.

use std::collections::BTreeMap;

use super::name::{BindingSelector, InvalidName, Namespace, PodIdentityName};
use super::resource_id::ResourceId;

/// A pod identity as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PodIdentity {
    /// The namespace of the pods and of both objects.
    pub namespace: Namespace,
    /// The name of the `AzureIdentity`.
    pub name: PodIdentityName,
    /// The value of the pods' label `aadpodidbinding`.
    pub selector: BindingSelector,
    /// The user-assigned managed identity.
    pub identity: ResourceId,
}

impl PodIdentity {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// The name of a pod identity whose name was not given: the managed identity's own.
///
/// # Errors
/// The managed identity's name cannot be made into a Kubernetes name.
pub fn default_name(identity: &ResourceId) -> Result<PodIdentityName, InvalidName> {
    identity
        .name()
        .to_ascii_lowercase()
        .replace('_', "-")
        .parse()
}

/// Two wanted pod identities that cannot both be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The same namespace and name with different content.
    #[error("`{key}` is wanted twice with different content")]
    DifferentContent {
        /// `namespace/name`.
        key: String,
    },
}

/// Drops exact repetitions and refuses contradictions.
///
/// # Errors
/// The same namespace and name are wanted with different content.
pub fn distinct(wanted: Vec<PodIdentity>) -> Result<Vec<PodIdentity>, Contradiction> {
    let mut seen: BTreeMap<String, PodIdentity> = BTreeMap::new();
    let mut kept = Vec::with_capacity(wanted.len());
    for item in wanted {
        match seen.get(&item.key()) {
            Some(former) if *former == item => {}
            Some(_) => return Err(Contradiction::DifferentContent { key: item.key() }),
            None => {
                seen.insert(item.key(), item.clone());
                kept.push(item);
            }
        }
    }
    Ok(kept)
}

/// How a wanted pod identity compares with what the cluster holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// Nothing of that name is there.
    Absent,
    /// It is there with the same content.
    Same,
    /// It is there with the same identity, but an object lacks or differs in something that may
    /// be repaired without asking: the client id, or a binding that is missing.
    Incomplete,
    /// It is there with other content; the text says what differs.
    Different(String),
}

/// What the cluster holds under a namespace and name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Present {
    /// `spec.resourceID` of the `AzureIdentity`, if there is one.
    pub resource_id: Option<String>,
    /// `spec.clientID` of the `AzureIdentity`.
    pub client_id: String,
    /// `spec.azureIdentity` and `spec.selector` of `NAME-binding`, if there is one.
    pub binding: Option<(String, String)>,
}

/// Compares a wanted pod identity with what is there.
#[must_use]
pub fn compare(wanted: &PodIdentity, client_id: &str, present: &Present) -> Comparison {
    if let Some((identity, selector)) = &present.binding {
        if identity != wanted.name.as_str() {
            return Comparison::Different(format!(
                "binding `{}` belongs to `{identity}`",
                wanted.name.binding()
            ));
        }
        if selector != wanted.selector.as_str() {
            return Comparison::Different(format!("its binding selector is `{selector}`"));
        }
    }
    let Some(resource_id) = &present.resource_id else {
        return Comparison::Absent;
    };
    match resource_id.parse::<ResourceId>() {
        Ok(id) if id == wanted.identity => {}
        _ => return Comparison::Different(format!("it uses identity `{resource_id}`")),
    }
    if present.binding.is_none() || !present.client_id.eq_ignore_ascii_case(client_id) {
        return Comparison::Incomplete;
    }
    Comparison::Same
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Reader_1";

    fn wanted() -> PodIdentity {
        PodIdentity {
            namespace: "billing".parse().unwrap(),
            name: "reader".parse().unwrap(),
            selector: "reader".parse().unwrap(),
            identity: ID.parse().unwrap(),
        }
    }

    fn present() -> Present {
        Present {
            resource_id: Some(ID.to_ascii_lowercase()),
            client_id: "c1".to_owned(),
            binding: Some(("reader".to_owned(), "reader".to_owned())),
        }
    }

    #[test]
    fn names_after_the_identity() {
        assert_eq!(
            default_name(&ID.parse().unwrap()).unwrap().as_str(),
            "reader-1"
        );
    }

    #[test]
    fn repetition_is_dropped_and_contradiction_refused() {
        let mut other = wanted();
        assert_eq!(distinct(vec![wanted(), wanted()]).unwrap().len(), 1);
        other.selector = "x".parse().unwrap();
        let refusal = distinct(vec![wanted(), other]).unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "`billing/reader` is wanted twice with different content"
        );
    }

    #[test]
    fn compares_every_case() {
        assert_eq!(compare(&wanted(), "C1", &present()), Comparison::Same);
        assert_eq!(compare(&wanted(), "c2", &present()), Comparison::Incomplete);
        assert_eq!(
            compare(&wanted(), "c1", &Present::default()),
            Comparison::Absent
        );
        let unbound = Present {
            binding: None,
            ..present()
        };
        assert_eq!(compare(&wanted(), "c1", &unbound), Comparison::Incomplete);
        let other = Present {
            resource_id: Some(ID.replace("Reader_1", "x")),
            ..present()
        };
        assert!(matches!(
            compare(&wanted(), "c1", &other),
            Comparison::Different(_)
        ));
        let moved = Present {
            binding: Some(("reader".into(), "blue".into())),
            ..present()
        };
        assert_eq!(
            compare(&wanted(), "c1", &moved),
            Comparison::Different("its binding selector is `blue`".to_owned())
        );
    }
}
