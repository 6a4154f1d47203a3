//! Pods and Events, as controllers and NMI would make them, and users with few rights.

use k8s_openapi::api::core::v1::{Event, Pod};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::json;

use super::servers::{Kubernetes, wait};
use super::site::Site;

impl Site {
    /// Makes a pod in the test's namespace; `owner` is `Kind/name`, or empty.
    pub(crate) fn run_pod(&self, name: &str, labels: &[(&str, &str)], owner: &str) {
        self.run_pod_in(&self.namespace, name, labels, owner, false);
    }

    /// Makes a pod anywhere, with the node's network if wanted.
    pub(crate) fn run_pod_in(
        &self,
        namespace: &str,
        name: &str,
        labels: &[(&str, &str)],
        owner: &str,
        host_network: bool,
    ) {
        let labels: serde_json::Map<String, serde_json::Value> = labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), json!(value)))
            .collect();
        let owners: Vec<_> = owner
            .split_once('/')
            .into_iter()
            .map(|(kind, name)| {
                json!({"apiVersion": "apps/v1", "kind": kind, "name": name,
                    "uid": format!("uid-of-{name}"), "controller": true})
            })
            .collect();
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {"name": name, "labels": labels, "ownerReferences": owners},
            "spec": {"hostNetwork": host_network, "containers": [{"name": "main", "image": "main"}]},
        }))
        .unwrap();
        let pods: Api<Pod> = Api::namespaced(self.kubernetes.clone(), namespace);
        wait(pods.create(&PostParams::default(), &pod)).unwrap();
    }

    /// Ends a pod of the test's namespace.
    pub(crate) fn finish_pod(&self, name: &str) {
        let pods: Api<Pod> = Api::namespaced(self.kubernetes.clone(), &self.namespace);
        let status = Patch::Merge(json!({"status": {"phase": "Succeeded"}}));
        wait(pods.patch_status(name, &PatchParams::default(), &status)).unwrap();
    }

    /// Reports on a pod of the test's namespace.
    pub(crate) fn report_on(&self, pod: &str, reporter: &str, reason: &str, message: &str) {
        let event: Event = serde_json::from_value(json!({
            "metadata": {"name": format!("{pod}.{reporter}.{}", reason.to_lowercase())},
            "involvedObject": {"kind": "Pod", "namespace": self.namespace, "name": pod},
            "type": "Warning",
            "reason": reason,
            "message": message,
            "source": {"component": reporter},
            "lastTimestamp": "2026-11-24T00:00:00Z",
        }))
        .unwrap();
        let events: Api<Event> = Api::namespaced(self.kubernetes.clone(), &self.namespace);
        wait(events.create(&PostParams::default(), &event)).unwrap();
    }

    /// The kubeconfig file of a user who may do everything with these (group, resource) and nothing else.
    pub(crate) fn user_with(&self, resources: &[(&str, &str)]) -> String {
        let user = format!("user-of-{}", self.namespace);
        let allowed: Vec<_> = resources
            .iter()
            .map(|(group, resource)| json!({"apiGroups": [group], "resources": [resource], "verbs": ["*"]}))
            .collect();
        let role: ClusterRole =
            serde_json::from_value(json!({"metadata": {"name": user}, "rules": allowed})).unwrap();
        let binding: ClusterRoleBinding = serde_json::from_value(json!({
            "metadata": {"name": user},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
        }))
        .unwrap();
        let roles: Api<ClusterRole> = Api::all(self.kubernetes.clone());
        let bindings: Api<ClusterRoleBinding> = Api::all(self.kubernetes.clone());
        wait(async {
            roles.create(&PostParams::default(), &role).await.unwrap();
            bindings
                .create(&PostParams::default(), &binding)
                .await
                .unwrap();
        });
        let server = &Kubernetes::shared().server;
        self.write(&user, &server.user_kubeconfig(&user, &[]).unwrap())
    }
}
