//! A cluster of one test: nodes on scale sets, pods, identities and bindings.

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::{Value, json};

use crate::controller::Controller;
use crate::support::{Kubernetes, Plan, Site, until, wait};

/// The cluster.
pub(crate) struct Scene {
    pub(crate) site: Site,
    kubernetes: Kubernetes,
}

impl Scene {
    /// A cluster with pools `pool0` and `pool1`, a node on each, and these managed identities.
    pub(crate) fn new(identities: &[&str]) -> Scene {
        let kubernetes = Kubernetes::with_crds();
        let plan = Plan {
            identities: identities.iter().map(|name| (*name).to_owned()).collect(),
            ..Plan::pools(2)
        };
        let site = Site::on(&kubernetes, &plan);
        site.settings(&json!({"throttling": {"enabled": false}}));
        let scene = Scene { site, kubernetes };
        scene.node("node0", "pool0");
        scene.node("node1", "pool1");
        scene
    }

    /// The same, with a controller that leads.
    pub(crate) fn led(identities: &[&str]) -> (Scene, Controller) {
        let scene = Scene::new(identities);
        let controller = Controller::start(&scene.site, &[]);
        controller.until_leading();
        (scene, controller)
    }

    /// Makes a node on a pool's scale set.
    pub(crate) fn node(&self, name: &str, pool: &str) {
        let provider = format!("azure://{}/virtualMachines/0", self.site.scale_set(pool));
        let node = json!({"metadata": {"name": name}, "spec": {"providerID": provider}});
        let node: Node = serde_json::from_value(node).unwrap();
        let api: Api<Node> = Api::all(self.site.kubernetes.clone());
        wait(api.create(&PostParams::default(), &node)).unwrap();
    }

    /// Deletes a node.
    pub(crate) fn delete_node(&self, name: &str) {
        let api: Api<Node> = Api::all(self.site.kubernetes.clone());
        wait(api.delete(name, &DeleteParams::default())).unwrap();
    }

    /// Makes another namespace.
    pub(crate) fn namespace(&self, name: &str) {
        self.kubernetes.make_namespace(name);
    }

    fn pods(&self, namespace: &str) -> Api<Pod> {
        Api::namespaced(self.site.kubernetes.clone(), namespace)
    }

    /// Makes a pod that is scheduled to a node and has the label.
    pub(crate) fn pod_in(&self, namespace: &str, name: &str, node: &str, selector: &str) {
        let pod = json!({
            "metadata": {"name": name, "labels": {"aadpodidbinding": selector}},
            "spec": {"nodeName": node, "containers": [{"name": "main", "image": "main"}]},
        });
        let pod: Pod = serde_json::from_value(pod).unwrap();
        wait(self.pods(namespace).create(&PostParams::default(), &pod)).unwrap();
    }

    /// The same, in the namespace of the test.
    pub(crate) fn pod(&self, name: &str, node: &str, selector: &str) {
        self.pod_in(&self.site.namespace, name, node, selector);
    }

    /// Deletes a pod at once.
    pub(crate) fn delete_pod_in(&self, namespace: &str, name: &str) {
        let now = DeleteParams::default().grace_period(0);
        wait(self.pods(namespace).delete(name, &now)).unwrap();
    }

    /// The same, in the namespace of the test.
    pub(crate) fn delete_pod(&self, name: &str) {
        self.delete_pod_in(&self.site.namespace, name);
    }

    /// Changes a pod's label.
    pub(crate) fn label(&self, name: &str, selector: &str) {
        let patch = json!({"metadata": {"labels": {"aadpodidbinding": selector}}});
        let api = self.pods(&self.site.namespace);
        wait(api.patch(name, &PatchParams::default(), &Patch::Merge(patch))).unwrap();
    }

    /// What the kubelet reports of a pod's phase.
    pub(crate) fn phase(&self, name: &str, phase: &str) {
        let patch = Patch::Merge(json!({"status": {"phase": phase}}));
        let api = self.pods(&self.site.namespace);
        wait(api.patch_status(name, &PatchParams::default(), &patch)).unwrap();
    }

    /// The API of a kind in a namespace.
    pub(crate) fn kind(&self, kind: &str, namespace: &str) -> Api<DynamicObject> {
        let plural = match kind {
            "AzureIdentity" => "azureidentities",
            "AzureIdentityBinding" => "azureidentitybindings",
            _ => "azureassignedidentities",
        };
        let gvk = GroupVersionKind::gvk("aadpodidentity.k8s.io", "v1", kind);
        let resource = ApiResource::from_gvk_with_plural(&gvk, plural);
        Api::namespaced_with(self.site.kubernetes.clone(), namespace, &resource)
    }

    /// Applies an object of one of the kinds.
    pub(crate) fn put(&self, namespace: &str, kind: &str, name: &str, more: &Value) {
        let mut object = more.clone();
        object["apiVersion"] = json!("aadpodidentity.k8s.io/v1");
        object["kind"] = json!(kind);
        object["metadata"]["name"] = json!(name);
        let parameters = PatchParams::apply("test").force();
        let api = self.kind(kind, namespace);
        wait(api.patch(name, &parameters, &Patch::Apply(&object))).unwrap();
    }

    /// Deletes an object of the test's namespace.
    pub(crate) fn delete(&self, kind: &str, name: &str) {
        let api = self.kind(kind, &self.site.namespace);
        wait(api.delete(name, &DeleteParams::default())).unwrap();
    }

    /// An AzureIdentity for the managed identity of the same name, and a binding for the selector.
    pub(crate) fn bind_in(&self, namespace: &str, identity: &str, selector: &str) {
        let spec = json!({"type": 0, "resourceID": self.site.identity(identity)});
        self.put(namespace, "AzureIdentity", identity, &json!({"spec": spec}));
        let spec = json!({"azureIdentity": identity, "selector": selector});
        self.put(
            namespace,
            "AzureIdentityBinding",
            identity,
            &json!({"spec": spec}),
        );
    }

    /// The same, in the namespace of the test.
    pub(crate) fn bind(&self, identity: &str, selector: &str) {
        self.bind_in(&self.site.namespace, identity, selector);
    }

    /// The assigned identities of all namespaces.
    pub(crate) fn records(&self) -> Vec<Value> {
        let gvk = GroupVersionKind::gvk("aadpodidentity.k8s.io", "v1", "AzureAssignedIdentity");
        let resource = ApiResource::from_gvk_with_plural(&gvk, "azureassignedidentities");
        let api: Api<DynamicObject> = Api::all_with(self.site.kubernetes.clone(), &resource);
        let list = wait(api.list(&ListParams::default())).unwrap();
        list.items.iter().map(|object| json!(object)).collect()
    }

    /// The assigned identities as `NAMESPACE/POD IDENTITY NODE STATUS`, sorted.
    pub(crate) fn shown(&self) -> Vec<String> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let records = self.records();
        let mut shown: Vec<String> = records
            .iter()
            .map(|record| {
                let spec = &record["spec"];
                format!(
                    "{}/{} {} {} {}",
                    text(&spec["podNamespace"]),
                    text(&spec["pod"]),
                    text(&spec["azureIdentityRef"]["metadata"]["name"]),
                    text(&spec["nodename"]),
                    text(&record["status"]["status"]),
                )
            })
            .collect();
        shown.sort();
        shown
    }

    /// Waits until the assigned identities are these, `NAMESPACE/` of the test's own left out.
    #[track_caller]
    pub(crate) fn until_records(&self, wanted: &[&str]) {
        let own = format!("{}/", self.site.namespace);
        let shown = || {
            let all = self.shown().into_iter();
            all.map(|line| line.replace(&own, "")).collect::<Vec<_>>()
        };
        until(&format!("assigned identities {wanted:?}"), || {
            shown() == wanted
        });
    }

    /// Waits until the pools that hold an identity are these.
    #[track_caller]
    pub(crate) fn until_held(&self, identity: &str, pools: &[&str]) {
        until(&format!("{identity} on {pools:?}"), || {
            self.site.holders(identity) == pools
        });
    }

    /// How many PATCHes of scale sets podid has sent.
    pub(crate) fn patches(&self) -> usize {
        let writes = self.site.writes();
        writes
            .iter()
            .filter(|write| write.starts_with("PATCH"))
            .count()
    }
}
