//! A real kube-apiserver with its own etcd, for the sandbox and for tests.
//!
//! It runs as a cluster's does, with TLS, RBAC, a service account issuer and published keys, but without
//! controllers: deleted namespaces stay Terminating, the aggregated roles (`view`, `edit`, `admin`) are
//! empty, and nothing makes service accounts or runs pods.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Api, GetParams, Patch, PatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::json;
use tempfile::TempDir;

use super::assets::{self, Assets, Places, Progress};
use super::error::Error;
use super::etcd::Etcd;
use super::pki::{self, Authority, Certificate};
use super::process::{Guarded, Program};

const START_TIME: Duration = Duration::from_mins(3);
/// How often another port is tried when the chosen one was taken meanwhile.
const PORT_TRIES: usize = 5;
/// The group that every authoriser lets do everything.
const MASTERS: &str = "system:masters";

/// How to start an API server.
#[derive(Clone)]
pub struct Options {
    /// The name of cluster and context in its kubeconfigs.
    pub name: String,
    /// Where etcd and kube-apiserver are looked for.
    pub places: Places,
    /// Told what takes long.
    pub progress: Progress,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            name: "demo".into(),
            places: Places::from_environment(),
            progress: Arc::new(|_| {}),
        }
    }
}

/// A running kube-apiserver. Dropping it stops it and removes its folder.
#[derive(Debug)]
pub struct ApiServer {
    // Fields are dropped in this order: the server before its etcd, the folder last.
    server: Guarded,
    etcd: Etcd,
    authority: Authority,
    name: String,
    port: u16,
    admin: String,
    folder: TempDir,
}

impl ApiServer {
    /// Starts etcd and kube-apiserver and waits until the API is ready.
    ///
    /// # Errors
    /// When a program is missing, ends, or is not ready within three minutes.
    pub async fn start(options: Options) -> Result<ApiServer, Error> {
        // Whoever installed one before us is right too; kube needs any.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let assets = assets::find(options.places, options.progress).await?;
        let folder = private_folder()?;
        // From here on etcd's guard removes the folder if we are killed.
        let mut etcd = Etcd::start(&assets.etcd, folder.path())?;
        let authority = Authority::new()?;
        write_keys(folder.path(), &authority).await?;
        etcd.listening(folder.path()).await?;
        let client = authority.client("admin", &[MASTERS])?;
        let mut tries = 0;
        let (server, port, admin) = loop {
            tries += 1;
            let port = free_port()?;
            let url = url(port);
            let admin = pki::kubeconfig(&options.name, &url, &authority.pem(), "admin", &client);
            let mut server = start_server(&assets, folder.path(), port)?;
            match ready(&mut server, &admin).await {
                Ok(()) => break (server, port, admin),
                Err(Error::Ended { log, .. }) if port_taken(&log) && tries < PORT_TRIES => {}
                Err(error) => return Err(error),
            }
        };
        let name = options.name;
        let started = ApiServer {
            server,
            etcd,
            authority,
            name,
            port,
            admin,
            folder,
        };
        started.publish_keys().await?;
        Ok(started)
    }

    /// The server's URL, for example `https://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        url(self.port)
    }

    /// The issuer of its service account tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.url()
    }

    /// The authority that signed the server's certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.authority.pem()
    }

    /// The folder with its keys, data and logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A kubeconfig with every right.
    #[must_use]
    pub fn kubeconfig(&self) -> String {
        self.admin.clone()
    }

    /// A kubeconfig of `user`, who may do what RBAC gives to that name and to `groups`.
    ///
    /// # Errors
    /// When the certificate cannot be signed.
    pub fn user_kubeconfig(&self, user: &str, groups: &[&str]) -> Result<String, Error> {
        let client = self.authority.client(user, groups)?;
        Ok(pki::kubeconfig(
            &self.name,
            &self.url(),
            &self.ca_pem(),
            user,
            &client,
        ))
    }

    /// A client with every right.
    ///
    /// # Errors
    /// When the TLS set-up fails.
    pub async fn client(&self) -> Result<kube::Client, Error> {
        client(&self.admin).await
    }

    /// The published keys of the issuer, as anyone can fetch them.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn jwks(&self) -> Result<String, Error> {
        let mut config = config(&self.admin).await?;
        config.auth_info = kube::config::AuthInfo::default();
        let anonymous = kube::Client::try_from(config).map_err(Error::kubernetes("connect"))?;
        get(&anonymous, "/openid/v1/jwks").await
    }

    /// Creates namespace `name` unless it exists.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn ensure_namespace(&self, name: &str) -> Result<(), Error> {
        let namespaces: Api<Namespace> = Api::all(self.client().await?);
        let object = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
        namespaces
            .patch(
                name,
                &PatchParams::apply("podid-sandbox"),
                &Patch::Apply(object),
            )
            .await
            .map_err(Error::kubernetes(format!("create namespace `{name}`")))?;
        Ok(())
    }

    /// Stops kube-apiserver and etcd and removes their folder.
    pub fn stop(mut self) {
        self.server.stop();
        self.etcd.stop();
    }

    /// Lets anyone read the issuer's keys, as AKS and every federated identity needs; and waits for the
    /// namespace `default`, which the server makes only after it says that it is ready.
    async fn publish_keys(&self) -> Result<(), Error> {
        let name = "podid-sandbox:service-account-issuer-discovery";
        let bindings: Api<ClusterRoleBinding> = Api::all(self.client().await?);
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": name},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "system:service-account-issuer-discovery",
            },
            "subjects": [
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:unauthenticated"},
                {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:authenticated"},
            ],
        });
        bindings
            .patch(
                name,
                &PatchParams::apply("podid-sandbox"),
                &Patch::Apply(binding),
            )
            .await
            .map_err(Error::kubernetes("publish the keys of service accounts"))?;
        self.ensure_namespace("default").await
    }
}

fn url(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}

/// A folder in memory where there is one: etcd's data needs no disk.
fn private_folder() -> Result<TempDir, Error> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix("podid-kubernetes-")
        .permissions(Permissions::from_mode(0o700));
    let memory = Path::new("/dev/shm");
    builder
        .tempdir_in(memory)
        .or_else(|_| builder.tempdir())
        .map_err(Error::path("create a folder in", &std::env::temp_dir()))
}

async fn write_keys(folder: &Path, authority: &Authority) -> Result<(), Error> {
    let key = tokio::task::spawn_blocking(pki::service_account_key);
    let Certificate {
        certificate,
        key: server_key,
    } = authority.server()?;
    let key = key.await.map_err(|error| Error::Key(error.to_string()))??;
    let files = [
        ("ca.crt", authority.pem()),
        ("server.crt", certificate),
        ("server.key", server_key),
        ("service-account.key", key),
    ];
    for (name, content) in files {
        write_private(&folder.join(name), &content)?;
    }
    Ok(())
}

/// Writes a file that only its owner can read.
pub(super) fn write_private(path: &Path, content: &str) -> Result<(), Error> {
    // A file that exists keeps its mode, so it goes first.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(Error::path("create", path))?;
    file.write_all(content.as_bytes())
        .map_err(Error::path("write", path))
}

fn free_port() -> Result<u16, Error> {
    let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    Ok(port.map_err(Error::io("find a free port"))?.port())
}

fn port_taken(log: &str) -> bool {
    log.contains("address already in use")
}

fn start_server(assets: &Assets, folder: &Path, port: u16) -> Result<Guarded, Error> {
    let file = |name: &str| folder.join(name).display().to_string();
    let url = url(port);
    let arguments = vec![
        format!("--etcd-servers={}", Etcd::URL),
        "--bind-address=127.0.0.1".into(),
        "--advertise-address=127.0.0.1".into(),
        // Loopback is no valid endpoint, and no pod will look for one.
        "--endpoint-reconciler-type=none".into(),
        format!("--secure-port={port}"),
        format!("--tls-cert-file={}", file("server.crt")),
        format!("--tls-private-key-file={}", file("server.key")),
        format!("--client-ca-file={}", file("ca.crt")),
        format!("--service-account-key-file={}", file("service-account.key")),
        format!(
            "--service-account-signing-key-file={}",
            file("service-account.key")
        ),
        format!("--service-account-issuer={url}"),
        format!("--service-account-jwks-uri={url}/openid/v1/jwks"),
        "--service-cluster-ip-range=10.96.0.0/24".into(),
        "--authorization-mode=RBAC".into(),
        // It would refuse every pod: no controller makes the service accounts it asks for.
        "--disable-admission-plugins=ServiceAccount".into(),
        "--allow-privileged=true".into(),
        "--enable-priority-and-fairness=false".into(),
        "--profiling=false".into(),
    ];
    Guarded::start(Program {
        path: &assets.kube_apiserver,
        arguments,
        environment: Vec::new(),
        folder,
        log: folder.join("kube-apiserver.log"),
        remove: None,
    })
    .map_err(Error::path("start", &assets.kube_apiserver))
}

async fn ready(server: &mut Guarded, admin: &str) -> Result<(), Error> {
    let program = "kube-apiserver";
    let client = client(admin).await?;
    let start = Instant::now();
    loop {
        // The name in the certificate is everyone's, the authority only ours: another sandbox's
        // server on this port would fail the handshake.
        if get(&client, "/readyz")
            .await
            .is_ok_and(|answer| answer == "ok")
        {
            return Ok(());
        }
        if server.ended().is_some() {
            return Err(Error::Ended {
                program,
                log: server.log_tail(),
            });
        }
        if start.elapsed() > START_TIME {
            let log = server.log_tail();
            return Err(Error::NotReady {
                program,
                seconds: START_TIME.as_secs(),
                log,
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn config(kubeconfig: &str) -> Result<kube::Config, Error> {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig)?;
    let mut config =
        kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    // A proxy from the environment is never meant for loopback.
    config.proxy_url = None;
    Ok(config)
}

async fn client(kubeconfig: &str) -> Result<kube::Client, Error> {
    kube::Client::try_from(config(kubeconfig).await?).map_err(Error::kubernetes("connect"))
}

async fn get(client: &kube::Client, path: &str) -> Result<String, Error> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let request = kube::core::Request::new(folder)
        .get(name, &GetParams::default())
        .map_err(|error| Error::io(format!("ask for `{path}`"))(std::io::Error::other(error)))?;
    client
        .request_text(request)
        .await
        .map_err(Error::kubernetes(format!("answer `{path}`")))
}
