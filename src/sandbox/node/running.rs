//! The node at work.

use std::fs::{self, DirBuilder};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::JoinSet;

use super::network::{METADATA, Network};
use super::relay::Relay;
use super::{cluster, daemon, kubelet, way_into_node};
use crate::sandbox::api_server::{ApiServer, write_private};
use crate::sandbox::azure::Azure;
use crate::sandbox::error::Error;
use crate::sandbox::process::Guarded;

/// A node that runs podid-nmi and gives pods their networks. Dropping it ends all of it.
#[derive(Debug)]
pub(in crate::sandbox) struct Node {
    // Dropped in this order: no pod gets a network any more, then podid-nmi ends, then the networks.
    _kubelet: JoinSet<()>,
    _daemon: Guarded,
    _relays: Vec<Relay>,
    folder: PathBuf,
}

impl Node {
    /// Starts it for a cluster, with its files in a folder of its own below `folder`.
    ///
    /// # Errors
    /// When a part does not start.
    pub(in crate::sandbox) async fn start(
        folder: &Path,
        azure: &Azure,
        server: &ApiServer,
    ) -> Result<Node, Error> {
        let folder = folder.join("node");
        DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .map_err(Error::path("create", &folder))?;
        let machine = azure.machine()?;
        let metadata = azure.metadata_service(&machine).await?;
        let network = Arc::new(Network::new()?);
        let services = vec![loopback(&server.url())?, loopback(&azure.url())?];
        let mut relays = vec![Relay::open(&network.fabric, METADATA, metadata)?];
        for service in &services {
            relays.push(Relay::open(&network.host, *service, *service)?);
        }
        let kubeconfig = cluster::install(server).await?;
        write_private(&folder.join("podid-nmi.kubeconfig"), &kubeconfig)?;
        let mut running = daemon::start(&network.host, &folder, &machine.node, azure)?;
        daemon::ready(&network.host, &mut running).await?;
        cluster::announce(server, &machine).await?;
        link(&network.host.path(), &way_into_node(&folder))?;
        let mut tasks = JoinSet::new();
        let site = kubelet::Site {
            client: server.client().await?,
            node: machine.node,
            network,
            services,
            folder: folder.clone(),
        };
        kubelet::start(site, &mut tasks);
        Ok(Node {
            _kubelet: tasks,
            _daemon: running,
            _relays: relays,
            folder,
        })
    }

    /// The folder with its files.
    pub(in crate::sandbox) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Makes `way` lead to `to`, whole or not at all.
pub(super) fn link(to: &Path, way: &Path) -> Result<(), Error> {
    if let Some(folder) = way.parent() {
        fs::create_dir_all(folder).map_err(Error::path("create", folder))?;
    }
    match symlink(to, way) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            fs::remove_file(way).map_err(Error::path("remove", way))?;
            symlink(to, way)
        }
        done => done,
    }
    .map_err(Error::path("create", way))
}

/// The address in the URL of a server on loopback.
fn loopback(url: &str) -> Result<SocketAddr, Error> {
    let port = url::Url::parse(url).ok().and_then(|url| url.port());
    port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        .ok_or_else(|| Error::Node(format!("`{url}` has no port")))
}
