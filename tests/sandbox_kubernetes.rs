//! The sandbox's Kubernetes API server: real, guarded by RBAC, and gone with its owner.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, ServiceAccount};
use kube::api::{Api, ListParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use podid::sandbox::ApiServer;
use podid::sandbox::api_server::Options;
use podid::sandbox::assets::{self, Places};
use serde_json::Value;

/// Set in the child that `an_owner_killed_by_sigkill_leaves_nothing` kills.
const OWNER: &str = "PODID_TEST_OWNER";

fn options() -> Options {
    let places = Places::from_environment();
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache");
    Options {
        places: Places {
            cache: Some(cache),
            ..places
        },
        ..Options::default()
    }
}

async fn client(kubeconfig: &str) -> kube::Client {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).unwrap();
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .unwrap();
    kube::Client::try_from(config).unwrap()
}

/// The command lines of running processes that mention `text`.
fn processes_with(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        // A process may end while it is looked at.
        let Ok(line) = std::fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(text) {
            found.push(line);
        }
    }
    found
}

#[tokio::test]
async fn two_servers_run_side_by_side_and_stop_without_a_trace() {
    let (one, two) = tokio::join!(ApiServer::start(options()), ApiServer::start(options()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_ne!(one.url(), two.url());
    for server in [&one, &two] {
        let version = server
            .client()
            .await
            .unwrap()
            .apiserver_version()
            .await
            .unwrap();
        assert_eq!(version.git_version, assets::kubernetes_version());
    }
    one.ensure_namespace("only-here").await.unwrap();
    let namespaces: Api<Namespace> = Api::all(two.client().await.unwrap());
    let names = namespaces.list(&ListParams::default()).await.unwrap();
    assert!(
        names
            .iter()
            .all(|n| n.metadata.name.as_deref() != Some("only-here"))
    );

    for server in [one, two] {
        let folder = server.folder().to_owned();
        let text = folder.display().to_string();
        assert!(!processes_with(&text).is_empty());
        server.stop();
        assert_eq!(processes_with(&text), Vec::<String>::new());
        assert!(!folder.exists());
    }
}

#[tokio::test]
async fn a_user_may_do_only_what_rbac_gives() {
    let server = ApiServer::start(options()).await.unwrap();
    let admin = server.client().await.unwrap();
    let user = client(&server.user_kubeconfig("reader", &["readers"]).unwrap()).await;
    let maps: Api<ConfigMap> = Api::namespaced(user, "default");
    let refused = maps.list(&ListParams::default()).await.unwrap_err();
    assert!(
        matches!(&refused, kube::Error::Api(status) if status.code == 403),
        "{refused}"
    );

    // `view` itself is empty: a controller would fill it from this role.
    let binding = serde_json::json!({
        "metadata": {"name": "readers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:aggregate-to-view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "readers"}],
    });
    let bindings: Api<k8s_openapi::api::rbac::v1::ClusterRoleBinding> = Api::all(admin);
    let binding = serde_json::from_value(binding).unwrap();
    bindings
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
    // The authoriser learns of the binding through a watch.
    let start = Instant::now();
    while let Err(error) = maps.list(&ListParams::default()).await {
        assert!(start.elapsed() < Duration::from_secs(20), "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let object = serde_json::from_value(serde_json::json!({"metadata": {"name": "x"}})).unwrap();
    let refused = maps
        .create(&PostParams::default(), &object)
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, kube::Error::Api(status) if status.code == 403),
        "{refused}"
    );
}

#[tokio::test]
async fn the_published_keys_verify_a_service_account_token() {
    let server = ApiServer::start(options()).await.unwrap();
    let accounts: Api<ServiceAccount> = Api::default_namespaced(server.client().await.unwrap());
    let account = serde_json::from_value(serde_json::json!({"metadata": {"name": "app"}})).unwrap();
    accounts
        .create(&PostParams::default(), &account)
        .await
        .unwrap();
    let audiences = vec!["api://AzureADTokenExchange".to_owned()];
    let spec = TokenRequestSpec {
        audiences,
        ..TokenRequestSpec::default()
    };
    let request = TokenRequest {
        spec,
        ..TokenRequest::default()
    };
    let answer = accounts
        .create_token_request("app", &PostParams::default(), &request)
        .await;
    let token = answer.unwrap().status.unwrap().token;

    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    let claims: Value = serde_json::from_slice(&decode(claims)).unwrap();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(claims["iss"], server.issuer());
    assert_eq!(claims["sub"], "system:serviceaccount:default:app");

    let keys: Value = serde_json::from_str(&server.jwks().await.unwrap()).unwrap();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == header["kid"])
        .unwrap();
    let number = |name: &str| decode(key[name].as_str().unwrap());
    let public = ring::signature::RsaPublicKeyComponents {
        n: number("n"),
        e: number("e"),
    };
    let algorithm = &ring::signature::RSA_PKCS1_2048_8192_SHA256;
    let signature = decode(signature);
    public
        .verify(algorithm, signed.as_bytes(), &signature)
        .unwrap();
    assert!(
        public
            .verify(algorithm, b"something else", &signature)
            .is_err()
    );
}

#[test]
fn an_owner_killed_by_sigkill_leaves_nothing() {
    if let Ok(file) = std::env::var(OWNER) {
        own(Path::new(&file));
    }
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("folder");
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "an_owner_killed_by_sigkill_leaves_nothing"])
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
    let folder = PathBuf::from(std::fs::read_to_string(&file).unwrap());
    let text = folder.display().to_string();
    assert!(
        processes_with(&text)
            .iter()
            .any(|line| line.contains("kube-apiserver"))
    );
    owner.kill().unwrap();
    owner.wait().unwrap();
    let start = Instant::now();
    while !processes_with(&text).is_empty() || folder.exists() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{:?}",
            processes_with(&text)
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a server, says where it is, and waits to be killed.
fn own(file: &Path) -> ! {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(ApiServer::start(options())).unwrap();
    let new = file.with_extension("new");
    std::fs::write(&new, server.folder().display().to_string()).unwrap();
    std::fs::rename(new, file).unwrap();
    loop {
        std::thread::park();
    }
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in [
        ("etcd", "#!/bin/sh\n: >etcd:1; exec sleep 600\n"),
        ("kube-apiserver", "#!/bin/sh\necho bad flag; exit 1\n"),
    ] {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.path().join(name);
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let places = Places {
        assets: Some(folder.path().to_owned()),
        cache: None,
    };
    let options = Options {
        places,
        progress: Arc::new(|_| {}),
        ..Options::default()
    };
    let error = ApiServer::start(options).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "kube-apiserver ended while it started:\nbad flag"
    );
}
