//! What an ARM path names: scope, provider, types, names, action.

use http::Method;

/// The pieces of an ARM path. Paths outside `/providers/` belong to `Microsoft.Resources`:
/// `/subscriptions/S/resourceGroups/G` has types `subscriptions`, `resourceGroups` and names `S`, `G`;
/// `/subscriptions/S/providers/NS` has types `subscriptions`, `providers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Everything before the last `/providers/`, or the parent for `Microsoft.Resources`; `/` at the top.
    pub scope: String,
    /// The subscription the path starts with.
    pub subscription: Option<String>,
    /// The resource group the path starts with.
    pub resource_group: Option<String>,
    /// The provider namespace, in the casing of the path.
    pub provider: String,
    /// The type segments.
    pub types: Vec<String>,
    /// The name segments; one fewer than `types` when the path names a collection.
    pub names: Vec<String>,
    /// The last segment of a POST on a resource, such as `listClusterUserCredential`.
    pub action: Option<String>,
    /// The id of the resource or collection, without the action.
    pub id: String,
}

impl Target {
    /// Reads a normalised path. `None` when it has no shape ARM knows.
    pub fn parse(method: &Method, segments: &[String]) -> Option<Self> {
        let is = |i: usize, word: &str| {
            segments
                .get(i)
                .is_some_and(|s| s.eq_ignore_ascii_case(word))
        };
        let subscription = is(0, "subscriptions")
            .then(|| segments.get(1).cloned())
            .flatten();
        let group_at_two = subscription.is_some() && is(2, "resourcegroups");
        let resource_group = group_at_two.then(|| segments.get(3).cloned()).flatten();
        let last_provider = (0..segments.len()).rev().find(|&i| is(i, "providers"));
        let registers = *method == Method::POST
            && segments
                .last()
                .is_some_and(|s| s.eq_ignore_ascii_case("register"));
        let registration = last_provider
            .is_some_and(|i| i + 2 >= segments.len() || registers && i + 3 == segments.len());
        let (scope, provider, rest) = match last_provider {
            Some(i) if !registration => (
                join(&segments[..i]),
                segments[i + 1].clone(),
                &segments[i + 2..],
            ),
            _ => (String::new(), "Microsoft.Resources".to_owned(), segments),
        };
        if rest.is_empty() {
            return None;
        }
        let mut types: Vec<String> = rest.iter().step_by(2).cloned().collect();
        let names: Vec<String> = rest.iter().skip(1).step_by(2).cloned().collect();
        let mut id = join(segments);
        let mut action = None;
        if *method == Method::POST && types.len() > names.len() {
            action = types.pop();
            id = join(&segments[..segments.len() - 1]);
        }
        let scope = if scope.is_empty()
            && provider == "Microsoft.Resources"
            && last_provider.is_none_or(|_| registration)
        {
            let whole = types.len() == names.len();
            let cut = if whole { 2 } else { 1 };
            join(
                &segments[..segments
                    .len()
                    .saturating_sub(cut + usize::from(action.is_some()))],
            )
        } else {
            scope
        };
        Some(Self {
            scope,
            subscription,
            resource_group,
            provider,
            types,
            names,
            action,
            id,
        })
    }

    /// Whether the path names a collection rather than one resource.
    pub fn is_collection(&self) -> bool {
        self.types.len() > self.names.len()
    }

    /// `Provider/type/subtype`.
    pub fn full_type(&self) -> String {
        format!("{}/{}", self.provider, self.types.join("/"))
    }

    /// Whether the type is this one (`Microsoft.Compute/virtualMachineScaleSets`), ignoring case.
    pub fn is_type(&self, full_type: &str) -> bool {
        self.full_type().eq_ignore_ascii_case(full_type)
    }

    /// The last name, or nothing for a top-level collection.
    pub fn name(&self) -> &str {
        self.names.last().map_or("", String::as_str)
    }

    /// The action a role must allow, such as `Microsoft.Compute/virtualMachineScaleSets/write`.
    pub fn action_name(&self, method: &Method) -> String {
        let base = self.full_type();
        match (&self.action, method) {
            (Some(action), _) => format!("{base}/{action}/action"),
            (None, &Method::GET | &Method::HEAD) => format!("{base}/read"),
            (None, &Method::DELETE) => format!("{base}/delete"),
            (None, &Method::POST) => format!("{base}/action"),
            (None, _) => format!("{base}/write"),
        }
    }

    /// Where that action is checked: the resource, or the parent of a collection.
    pub fn authorization_scope(&self) -> String {
        if !self.is_collection() {
            return self.id.clone();
        }
        if self.names.is_empty() {
            return self.scope.clone();
        }
        self.id
            .rsplit_once('/')
            .map_or_else(|| "/".to_owned(), |(parent, _)| parent.to_owned())
    }
}

fn join(segments: &[String]) -> String {
    if segments.is_empty() {
        return "/".to_owned();
    }
    segments.iter().fold(String::new(), |mut path, segment| {
        path.push('/');
        path.push_str(segment);
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arm::request::split;

    fn parse(method: Method, path: &str) -> Target {
        Target::parse(&method, &split(path)).unwrap()
    }

    #[test]
    fn a_resource_in_a_group() {
        let t = parse(
            Method::PATCH,
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/v",
        );
        assert_eq!(t.scope, "/subscriptions/s/resourceGroups/g");
        assert_eq!(
            (t.subscription.as_deref(), t.resource_group.as_deref()),
            (Some("s"), Some("g"))
        );
        assert_eq!(t.name(), "v");
        assert_eq!(
            t.action_name(&Method::PATCH),
            "Microsoft.Compute/virtualMachineScaleSets/write"
        );
        assert_eq!(t.authorization_scope(), t.id);
    }

    #[test]
    fn a_post_action_and_a_nested_collection() {
        let base = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c";
        let t = parse(Method::POST, &format!("{base}/listClusterUserCredential"));
        assert_eq!(t.action.as_deref(), Some("listClusterUserCredential"));
        assert_eq!(t.id, base);
        assert_eq!(
            t.action_name(&Method::POST),
            "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
        );
        let pools = parse(Method::GET, &format!("{base}/agentPools"));
        assert!(pools.is_collection());
        assert_eq!(pools.authorization_scope(), base);
    }

    #[test]
    fn an_extension_resource_has_the_resource_as_scope() {
        let base = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
        let t = parse(
            Method::PUT,
            &format!("{base}/providers/Microsoft.Authorization/roleAssignments/x"),
        );
        assert_eq!(
            (t.scope.as_str(), t.provider.as_str()),
            (base, "Microsoft.Authorization")
        );
    }

    #[test]
    fn groups_and_registrations_belong_to_microsoft_resources() {
        let group = parse(Method::GET, "/subscriptions/s/resourcegroups/g");
        assert!(group.is_type("Microsoft.Resources/subscriptions/resourceGroups"));
        assert_eq!(group.scope, "/subscriptions/s");
        let list = parse(Method::GET, "/subscriptions/s/resourcegroups");
        assert_eq!(list.scope, "/subscriptions/s");
        assert_eq!(list.authorization_scope(), "/subscriptions/s");
        let registration = parse(Method::GET, "/subscriptions/s/providers/Microsoft.Compute");
        assert!(registration.is_type("Microsoft.Resources/subscriptions/providers"));
        assert_eq!(parse(Method::GET, "/subscriptions").scope, "/");
    }
}
