//! Starts and stops an emulator.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::background;
use crate::entra::keys::{KeyError, SigningKey};
use crate::seed::{self, Seed, SeedError};
use crate::server::tls::{self, TlsError};
use crate::server::{Shared, connections};
use crate::world::World;
use crate::world::operations::Status;

/// How to start.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port for HTTPS; 0 takes a free one.
    pub https_port: u16,
    /// The port for HTTP; 0 takes a free one.
    pub http_port: u16,
    /// Factor on the duration of operations; 0 ends them at once. It wins over the seed's.
    pub time_scale: f64,
    /// What the world holds at first.
    pub seed: Option<Seed>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            https_port: 0,
            http_port: 0,
            time_scale: 1.0,
            seed: None,
        }
    }
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be had.
    #[error("cannot listen on port {port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The signing key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The seed was refused.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The task that makes the key was cut off.
    #[error("the key could not be made: {0}")]
    Join(#[from] tokio::task::JoinError),
}

/// A running emulator. Dropping it closes its ports and connections.
pub struct Emulator {
    shared: Arc<Shared>,
    https: SocketAddr,
    http: SocketAddr,
    ca_pem: String,
}

impl Emulator {
    /// Starts an emulator on 127.0.0.1.
    ///
    /// # Errors
    /// When a port is taken or the seed is refused.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        // An RSA key takes long enough to be in the way of other tasks.
        let key = tokio::task::spawn_blocking(SigningKey::generate).await??;
        let tls = tls::loopback()?;
        let mut world = World::default();
        if let Some(seed) = &options.seed {
            seed::apply(&mut world, seed)?;
        }
        world.settings.time_scale = options.time_scale;
        let shared = Arc::new(Shared::new(world, key));
        let mut addresses = Vec::with_capacity(2);
        for (port, acceptor) in [
            (options.https_port, Some(tls.acceptor)),
            (options.http_port, None),
        ] {
            match connections::listen(Arc::clone(&shared), port, acceptor, None).await {
                Ok(listening) => {
                    shared.keep(listening.task.abort_handle());
                    addresses.push(listening.address);
                }
                Err(source) => {
                    shared.abort_tasks();
                    return Err(StartError::Listen { port, source });
                }
            }
        }
        shared.keep(tokio::spawn(background::run_clock(Arc::clone(&shared))).abort_handle());
        shared.keep(tokio::spawn(background::run_effects(Arc::clone(&shared))).abort_handle());
        Ok(Self {
            shared,
            https: addresses[0],
            http: addresses[1],
            ca_pem: tls.ca_pem,
        })
    }

    /// `https://127.0.0.1:PORT`: Resource Manager, Entra, vault and control.
    pub fn https_url(&self) -> String {
        format!("https://{}", self.https)
    }

    /// `http://127.0.0.1:PORT`: the same, and the metadata services of nodes.
    pub fn http_url(&self) -> String {
        format!("http://{}", self.http)
    }

    /// The control API over HTTP. Its path holds a secret: whoever knows it may do anything to the emulator.
    pub fn control_url(&self) -> String {
        format!("{}{}", self.http_url(), self.control_path())
    }

    /// The path of the control API, with its secret.
    pub fn control_path(&self) -> String {
        format!("/_control/{}", self.shared.control_token)
    }

    /// The certificate to trust, PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The world as a seed. Operations under way are ended first.
    ///
    /// # Errors
    /// When YAML cannot be written.
    pub fn dump(&self) -> Result<String, SeedError> {
        let mut world = self.shared.world();
        let last = world
            .operations
            .iter()
            .filter(|operation| operation.status == Status::InProgress)
            .map(|operation| operation.due)
            .max();
        if let Some(due) = last {
            let ahead = due.duration_since(world.now()).as_secs_f64();
            world.clock.advance(ahead + 0.001);
            world.tick();
        }
        seed::dump(&world)
    }

    /// Closes ports and connections and waits until the ports are free.
    pub async fn stop(self) {
        let addresses = [self.https, self.http];
        drop(self);
        for address in addresses {
            // Aborted tasks let go of their sockets when the runtime gets to them.
            for _ in 0..1000 {
                if tokio::net::TcpListener::bind(address).await.is_ok() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.shared.abort_tasks();
    }
}
