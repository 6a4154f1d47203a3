//! A node with its pods, and what the cluster says about identities there.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};

use crate::support::{Kubernetes, Plan, Site, wait};

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// A node of a site.
pub(crate) struct Node {
    pub(crate) site: Site,
    pub(crate) name: String,
    /// The metadata service of the node's machine.
    pub(crate) imds: String,
}

/// The API server of these tests.
pub(crate) fn kubernetes() -> &'static Kubernetes {
    static SHARED: OnceLock<Kubernetes> = OnceLock::new();
    SHARED.get_or_init(Kubernetes::with_crds)
}

impl Node {
    /// A node whose machine holds the identities `reader` and `writer`.
    pub(crate) fn new() -> Node {
        Node::with(&["reader", "writer"])
    }

    /// A node whose machine holds these identities.
    pub(crate) fn with(identities: &[&str]) -> Node {
        Node::on(kubernetes(), identities)
    }

    /// A node on this API server.
    pub(crate) fn on(kubernetes: &Kubernetes, identities: &[&str]) -> Node {
        let site = Site::on(kubernetes, &Plan::default());
        for name in identities {
            site.assign_by_hand(name, "apps");
        }
        let listen = json!({"scaleSet": site.scale_set("apps"), "instance": "0"});
        let imds = site.control("POST", "/_control/nodes/listen", &listen);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Node {
            imds: imds["url"].as_str().unwrap().to_owned(),
            name: format!("node-{number}"),
            site,
        }
    }

    fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.site.kubernetes.clone(), &self.site.namespace)
    }

    /// Makes a pod of this node, running at an address, with labels.
    pub(crate) fn pod(&self, name: &str, address: &str, labels: &Value) {
        self.make_pod(name, labels, &json!({}));
        self.pod_status(name, "Running", &[address]);
    }

    /// Makes a pod of this node that has no address yet.
    pub(crate) fn make_pod(&self, name: &str, labels: &Value, more: &Value) {
        let mut pod = json!({
            "metadata": {"name": name, "labels": labels},
            "spec": {"nodeName": self.name, "containers": [{"name": "main", "image": "main"}]},
        });
        for (key, value) in more.as_object().unwrap() {
            pod["spec"][key] = value.clone();
        }
        let pod: Pod = serde_json::from_value(pod).unwrap();
        wait(self.pods().create(&PostParams::default(), &pod)).unwrap();
    }

    /// What the kubelet reports of a pod.
    pub(crate) fn pod_status(&self, name: &str, phase: &str, addresses: &[&str]) {
        let all: Vec<Value> = addresses.iter().map(|ip| json!({"ip": ip})).collect();
        let status = json!({"status": {"phase": phase, "podIP": addresses.first(), "podIPs": all}});
        let (pods, patch) = (self.pods(), Patch::Merge(status));
        wait(pods.patch_status(name, &PatchParams::default(), &patch)).unwrap();
    }

    /// Deletes a pod at once.
    pub(crate) fn delete_pod(&self, name: &str) {
        let now = DeleteParams::default().grace_period(0);
        wait(self.pods().delete(name, &now)).unwrap();
    }

    /// The API of one of the four kinds, in the test's namespace or another.
    pub(crate) fn kind(&self, kind: &str, namespace: &str) -> Api<DynamicObject> {
        let plural = match kind {
            "AzureIdentity" => "azureidentities",
            "AzureIdentityBinding" => "azureidentitybindings",
            "AzureAssignedIdentity" => "azureassignedidentities",
            _ => "azurepodidentityexceptions",
        };
        let gvk = GroupVersionKind::gvk("aadpodidentity.k8s.io", "v1", kind);
        let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
        Api::namespaced_with(self.site.kubernetes.clone(), namespace, &resource)
    }

    /// Applies an object of one of the four kinds.
    pub(crate) fn put_in(&self, namespace: &str, kind: &str, name: &str, more: &Value) {
        let mut object = more.clone();
        object["apiVersion"] = json!("aadpodidentity.k8s.io/v1");
        object["kind"] = json!(kind);
        object["metadata"]["name"] = json!(name);
        let parameters = PatchParams::apply("test").force();
        let api = self.kind(kind, namespace);
        wait(api.patch(name, &parameters, &Patch::Apply(&object))).unwrap();
    }

    /// Applies an object in the test's namespace.
    pub(crate) fn put(&self, kind: &str, name: &str, more: &Value) {
        self.put_in(&self.site.namespace.clone(), kind, name, more);
    }

    /// Deletes an object of the test's namespace.
    pub(crate) fn delete(&self, kind: &str, name: &str) {
        let api = self.kind(kind, &self.site.namespace);
        wait(api.delete(name, &DeleteParams::default())).unwrap();
    }

    /// An AzureIdentity for the managed identity of the same name, and a binding for the selector.
    pub(crate) fn bind(&self, identity: &str, selector: &str) {
        let spec = json!({
            "type": 0, "resourceID": self.site.identity(identity), "clientID": self.client_id(identity),
        });
        self.put("AzureIdentity", identity, &json!({"spec": spec}));
        let spec = json!({"azureIdentity": identity, "selector": selector});
        self.put("AzureIdentityBinding", identity, &json!({"spec": spec}));
    }

    /// The client id of a managed identity.
    pub(crate) fn client_id(&self, identity: &str) -> String {
        self.of_identity(identity, "clientId")
    }

    /// The object id of a managed identity's principal.
    pub(crate) fn object_id(&self, identity: &str) -> String {
        self.of_identity(identity, "principalId")
    }

    fn of_identity(&self, identity: &str, property: &str) -> String {
        let id = self.site.identity(identity);
        let found = self.site.azure("GET", &id, &Value::Null);
        found["properties"][property].as_str().unwrap().to_owned()
    }

    /// Makes a Secret.
    pub(crate) fn secret(&self, namespace: &str, name: &str, data: &Value) {
        let secret = json!({"metadata": {"name": name}, "stringData": data});
        let secret: Secret = serde_json::from_value(secret).unwrap();
        let api: Api<Secret> = Api::namespaced(self.site.kubernetes.clone(), namespace);
        wait(api.create(&PostParams::default(), &secret)).unwrap();
    }

    /// Makes a Secret with a certificate in a form that is no text, and perhaps a password.
    pub(crate) fn secret_bytes(
        &self,
        namespace: &str,
        name: &str,
        certificate: &[u8],
        password: Option<&str>,
    ) {
        let mut secret: Secret =
            serde_json::from_value(json!({"metadata": {"name": name}})).unwrap();
        let mut data = std::collections::BTreeMap::new();
        data.insert("certificate".to_owned(), ByteString(certificate.to_vec()));
        if let Some(password) = password {
            data.insert("password".to_owned(), ByteString(password.into()));
        }
        secret.data = Some(data);
        let api: Api<Secret> = Api::namespaced(self.site.kubernetes.clone(), namespace);
        wait(api.create(&PostParams::default(), &secret)).unwrap();
    }

    /// How many token requests the node's metadata service has had.
    pub(crate) fn imds_calls(&self) -> usize {
        let calls = self.site.calls();
        let token = |call: &&crate::support::Call| {
            call.service == "imds" && call.path.ends_with("/oauth2/token")
        };
        calls.iter().filter(token).count()
    }
}
