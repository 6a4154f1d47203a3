//! The body of a write: the document as it was read, without what a client may not write.
//!
//! Everything else goes back as it came, fields newer than podid included.

use serde_json::Value;

/// What the service alone writes; `*` stands for every key of an object or element of a list.
///
/// These are the read-only properties of the API version, which az's model does not send either.
/// Most are ignored when sent; ids inside `userAssignedIdentities` and the identities that
/// add-ons run with are refused ("The 'UserAssignedIdentities' property keys should only be empty
/// json objects", azure-rest-api-specs issue 13631).
pub const READ_ONLY: &[&str] = &[
    "/id",
    "/name",
    "/type",
    "/systemData",
    "/eTag",
    "/etag",
    "/identity/principalId",
    "/identity/tenantId",
    "/identity/userAssignedIdentities/*/principalId",
    "/identity/userAssignedIdentities/*/clientId",
    "/properties/provisioningState",
    "/properties/powerState",
    "/properties/status",
    "/properties/maxAgentPools",
    "/properties/currentKubernetesVersion",
    "/properties/fqdn",
    "/properties/privateFQDN",
    "/properties/azurePortalFQDN",
    "/properties/resourceUID",
    "/properties/agentPoolProfiles/*/eTag",
    "/properties/agentPoolProfiles/*/currentOrchestratorVersion",
    "/properties/agentPoolProfiles/*/nodeImageVersion",
    "/properties/agentPoolProfiles/*/provisioningState",
    "/properties/agentPoolProfiles/*/status",
    "/properties/addonProfiles/*/identity",
    "/properties/ingressProfile/applicationLoadBalancer/identity",
    "/properties/ingressProfile/webAppRouting/identity",
    "/properties/networkProfile/loadBalancerProfile/effectiveOutboundIPs",
    "/properties/networkProfile/natGatewayProfile/effectiveOutboundIPs",
    "/properties/oidcIssuerProfile/issuerURL",
    "/properties/oidcIssuerProfile/issuerUrl",
    "/properties/privateLinkResources/*/privateLinkServiceID",
];

/// The document `read` with another `podIdentityProfile` and without what is read-only.
pub(super) fn body(read: &Value, profile: Value) -> Value {
    let mut body = read.clone();
    for path in READ_ONLY {
        let steps: Vec<&str> = path.split('/').skip(1).collect();
        leave_out(&mut body, &steps);
    }
    body["properties"]["podIdentityProfile"] = profile;
    body
}

fn leave_out(value: &mut Value, steps: &[&str]) {
    match (steps, value) {
        ([last], Value::Object(map)) => {
            map.shift_remove(*last);
        }
        (["*", rest @ ..], Value::Object(map)) => {
            for value in map.values_mut() {
                leave_out(value, rest);
            }
        }
        (["*", rest @ ..], Value::Array(list)) => {
            for value in list {
                leave_out(value, rest);
            }
        }
        ([step, rest @ ..], Value::Object(map)) => {
            if let Some(value) = map.get_mut(*step) {
                leave_out(value, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;
    use crate::domain::profile::{self, Edit};

    /// What is read-only, written out once more: what the tests allow to be missing.
    const MAY_BE_MISSING: &[&str] = &[
        "/id",
        "/name",
        "/type",
        "/systemData",
        "/eTag",
        "/etag",
        "/identity/principalId",
        "/identity/tenantId",
        "/identity/userAssignedIdentities/*/principalId",
        "/identity/userAssignedIdentities/*/clientId",
        "/properties/provisioningState",
        "/properties/powerState",
        "/properties/status",
        "/properties/maxAgentPools",
        "/properties/currentKubernetesVersion",
        "/properties/fqdn",
        "/properties/privateFQDN",
        "/properties/azurePortalFQDN",
        "/properties/resourceUID",
        "/properties/agentPoolProfiles/*/eTag",
        "/properties/agentPoolProfiles/*/currentOrchestratorVersion",
        "/properties/agentPoolProfiles/*/nodeImageVersion",
        "/properties/agentPoolProfiles/*/provisioningState",
        "/properties/agentPoolProfiles/*/status",
        "/properties/addonProfiles/*/identity",
        "/properties/ingressProfile/applicationLoadBalancer/identity",
        "/properties/ingressProfile/webAppRouting/identity",
        "/properties/networkProfile/loadBalancerProfile/effectiveOutboundIPs",
        "/properties/networkProfile/natGatewayProfile/effectiveOutboundIPs",
        "/properties/oidcIssuerProfile/issuerURL",
        "/properties/oidcIssuerProfile/issuerUrl",
        "/properties/privateLinkResources/*/privateLinkServiceID",
    ];

    /// The document without [`MAY_BE_MISSING`].
    fn without_read_only(document: &Value) -> Value {
        let mut left = document.clone();
        for path in MAY_BE_MISSING {
            let steps: Vec<&str> = path.split('/').skip(1).collect();
            for place in places(&left, &steps) {
                let (parent, key) = place.rsplit_once('/').unwrap();
                let parent = left.pointer_mut(parent).unwrap();
                parent
                    .as_object_mut()
                    .unwrap()
                    .shift_remove(&unescaped(key));
            }
        }
        left
    }

    fn unescaped(key: &str) -> String {
        key.replace("~1", "/").replace("~0", "~")
    }

    /// JSON pointers of everything a path stands for.
    fn places(value: &Value, steps: &[&str]) -> Vec<String> {
        let Some((step, rest)) = steps.split_first() else {
            return vec![String::new()];
        };
        let children: Vec<(String, &Value)> = match value {
            Value::Object(map) => map
                .iter()
                .filter(|(key, _)| *step == "*" || key == step)
                .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
                .collect(),
            Value::Array(list) if *step == "*" => {
                let index = |(index, value): (usize, _)| (index.to_string(), value);
                list.iter().enumerate().map(index).collect()
            }
            _ => Vec::new(),
        };
        let below = children.into_iter().flat_map(|(key, child)| {
            let found = places(child, rest).into_iter();
            found.map(move |place| format!("/{key}{place}"))
        });
        // The last step must be a member of an object.
        below
            .filter(|_| !rest.is_empty() || value.is_object())
            .collect()
    }

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|number| json!(number)),
            "\\PC{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                object(inner),
            ]
        })
    }

    /// Objects with keys of tomorrow and keys that podid knows.
    fn object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
        let known = prop::sample::select(vec![
            "id",
            "name",
            "identity",
            "clientId",
            "provisioningState",
            "powerState",
            "status",
            "eTag",
            "enabled",
            "podIdentityProfile",
            "userAssignedIdentities",
        ]);
        let key = prop_oneof!["[a-zA-Z/~]{1,8}", known.prop_map(str::to_owned)];
        prop::collection::btree_map(key, inner, 0..5)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    fn fields() -> impl Strategy<Value = Map<String, Value>> {
        object(anything()).prop_map(|value| value.as_object().cloned().unwrap())
    }

    prop_compose! {
        /// A cluster with what podid knows and with anything else, at every level.
        fn cluster()(
            top in fields(), properties in fields(), identity in fields(), pool in fields(),
            add_on in fields(), network in fields(), profile in fields(),
        ) -> Value {
            let mut cluster = json!({
                "id": "/x", "location": "westeurope", "eTag": "e",
                "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/x/y": {"clientId": "c", "more": 1}}},
                "properties": {
                    "fqdn": "f", "powerState": {"code": "Running"},
                    "agentPoolProfiles": [{"name": "system", "nodeImageVersion": "v"}],
                    "addonProfiles": {"omsagent": {"enabled": true, "identity": {}}},
                    "networkProfile": {"loadBalancerProfile": {"effectiveOutboundIPs": []}},
                    "podIdentityProfile": {"enabled": true},
                },
            });
            let mut lay = |pointer: &str, more: Map<String, Value>| {
                let place = cluster.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
                for (key, value) in more {
                    place.entry(key).or_insert(value);
                }
            };
            lay("", top);
            lay("/properties/podIdentityProfile", profile);
            lay("/properties/networkProfile", network);
            lay("/properties/addonProfiles/omsagent", add_on);
            lay("/properties/agentPoolProfiles/0", pool);
            lay("/identity", identity);
            lay("/properties", properties);
            cluster
        }
    }

    fn any_edit() -> impl Strategy<Value = Edit> {
        let (namespace, name) = ("billing".to_owned(), "reader".to_owned());
        prop_oneof![
            Just(Edit::AddIdentity(profile::NewIdentity {
                namespace: namespace.clone(),
                name: name.clone(),
                selector: name.clone(),
                resource_id: "/r".to_owned(),
                client_id: "c".to_owned(),
                object_id: "o".to_owned(),
            })),
            Just(Edit::RemoveIdentity {
                namespace: namespace.clone(),
                name: name.clone()
            }),
            Just(Edit::RepairIdentity {
                namespace: namespace.clone(),
                name: name.clone()
            }),
            Just(Edit::SetException {
                namespace: namespace.clone(),
                name: name.clone(),
                labels: [("app".to_owned(), "x".to_owned())].into(),
                must_exist: false,
            }),
            Just(Edit::RemoveException { namespace, name }),
            Just(Edit::Enable {
                allow_network_plugin_kubenet: true
            }),
            Just(Edit::Disable),
        ]
    }

    proptest! {
        #[test]
        fn everything_outside_the_profile_goes_back_as_it_came(read in cluster(), edit in any_edit()) {
            let before = read.pointer("/properties/podIdentityProfile").unwrap();
            let change = profile::edit(before, &[edit], true).unwrap();
            let sent = body(&read, change.profile.clone());
            prop_assert_eq!(&sent["properties"]["podIdentityProfile"], &change.profile);
            let apart = |document: &Value| {
                let mut rest = document.clone();
                rest["properties"].as_object_mut().unwrap().shift_remove("podIdentityProfile");
                rest
            };
            prop_assert_eq!(apart(&sent), apart(&without_read_only(&read)));
        }
    }

    #[test]
    fn what_the_service_computes_is_left_out() {
        let read = json!({
            "id": "/x", "location": "westeurope", "eTag": "e", "tags": {"id": "kept"},
            "identity": {"type": "UserAssigned", "principalId": "p", "userAssignedIdentities": {"/i": {"clientId": "c", "principalId": "p"}}},
            "properties": {"fqdn": "f", "agentPoolProfiles": [{"name": "a", "provisioningState": "Succeeded", "powerState": {"code": "Running"}}]},
        });
        let expected = json!({
            "location": "westeurope", "tags": {"id": "kept"},
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/i": {}}},
            "properties": {
                "agentPoolProfiles": [{"name": "a", "powerState": {"code": "Running"}}],
                "podIdentityProfile": {"enabled": true},
            },
        });
        assert_eq!(body(&read, json!({"enabled": true})), expected);
    }
}
