//! podid's node daemon in a cluster: its objects, how they get there and how they leave.
//!
//! Guarantees: the daemon's account may do what its arguments need and nothing more; a second installation changes
//! nothing; an object of the same name that is not podid's is never deleted.

use serde_json::{Value, json};

mod install;
mod objects;
mod uninstall;

pub use install::{InstallOptions, install};
pub use uninstall::{Removal, Removed, Stored, remove, remove_crds, stored};

use super::operation::Operation;

/// Name of every object of the daemon.
pub const NAME: &str = "podid-nmi";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// How the daemon runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeDaemon {
    /// Its image.
    pub image: String,
    /// Namespace of its pods and account.
    pub namespace: String,
    /// It waits for MIC's records that nodes hold identities.
    pub standard: bool,
    /// It serves service principals, and may read Secrets.
    pub allow_service_principals: bool,
    /// Key of the taint that it removes from its node, which it then may change.
    pub startup_taint: Option<String>,
}

impl NodeDaemon {
    /// The objects, in the order in which they are applied.
    #[must_use]
    pub fn objects(&self) -> Vec<Value> {
        vec![
            objects::account(&self.namespace),
            self.role(),
            objects::role_binding(&self.namespace),
            self.daemon_set(),
        ]
    }

    /// The arguments of the daemon.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let mode = if self.standard { "standard" } else { "managed" };
        let mut arguments = vec![format!("--mode={mode}"), "--redirect=nftables".to_owned()];
        if self.allow_service_principals {
            arguments.push("--allow-service-principals".to_owned());
        }
        if let Some(key) = &self.startup_taint {
            arguments.push(format!("--startup-taint={key}"));
        }
        arguments
    }
}

/// One of the kinds the daemon consists of.
#[derive(Debug, Clone, Copy)]
struct Kind {
    group: &'static str,
    word: &'static str,
    plural: &'static str,
    namespaced: bool,
}

const fn kind(
    group: &'static str,
    word: &'static str,
    plural: &'static str,
    namespaced: bool,
) -> Kind {
    Kind {
        group,
        word,
        plural,
        namespaced,
    }
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ACCOUNT: Kind = kind("", "ServiceAccount", "serviceaccounts", true);
const ROLE: Kind = kind(RBAC, "ClusterRole", "clusterroles", false);
const ROLE_BINDING: Kind = kind(RBAC, "ClusterRoleBinding", "clusterrolebindings", false);
const DAEMON_SET: Kind = kind("apps", "DaemonSet", "daemonsets", true);
/// In the order in which they are applied.
const KINDS: [Kind; 4] = [ACCOUNT, ROLE, ROLE_BINDING, DAEMON_SET];

impl Kind {
    fn api_version(self) -> String {
        match self.group {
            "" => "v1".to_owned(),
            group => format!("{group}/v1"),
        }
    }

    fn api(self, client: &kube::Client, namespace: &str) -> kube::Api<kube::api::DynamicObject> {
        let resource = kube::api::ApiResource {
            group: self.group.to_owned(),
            version: "v1".to_owned(),
            api_version: self.api_version(),
            kind: self.word.to_owned(),
            plural: self.plural.to_owned(),
        };
        if self.namespaced {
            kube::Api::namespaced_with(client.clone(), namespace, &resource)
        } else {
            kube::Api::all_with(client.clone(), &resource)
        }
    }

    fn operation(self, verb: &'static str, namespace: &str) -> Operation {
        let resource = match self.group {
            "" => self.plural.to_owned(),
            group => format!("{}.{group}", self.plural),
        };
        if self.namespaced {
            Operation::object(verb, &resource, namespace, NAME)
        } else {
            Operation::cluster_object(verb, &resource, NAME)
        }
    }

    /// The object in the words of its users.
    fn shown(self, namespace: &str) -> String {
        if self.namespaced {
            format!("{} {namespace}/{NAME}", self.word)
        } else {
            format!("{} {NAME}", self.word)
        }
    }

    fn object(self, namespace: &str) -> Value {
        let mut object = json!({
            "apiVersion": self.api_version(),
            "kind": self.word,
            "metadata": {"name": NAME, "labels": objects::labels()},
        });
        if self.namespaced {
            object["metadata"]["namespace"] = json!(namespace);
        }
        object
    }
}
