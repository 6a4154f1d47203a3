//! An emulator with a small seed, and a client that trusts it.
#![allow(clippy::unused_self, dead_code, unreachable_pub)] // every test binary uses its own part

use std::sync::Arc;

use http::{HeaderMap, Method};
use podid_emulator::{Emulator, Options, Seed};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::{Value, json};

pub const TENANT: &str = "10000000-0000-0000-0000-000000000001";
pub const SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000001";
pub const OWNER_APP: &str = "30000000-0000-0000-0000-000000000001";
pub const OWNER: &str = "30000000-0000-0000-0000-0000000000a1";
pub const STRANGER_APP: &str = "30000000-0000-0000-0000-000000000002";
pub const SECRET: &str = "hunter2";
pub const ARM_SCOPE: &str = "https://management.azure.com/.default";
pub const GROUP: &str = "/subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo";
pub const SEED: &str = r"
tenants:
- {tenantId: 10000000-0000-0000-0000-000000000001, displayName: Demo, defaultDomain: demo.example}
servicePrincipals:
- appId: 30000000-0000-0000-0000-000000000001
  objectId: 30000000-0000-0000-0000-0000000000a1
  tenantId: 10000000-0000-0000-0000-000000000001
  secrets: [hunter2]
- appId: 30000000-0000-0000-0000-000000000002
  objectId: 30000000-0000-0000-0000-0000000000a2
  tenantId: 10000000-0000-0000-0000-000000000001
  secrets: [hunter2]
subscriptions:
- {subscriptionId: 20000000-0000-0000-0000-000000000001, displayName: Demo, tenantId: 10000000-0000-0000-0000-000000000001}
resources:
- {id: /subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo, body: {location: westeurope}}
- id: /subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader
  body: {location: westeurope}
- id: /subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/writer
  body: {location: westeurope}
- id: /subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo/providers/Microsoft.Compute/virtualMachineScaleSets/nodes
  body:
    location: westeurope
    sku: {name: Standard_D2s_v5, tier: Standard, capacity: 2}
    properties: {}
- {id: /subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo/providers/Microsoft.KeyVault/vaults/demo-vault, body: {location: westeurope, properties: {}}}
roleAssignments:
- {scope: /subscriptions/20000000-0000-0000-0000-000000000001, role: Owner, principal: 30000000-0000-0000-0000-0000000000a1}
secrets:
- {vault: demo-vault, name: greeting, value: hello}
";

/// A reply.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

pub struct Azure {
    pub emulator: Emulator,
    pub client: reqwest::Client,
    pub token: String,
}

/// A client that trusts one CA and keeps no connection, so that a dropped one is never met twice.
pub fn client(ca: &str) -> reqwest::Client {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

pub async fn send(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer {
        status,
        headers,
        text,
        body,
    })
}

impl Azure {
    /// Starts with operations in real time; tests advance the clock.
    pub async fn start() -> Self {
        Self::start_with(Seed::from_yaml(SEED).unwrap()).await
    }

    pub async fn start_with(seed: Seed) -> Self {
        let options = Options {
            seed: Some(seed),
            ..Options::default()
        };
        let emulator = Emulator::start(options).await.unwrap();
        let client = client(emulator.ca_pem());
        let mut azure = Self {
            emulator,
            client,
            token: String::new(),
        };
        azure.token = azure.token_for(OWNER_APP).await;
        azure
            .control(Method::DELETE, "calls", Value::Null)
            .await
            .is(204);
        azure
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.https_url())
    }

    pub fn identity(&self, name: &str) -> String {
        format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}")
    }

    pub fn scale_set(&self) -> String {
        format!("{GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/nodes")
    }

    pub async fn form(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self
            .client
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        send(request).await.unwrap()
    }

    pub async fn token_for(&self, app: &str) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", app),
            ("client_secret", SECRET),
            ("scope", ARM_SCOPE),
        ];
        let answer = self
            .form(&format!("/{TENANT}/oauth2/v2.0/token"), &form)
            .await
            .is(200);
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    pub fn request(&self, method: Method, path: &str, body: Value) -> reqwest::RequestBuilder {
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = self.url(&format!("{path}{separator}api-version=2024-03-01"));
        let request = self.client.request(method, url).bearer_auth(&self.token);
        if body.is_null() {
            request
        } else {
            request.json(&body)
        }
    }

    pub async fn arm(&self, method: Method, path: &str, body: Value) -> Answer {
        send(self.request(method, path, body)).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.arm(Method::GET, path, Value::Null).await
    }

    /// Adds an identity to the scale set; the answer of the PATCH.
    pub async fn assign(&self, name: &str) -> Answer {
        self.arm(
            Method::PATCH,
            &self.scale_set(),
            assign_body(&self.identity(name)),
        )
        .await
    }

    pub async fn control(&self, method: Method, what: &str, body: Value) -> Answer {
        let request = self
            .client
            .request(method, format!("{}/{what}", self.emulator.control_url()));
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        send(request).await.unwrap()
    }

    pub async fn fault(&self, matcher: Value, times: u64, action: Value) {
        let fault = json!({"match": matcher, "times": times, "action": action});
        self.control(Method::POST, "faults", fault).await.is(204);
    }

    pub async fn advance(&self, seconds: f64) {
        self.control(Method::POST, "clock", json!({"advanceSeconds": seconds}))
            .await
            .is(200);
    }

    pub async fn calls(&self) -> Vec<Value> {
        let calls = self
            .control(Method::GET, "calls", Value::Null)
            .await
            .is(200);
        calls.body.as_array().unwrap().clone()
    }

    /// GET with the given headers, on any URL.
    pub async fn plain(&self, url: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(request).await.unwrap()
    }
}

pub fn assign_body(identity: &str) -> Value {
    let mut entries = serde_json::Map::new();
    entries.insert(identity.to_owned(), json!({}));
    json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": entries}})
}

/// The claims of a token, unchecked.
pub fn claims(token: &str) -> Value {
    podid_emulator::entra::jwt::Jwt::parse(token)
        .unwrap()
        .claims
}

/// The path of the token endpoint.
pub fn v2() -> String {
    format!("/{TENANT}/oauth2/v2.0/token")
}

/// Expects an error of Entra.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, error: &str, code: u32) {
    assert_eq!(
        (answer.status, answer.body["error"].as_str()),
        (status, Some(error)),
        "{}",
        answer.text
    );
    assert_eq!(answer.body["error_codes"], json!([code]));
    let description = answer.body["error_description"].as_str().unwrap();
    assert!(
        description.starts_with(&format!("AADSTS{code}: ")),
        "{description}"
    );
    for field in ["timestamp", "trace_id", "correlation_id", "error_uri"] {
        assert!(answer.body[field].is_string(), "{field}");
    }
}
