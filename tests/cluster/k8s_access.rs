//! Connections: contexts, sign-in, permissions, and what goes wrong with them.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Api, PostParams};
use kube::config::Kubeconfig;
use podid::k8s::auth::same_cluster;
use podid::k8s::cluster::namespace_exists;
use podid::k8s::pod_identity::list_identities;
use podid::k8s::{ConnectOptions, Error, connect};
use serde_json::{Value, json};

use crate::server::{self, connect_with};

/// A kubeconfig as JSON, which is YAML, for the shared server with another user.
async fn as_user(user: Value) -> String {
    let mut kubeconfig = admin_json().await;
    kubeconfig["users"][0]["user"] = user;
    kubeconfig.to_string()
}

async fn admin_json() -> Value {
    let text = server::shared().await.kubeconfig();
    serde_saphyr::from_str(&text).unwrap()
}

fn script(folder: &Path, text: &str) -> String {
    let path = folder.join("plugin");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.display().to_string()
}

fn exec(command: &str) -> Value {
    json!({"exec": {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": command,
        "interactiveMode": "Never",
        "installHint": "\nkubelogin is not installed,\nsee https://aka.ms/aks/kubelogin\n",
    }})
}

#[tokio::test]
async fn a_connection_knows_where_it_leads() {
    let server = server::shared().await;
    let connection = server::admin(server).await;
    assert_eq!(
        connection.server.as_str().trim_end_matches('/'),
        server.url()
    );
    assert_eq!(connection.namespace, "default");
    assert!(connection.context_name.is_some());
    let address = server.url().replace("https://", "");
    assert!(same_cluster(&connection.server, &[address]));
    assert!(!same_cluster(&connection.server, &["127.0.0.1".to_owned()]));
    assert!(
        namespace_exists(&connection.client, "default")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn contexts_are_chosen_by_name() {
    let mut kubeconfig = admin_json().await;
    let mut other = kubeconfig["contexts"][0].clone();
    other["name"] = json!("other");
    other["context"]["namespace"] = json!("billing");
    let current = kubeconfig["current-context"].as_str().unwrap().to_owned();
    kubeconfig["contexts"].as_array_mut().unwrap().push(other);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs::write(&path, kubeconfig.to_string()).unwrap();
    let mut options = ConnectOptions {
        kubeconfig: Some(path.clone()),
        context: Some("other".to_owned()),
        ..ConnectOptions::default()
    };
    let connection = connect(&options).await.unwrap();
    assert_eq!(connection.context_name.as_deref(), Some("other"));
    assert_eq!(connection.namespace, "billing");

    options.context = Some("third".to_owned());
    let error = connect(&options).await.err().unwrap();
    let expected = format!(
        "kubeconfig `{}` has no context `third`; it has `{current}`, `other`",
        path.display()
    );
    assert_eq!(error.to_string(), expected);

    kubeconfig["current-context"] = json!("");
    let error = connect_with(kubeconfig.to_string()).await.err().unwrap();
    assert!(
        matches!(error, Error::NoCurrentContext { ref available, .. } if available.len() == 2),
        "{error}"
    );
}

#[test]
fn options_do_not_show_the_kubeconfig() {
    let options = ConnectOptions {
        kubeconfig_yaml: Some(b"token: s3cret".to_vec()),
        ..ConnectOptions::default()
    };
    let shown = format!("{options:?}");
    assert!(
        shown.contains("kubeconfig_yaml: true") && !shown.contains("116"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_server_address_that_is_none_is_told() {
    let mut kubeconfig = admin_json().await;
    kubeconfig["clusters"][0]["cluster"]["server"] = json!("127.0.0.1:6443");
    let error = connect_with(kubeconfig.to_string()).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "the kubeconfig from Azure cannot be used: `127.0.0.1:6443` is not the address of a server"
    );
}

#[tokio::test]
async fn a_kubeconfig_that_is_not_there_is_named() {
    let options = ConnectOptions {
        kubeconfig: Some("/nonexistent/config".into()),
        ..ConnectOptions::default()
    };
    let error = connect(&options).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "kubeconfig `/nonexistent/config` cannot be used: the file does not exist"
    );
}

#[tokio::test]
async fn a_missing_permission_names_verb_and_resource() {
    let kubeconfig = server::shared().await.user_kubeconfig("nora", &[]).unwrap();
    let client = connect_with(kubeconfig).await.unwrap().client;
    let error = list_identities(&client, None).await.unwrap_err();
    assert!(error.is_forbidden());
    let text = error.to_string();
    let start = "no permission to list azureidentities.aadpodidentity.k8s.io in all namespaces: ";
    assert!(text.starts_with(start) && text.contains("nora"), "{text}");
}

#[tokio::test]
async fn a_refused_token_is_not_a_missing_permission() {
    let kubeconfig = as_user(json!({"token": "s3cret-token"})).await;
    let client = connect_with(kubeconfig).await.unwrap().client;
    let error = namespace_exists(&client, "default").await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the API server did not accept the sign-in (get namespaces `default`)"
    );
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_a_tls_error() {
    let mut kubeconfig = admin_json().await;
    let other = rcgen::generate_simple_self_signed(["elsewhere".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    fs::write(&path, other.cert.pem()).unwrap();
    let cluster = kubeconfig["clusters"][0]["cluster"]
        .as_object_mut()
        .unwrap();
    cluster.remove("certificate-authority-data");
    cluster.insert("certificate-authority".to_owned(), json!(path));
    let client = connect_with(kubeconfig.to_string()).await.unwrap().client;
    let error = namespace_exists(&client, "default").await.unwrap_err();
    let server = server::shared().await.url();
    assert!(
        matches!(&error, Error::Tls { server: named, .. } if named.starts_with(&server)),
        "{error:?}"
    );
    assert!(error.is_unreachable());
}

#[tokio::test]
async fn a_server_that_is_down_is_named() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut kubeconfig = admin_json().await;
    kubeconfig["clusters"][0]["cluster"]["server"] = json!(format!("https://127.0.0.1:{port}"));
    let client = connect_with(kubeconfig.to_string()).await.unwrap().client;
    let error = namespace_exists(&client, "default").await.unwrap_err();
    assert!(error.is_unreachable(), "{error:?}");
    let text = error.to_string();
    let start = format!("the API server https://127.0.0.1:{port}/ cannot be reached: ");
    assert!(
        text.starts_with(&start) && text.contains("refused"),
        "{text}"
    );
}

#[tokio::test]
async fn a_missing_plugin_comes_with_a_way_to_install_it() {
    let error = connect_with(as_user(exec("kubelogin-that-is-not-here")).await)
        .await
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "the kubeconfig's credential plugin `kubelogin-that-is-not-here` is not installed"
    );
    let hints = error.hints();
    assert_eq!(
        hints[0],
        "kubelogin is not installed, see https://aka.ms/aks/kubelogin"
    );
    assert!(hints[1].contains("az aks install-cli"));
}

#[tokio::test]
async fn a_failing_plugin_tells_its_exit_status_only() {
    let folder = tempfile::tempdir().unwrap();
    for (text, expected) in [
        ("echo s3cret-token; exit 3", "exit status: 3"),
        ("echo s3cret-token", "did not print an ExecCredential"),
    ] {
        let command = script(folder.path(), text);
        let error = connect_with(as_user(exec(&command)).await)
            .await
            .err()
            .unwrap();
        assert!(matches!(error, Error::SignIn { .. }), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_plugin_signs_in_with_a_certificate_and_starts_once() {
    let kubeconfig = Kubeconfig::from_yaml(&server::shared().await.kubeconfig()).unwrap();
    let user = kubeconfig.auth_infos[0].auth_info.clone().unwrap();
    let pem = |data: &str| {
        use base64::Engine as _;
        String::from_utf8(
            base64::engine::general_purpose::STANDARD
                .decode(data)
                .unwrap(),
        )
        .unwrap()
    };
    let key = serde_json::to_value(&user).unwrap()["client-key-data"]
        .as_str()
        .map(pem)
        .unwrap();
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential",
        "status": {"clientCertificateData": pem(user.client_certificate_data.as_deref().unwrap()),
            "clientKeyData": key},
    });
    let folder = tempfile::tempdir().unwrap();
    let answer = folder.path().join("credential.json");
    fs::write(&answer, credential.to_string()).unwrap();
    let command = script(
        folder.path(),
        &format!("echo >>'{0}.runs'; cat '{0}'", answer.display()),
    );
    let client = connect_with(as_user(exec(&command)).await)
        .await
        .unwrap()
        .client;
    assert!(namespace_exists(&client, "default").await.unwrap());
    assert!(namespace_exists(&client, "default").await.unwrap());
    let runs = fs::read_to_string(answer.with_extension("json.runs")).unwrap();
    assert_eq!(runs.lines().count(), 1);
}

/// Makes a service account that may read namespaces, and a token of it.
async fn account_token() -> String {
    let client = server::client_in("plugin").await;
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), "plugin");
    let account = serde_json::from_value(json!({"metadata": {"name": "reader"}})).unwrap();
    accounts
        .create(&PostParams::default(), &account)
        .await
        .unwrap();
    let bindings: Api<ClusterRoleBinding> = Api::all(client.clone());
    let binding = json!({
        "metadata": {"name": "plugin-reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": "plugin"}],
    });
    let binding = serde_json::from_value(binding).unwrap();
    bindings
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
    let request = TokenRequest {
        spec: TokenRequestSpec {
            expiration_seconds: Some(600),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let answer = accounts
        .create_token_request("reader", &PostParams::default(), &request)
        .await;
    answer.unwrap().status.unwrap().token
}

#[tokio::test]
async fn a_plugin_signs_in_with_a_token_that_is_renewed_when_it_expires() {
    let token = account_token().await;
    for (life, starts) in [(Duration::from_hours(1), 1), (Duration::from_secs(5), 4)] {
        let folder = tempfile::tempdir().unwrap();
        let runs = folder.path().join("runs");
        let expires = jiff::Timestamp::now() + life;
        let credential = json!({
            "apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential",
            "status": {"token": token, "expirationTimestamp": expires.to_string()},
        });
        let text = format!(
            "echo \"$KUBERNETES_EXEC_INFO\" >>'{}'; echo '{credential}'",
            runs.display()
        );
        let command = script(folder.path(), &text);
        let client = connect_with(as_user(exec(&command)).await)
            .await
            .unwrap()
            .client;
        for _ in 0..3 {
            assert!(namespace_exists(&client, "default").await.unwrap());
        }
        let runs = fs::read_to_string(runs).unwrap();
        assert_eq!(runs.lines().count(), starts);
        let info: Value = serde_json::from_str(runs.lines().next().unwrap()).unwrap();
        assert_eq!(info["apiVersion"], "client.authentication.k8s.io/v1beta1");
        assert_eq!(info["spec"]["interactive"], false);
    }
}

#[tokio::test]
async fn a_plugin_ends_with_the_caller_that_gives_up() {
    let folder = tempfile::tempdir().unwrap();
    let pid_file = folder.path().join("pid");
    let command = script(
        folder.path(),
        &format!("echo $$ >'{}'; exec sleep 600", pid_file.display()),
    );
    let kubeconfig = as_user(exec(&command)).await;
    let connecting = tokio::spawn(connect_with(kubeconfig));
    let deadline = Instant::now() + Duration::from_secs(10);
    let pid = loop {
        assert!(Instant::now() < deadline, "the plugin does not start");
        match fs::read_to_string(&pid_file) {
            Ok(pid) if pid.ends_with('\n') => break pid,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    let process = Path::new("/proc").join(pid.trim());
    assert!(process.exists());
    connecting.abort();
    let running = || fs::read_to_string(process.join("cmdline")).is_ok_and(|line| !line.is_empty());
    let deadline = Instant::now() + Duration::from_secs(10);
    while running() {
        assert!(Instant::now() < deadline, "the plugin still runs");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
