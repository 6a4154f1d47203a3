//! The objects themselves.

use serde_json::{Value, json};

use super::{ACCOUNT, DAEMON_SET, MANAGED_BY, NAME, NodeDaemon, RBAC, ROLE, ROLE_BINDING};
use crate::k8s::crd::GROUP;

/// Where podid-nmi answers probes unless told otherwise.
const STATUS_PORT: u16 = 8085;

pub(super) fn labels() -> Value {
    json!({
        "app.kubernetes.io/name": NAME,
        "app.kubernetes.io/component": "nmi",
        MANAGED_BY: "podid",
    })
}

pub(super) fn account(namespace: &str) -> Value {
    ACCOUNT.object(namespace)
}

pub(super) fn role_binding(namespace: &str) -> Value {
    let mut binding = ROLE_BINDING.object(namespace);
    binding["roleRef"] = json!({"apiGroup": RBAC, "kind": ROLE.word, "name": NAME});
    binding["subjects"] = json!([{"kind": ACCOUNT.word, "name": NAME, "namespace": namespace}]);
    binding
}

impl NodeDaemon {
    /// RBAC cannot say "the pods of its node": the daemon asks for no others.
    pub(super) fn role(&self) -> Value {
        let mut kinds = vec![
            "azureidentities",
            "azureidentitybindings",
            "azurepodidentityexceptions",
        ];
        if self.standard {
            kinds.push("azureassignedidentities");
        }
        let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
        let mut rules = vec![
            rule("", &["pods"], &["list", "watch"]),
            rule(GROUP, &kinds, &["list", "watch"]),
            rule("", &["events"], &["create"]),
        ];
        if self.allow_service_principals {
            rules.push(rule("", &["secrets"], &["get"]));
        }
        if self.startup_taint.is_some() {
            rules.push(rule("", &["nodes"], &["get", "patch"]));
        }
        let mut object = ROLE.object(&self.namespace);
        object["rules"] = json!(rules);
        object
    }

    pub(super) fn daemon_set(&self) -> Value {
        let mut set = DAEMON_SET.object(&self.namespace);
        set["spec"] = json!({
            "selector": {"matchLabels": {"app.kubernetes.io/name": NAME}},
            "template": {
                "metadata": {"labels": labels()},
                "spec": {
                    "serviceAccountName": NAME,
                    "hostNetwork": true,
                    // The node's: tokens must not wait for the cluster's own DNS.
                    "dnsPolicy": "Default",
                    "priorityClassName": "system-node-critical",
                    "nodeSelector": {"kubernetes.io/os": "linux"},
                    "tolerations": [{"operator": "Exists"}],
                    "terminationGracePeriodSeconds": 30,
                    "containers": [self.container()],
                },
            },
        });
        set
    }

    fn container(&self) -> Value {
        json!({
            "name": NAME,
            "image": self.image,
            "args": self.arguments(),
            "env": [
                {"name": "NODE_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "spec.nodeName"}}},
                {"name": "HOST_IP", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "status.hostIPs"}}},
            ],
            // Capabilities of a user other than root do not survive the start of the program.
            "securityContext": {
                "runAsUser": 0,
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            // No limit on the processor: every pod of the node waits for these answers.
            "resources": {
                "requests": {"cpu": "10m", "memory": "32Mi"},
                "limits": {"memory": "128Mi"},
            },
            "livenessProbe": probe("/healthz", 10, 6),
            "readinessProbe": probe("/readyz", 5, 1),
        })
    }
}

/// The kubelet is on the node, and so is the loopback address that podid-nmi answers on.
fn probe(path: &str, period: u32, failures: u32) -> Value {
    json!({
        "httpGet": {"host": "127.0.0.1", "port": STATUS_PORT, "path": path},
        "periodSeconds": period,
        "timeoutSeconds": 2,
        "failureThreshold": failures,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daemon() -> NodeDaemon {
        NodeDaemon {
            image: "registry.example/podid:1".to_owned(),
            namespace: "kube-system".to_owned(),
            standard: false,
            allow_service_principals: false,
            startup_taint: None,
        }
    }

    fn may(daemon: &NodeDaemon, resource: &str) -> Option<Value> {
        let role = daemon.role();
        let mut rules = role["rules"].as_array().unwrap().iter();
        let named = |rule: &&Value| {
            rule["resources"]
                .as_array()
                .unwrap()
                .contains(&json!(resource))
        };
        rules.find(named).map(|rule| rule["verbs"].clone())
    }

    #[test]
    fn rights_follow_the_arguments() {
        let least = daemon();
        for none in ["secrets", "nodes", "azureassignedidentities"] {
            assert_eq!(may(&least, none), None, "{none}");
        }
        let most = NodeDaemon {
            standard: true,
            allow_service_principals: true,
            startup_taint: Some("podid".to_owned()),
            ..daemon()
        };
        assert_eq!(may(&most, "secrets"), Some(json!(["get"])));
        assert_eq!(may(&most, "nodes"), Some(json!(["get", "patch"])));
        let watched = may(&most, "azureassignedidentities");
        assert_eq!(watched, Some(json!(["list", "watch"])));
    }
}
