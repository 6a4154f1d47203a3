//! Resource ids: their parts, and how two of them compare.

/// A resource id below a resource group, split into its parts; the casing is the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceId {
    /// The subscription's id.
    pub(crate) subscription: String,
    /// The resource group's name.
    pub(crate) group: String,
    /// The provider's namespace.
    pub(crate) provider: String,
    /// The types, outermost first.
    pub(crate) types: Vec<String>,
    /// The names, outermost first.
    pub(crate) names: Vec<String>,
}

impl ResourceId {
    /// Reads `/subscriptions/S/resourceGroups/G/providers/P/type/name[/type/name]...`.
    pub(crate) fn parse(id: &str) -> Option<Self> {
        let parts: Vec<&str> = id.strip_prefix('/')?.split('/').collect();
        let [
            subscriptions,
            subscription,
            groups,
            group,
            providers,
            provider,
            rest @ ..,
        ] = parts.as_slice()
        else {
            return None;
        };
        let shape = subscriptions.eq_ignore_ascii_case("subscriptions")
            && groups.eq_ignore_ascii_case("resourcegroups")
            && providers.eq_ignore_ascii_case("providers");
        if !shape || rest.is_empty() || rest.len() % 2 != 0 || parts.iter().any(|p| p.is_empty()) {
            return None;
        }
        Some(Self {
            subscription: (*subscription).to_owned(),
            group: (*group).to_owned(),
            provider: (*provider).to_owned(),
            types: rest.iter().step_by(2).map(|t| (*t).to_owned()).collect(),
            names: rest
                .iter()
                .skip(1)
                .step_by(2)
                .map(|n| (*n).to_owned())
                .collect(),
        })
    }

    /// `Provider/type/type`.
    pub(crate) fn full_type(&self) -> String {
        format!("{}/{}", self.provider, self.types.join("/"))
    }

    /// Whether the id names a resource of this full type, ignoring case.
    pub(crate) fn is_a(&self, full_type: &str) -> bool {
        self.full_type().eq_ignore_ascii_case(full_type)
    }
}

/// The id of a resource group.
pub(crate) fn group_id(subscription: &str, group: &str) -> String {
    format!("/subscriptions/{subscription}/resourceGroups/{group}")
}

/// The subscription named in any id below a subscription, or the empty string.
pub(crate) fn subscription_of(id: &str) -> &str {
    let mut parts = id.trim_start_matches('/').split('/');
    match parts.next() {
        Some(first) if first.eq_ignore_ascii_case("subscriptions") => {
            parts.next().unwrap_or_default()
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_nested_resources_and_refuses_halves() {
        let id =
            ResourceId::parse("/subscriptions/s/resourcegroups/g/providers/P/a/1/b/2").unwrap();
        assert_eq!(
            (id.full_type().as_str(), id.names.join("/")),
            ("P/a/b", "1/2".into())
        );
        assert!(ResourceId::parse("/subscriptions/s/resourcegroups/g/providers/P/a").is_none());
        assert!(ResourceId::parse("/subscriptions/s/resourcegroups//providers/P/a/1").is_none());
    }
}
