//! What is lost when the add-on goes: pod identities, exceptions, and the pods that use them.

use std::time::Duration;

use serde::Serialize;

use crate::commands::arguments::KubernetesArgs;
use crate::commands::change::cluster::{self, Cluster};
use crate::context::Context;
use crate::domain::profile::{ItemState, Profile};
use crate::domain::workload::Pod;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod::list_pods;
use crate::k8s::pod_identity::{self, Binding};

/// The label by which pods ask for an identity.
const LABEL: &str = "aadpodidbinding";
/// Pods are looked at for this long; the change does not need them.
const PATIENCE: Duration = Duration::from_secs(15);
/// At most this many pods are named on stderr.
const NAMED: usize = 5;

/// What is lost.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lost {
    pod_identities: Vec<LostIdentity>,
    exceptions: Vec<LostException>,
    allow_network_plugin_kubenet: bool,
    /// Whether pods and bindings could be looked at.
    pods_known: bool,
    #[serde(skip)]
    unknown: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct LostIdentity {
    name: String,
    namespace: String,
    binding_selector: String,
    identity_resource_id: String,
    /// Bindings in the cluster that refer to it; nothing when they could not be read.
    bindings: Option<usize>,
    /// Running pods that ask for it; nothing when they could not be read.
    pods: Option<Vec<String>>,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct LostException {
    name: String,
    namespace: String,
    pod_labels: std::collections::BTreeMap<String, String>,
}

/// Looks what is lost; without the Kubernetes API, what the profile says.
pub(super) async fn find(
    context: &Context,
    cluster: &Cluster,
    profile: &Profile,
    kubernetes: &KubernetesArgs,
) -> Lost {
    let used = tokio::time::timeout(PATIENCE, read(context, cluster, kubernetes)).await;
    let used = used.unwrap_or_else(|_| {
        Err(Error::new(
            Kind::Pending,
            format!("no answer within {} s", PATIENCE.as_secs()),
        ))
    });
    let seen = used.as_ref().ok();
    let staying = profile
        .identities
        .iter()
        .filter(|item| item.state != ItemState::Deleting);
    let identities = staying.map(|item| LostIdentity {
        name: item.name.clone(),
        namespace: item.namespace.clone(),
        binding_selector: item.selector.clone(),
        identity_resource_id: item.resource_id.clone(),
        bindings: seen.map(|(_, bindings)| {
            let of_item = |binding: &&Binding| {
                binding.namespace == item.namespace && binding.identity_name == item.name
            };
            bindings.iter().filter(of_item).count()
        }),
        pods: seen.map(|(pods, _)| {
            let asks = |pod: &&Pod| {
                pod.active
                    && pod.namespace == item.namespace
                    && pod.labels.get(LABEL) == Some(&item.selector)
            };
            pods.iter()
                .filter(asks)
                .map(|pod| pod.name.clone())
                .collect()
        }),
    });
    let exceptions = profile.exceptions.iter().map(|item| LostException {
        name: item.name.clone(),
        namespace: item.namespace.clone(),
        pod_labels: item.labels.clone(),
    });
    Lost {
        pod_identities: identities.collect(),
        exceptions: exceptions.collect(),
        allow_network_plugin_kubenet: profile.allow_network_plugin_kubenet,
        pods_known: seen.is_some(),
        unknown: used.err().map(|error| error.to_string()),
    }
}

async fn read(
    context: &Context,
    cluster: &Cluster,
    kubernetes: &KubernetesArgs,
) -> Result<(Vec<Pod>, Vec<Binding>)> {
    let client = cluster::connect_to(context, cluster, kubernetes)
        .await?
        .client;
    let read = tokio::try_join!(
        list_pods(&client, None),
        pod_identity::list_bindings(&client, None)
    )?;
    Ok(read)
}

impl Lost {
    /// Says it on stderr.
    pub(super) fn tell(&self, context: &Context, cluster: &Cluster) {
        let ui = &context.ui;
        let name = cluster.id.name();
        let (identities, exceptions) = (self.pod_identities.len(), self.exceptions.len());
        ui.status(&format!(
            "Without the add-on cluster `{name}` loses {}, {}{}",
            count(identities, "pod identity", "pod identities"),
            count(exceptions, "exception", "exceptions"),
            if self.allow_network_plugin_kubenet {
                " and the consent to kubenet"
            } else {
                ""
            }
        ));
        for item in &self.pod_identities {
            ui.status(&format!(
                "  pod identity {}/{}{}",
                item.namespace,
                item.name,
                item.used()
            ));
        }
        for item in &self.exceptions {
            ui.status(&format!("  exception {}/{}", item.namespace, item.name));
        }
        if let Some(why) = &self.unknown {
            ui.warn(&format!("which pods use them could not be seen: {why}"));
        }
    }
}

impl LostIdentity {
    fn used(&self) -> String {
        let (Some(pods), Some(bindings)) = (&self.pods, self.bindings) else {
            return String::new();
        };
        let bindings = count(bindings, "binding", "bindings");
        if pods.is_empty() {
            return format!(": {bindings}, no pod asks for it");
        }
        let named: Vec<&str> = pods.iter().take(NAMED).map(String::as_str).collect();
        let more = if pods.len() > NAMED { ", ..." } else { "" };
        format!(
            ": {bindings}, {} ({}{more})",
            count(pods.len(), "pod loses its tokens", "pods lose their tokens"),
            named.join(", ")
        )
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
