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

    /// The add-on's item for the identity `name` in the test's namespace.
    pub(crate) fn item(&self, name: &str) -> Value {
        let id = self.identity(name);
        let properties = &self.azure("GET", &id, &Value::Null)["properties"];
        json!({
            "name": name, "namespace": self.namespace, "bindingSelector": name,
            "identity": {
                "resourceId": id,
                "clientId": properties["clientId"], "objectId": properties["principalId"],
            },
        })
    }

    /// Writes the profile as az does: the cluster as it is, no If-Match.
    pub(crate) fn put_profile(&self, profile: &Value) {
        let mut cluster = self.azure("GET", &self.cluster(), &Value::Null);
        cluster["properties"]["podIdentityProfile"] = profile.clone();
        self.azure("PUT", &self.cluster(), &cluster);
    }

    /// Keeps a document as it is: of what only Azure writes.
    pub(crate) fn store(&self, id: &str, body: &Value) {
        self.seed(&json!({"stored": [{"id": id, "etag": "1", "body": body}]}));
    }
}
