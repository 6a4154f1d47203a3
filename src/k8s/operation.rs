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

    /// The object in the words of its users, as in "AzureIdentity `billing/reader`".
    #[must_use]
    pub fn target(&self) -> String {
        let kind = match self.resource.as_ref() {
            "azureidentities.aadpodidentity.k8s.io" => "AzureIdentity",
            "azureidentitybindings.aadpodidentity.k8s.io" => "AzureIdentityBinding",
            "azurepodidentityexceptions.aadpodidentity.k8s.io" => "AzurePodIdentityException",
            "customresourcedefinitions.apiextensions.k8s.io" => "CRD",
            "namespaces" => "namespace",
            other => other,
        };
        format!("{kind}{}", self.place())
    }

    fn place(&self) -> String {
        match (&self.namespace, &self.name) {
            (Some(namespace), Some(name)) => format!(" `{namespace}/{name}`"),
            (None, Some(name)) => format!(" `{name}`"),
            (Some(namespace), None) => format!(" in namespace `{namespace}`"),
            (None, None) => " in all namespaces".to_owned(),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.verb, self.resource, self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn rights_are_told_in_words_of_rbac_and_objects_in_words_of_users() {
        let resource = "azureidentities.aadpodidentity.k8s.io";
        let patch = Operation::object("patch", resource, "billing", "reader");
        assert_eq!(
            patch.to_string(),
            "patch azureidentities.aadpodidentity.k8s.io `billing/reader`"
        );
        assert_eq!(patch.target(), "AzureIdentity `billing/reader`");
        let list = Operation::list("pods", Some("billing"));
        assert_eq!(list.to_string(), "list pods in namespace `billing`");
        let get = Operation::cluster_object("get", "namespaces", "billing");
        assert_eq!(get.target(), "namespace `billing`");
    }
}
