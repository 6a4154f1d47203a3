//! An emulator with twenty scale sets, a machine and many identities, and ways to ask what happened.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use podid::azure::cloud::{Cloud, CustomEndpoints};
use podid::azure::credential::{CredentialKind, CredentialSettings};
use podid::azure::host;
use podid::azure::{Client, ClientOptions, Notices};
use podid::domain::resource_id::{MACHINE, ResourceId};
use podid_emulator::{Emulator, Options, Seed};
use serde_json::{Value, json};

const TENANT: &str = "10000000-0000-0000-0000-000000000001";
pub(crate) const SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000001";
const OWNER: &str = "30000000-0000-0000-0000-000000000001";
const OWNER_APP: &str = "40000000-0000-0000-0000-000000000001";
const SECRET: &str = "correct-horse-battery-staple";

/// The scale sets.
pub(crate) const SETS: usize = 20;
/// The identities `id0`, `id1` and so on.
const IDENTITIES: usize = 210;

pub(crate) struct Azure {
    emulator: Emulator,
    ca: tempfile::NamedTempFile,
    http: reqwest::Client,
}

/// The id of an identity; the one of `id7` exists, that of `missing` does not.
pub(crate) fn identity(name: &str) -> ResourceId {
    ResourceId::user_assigned_identity(SUBSCRIPTION, "ids", name).unwrap()
}

/// The ids of `id<from>` up to, not including, `id<to>`.
pub(crate) fn identities(from: usize, to: usize) -> BTreeSet<ResourceId> {
    (from..to).map(|n| identity(&format!("id{n}"))).collect()
}

pub(crate) fn set(number: usize) -> ResourceId {
    ResourceId::scale_set(SUBSCRIPTION, "nodes", &format!("aks-pool-{number}")).unwrap()
}

pub(crate) fn machine() -> ResourceId {
    let group = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/nodes");
    ResourceId::parse(&format!("{group}/providers/{MACHINE}/lonely")).unwrap()
}

fn seed() -> Seed {
    let group = |name: &str| {
        json!({"id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"),
               "apiVersion": "2021-04-01", "body": {"location": "westeurope"}})
    };
    let resource =
        |id: ResourceId, body: Value| json!({"id": id, "apiVersion": "2024-11-01", "body": body});
    let mut resources = vec![group("ids"), group("nodes")];
    let named = ["kubelet".to_owned(), "byhand".to_owned()];
    let numbered = (0..IDENTITIES).map(|n| format!("id{n}"));
    for name in named.into_iter().chain(numbered) {
        resources.push(resource(identity(&name), json!({"location": "westeurope"})));
    }
    // The first has a system identity as well and one that somebody else put there.
    for number in 0..SETS {
        let kind = if number == 0 {
            "SystemAssigned, UserAssigned"
        } else {
            "UserAssigned"
        };
        let held = json!({identity("kubelet").to_string(): {}});
        resources.push(resource(
            set(number),
            json!({
                "location": "westeurope",
                "sku": {"name": "Standard_B2s", "tier": "Standard", "capacity": 1},
                "identity": {"type": kind, "userAssignedIdentities": held},
                "properties": {},
            }),
        ));
    }
    let own =
        json!({"location": "westeurope", "identity": {"type": "SystemAssigned"}, "properties": {}});
    resources.push(resource(machine(), own));
    let seed = json!({
        "tenants": [{"tenantId": TENANT, "displayName": "test", "defaultDomain": "test.example"}],
        "servicePrincipals": [
            {"appId": OWNER_APP, "objectId": OWNER, "tenantId": TENANT, "secrets": [SECRET]},
        ],
        "subscriptions": [{"subscriptionId": SUBSCRIPTION, "displayName": "Test", "tenantId": TENANT}],
        "resources": resources,
        "roleAssignments": [
            {"scope": format!("/subscriptions/{SUBSCRIPTION}"), "role": "Owner", "principal": OWNER},
        ],
    });
    // JSON is YAML.
    Seed::from_yaml(&seed.to_string()).unwrap()
}

/// A PATCH of a host's identities as the emulator saw it.
#[derive(Debug)]
pub(crate) struct Patch {
    pub(crate) host: String,
    pub(crate) status: u64,
    pub(crate) added: BTreeSet<ResourceId>,
    pub(crate) removed: BTreeSet<ResourceId>,
    pub(crate) if_match: bool,
}

impl Azure {
    /// Starts one whose PATCHes of identities take so long.
    pub(crate) async fn start(patch: Duration) -> Self {
        podid::azure::install_crypto_provider();
        let options = Options {
            time_scale: patch.as_secs_f64() / 45.0,
            seed: Some(seed()),
            ..Options::default()
        };
        let emulator = Emulator::start(options).await.unwrap();
        let mut ca = tempfile::NamedTempFile::new().unwrap();
        ca.write_all(emulator.ca_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { emulator, ca, http }
    }

    /// A client signed in as the owner of the subscription.
    pub(crate) fn client(&self) -> Client {
        let cloud = Cloud::custom(CustomEndpoints {
            resource_manager: self.emulator.https_url(),
            authority: self.emulator.https_url(),
            ..CustomEndpoints::default()
        });
        Client::new(ClientOptions {
            cloud: cloud.unwrap(),
            credential: CredentialKind::ClientSecret,
            credential_settings: CredentialSettings {
                tenant_id: Some(TENANT.to_owned()),
                client_id: Some(OWNER_APP.to_owned()),
                client_secret: Some(SECRET.to_owned()),
                ..CredentialSettings::default()
            },
            ca_file: Some(self.ca.path().to_owned()),
            timeout: Duration::from_mins(5),
            notices: Notices::silent(),
        })
        .unwrap()
    }

    /// The document of a host.
    pub(crate) async fn document(&self, id: &ResourceId) -> Value {
        self.client().get(id, host::API_VERSION).await.unwrap()
    }

    /// The identities of a host.
    pub(crate) async fn held(&self, id: &ResourceId) -> BTreeSet<ResourceId> {
        let host = host::get(&self.client(), id).await.unwrap();
        host.identity.user_assigned.into_keys().collect()
    }

    /// Changes the identities of a host as a person would, at once.
    pub(crate) async fn by_hand(&self, id: &ResourceId, delta: &host::Delta) {
        let settings = self.control("GET", "settings", &Value::Null).await;
        self.settings(json!({"timeScale": 0.0})).await;
        let client = self.client();
        let found = host::get(&client, id).await.unwrap();
        let call = host::patch_call(&found, delta, false).unwrap();
        let accepted = client.start(&call).await.unwrap();
        if let Some(operation) = accepted.operation {
            client.wait(&operation, &mut |_| {}).await.unwrap();
        }
        self.settings(json!({"timeScale": settings["timeScale"]}))
            .await;
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/{path}", self.emulator.control_url());
        let response = self
            .http
            .request(method.parse().unwrap(), url)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.control("POST", "faults", &fault).await;
    }

    pub(crate) async fn clear_faults(&self) {
        self.control("DELETE", "faults", &Value::Null).await;
    }

    pub(crate) async fn settings(&self, settings: Value) {
        self.control("PUT", "settings", &settings).await;
    }

    /// Lets time pass.
    pub(crate) async fn advance(&self, seconds: f64) {
        let body = json!({"advanceSeconds": seconds});
        self.control("POST", "clock", &body).await;
    }

    /// Forgets the calls so far.
    pub(crate) async fn forget_calls(&self) {
        self.control("DELETE", "calls", &Value::Null).await;
    }

    /// The PATCHes so far, of all hosts.
    pub(crate) async fn patches(&self) -> Vec<Patch> {
        let calls = self.control("GET", "calls", &Value::Null).await;
        let calls = calls.as_array().unwrap().iter();
        calls
            .filter(|call| call["service"] == "arm" && call["method"] == "PATCH")
            .map(patch)
            .collect()
    }

    /// The PATCHes of one host.
    pub(crate) async fn patches_of(&self, host: &ResourceId) -> Vec<Patch> {
        let mut patches = self.patches().await;
        patches.retain(|patch| patch.host.eq_ignore_ascii_case(host.as_str()));
        patches
    }
}

fn patch(call: &Value) -> Patch {
    let block = call["body"]["identity"]["userAssignedIdentities"].as_object();
    let those = |adds: bool| {
        let all = block.into_iter().flatten();
        all.filter(|(_, value)| value.is_object() == adds)
            .map(|(id, _)| ResourceId::parse(id).unwrap())
            .collect()
    };
    Patch {
        host: call["path"].as_str().unwrap_or_default().to_owned(),
        status: call["status"].as_u64().unwrap_or_default(),
        added: those(true),
        removed: those(false),
        if_match: call["headers"].get("if-match").is_some(),
    }
}
