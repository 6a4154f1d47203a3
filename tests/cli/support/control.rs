//! The emulator's control API, and Azure as an administrator of the subscription sees it.

use podid_emulator::Emulator;
use serde::Deserialize;
use serde_json::{Value, json};

use super::seed;
use super::servers::wait;

/// One recorded call.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: Option<u16>,
    pub(crate) service: String,
    pub(crate) user_agent: Option<String>,
    pub(crate) body: Option<Value>,
    pub(crate) headers: std::collections::BTreeMap<String, String>,
}

impl Call {
    /// Whether podid made it to Resource Manager.
    pub(crate) fn is_arm(&self) -> bool {
        let agent = self.user_agent.as_deref().unwrap_or_default();
        self.service == "arm" && agent.contains("podid")
    }

    /// Whether it could change something.
    pub(crate) fn is_write(&self) -> bool {
        let reading = self.method == "GET" || self.path.ends_with("Credential");
        self.is_arm() && !reading
    }
}

/// A client of the control API.
pub(super) struct Control {
    pub(super) http: reqwest::Client,
    pub(super) url: String,
    /// Where the control API is, with its secret.
    path: String,
}

impl Control {
    pub(super) fn new(emulator: &Emulator) -> Control {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Control {
            http,
            url: emulator.http_url(),
            path: emulator.control_path(),
        }
    }

    /// Sends one request; panics unless it succeeds.
    #[track_caller]
    pub(super) fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let method = method.parse().unwrap();
        let path = path.replacen("/_control", &self.path, 1);
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        let (status, text) = wait(async {
            let reply = request.send().await.unwrap();
            (reply.status(), reply.text().await.unwrap())
        });
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    /// Signs in as the administrator.
    pub(super) fn token(&self) -> String {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", seed::ADMIN_APP),
            ("client_secret", seed::ADMIN_SECRET),
            ("scope", "https://management.azure.com/.default"),
        ];
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let url = format!("{}/{}/oauth2/v2.0/token", self.url, seed::TENANT);
        let request = self
            .http
            .post(url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form);
        let reply: Value = wait(async { request.send().await.unwrap().json().await.unwrap() });
        reply["access_token"].as_str().expect("a token").to_owned()
    }

    /// One request to Resource Manager as the administrator.
    pub(super) fn azure(&self, token: &str, method: &str, id: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{id}?api-version={}", self.url, version(id));
        let method: reqwest::Method = method.parse().unwrap();
        let mut request = self
            .http
            .request(method, url)
            .header("Authorization", format!("Bearer {token}"));
        if !body.is_null() {
            request = request.json(body);
        }
        wait(async {
            let reply = request.send().await.unwrap();
            let status = reply.status().as_u16();
            (status, reply.json().await.unwrap_or(json!(null)))
        })
    }
}

fn version(id: &str) -> &'static str {
    let id = id.to_ascii_lowercase();
    let kind = id.rsplit("/providers/").next().unwrap_or_default();
    match kind.split('/').next().unwrap_or_default() {
        "microsoft.authorization" => "2022-04-01",
        "microsoft.compute" => "2024-07-01",
        "microsoft.containerservice" => "2025-05-01",
        _ => "2023-01-31",
    }
}
