//! Signs in through the credential plugin of a kubeconfig (`exec`), as kubelogin is.
//!
//! kube would start the plugin three times per client, with calls that block and cannot be given up.
//! Here it starts once and ends with its caller. A token that expires is replaced by starting the plugin
//! again. What the plugin prints may hold a token and is never told.

use std::io::{self, IsTerminal};
use std::process::Stdio;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use http::header::{AUTHORIZATION, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use kube::client::Body;
use kube::config::{AuthInfo, ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use serde_json::json;
use tokio::process::Command;
use tokio::sync::Mutex;
use tower::BoxError;

use super::error::Error;

/// A token is replaced when it has less than this to live.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// Why the plugin gave no credential.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum PluginError {
    /// There is no such command.
    #[error("credential plugin `{command}` is not installed")]
    Missing {
        /// The command.
        command: String,
        /// What the kubeconfig says about installing it.
        install_hint: Option<String>,
    },
    /// It ran and failed.
    #[error("{0}")]
    Failed(String),
}

impl From<PluginError> for Error {
    fn from(error: PluginError) -> Self {
        match error {
            PluginError::Missing {
                command,
                install_hint,
            } => Self::ExecPluginMissing {
                command,
                install_hint,
            },
            PluginError::Failed(message) => Self::SignIn { message },
        }
    }
}

#[derive(Deserialize)]
struct ExecCredential {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<Timestamp>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

struct Token {
    header: HeaderValue,
    expires: Option<Timestamp>,
}

/// A plugin that gave a token, and the token.
#[derive(Clone)]
pub(crate) struct Plugin {
    exec: Arc<ExecConfig>,
    token: Arc<Mutex<Token>>,
}

/// Takes the plugin out of a sign-in, starts it, and puts a certificate it gives in its place.
///
/// Answers the plugin when it gave a token, which goes with each request.
pub(crate) async fn sign_in(auth: &mut AuthInfo) -> Result<Option<Plugin>, PluginError> {
    let other_ways = auth.auth_provider.is_some()
        || auth.username.is_some()
        || auth.token.is_some()
        || auth.token_file.is_some();
    let Some(exec) = auth.exec.take_if(|_| !other_ways) else {
        return Ok(None);
    };
    let status = run(&exec).await?;
    if let (Some(certificate), Some(key)) =
        (&status.client_certificate_data, &status.client_key_data)
    {
        let pair: AuthInfo = serde_json::from_value(json!({
            "client-certificate-data": STANDARD.encode(certificate),
            "client-key-data": STANDARD.encode(key),
        }))
        .map_err(|_| PluginError::Failed("the plugin's certificate is not usable".to_owned()))?;
        auth.client_certificate_data = pair.client_certificate_data;
        auth.client_key_data = pair.client_key_data;
    }
    if status.token.is_none() {
        return Ok(None);
    }
    Ok(Some(Plugin {
        token: Arc::new(Mutex::new(token(&exec, status)?)),
        exec: Arc::new(exec),
    }))
}

impl Plugin {
    /// Adds the token to a request.
    pub(crate) async fn sign(self, mut request: Request<Body>) -> Result<Request<Body>, BoxError> {
        let mut current = self.token.lock().await;
        if current
            .expires
            .is_some_and(|expires| expires < Timestamp::now() + MARGIN)
        {
            *current = token(&self.exec, run(&self.exec).await?)?;
        }
        request
            .headers_mut()
            .insert(AUTHORIZATION, current.header.clone());
        Ok(request)
    }
}

fn token(exec: &ExecConfig, status: Status) -> Result<Token, PluginError> {
    let bearer = status.token.map(|token| format!("Bearer {token}"));
    let header = bearer.and_then(|bearer| HeaderValue::from_str(&bearer).ok());
    let mut header = header.ok_or_else(|| failed(exec, "gave no usable token"))?;
    header.set_sensitive(true);
    Ok(Token {
        header,
        expires: status.expiration_timestamp,
    })
}

async fn run(exec: &ExecConfig) -> Result<Status, PluginError> {
    let name = exec.command.clone().unwrap_or_default();
    let interactive =
        exec.interactive_mode != Some(ExecInteractiveMode::Never) && io::stdin().is_terminal();
    let mut command = Command::new(&name);
    command
        .args(exec.args.iter().flatten())
        .env("KUBERNETES_EXEC_INFO", info(exec, interactive))
        .stdin(if interactive {
            Stdio::inherit()
        } else {
            Stdio::null()
        })
        .stdout(Stdio::piped())
        // A device code, or what is wrong, is told there, as under kubectl.
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    for variable in exec.env.iter().flatten() {
        if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
            command.env(name, value);
        }
    }
    let output = command
        .spawn()
        .map_err(|error| not_started(exec, &error))?
        .wait_with_output();
    let output = output
        .await
        .map_err(|error| failed(exec, &error.to_string()))?;
    if !output.status.success() {
        return Err(failed(exec, &format!("ended with {}", output.status)));
    }
    // YAML, which includes JSON, is what kubectl reads here.
    serde_saphyr::from_slice::<ExecCredential>(&output.stdout)
        .ok()
        .and_then(|credential| credential.status)
        .ok_or_else(|| failed(exec, "did not print an ExecCredential"))
}

fn info(exec: &ExecConfig, interactive: bool) -> String {
    let mut spec = json!({"interactive": interactive});
    if exec.provide_cluster_info {
        spec["cluster"] = json!(exec.cluster);
    }
    json!({"kind": "ExecCredential", "apiVersion": exec.api_version, "spec": spec}).to_string()
}

fn not_started(exec: &ExecConfig, error: &io::Error) -> PluginError {
    if error.kind() == io::ErrorKind::NotFound {
        return PluginError::Missing {
            command: exec.command.clone().unwrap_or_default(),
            install_hint: exec.install_hint.clone(),
        };
    }
    failed(exec, &format!("could not be started: {error}"))
}

fn failed(exec: &ExecConfig, what: &str) -> PluginError {
    let command = exec.command.as_deref().unwrap_or_default();
    PluginError::Failed(format!("`{command}` {what}"))
}
