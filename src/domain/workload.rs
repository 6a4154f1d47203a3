//! Pods as far as exceptions care: labels, and the workload that owns them.

use std::fmt;

use super::label::Labels;

/// The label a Deployment puts on its pods and, as a suffix, on the names of its ReplicaSets.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// What made a pod, as a person would call it: the Deployment, not its ReplicaSet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// Kind, for example `Deployment`; `Pod` for a pod that nothing made.
    pub kind: String,
    /// Name.
    pub name: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl Owner {
    /// The owner behind a pod's controller, which is a ReplicaSet or a Job for the usual workloads.
    #[must_use]
    pub fn behind(kind: &str, name: &str, pod_labels: &Labels) -> Owner {
        let above = match kind {
            "ReplicaSet" => pod_labels
                .get(TEMPLATE_HASH)
                .and_then(|hash| name.strip_suffix(hash)?.strip_suffix('-'))
                .map(|name| ("Deployment", name)),
            // A CronJob names its Jobs after itself and the scheduled minute.
            "Job" => name
                .rsplit_once('-')
                .filter(|(_, minute)| {
                    minute.len() >= 8 && minute.bytes().all(|b| b.is_ascii_digit())
                })
                .map(|(name, _)| ("CronJob", name)),
            _ => None,
        };
        let (kind, name) = above.unwrap_or((kind, name));
        Owner {
            kind: kind.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// A pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Labels.
    pub labels: Labels,
    /// What made it.
    pub owner: Owner,
    /// It shares the node's network: its requests never pass NMI.
    pub host_network: bool,
    /// It is not finished: Pending or Running.
    pub active: bool,
}

impl Pod {
    /// Whether its requests to IMDS are intercepted by NMI, now or once it runs.
    #[must_use]
    pub fn is_intercepted(&self) -> bool {
        self.active && !self.host_network
    }

    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_know_the_deployment_and_the_cron_job() {
        let hashed = Labels::from([(TEMPLATE_HASH.to_owned(), "5d4f8".to_owned())]);
        let none = Labels::new();
        for (kind, name, labels, expected) in [
            ("ReplicaSet", "web-5d4f8", &hashed, "Deployment/web"),
            ("ReplicaSet", "web", &none, "ReplicaSet/web"),
            ("ReplicaSet", "web5d4f8", &hashed, "ReplicaSet/web5d4f8"),
            ("Job", "night-29404051", &none, "CronJob/night"),
            ("Job", "import-2", &none, "Job/import-2"),
            ("DaemonSet", "agent", &hashed, "DaemonSet/agent"),
        ] {
            assert_eq!(Owner::behind(kind, name, labels).to_string(), expected);
        }
    }
}
