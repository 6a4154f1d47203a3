//! A started emulator with one subscription, an owner signed in, and ways to ask it what happened.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use podid::azure::cloud::{Cloud, CustomEndpoints};
use podid::azure::credential::{CredentialKind, CredentialSettings};
use podid::azure::notice::Notice;
use podid::azure::scale_set::{self, ScaleSet};
use podid::azure::{Client, ClientOptions, Notices};
use podid::domain::resource_id::ResourceId;
use podid_emulator::{Emulator, Options, Seed};
use serde_json::{Value, json};

pub const TENANT: &str = "10000000-0000-0000-0000-000000000001";
pub const SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000001";
pub const OWNER: &str = "30000000-0000-0000-0000-000000000001";
pub const OWNER_APP: &str = "40000000-0000-0000-0000-000000000001";
pub const STRANGER: &str = "30000000-0000-0000-0000-000000000002";
pub const STRANGER_APP: &str = "40000000-0000-0000-0000-000000000002";
pub const SECRET: &str = "correct-horse-battery-staple";
pub const ISSUER: &str = "https://issuer.example";
pub const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/azure/credential/testdata/certificate.pem"
);

pub struct Azure {
    emulator: Emulator,
    ca: tempfile::NamedTempFile,
    http: reqwest::Client,
}

/// What a client told while it waited.
#[derive(Clone, Default)]
pub struct Heard(Arc<Mutex<Vec<Notice>>>);

impl Heard {
    pub fn notices(&self) -> Notices {
        let heard = self.0.clone();
        Notices::new(move |notice| heard.lock().unwrap().push(notice.clone()))
    }

    pub fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap().clone()
    }
}

fn seed() -> Seed {
    let pem = std::fs::read_to_string(CERTIFICATE).unwrap();
    let certificate = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap()).1;
    let group = |name: &str| {
        json!({"id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"),
               "apiVersion": "2021-04-01", "body": {"location": "westeurope"}})
    };
    let resource =
        |id: ResourceId, body: Value| json!({"id": id, "apiVersion": "2024-11-01", "body": body});
    let mut resources = vec![group("ids"), group("nodes")];
    for name in ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"] {
        resources.push(resource(identity(name), json!({"location": "westeurope"})));
    }
    resources.push(resource(
        set_id(),
        json!({
            "location": "westeurope",
            "sku": {"name": "Standard_B2s", "tier": "Standard", "capacity": 1},
            "tags": {"aks-managed-poolName": "apps"},
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity("alpha").to_string(): {}}},
            "properties": {},
        }),
    ));
    let seed = json!({
        "tenants": [{"tenantId": TENANT, "displayName": "test", "defaultDomain": "test.example"}],
        "servicePrincipals": [
            {"appId": OWNER_APP, "objectId": OWNER, "tenantId": TENANT, "secrets": [SECRET],
             "certificates": [certificate],
             "federatedCredentials": [{"name": "ci", "issuer": ISSUER, "subject": "system:serviceaccount:ci:podid",
                                       "audiences": ["api://AzureADTokenExchange"]}]},
            {"appId": STRANGER_APP, "objectId": STRANGER, "tenantId": TENANT, "secrets": [SECRET]},
        ],
        "subscriptions": [{"subscriptionId": SUBSCRIPTION, "displayName": "Test", "tenantId": TENANT}],
        "resources": resources,
        "roleAssignments": [
            {"scope": format!("/subscriptions/{SUBSCRIPTION}"), "role": "Owner", "principal": OWNER},
            {"scope": format!("/subscriptions/{SUBSCRIPTION}"), "role": "Owner", "principal": identity("alpha")},
        ],
        "issuers": [{"issuer": ISSUER, "jwks": super::credential::jwks()}],
    });
    // JSON is YAML.
    Seed::from_yaml(&seed.to_string()).unwrap()
}

pub fn identity(name: &str) -> ResourceId {
    ResourceId::user_assigned_identity(SUBSCRIPTION, "ids", name).unwrap()
}

pub fn set_id() -> ResourceId {
    ResourceId::scale_set(SUBSCRIPTION, "nodes", "aks-apps-1").unwrap()
}

pub fn owner() -> CredentialSettings {
    CredentialSettings {
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(OWNER_APP.to_owned()),
        client_secret: Some(SECRET.to_owned()),
        ..CredentialSettings::default()
    }
}

impl Azure {
    /// Starts one whose operations end at once.
    pub async fn start() -> Self {
        Self::start_with(0.0).await
    }

    pub async fn start_with(time_scale: f64) -> Self {
        podid::azure::install_crypto_provider();
        let options = Options {
            time_scale,
            seed: Some(seed()),
            ..Options::default()
        };
        let emulator = Emulator::start(options).await.unwrap();
        let mut ca = tempfile::NamedTempFile::new().unwrap();
        ca.write_all(emulator.ca_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { emulator, ca, http }
    }

    pub fn cloud(&self) -> Cloud {
        self.cloud_with(&self.emulator.https_url())
    }

    /// The emulator's sign-in with another Resource Manager.
    pub fn cloud_with(&self, resource_manager: &str) -> Cloud {
        Cloud::custom(CustomEndpoints {
            resource_manager: resource_manager.to_owned(),
            authority: self.emulator.https_url(),
            imds: Some(format!("{}/_nodes/aks-apps-1/0/", self.emulator.http_url())),
            ..CustomEndpoints::default()
        })
        .unwrap()
    }

    pub fn endpoint(&self) -> String {
        self.emulator.https_url()
    }

    pub fn options(&self) -> ClientOptions {
        ClientOptions {
            cloud: self.cloud(),
            credential: CredentialKind::ClientSecret,
            credential_settings: owner(),
            ca_file: Some(self.ca.path().to_owned()),
            timeout: Duration::from_mins(1),
            notices: Notices::silent(),
        }
    }

    pub fn client(&self) -> Client {
        Client::new(self.options()).unwrap()
    }

    pub fn client_heard(&self) -> (Client, Heard) {
        let heard = Heard::default();
        (self.client().with_notices(heard.notices()), heard)
    }

    pub async fn set(&self) -> ScaleSet {
        scale_set::get(&self.client(), &set_id()).await.unwrap()
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

    pub async fn fault(&self, fault: Value) {
        self.control("POST", "faults", &fault).await;
    }

    pub async fn settings(&self, settings: Value) {
        self.control("PUT", "settings", &settings).await;
    }

    pub async fn release(&self) {
        self.control("POST", "release", &Value::Null).await;
    }

    /// The recorded calls to one service, as `(method, path, status)`.
    pub async fn calls(&self, service: &str) -> Vec<(String, String, u64)> {
        let calls = self.control("GET", "calls", &Value::Null).await;
        let text = |call: &Value, key: &str| call[key].as_str().unwrap_or_default().to_owned();
        calls
            .as_array()
            .unwrap()
            .iter()
            .filter(|call| call["service"] == service)
            .map(|call| {
                let status = call["status"].as_u64().unwrap_or_default();
                (text(call, "method"), text(call, "path"), status)
            })
            .collect()
    }

    /// How many calls of a method went to Resource Manager.
    pub async fn count(&self, method: &str) -> usize {
        let calls = self.calls("arm").await;
        calls.iter().filter(|call| call.0 == method).count()
    }
}
