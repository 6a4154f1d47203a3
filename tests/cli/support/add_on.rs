//! A cluster whose pod identity add-on is on.

use serde_json::{Value, json};

use super::{Plan, Site};

impl Plan {
    /// Pools `system`, `apps` and `win`, these identities, and the add-on.
    pub(crate) fn with_add_on(identities: &[&str]) -> Plan {
        Plan {
            add_on: true,
            identities: identities.iter().map(|name| (*name).to_owned()).collect(),
            ..Plan::default()
        }
    }
}

impl Site {
    /// Gives the control plane its role on the whole resource group.
    pub(crate) fn allow_control_plane(&self) {
        let id = self.identity("demo-control-plane");
        let principal = self.azure("GET", &id, &Value::Null)["properties"]["principalId"].clone();
        self.seed(&json!({"roleAssignments": [{
            "role": "Managed Identity Operator",
            "scope": format!("/subscriptions/{}/resourceGroups/demo", self.subscription),
            "principal": principal,
        }]}));
    }

    /// The profile as Azure has it.
    pub(crate) fn profile(&self) -> Value {
        let mut cluster = self.azure("GET", &self.cluster(), &Value::Null);
        cluster["properties"]["podIdentityProfile"].take()
    }

    /// `name state` of every pod identity of the profile, sorted.
    pub(crate) fn profile_items(&self) -> Vec<String> {
        let profile = self.profile();
        let items = profile["userAssignedIdentities"].as_array();
        let word = |item: &Value, key: &str| item[key].as_str().unwrap_or("-").to_owned();
        let shown = |item: &Value| {
            let state = word(item, "provisioningState");
            format!("{} {state}", word(item, "name"))
        };
        let mut items: Vec<String> = items.into_iter().flatten().map(shown).collect();
        items.sort();
        items
    }
}
