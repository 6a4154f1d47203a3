//! The API server of these tests: one for all, and more for tests that change what the others rely on.

use std::path::Path;

use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::{Api, PostParams};
use podid::k8s::crd::{InstallOptions, install};
use podid::k8s::{ConnectOptions, Connection, connect};
use podid::sandbox::ApiServer;
use podid::sandbox::api_server::Options;
use podid::sandbox::assets::Places;
use serde_json::json;
use tokio::sync::OnceCell;

static SHARED: OnceCell<ApiServer> = OnceCell::const_new();

/// Starts a server for one test alone.
pub(crate) async fn own() -> ApiServer {
    let places = Places {
        cache: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache")),
        ..Places::from_environment()
    };
    let options = Options {
        places,
        ..Options::default()
    };
    ApiServer::start(options).await.unwrap()
}

/// The server of all tests, with the CRDs; its processes end with the test process.
pub(crate) async fn shared() -> &'static ApiServer {
    SHARED
        .get_or_init(|| async {
            let server = own().await;
            let client = admin(&server).await.client;
            install(&client, &InstallOptions::default()).await.unwrap();
            server
        })
        .await
}

/// Connects with a kubeconfig in memory.
pub(crate) async fn connect_with(kubeconfig: String) -> Result<Connection, podid::k8s::Error> {
    let options = ConnectOptions {
        kubeconfig_yaml: Some(kubeconfig.into_bytes()),
        ..ConnectOptions::default()
    };
    connect(&options).await
}

/// Connects with every right.
pub(crate) async fn admin(server: &ApiServer) -> Connection {
    connect_with(server.kubeconfig()).await.unwrap()
}

/// Connects to the shared server and makes a namespace for one test.
pub(crate) async fn client_in(namespace: &str) -> Client {
    let client = admin(shared().await).await.client;
    create_namespace(&client, namespace).await;
    client
}

/// Makes a namespace.
pub(crate) async fn create_namespace(client: &Client, name: &str) {
    let namespace: Namespace = serde_json::from_value(json!({"metadata": {"name": name}})).unwrap();
    let api: Api<Namespace> = Api::all(client.clone());
    api.create(&PostParams::default(), &namespace)
        .await
        .unwrap();
}
