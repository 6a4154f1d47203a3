//! What was asked of the API server, for error messages.

use std::fmt;

/// One request in the words of RBAC: a verb on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// RBAC verb: get, list, patch, delete.
    pub verb: &'static str,
    /// Plural name with its group, as in `azureidentities.aadpodidentity.k8s.io`.
    pub resource: Box<str>,
    /// Namespace, unless the resource is cluster-wide or all namespaces were asked for.
    pub namespace: Option<Box<str>>,
    /// Name of the object, unless it is a list.
    pub name: Option<Box<str>>,
}

impl Operation {
    /// A request on one object in a namespace.
    #[must_use]
    pub fn object(verb: &'static str, resource: &str, namespace: &str, name: &str) -> Self {
        Self {
            verb,
            resource: resource.into(),
            namespace: Some(namespace.into()),
            name: Some(name.into()),
        }
    }

    /// A request on one object outside namespaces.
    #[must_use]
    pub fn cluster_object(verb: &'static str, resource: &str, name: &str) -> Self {
        Self {
            verb,
            resource: resource.into(),
            namespace: None,
            name: Some(name.into()),
        }
    }

    /// A list in one namespace, or in all of them.
    #[must_use]
    pub fn list(resource: &str, namespace: Option<&str>) -> Self {
        Self {
            verb: "list",
            resource: resource.into(),
            namespace: namespace.map(Box::from),
            name: None,
        }
    }

    /// The object or collection, without the verb.
    #[must_use]
    pub fn target(&self) -> String {
        match (&self.namespace, &self.name) {
            (Some(namespace), Some(name)) => format!("{} `{namespace}/{name}`", self.resource),
            (None, Some(name)) => format!("{} `{name}`", self.resource),
            (Some(namespace), None) => format!("{} in namespace `{namespace}`", self.resource),
            (None, None) => format!("{} in all namespaces", self.resource),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.target())
    }
}
