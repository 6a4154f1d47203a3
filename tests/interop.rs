//! Microsoft's own SDKs against the sandbox: the programs in `tests/interop/` sign in, use their tokens and print what came back.
//!
//! What each needs of the machine and why one is left out by default: `tests/interop/README.md`.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

// Of these each test binary uses its own part.
#[allow(dead_code)]
#[path = "cli/machine.rs"]
mod machine;
#[cfg(target_os = "linux")]
#[path = "interop/pods.rs"]
mod pods;

use std::path::{Path, PathBuf};
use std::process::Output;

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::{Api, PostParams};
use podid::sandbox::assets::Places;
use podid::sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::OnceCell;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/azure/credential/testdata/certificate.pem"
);
const OPERATOR: &str = "00000000-0000-0000-0000-00000000a001";
const TENANT: &str = "00000000-0000-0000-0000-00000000d001";
const ACCOUNT: &str = "interop";

/// A sandbox whose node holds an identity that may read the secret, and all that a program is told of it.
struct Interop {
    sandbox: Sandbox,
    environment: Vec<(&'static str, String)>,
    /// Client id of the identity.
    client_id: String,
    folder: TempDir,
}

impl Interop {
    async fn start() -> Interop {
        let places = Places::from_environment();
        let cache = Path::new(ROOT).join(".cache");
        let places = Places {
            cache: Some(cache),
            ..places
        };
        let options = Options {
            time_scale: 0.0,
            places,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.unwrap();
        let mut interop = Interop {
            environment: sandbox.environment(),
            sandbox,
            client_id: String::new(),
            folder: tempfile::tempdir().unwrap(),
        };
        interop.prepare().await;
        interop
    }

    async fn prepare(&mut self) {
        let identity = self.podid(&["identity", "create", "-n", "reader"]).await;
        let id = identity["id"].as_str().unwrap().to_owned();
        self.client_id = text(&identity["clientId"]);
        self.podid(&["nodepool", "assign", "--identity-resource-id", &id])
            .await;
        let pools = self.podid(&["nodepool", "list"]).await;
        let apps = pools.as_array().unwrap().iter();
        let apps = apps.clone().find(|pool| pool["name"] == "apps").unwrap();
        let node = json!({"scaleSet": apps["scaleSet"], "instance": "0"});
        let node = self.control("nodes/listen", node.to_string()).await;
        self.control("seed", seed(&id, &self.client_id)).await;
        let token = self.folder.path().join("token");
        std::fs::write(&token, self.service_account_token().await).unwrap();
        let azure = self.sandbox.azure_url();
        let endpoint = format!("{}/msi/token", self.variable("PODID_IMDS_ENDPOINT"));
        self.environment.extend([
            ("AZURE_POD_IDENTITY_AUTHORITY_HOST", text(&node["url"])),
            ("INTEROP_TOKEN_FILE", token.to_str().unwrap().to_owned()),
            ("INTEROP_CERTIFICATE", CERTIFICATE.to_owned()),
            ("INTEROP_IDENTITY", self.client_id.clone()),
            ("INTEROP_IDENTITY_RESOURCE", id),
            ("INTEROP_IDENTITY_ENDPOINT", endpoint),
            ("INTEROP_IDENTITY_HEADER", "interop".to_owned()),
            ("INTEROP_ISSUER", self.sandbox.api_servers()[0].issuer()),
            (
                "INTEROP_SUBJECT",
                format!("system:serviceaccount:demo:{ACCOUNT}"),
            ),
            (
                "INTEROP_SECRET_URL",
                format!("{azure}/_vault/demo-vault/secrets/greeting?api-version=7.4"),
            ),
        ]);
    }

    fn variable(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(known, _)| *known == name);
        &found.unwrap().1
    }

    /// The JSON that the shipped binary prints.
    async fn podid(&self, arguments: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podid"));
        command.args(arguments).args(["-o", "json"]);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = run(command).await;
        serde_json::from_slice(&output.stdout).unwrap()
    }

    async fn control(&self, what: &str, body: String) -> Value {
        let certificate = reqwest::Certificate::from_pem(self.sandbox.ca_pem().as_bytes()).unwrap();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([certificate])
            .build()
            .unwrap();
        let url = format!("{}/{what}", self.sandbox.control_url());
        let answer = http.post(url).body(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{what}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A token of the cluster's issuer, as the kubelet would project it into a pod.
    async fn service_account_token(&self) -> String {
        let client = self.sandbox.api_servers()[0].client().await.unwrap();
        let accounts: Api<ServiceAccount> = Api::namespaced(client, "demo");
        let account = serde_json::from_value(json!({"metadata": {"name": ACCOUNT}})).unwrap();
        accounts
            .create(&PostParams::default(), &account)
            .await
            .unwrap();
        let wanted = TokenRequest {
            spec: TokenRequestSpec {
                audiences: vec!["api://AzureADTokenExchange".to_owned()],
                expiration_seconds: Some(3600),
                ..TokenRequestSpec::default()
            },
            ..TokenRequest::default()
        };
        let made = accounts
            .create_token_request(ACCOUNT, &PostParams::default(), &wanted)
            .await
            .unwrap();
        made.status.unwrap().token
    }

    /// Runs a program and checks everything it says.
    async fn check(self, mut program: Command) {
        program.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = run(program).await;
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        let (arm, vault) = ("https://management.azure.com", "https://vault.azure.net");
        let token = |app: &str, aud: &str| json!({"appid": app, "tid": TENANT, "aud": aud});
        let with = |mut facts: Value, name: &str, value: Value| {
            facts[name] = value;
            facts
        };
        let identities = json!(["demo-control-plane", "reader"]);
        let greeting = || json!("Hello from the vault");
        let reader = &self.client_id;
        assert_eq!(
            said,
            json!({
                "clientSecret": with(token(OPERATOR, arm), "identities", identities),
                "wrongSecret": {"error": "AADSTS7000215"},
                "certificate": token(OPERATOR, arm),
                "managedIdentity": with(token(reader, vault), "greeting", greeting()),
                "foreignIdentity": {"error": "Identity not found"},
                "appService": token(reader, arm),
                "workloadIdentity": with(token(reader, vault), "greeting", greeting()),
            })
        );
        self.sandbox.stop().await;
    }
}

/// What the built-in seed lacks: the operator's certificate, the identity's right to read, the App Service endpoint.
fn seed(identity: &str, client_id: &str) -> String {
    let pem = std::fs::read_to_string(CERTIFICATE).unwrap();
    let certificate = &pem[pem.find("-----BEGIN CERTIFICATE").unwrap()..];
    let group = identity.split("/providers/").next().unwrap();
    json!({
        "servicePrincipals": [{
            "appId": OPERATOR,
            "objectId": OPERATOR.replace("a001", "b001"),
            "tenantId": TENANT,
            "secrets": ["demo-operator-secret"],
            "certificates": [certificate],
        }],
        "roleAssignments": [{
            "scope": format!("{group}/providers/Microsoft.KeyVault/vaults/demo-vault"),
            "role": "Key Vault Secrets User",
            "principal": identity,
        }],
        "appService": {"identityHeader": "interop", "identities": [client_id]},
    })
    .to_string()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Runs a command to its end; it must exist and succeed.
async fn run(mut command: Command) -> Output {
    let shown = command.as_std().get_program().display().to_string();
    let output = command.kill_on_drop(true).output().await;
    let output = output.unwrap_or_else(|error| panic!("{shown} cannot be run: {error}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{shown}: {}\n{}{}",
        output.status,
        said(&output.stdout),
        said(&output.stderr)
    );
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn the_go_sdk_signs_in_every_way() {
    let program = Command::new(go_program().await);
    Interop::start().await.check(program).await;
}

/// The program in Go, built once.
async fn go_program() -> PathBuf {
    static BUILT: OnceCell<PathBuf> = OnceCell::const_new();
    let build = async || {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop-go");
        let mut build = Command::new("go");
        build.current_dir(Path::new(ROOT).join("tests/interop/go"));
        build.args(["build", "-o"]).arg(&program).arg(".");
        run(build).await;
        program
    };
    BUILT.get_or_init(build).await.clone()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs python3 with venv, and PyPI: cargo test --test interop -- --include-ignored"]
async fn the_python_sdk_signs_in_every_way() {
    let [python, script] = python_program().await;
    let mut program = Command::new(python);
    program.arg(script);
    Interop::start().await.check(program).await;
}

/// The interpreter of a virtual environment with the pinned packages, made once, and the program in Python.
async fn python_program() -> [PathBuf; 2] {
    static MADE: OnceCell<PathBuf> = OnceCell::const_new();
    let folder = Path::new(ROOT).join("tests/interop/python");
    let requirements = folder.join("requirements.txt");
    let python = MADE.get_or_init(|| python(&requirements)).await;
    [python.clone(), folder.join("interop.py")]
}

async fn python(requirements: &Path) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop-python");
    let interpreter = folder.join("bin/python");
    let mut create = Command::new("python3");
    create.args(["-m", "venv"]).arg(&folder);
    run(create).await;
    let mut install = Command::new(&interpreter);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    install.arg("--requirement").arg(requirements);
    run(install).await;
    interpreter
}
