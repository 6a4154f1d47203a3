//! What has to change so that a cluster holds what a file asks for: wanted minus actual, as an
//! ordered list of changes with their reasons.
//!
//! - [`direct`]: objects and scale sets that podid changes itself.
//! - [`aks`]: the profile of the add-on.
//! - [`unified`]: two texts side by side, for `podid diff`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub mod aks;
pub mod direct;
pub mod unified;

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It goes.
    Delete,
}

impl Action {
    /// The sign in front of a change.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Action::Create => "+",
            Action::Update => "~",
            Action::Delete => "-",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        })
    }
}

/// What kind of resource changes, in the order in which changes are carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// A user-assigned managed identity.
    ManagedIdentity,
    /// A role of a principal on a scope.
    RoleAssignment,
    /// The pod identity add-on of a cluster.
    AddOn,
    /// A Kubernetes object: the claim on a managed identity.
    AzureIdentity,
    /// The identities on the scale set of a node pool.
    ScaleSet,
    /// A Kubernetes object: which pods may use an `AzureIdentity`.
    AzureIdentityBinding,
    /// A Kubernetes object: pods that NMI lets through.
    AzurePodIdentityException,
    /// A pod identity of the add-on's profile.
    PodIdentity,
    /// An exception of the add-on's profile.
    PodIdentityException,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::ManagedIdentity => "ManagedIdentity",
            Kind::RoleAssignment => "RoleAssignment",
            Kind::AddOn => "AddOn",
            Kind::AzureIdentity => "AzureIdentity",
            Kind::ScaleSet => "ScaleSet",
            Kind::AzureIdentityBinding => "AzureIdentityBinding",
            Kind::AzurePodIdentityException => "AzurePodIdentityException",
            Kind::PodIdentity => "PodIdentity",
            Kind::PodIdentityException => "PodIdentityException",
        })
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// What happens.
    pub action: Action,
    /// The cluster, as `resource group/name`; none for what belongs to no cluster.
    pub cluster: Option<String>,
    /// The kind of resource.
    pub kind: Kind,
    /// `namespace/name` of an object, the name of another resource.
    pub name: String,
    /// What is there; null when nothing is.
    pub before: Value,
    /// What will be there; null when nothing will be.
    pub after: Value,
    /// Why.
    pub why: String,
}

impl Change {
    /// The resource, within everything that is planned.
    #[must_use]
    pub fn key(&self) -> (Option<&str>, Kind, &str) {
        (self.cluster.as_deref(), self.kind, &self.name)
    }
}

/// How many changes of each action there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Resources that are made.
    pub create: usize,
    /// Resources that are changed.
    pub update: usize,
    /// Resources that go.
    pub delete: usize,
}

impl Count {
    /// Counts changes.
    #[must_use]
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Change>) -> Self {
        let mut count = Count::default();
        for change in changes {
            match change.action {
                Action::Create => count.create += 1,
                Action::Update => count.update += 1,
                Action::Delete => count.delete += 1,
            }
        }
        count
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count {
            create,
            update,
            delete,
        } = self;
        write!(
            f,
            "{create} to create, {update} to update, {delete} to delete"
        )
    }
}

/// Puts changes in the order in which they are carried out: what goes, goes last.
pub fn sort(changes: &mut [Change]) {
    changes.sort_by(|a, b| {
        let deletes = |change: &Change| change.action == Action::Delete;
        // A binding goes before the claim it stands on.
        let rank = |change: &Change| {
            if deletes(change) {
                -(change.kind as i8)
            } else {
                change.kind as i8
            }
        };
        deletes(a)
            .cmp(&deletes(b))
            .then(rank(a).cmp(&rank(b)))
            .then_with(|| a.name.cmp(&b.name))
    });
}

/// Why something cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The add-on keeps an object of this name.
    #[error("{kind} `{name}` belongs to the pod identity add-on")]
    OfAddOn {
        /// The kind of object.
        kind: Kind,
        /// `namespace/name`.
        name: String,
    },
    /// Somebody else made an object of this name, with other content.
    #[error("{kind} `{name}` was not made by podid and has other content")]
    OfOthers {
        /// The kind of object.
        kind: Kind,
        /// `namespace/name`.
        name: String,
        /// What differs.
        how: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: Action, kind: Kind, name: &str) -> Change {
        Change {
            action,
            cluster: None,
            kind,
            name: name.to_owned(),
            before: Value::Null,
            after: Value::Null,
            why: String::new(),
        }
    }

    #[test]
    fn bindings_come_last_and_go_first() {
        let mut changes = [
            change(Action::Delete, Kind::AzureIdentity, "old"),
            change(Action::Delete, Kind::AzureIdentityBinding, "old"),
            change(Action::Create, Kind::AzureIdentityBinding, "new"),
            change(Action::Update, Kind::ScaleSet, "pool"),
            change(Action::Create, Kind::AzureIdentity, "new"),
        ];
        sort(&mut changes);
        let order: Vec<String> = changes
            .iter()
            .map(|change| format!("{} {}", change.action.sign(), change.kind))
            .collect();
        assert_eq!(
            order,
            [
                "+ AzureIdentity",
                "~ ScaleSet",
                "+ AzureIdentityBinding",
                "- AzureIdentityBinding",
                "- AzureIdentity",
            ]
        );
        let count = Count::of(&changes);
        assert_eq!(count.to_string(), "2 to create, 1 to update, 2 to delete");
    }
}
