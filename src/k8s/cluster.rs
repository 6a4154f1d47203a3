//! What else a command wants to know of a cluster: namespaces, NMI, pods.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::Api;
use kube::{Client, ResourceExt};

use super::error::{Error, Result};
use super::error_mapping::Explain;
use super::operation::Operation;
use super::paging;
use super::pod_identity::SELECTOR_LABEL;

/// Tells whether a namespace exists.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn namespace_exists(client: &Client, name: &str) -> Result<bool> {
    let api: Api<Namespace> = Api::all(client.clone());
    let read = api
        .get(name)
        .await
        .explain(|| Operation::cluster_object("get", "namespaces", name));
    match read {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Lists the names of all namespaces.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn list_namespaces(client: &Client) -> Result<Vec<String>> {
    let api: Api<Namespace> = Api::all(client.clone());
    let namespaces = paging::list_all(&api, None, Operation::list("namespaces", None)).await?;
    Ok(namespaces.iter().map(ResourceExt::name_any).collect())
}

/// A DaemonSet that runs NMI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NmiDaemonSet {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Nodes that should run it.
    pub desired: i32,
    /// Nodes on which it is ready.
    pub ready: i32,
}

/// Whether something answers pods that ask IMDS for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NmiState {
    /// No DaemonSet looks like NMI.
    Absent,
    /// There is one, but no node is ready.
    NotReady(Vec<NmiDaemonSet>),
    /// It runs on at least one node.
    Running(Vec<NmiDaemonSet>),
}

impl NmiState {
    /// Tells whether NMI runs on any node.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Running(_))
    }
}

/// Looks for NMI in all namespaces: upstream's, the add-on's or podid's own.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn nmi_running(client: &Client) -> Result<NmiState> {
    let api: Api<DaemonSet> = Api::all(client.clone());
    let all = paging::list_all(&api, None, Operation::list("daemonsets.apps", None)).await?;
    let found: Vec<NmiDaemonSet> = all.iter().filter(|set| is_nmi(set)).map(summary).collect();
    Ok(if found.is_empty() {
        NmiState::Absent
    } else if found.iter().any(|set| set.ready > 0) {
        NmiState::Running(found)
    } else {
        NmiState::NotReady(found)
    })
}

/// Upstream labels its pods `component: nmi`, its chart `app.kubernetes.io/component: nmi`.
fn is_nmi(set: &DaemonSet) -> bool {
    let pods = set
        .spec
        .as_ref()
        .and_then(|spec| spec.template.metadata.as_ref())
        .and_then(|metadata| metadata.labels.as_ref());
    let labelled = |key: &str| {
        let of_pods = pods.and_then(|labels| labels.get(key));
        set.labels()
            .get(key)
            .or(of_pods)
            .is_some_and(|value| value == "nmi")
    };
    let keys = ["component", "app.kubernetes.io/component", "app", "k8s-app"];
    keys.into_iter().any(labelled) || set.name_any().split('-').any(|word| word == "nmi")
}

fn summary(set: &DaemonSet) -> NmiDaemonSet {
    let status = set.status.as_ref();
    NmiDaemonSet {
        namespace: set.namespace().unwrap_or_default(),
        name: set.name_any(),
        desired: status.map_or(0, |status| status.desired_number_scheduled),
        ready: status.map_or(0, |status| status.number_ready),
    }
}

/// A pod that carries a binding selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedPod {
    /// Its name.
    pub name: String,
    /// Its node, once it is scheduled.
    pub node: Option<String>,
    /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    pub phase: String,
}

/// Lists the pods of a namespace whose label `aadpodidbinding` has this value.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn pods_using_selector(
    client: &Client,
    namespace: &str,
    selector: &str,
) -> Result<Vec<SelectedPod>> {
    if !is_label_value(selector) {
        // No pod can carry it, and the server would refuse the question.
        return Ok(Vec::new());
    }
    let api: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let labels = format!("{SELECTOR_LABEL}={selector}");
    let pods = paging::list_all(
        &api,
        Some(&labels),
        Operation::list("pods", Some(namespace)),
    )
    .await?;
    Ok(pods
        .into_iter()
        .map(|pod| SelectedPod {
            name: pod.name_any(),
            node: pod.spec.and_then(|spec| spec.node_name),
            phase: pod
                .status
                .and_then(|status| status.phase)
                .unwrap_or_default(),
        })
        .collect())
}

/// A label value that selects pods: not empty, and in the form that Kubernetes allows.
fn is_label_value(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && edge(text.chars().next())
        && edge(text.chars().last())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{is_label_value, is_nmi};
    use k8s_openapi::api::apps::v1::DaemonSet;
    use serde_json::{Value, json};

    fn nmi(name: &str, labels: Value, pods: Value) -> bool {
        let set = json!({
            "metadata": {"name": name, "labels": labels},
            "spec": {"selector": {}, "template": {"metadata": {"labels": pods}}}
        });
        is_nmi(&serde_json::from_value::<DaemonSet>(set).unwrap())
    }

    #[test]
    fn nmi_is_known_by_label_or_name() {
        assert!(nmi("nmi", json!({}), json!({})));
        assert!(nmi("aad-pod-identity-nmi", json!(null), json!(null)));
        assert!(nmi("agent", json!({}), json!({"component": "nmi"})));
        assert!(nmi(
            "agent",
            json!({"app.kubernetes.io/component": "nmi"}),
            json!({})
        ));
        assert!(!nmi(
            "cinnmin",
            json!({"component": "mic"}),
            json!({"app": "web"})
        ));
    }

    #[test]
    fn only_label_values_are_asked_for() {
        assert!(is_label_value("reader"));
        assert!(is_label_value("a.b_c-1"));
        for wrong in ["", "-a", "a-", "a b", "a,b=c", &"a".repeat(64)] {
            assert!(!is_label_value(wrong), "{wrong}");
        }
    }
}
