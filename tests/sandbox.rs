//! The sandbox as a whole: Azure and Kubernetes know each other, and what it exports works.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ListParams, PostParams};
use podid::sandbox::assets::Places;
use podid::sandbox::{ApiServer, Error, Options, Sandbox};
use reqwest::Client;
use serde_json::{Value, json};

/// What Entra wants as the audience of federated tokens.
const AUDIENCE: &str = "api://AzureADTokenExchange";
/// Set in the child that `a_killed_owner_leaves_no_process_and_no_file` kills.
const OWNER: &str = "PODID_TEST_OWNER";

fn options() -> Options {
    let places = Places::from_environment();
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache");
    let places = Places {
        cache: Some(cache),
        ..places
    };
    Options {
        time_scale: 0.0,
        places,
        ..Options::default()
    }
}

fn environment(sandbox: &Sandbox) -> HashMap<&'static str, String> {
    sandbox.environment().into_iter().collect()
}

/// A client that trusts what `SSL_CERT_FILE` holds, as the SDKs do.
fn client(environment: &HashMap<&str, String>) -> Client {
    let bundle = std::fs::read(&environment["SSL_CERT_FILE"]).unwrap();
    let certificates = reqwest::Certificate::from_pem_bundle(&bundle).unwrap();
    Client::builder()
        .no_proxy()
        .tls_certs_only(certificates)
        .build()
        .unwrap()
}

async fn token(http: &Client, environment: &HashMap<&str, String>) -> String {
    let id = &environment["AZURE_CLIENT_ID"];
    let secret = &environment["AZURE_CLIENT_SECRET"];
    let body = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={secret}\
         &scope=https%3A%2F%2Fmanagement.azure.com%2F.default"
    );
    let answer = ask_for_token(http, environment, body).await;
    answer["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

async fn ask_for_token(http: &Client, environment: &HashMap<&str, String>, form: String) -> Value {
    let authority = &environment["AZURE_AUTHORITY_HOST"];
    let tenant = &environment["AZURE_TENANT_ID"];
    let request = http
        .post(format!("{authority}/{tenant}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    request.send().await.unwrap().json().await.unwrap()
}

/// The command lines of running processes that mention `text`.
fn processes_with(text: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let lines = entries.filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(text)).collect()
}

#[tokio::test]
async fn the_operator_signs_in_and_gets_the_clusters_kubeconfig() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let environment = environment(&sandbox);
    let http = client(&environment);
    let token = token(&http, &environment).await;
    let cluster = format!(
        "{}/subscriptions/{}/resourceGroups/{}/providers/Microsoft.ContainerService/managedClusters/{}",
        environment["PODID_ARM_ENDPOINT"],
        environment["AZURE_SUBSCRIPTION_ID"],
        environment["PODID_RESOURCE_GROUP"],
        environment["PODID_CLUSTER_NAME"],
    );
    let version = "api-version=2025-05-01";
    let get = http
        .get(format!("{cluster}?{version}"))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    let get: Value = get.json().await.unwrap();
    let server = sandbox.api_servers()[0].url();
    let fqdn = get["properties"]["fqdn"]
        .as_str()
        .unwrap_or_else(|| panic!("{get}"));
    assert_eq!(format!("https://{fqdn}"), server);

    let url = format!("{cluster}/listClusterUserCredential?{version}");
    let answer = http
        .post(url)
        .bearer_auth(&token)
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    let kubeconfig = STANDARD
        .decode(answer["kubeconfigs"][0]["value"].as_str().unwrap())
        .unwrap();
    assert!(String::from_utf8(kubeconfig).unwrap().contains(&server));
    sandbox.stop().await;
}

#[tokio::test]
async fn the_exported_kubeconfig_reaches_a_prepared_cluster() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let environment = environment(&sandbox);
    let text = std::fs::read_to_string(&environment["KUBECONFIG"]).unwrap();
    let kubeconfig = kube::config::Kubeconfig::from_yaml(&text).unwrap();
    let choice = kube::config::KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &choice)
        .await
        .unwrap();
    let client = kube::Client::try_from(config).unwrap();
    let crds: Api<CustomResourceDefinition> = Api::all(client.clone());
    let names = crds.list(&ListParams::default()).await.unwrap();
    let names: Vec<_> = names
        .iter()
        .filter_map(|crd| crd.metadata.name.as_deref())
        .collect();
    assert!(
        names.contains(&"azureidentitybindings.aadpodidentity.k8s.io"),
        "{names:?}"
    );
    let namespaces: Api<k8s_openapi::api::core::v1::Namespace> = Api::all(client);
    namespaces.get("demo").await.unwrap();

    let folder = sandbox.folder().to_owned();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in ["KUBECONFIG", "PODID_CA_FILE", "SSL_CERT_FILE"] {
        let file = PathBuf::from(&environment[name]);
        assert!(file.starts_with(&folder));
        assert_eq!(mode(&file), 0o600, "{name}");
    }
    sandbox.stop().await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_service_account_token_is_exchanged_for_one_of_the_identity() {
    let sandbox = Sandbox::start(options()).await.unwrap();
    let environment = environment(&sandbox);
    let http = client(&environment);
    let operator = token(&http, &environment).await;
    let identity = format!(
        "{}/subscriptions/{}/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app",
        environment["PODID_ARM_ENDPOINT"], environment["AZURE_SUBSCRIPTION_ID"],
    );
    let put = async |url: String, body: Value| -> Value {
        let url = format!("{url}?api-version=2024-11-30");
        let request = http.put(url).bearer_auth(&operator).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    };
    let created = put(identity.clone(), json!({"location": "westeurope"})).await;
    let client_id = created["properties"]["clientId"].as_str().unwrap();
    let server = &sandbox.api_servers()[0];
    let credential = json!({"properties": {
        "issuer": server.issuer(),
        "subject": "system:serviceaccount:demo:app",
        "audiences": [AUDIENCE],
    }});
    put(
        format!("{identity}/federatedIdentityCredentials/app"),
        credential,
    )
    .await;

    let assertion = service_account_token(server).await;
    let body = format!(
        "grant_type=client_credentials&client_id={client_id}\
         &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
         &client_assertion={assertion}&scope=https%3A%2F%2Fvault.azure.net%2F.default"
    );
    let answer = ask_for_token(&http, &environment, body).await;
    assert!(answer["access_token"].is_string(), "{answer}");
    sandbox.stop().await;
}

async fn service_account_token(server: &ApiServer) -> String {
    let client = server.client().await.unwrap();
    let accounts: Api<ServiceAccount> = Api::namespaced(client, "demo");
    let account = serde_json::from_value(json!({"metadata": {"name": "app"}})).unwrap();
    let choice = PostParams::default();
    accounts.create(&choice, &account).await.unwrap();
    let spec = TokenRequestSpec {
        audiences: vec![AUDIENCE.into()],
        ..TokenRequestSpec::default()
    };
    let request = TokenRequest {
        spec,
        ..TokenRequest::default()
    };
    let answer = accounts
        .create_token_request("app", &choice, &request)
        .await
        .unwrap();
    answer.status.unwrap().token
}

#[tokio::test]
async fn each_cluster_of_the_seed_can_have_its_api_server() {
    let demo = include_str!("../emulator/seeds/demo.yaml");
    let start = demo
        .find("# Its PUT makes the node resource group")
        .unwrap();
    let end = start + demo[start..].find("- id: /subscriptions/00000000-0000-0000-0000-00000000c001/resourceGroups/demo/providers/Microsoft.KeyVault").unwrap();
    let second = demo[start..end]
        .replace("managedClusters/demo", "managedClusters/other")
        .replace("MC_demo_demo_", "MC_demo_other_");
    let seed = Some(format!("{}{second}{}", &demo[..end], &demo[end..]));
    let sandbox = Sandbox::start(Options {
        seed,
        clusters: 2,
        ..options()
    })
    .await
    .unwrap();
    let urls: Vec<String> = sandbox.api_servers().iter().map(ApiServer::url).collect();
    assert_eq!(urls.len(), 2);
    let environment = environment(&sandbox);
    assert_eq!(environment["PODID_CLUSTER_NAME"], "demo");
    let files = environment["KUBECONFIG"].split(':');
    let merged = files.map(|file| kube::config::Kubeconfig::read_from(file).unwrap());
    let merged = merged.reduce(|one, two| one.merge(two).unwrap()).unwrap();
    assert_eq!(merged.current_context.as_deref(), Some("demo"));
    let names: Vec<&str> = merged
        .auth_infos
        .iter()
        .map(|user| user.name.as_str())
        .collect();
    assert_eq!(names, ["demo-admin", "other-admin"]);
    let http = client(&environment);
    let operator = token(&http, &environment).await;
    for (name, url) in ["demo", "other"].into_iter().zip(urls) {
        let cluster = format!(
            "{}/subscriptions/{}/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/{name}?api-version=2025-05-01",
            environment["PODID_ARM_ENDPOINT"], environment["AZURE_SUBSCRIPTION_ID"],
        );
        let get = http
            .get(cluster)
            .bearer_auth(&operator)
            .send()
            .await
            .unwrap();
        let get: Value = get.json().await.unwrap();
        let fqdn = get["properties"]["fqdn"].as_str().unwrap();
        assert_eq!(format!("https://{fqdn}"), url);
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn without_kubernetes_only_azure_starts() {
    let sandbox = Sandbox::start(Options {
        with_kubernetes: false,
        ..options()
    })
    .await
    .unwrap();
    let environment = environment(&sandbox);
    assert!(sandbox.api_servers().is_empty());
    assert!(!environment.contains_key("KUBECONFIG"));
    token(&client(&environment), &environment).await;
    sandbox.stop().await;
}

#[tokio::test]
async fn a_seed_that_cannot_be_read_is_refused() {
    let seed = Some("subscriptions: 7".to_owned());
    let error = Sandbox::start(Options { seed, ..options() })
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Seed(_)), "{error}");
}

#[test]
fn a_killed_owner_leaves_no_process_and_no_file() {
    if let Ok(file) = std::env::var(OWNER) {
        own(Path::new(&file));
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("folders");
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_owner_leaves_no_process_and_no_file"])
        .env(OWNER, &file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while !file.exists() {
        assert!(owner.try_wait().unwrap().is_none(), "the owner ended early");
        assert!(
            start.elapsed() < Duration::from_mins(15),
            "the owner was never ready"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let folders = std::fs::read_to_string(&file).unwrap();
    let folders: Vec<&Path> = folders.lines().map(Path::new).collect();
    assert!(folders.iter().all(|folder| folder.exists()));
    owner.kill().unwrap();
    owner.wait().unwrap();
    let start = Instant::now();
    for folder in folders {
        let text = folder.display().to_string();
        while !processes_with(&text).is_empty() || folder.exists() {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{:?}",
                processes_with(&text)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Starts a sandbox, says where its folders are, and waits to be killed.
fn own(file: &Path) -> ! {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start(options())).unwrap();
    let folders = [sandbox.folder(), sandbox.api_servers()[0].folder()];
    let new = file.with_extension("new");
    std::fs::write(
        &new,
        folders
            .map(|folder| folder.display().to_string())
            .join("\n"),
    )
    .unwrap();
    std::fs::rename(new, file).unwrap();
    loop {
        std::thread::park();
    }
}
