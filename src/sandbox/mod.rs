//! The Azure emulator and a real Kubernetes API server on this machine.
//!
//! - [`ApiServer`]: kube-apiserver with etcd, for tests that need no Azure.
//! - [`Sandbox`]: both, attached to each other, and what to export.
//! - [`named`], [`serve`]: sandboxes that outlive the command that started them.
//! - [`node`]: a node of the cluster that runs podid-nmi, with pods that have networks of their own.
//!
//! Nothing here outlives its owner: see [`process`].

pub mod api_server;
pub mod assets;
mod azure;
pub mod environment;
mod error;
mod etcd;
mod folder;
pub mod named;
pub mod node;
pub mod pki;
mod process;
pub mod serve;

use std::path::Path;
use std::sync::Arc;

pub use api_server::ApiServer;
pub use error::Error;

use self::assets::{Places, Progress};
use self::azure::Azure;
use self::environment::Environment;
use self::folder::Folder;
use self::node::Node;
use crate::env;
use crate::k8s::crd;

/// The namespace that the sandbox's clusters have besides Kubernetes' own.
const NAMESPACE: &str = "demo";

/// How to start a sandbox.
#[derive(Clone)]
pub struct Options {
    /// Factor on the time that Azure's operations take; 0 ends them at once.
    pub time_scale: f64,
    /// Whether to start Kubernetes API servers at all.
    pub with_kubernetes: bool,
    /// How many: one for each of the seed's managed clusters, in their order, at most this many.
    pub clusters: usize,
    /// Whether the first cluster has a node that runs podid-nmi.
    pub with_nmi: bool,
    /// State of Azure at the start, YAML; the built-in one without.
    pub seed: Option<String>,
    /// Where etcd and kube-apiserver are looked for.
    pub places: Places,
    /// Told what takes long.
    pub progress: Progress,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            time_scale: 0.1,
            with_kubernetes: true,
            clusters: 1,
            with_nmi: false,
            seed: None,
            places: Places::from_environment(),
            progress: Arc::new(|_| {}),
        }
    }
}

/// A running sandbox. Dropping it ends everything and removes its files.
#[derive(Debug)]
pub struct Sandbox {
    // Dropped first: it speaks to the others.
    node: Option<Node>,
    azure: Azure,
    servers: Vec<ApiServer>,
    environment: Environment,
    folder: Folder,
}

impl Sandbox {
    /// Starts the emulator and the API servers, attaches these, and prepares the clusters.
    ///
    /// # Errors
    /// When a part does not start, or the seed is not usable.
    pub async fn start(options: Options) -> Result<Sandbox, Error> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = Folder::new()?;
        let azure = Azure::start(options.time_scale, options.seed.as_deref()).await?;
        let ids = azure.clusters();
        let wanted = if options.with_kubernetes {
            options.clusters
        } else {
            0
        };
        let starts = ids
            .iter()
            .take(wanted)
            .map(|id| start_cluster(id, &azure, &options));
        let servers = futures::future::try_join_all(starts).await?;
        let mut environment = environment::write(folder.path(), &azure, &servers)?;
        let node = match servers.first().filter(|_| options.with_nmi) {
            Some(server) => {
                (options.progress)("Starting podid-nmi");
                Some(Node::start(folder.path(), &azure, server).await?)
            }
            None => None,
        };
        if let Some(node) = &node {
            let folder = node.folder().display().to_string();
            environment.push((env::PODID_SANDBOX_NODE, folder));
        }
        Ok(Sandbox {
            node,
            azure,
            servers,
            environment,
            folder,
        })
    }

    /// What to export to work inside it.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment.clone()
    }

    /// The API servers, in the order of the clusters.
    #[must_use]
    pub fn api_servers(&self) -> &[ApiServer] {
        &self.servers
    }

    /// Address of Resource Manager, Entra, the vault and the control API.
    #[must_use]
    pub fn azure_url(&self) -> String {
        self.azure.url()
    }

    /// Address of the emulator's control API.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.azure.control_url()
    }

    /// The authority that signed the emulator's certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.azure.ca_pem()
    }

    /// The private folder with the files of its environment.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends everything and removes its files.
    pub async fn stop(self) {
        drop(self.node);
        for server in self.servers {
            server.stop();
        }
        self.azure.stop().await;
    }
}

/// Starts the API server of managed cluster `id` and prepares it as `podid install` would.
async fn start_cluster(id: &str, azure: &Azure, options: &Options) -> Result<ApiServer, Error> {
    let server = ApiServer::start(api_server::Options {
        name: azure::name_of(id).to_owned(),
        places: options.places.clone(),
        progress: Arc::clone(&options.progress),
    })
    .await?;
    azure.attach(id, &server).await?;
    let client = server.client().await?;
    crd::install(&client, &crd::InstallOptions::default())
        .await
        .map_err(|error| Error::Crds(error.to_string()))?;
    server.ensure_namespace(NAMESPACE).await?;
    Ok(server)
}
