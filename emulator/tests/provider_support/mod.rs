//! What the provider tests share: an emulator with two callers, and a client that speaks Resource Manager.
#![allow(dead_code, unreachable_pub)] // each test binary uses its own part

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use http::Method;
use podid_emulator::{Emulator, Options, Seed};
use serde_json::{Value, json};

pub const TENANT: &str = "10000000-0000-0000-0000-000000000001";
pub const SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000001";
pub const FOREIGN_SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000002";
pub const OWNER: &str = "30000000-0000-0000-0000-000000000001";
pub const LIMITED: &str = "30000000-0000-0000-0000-000000000002";
pub const GROUP: &str = "/subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo";

/// How long an operation that takes no time may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);
const OWNER_APP: &str = "40000000-0000-0000-0000-000000000001";
const LIMITED_APP: &str = "40000000-0000-0000-0000-000000000002";

/// An owner of the subscription, and a principal without any role; a second tenant with a subscription of its own.
const SEED: &str = "
tenants:
- {tenantId: 10000000-0000-0000-0000-000000000001, displayName: Demo, defaultDomain: demo.example}
- {tenantId: 10000000-0000-0000-0000-000000000002, displayName: Other, defaultDomain: other.example}
servicePrincipals:
- appId: 40000000-0000-0000-0000-000000000001
  objectId: 30000000-0000-0000-0000-000000000001
  tenantId: 10000000-0000-0000-0000-000000000001
  secrets: [hunter2]
- appId: 40000000-0000-0000-0000-000000000002
  objectId: 30000000-0000-0000-0000-000000000002
  tenantId: 10000000-0000-0000-0000-000000000001
  secrets: [hunter2]
subscriptions:
- {subscriptionId: 20000000-0000-0000-0000-000000000001, displayName: Demo, tenantId: 10000000-0000-0000-0000-000000000001}
- {subscriptionId: 20000000-0000-0000-0000-000000000002, displayName: Other, tenantId: 10000000-0000-0000-0000-000000000002}
resources:
- {id: /subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo, body: {location: westeurope}}
roleAssignments:
- {scope: /subscriptions/20000000-0000-0000-0000-000000000001, role: Owner, principal: 30000000-0000-0000-0000-000000000001}
settings: {throttling: {enabled: false}}
";

pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> String {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        self.message().to_owned()
    }
}

pub struct Azure {
    emulator: Emulator,
    client: reqwest::Client,
    owner: String,
    limited: String,
}

#[derive(Clone)]
pub struct Caller {
    client: reqwest::Client,
    base: String,
    token: String,
}

/// A client for plain HTTP; it builds TLS all the same, so it is told which.
fn client() -> reqwest::Client {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}

async fn token(
    client: &reqwest::Client,
    base: &str,
    tenant: &str,
    app: &str,
    secret: &str,
) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={app}&client_secret={secret}&scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
    );
    let response = client
        .post(format!("{base}/{tenant}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let body: Value = response.json().await.unwrap();
    body["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("no token: {body}"))
        .to_owned()
}

impl Azure {
    /// Starts with operations that take no time.
    pub async fn start() -> Self {
        let mut azure = Self::start_with(SEED, TENANT, OWNER_APP, "hunter2").await;
        let base = azure.emulator.http_url();
        azure.limited = token(&azure.client, &base, TENANT, LIMITED_APP, "hunter2").await;
        azure
    }

    /// Starts from another seed and signs its owner in.
    pub async fn start_with(seed: &str, tenant: &str, app: &str, secret: &str) -> Self {
        let options = Options {
            time_scale: 0.0,
            seed: Some(Seed::from_yaml(seed).unwrap()),
            ..Options::default()
        };
        let emulator = Emulator::start(options).await.unwrap();
        let client = client();
        let owner = token(&client, &emulator.http_url(), tenant, app, secret).await;
        Self {
            emulator,
            client,
            owner,
            limited: String::new(),
        }
    }

    /// The world as a seed.
    pub fn dump(&self) -> String {
        self.emulator.dump().unwrap()
    }

    pub fn owner(&self) -> Caller {
        self.caller(&self.owner)
    }

    pub fn limited(&self) -> Caller {
        self.caller(&self.limited)
    }

    fn caller(&self, token: &str) -> Caller {
        Caller {
            client: self.client.clone(),
            base: self.emulator.http_url(),
            token: token.to_owned(),
        }
    }

    pub async fn control(&self, method: Method, what: &str, body: Value) {
        let url = format!("{}/{what}", self.emulator.control_url());
        let response = self
            .client
            .request(method, url)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(
            response.status().is_success(),
            "{}",
            response.text().await.unwrap()
        );
    }

    pub async fn settings(&self, change: Value) {
        self.control(Method::PUT, "settings", change).await;
    }

    pub async fn advance(&self, seconds: f64) {
        self.control(Method::POST, "clock", json!({"advanceSeconds": seconds}))
            .await;
    }

    /// The operation that the next call starts fails.
    pub async fn fail_next(&self, code: &str) {
        let action = json!({"operation": "Failed", "code": code, "message": "made to fail"});
        let fault = json!({"match": {"path": "/providers/"}, "times": 1, "action": action});
        self.control(Method::POST, "faults", fault).await;
    }
}

impl Caller {
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let version = if path.contains("api-version=") {
            ""
        } else {
            "?api-version=2024-01-01"
        };
        let mut request = self
            .client
            .request(method, format!("{}{path}{version}", self.base))
            .bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let text = response.text().await.unwrap();
        Answer {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], Value::Null).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, &[], body).await
    }
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, &[], body).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &[], body).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], Value::Null).await
    }

    /// Follows an operation to its end and gives its status document; Location style has none but its status code.
    pub async fn finish(&self, answer: Answer) -> Value {
        assert!(answer.status < 300, "{}", answer.body);
        let find = |name: &str| answer.headers.get(name).cloned();
        let url = find("azure-asyncoperation")
            .or_else(|| find("location"))
            .expect("an operation");
        let path = url
            .strip_prefix(&self.base)
            .expect("links stay on the host")
            .to_owned();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let status = self.get(&path).await;
            match (status.status, status.body["status"].as_str()) {
                (202, _) | (200, Some("InProgress")) => {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                (200, Some(_)) => return status.body,
                (200 | 204, None) => return json!({"status": "Succeeded"}),
                other => panic!("{other:?} {}", status.body),
            }
        }
        panic!("the operation does not end");
    }

    pub async fn grant(&self, oid: &str, role: &str, scope: &str) {
        let name = uuid::Uuid::new_v4();
        self.put(&format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"),
            json!({"properties": {"roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"), "principalId": oid, "principalType": "ServicePrincipal"}})).await.is(201);
    }

    /// Makes a user-assigned identity and gives its body.
    pub async fn identity(&self, name: &str) -> Value {
        self.put(&identity_id(name), json!({"location": "westeurope"}))
            .await
            .is(201)
    }
}

pub fn identity_id(name: &str) -> String {
    format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}")
}

pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
