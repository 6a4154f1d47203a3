//! The state of the emulated cloud, behind one lock.

pub mod buckets;
pub mod calls;
pub mod clock;
pub mod directory;
pub mod effects;
pub mod faults;
pub mod operations;
pub mod resources;
pub mod settings;
pub mod stale;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::buckets::Buckets;
use self::calls::Calls;
use self::clock::Clock;
use self::directory::Directory;
use self::effects::Effect;
use self::faults::Faults;
use self::operations::Operations;
use self::resources::Resources;
use self::settings::Settings;
use self::stale::Stale;
use crate::entra::issuers::Issuer;
use crate::entra::tokens::Minted;
use crate::imds::app_service::AppService;

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
    /// Issuers of federated assertions, as far as they were described.
    pub issuers: BTreeMap<String, Issuer>,
    /// Secrets by lower-cased vault and secret name.
    pub secrets: BTreeMap<(String, String), Secret>,
    /// Tokens that the metadata service hands out again, by object id and resource.
    pub kept_tokens: BTreeMap<(String, String), Minted>,
    /// The App Service style identity endpoint, when there is one.
    pub app_service: Option<AppService>,
    /// The record of calls.
    pub calls: Calls,
    /// Faults in wait.
    pub faults: Faults,
    /// Token buckets.
    pub buckets: Buckets,
    /// Reads that lag behind.
    pub stale: Vec<Stale>,
}

/// A secret of a vault.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Secret {
    /// The vault's name.
    pub vault: String,
    /// The secret's name.
    pub name: String,
    /// The value.
    pub value: String,
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
