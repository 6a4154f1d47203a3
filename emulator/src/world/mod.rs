//! The state of the emulated cloud, behind one lock.

pub mod clock;
pub mod directory;
pub mod effects;
pub mod operations;
pub mod resources;
pub mod settings;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::clock::Clock;
use self::directory::Directory;
use self::effects::Effect;
use self::operations::Operations;
use self::resources::Resources;
use self::settings::Settings;

/// A Kubernetes API attached to a managed cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedCluster {
    /// The managed cluster's id, original casing.
    pub id: String,
    /// The administrator's kubeconfig, YAML.
    pub kubeconfig: String,
    /// A user's kubeconfig, when it differs.
    pub user_kubeconfig: Option<String>,
    /// `host:port` of the API server.
    pub server: String,
}

/// Everything the emulator knows.
#[derive(Default)]
pub struct World {
    /// Time.
    pub clock: Clock,
    /// Resources.
    pub resources: Resources,
    /// Long-running operations.
    pub operations: Operations,
    /// Tenants and principals.
    pub directory: Directory,
    /// Work for the background task.
    pub effects: Vec<Effect>,
    /// Settings.
    pub settings: Settings,
    /// Attached Kubernetes APIs by lower-cased cluster id.
    pub clusters: BTreeMap<String, AttachedCluster>,
}

impl World {
    /// The virtual present.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The Kubernetes API attached to a managed cluster.
    pub fn cluster(&self, id: &str) -> Option<&AttachedCluster> {
        self.clusters.get(&id.to_lowercase())
    }
}
