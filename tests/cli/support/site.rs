//! One test's own cluster: an emulator, a namespace, identities that no other test knows.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use kube::core::{ApiResource, GroupVersionKind};
use podid_emulator::{Emulator, Options, Seed};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::control::{Call, Control};
use super::proxy::Proxy;
use super::seed::{self, NODE_GROUP, Plan};
use super::servers::{Kubernetes, wait};

/// An Azure with one cluster, and where podid finds them.
pub(crate) struct Site {
    pub(crate) namespace: String,
    pub(crate) subscription: String,
    pub(crate) home: TempDir,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) kubernetes: kube::Client,
    control: Control,
    proxy: Proxy,
    // Stops listening when dropped.
    emulator: Emulator,
}

/// Always three digits, so that columns in messages do not depend on the order of the tests.
static NUMBER: AtomicU32 = AtomicU32::new(100);

impl Site {
    /// The usual cluster: pools `system`, `apps` and `win`; the operator may do everything needed.
    pub(crate) fn new() -> Site {
        Site::planned(&Plan::default())
    }

    /// A cluster as planned, on the shared API server.
    pub(crate) fn planned(plan: &Plan) -> Site {
        Site::on(Kubernetes::shared(), plan)
    }

    /// A cluster as planned, on this API server.
    pub(crate) fn on(kubernetes: &Kubernetes, plan: &Plan) -> Site {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        // Claims on an identity count cluster-wide, so every test has identities of its own.
        let subscription = format!("77777777-7777-7777-7777-{number:012}");
        let namespace = format!("billing-{number}");
        kubernetes.make_namespace(&namespace);
        let seed = Seed::from_yaml(&plan.text(&subscription)).unwrap();
        let emulator = wait(Emulator::start(Options {
            time_scale: 0.0,
            seed: Some(seed),
            ..Options::default()
        }))
        .unwrap();
        let proxy = Proxy::start(address(&kubernetes.server.url()));
        let home = TempDir::new().unwrap();
        let kubeconfig = through(
            &kubernetes.server.kubeconfig(),
            &kubernetes.server.url(),
            &proxy,
        );
        let control = Control::new(&emulator);
        let id = format!(
            "/subscriptions/{subscription}/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo"
        );
        control.send(
            "PUT",
            "/_control/clusters",
            Some(&json!({"id": id, "kubeconfig": kubeconfig})),
        );
        let mut site = Site {
            namespace,
            subscription,
            environment: Vec::new(),
            home,
            kubernetes: kubernetes.client.clone(),
            control,
            proxy,
            emulator,
        };
        site.write("kubeconfig", &kubeconfig);
        site.write("ca.pem", site.emulator.ca_pem());
        site.environment = site.variables();
        site
    }

    fn variables(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.path(name);
        let url = self.emulator.https_url();
        [
            ("HOME", self.home.path().display().to_string()),
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("KUBECONFIG", path("kubeconfig")),
            ("PODID_RESOURCE_GROUP", "demo".to_owned()),
            ("PODID_CLUSTER_NAME", "demo".to_owned()),
            ("AZURE_SUBSCRIPTION_ID", self.subscription.clone()),
            ("AZURE_TENANT_ID", seed::TENANT.to_owned()),
            ("AZURE_CLIENT_ID", seed::OPERATOR_APP.to_owned()),
            ("AZURE_CLIENT_SECRET", seed::SECRET.to_owned()),
            ("PODID_ARM_ENDPOINT", url.clone()),
            ("PODID_AUTHORITY_HOST", url),
            ("PODID_IMDS_ENDPOINT", self.emulator.http_url()),
            ("PODID_CA_FILE", path("ca.pem")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// A path in the home folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    /// Writes a file into the home folder; its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.home.path().join(name), text).unwrap();
        self.path(name)
    }

    /// The resource id of an identity in resource group `demo`.
    pub(crate) fn identity(&self, name: &str) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/demo/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
            self.subscription
        )
    }

    /// The id of the cluster.
    pub(crate) fn cluster(&self) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo",
            self.subscription
        )
    }

    /// The id of the node resource group.
    pub(crate) fn node_group(&self) -> String {
        format!(
            "/subscriptions/{}/resourceGroups/{NODE_GROUP}",
            self.subscription
        )
    }

    /// Runs `podid add` for an identity of the same name in the test's namespace.
    #[track_caller]
    pub(crate) fn add(&self, name: &str, more: &[&str]) -> super::Output {
        let identity = self.identity(name);
        let mut arguments = vec!["add", "--namespace", &self.namespace, "--name", name];
        arguments.extend(["--identity-resource-id", &identity]);
        arguments.extend(more);
        self.podid(&arguments)
    }

    /// Runs `podid remove` in the test's namespace.
    #[track_caller]
    pub(crate) fn remove(&self, name: &str, more: &[&str]) -> super::Output {
        let mut arguments = vec!["remove", "--namespace", &self.namespace, "--name", name];
        arguments.extend(more);
        self.podid(&arguments)
    }

    /// Runs a command of `podid exception` in the test's namespace.
    #[track_caller]
    pub(crate) fn exception(&self, verb: &str, more: &[&str]) -> super::Output {
        let arguments = ["exception", verb, "--namespace", &self.namespace];
        self.podid(&[&arguments[..], more].concat())
    }

    /// The exceptions in the test's namespace, as `NAME a=b c=d`.
    pub(crate) fn exceptions(&self) -> Vec<String> {
        let objects = self.objects("AzurePodIdentityException");
        let shown = objects.iter().map(|object| {
            let labels = object["spec"]["podLabels"].as_object();
            let labels = labels.into_iter().flatten();
            let pairs = labels.map(|(key, value)| format!(" {key}={}", value.as_str().unwrap()));
            let name = object["metadata"]["name"].as_str().unwrap();
            name.to_owned() + &pairs.collect::<String>()
        });
        shown.collect()
    }

    /// Makes another cluster like that of the test, on the same API server; its name is `name`.
    pub(crate) fn another_cluster(&self, name: &str) {
        let group = format!("/subscriptions/{}/resourceGroups/demo", self.subscription);
        let id = format!("{group}/providers/Microsoft.ContainerService/managedClusters/{name}");
        let mut body = self.azure("GET", &self.cluster(), &Value::Null);
        let properties = &body["properties"];
        body = json!({
            "location": body["location"],
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {
                self.identity("demo-control-plane"): {},
            }},
            "properties": {
                "agentPoolProfiles": properties["agentPoolProfiles"].as_array().unwrap().iter().map(|pool| json!({
                    "name": pool["name"], "osType": pool["osType"], "type": pool["type"],
                    "count": 1, "vmSize": pool["vmSize"], "mode": pool["mode"],
                })).collect::<Vec<_>>(),
                "networkProfile": {"networkPlugin": "azure"},
                "podIdentityProfile": {"enabled": properties["podIdentityProfile"]["enabled"] == true},
            },
        });
        self.seed(&json!({"resources": [{"id": id, "body": body}]}));
        let nodes = format!(
            "/subscriptions/{}/resourceGroups/MC_demo_{name}_westeurope",
            self.subscription
        );
        self.grant("Virtual Machine Contributor", &nodes);
        let kubeconfig = std::fs::read_to_string(self.path("kubeconfig")).unwrap();
        let attached = json!({"id": id, "kubeconfig": kubeconfig});
        self.control
            .send("PUT", "/_control/clusters", Some(&attached));
    }

    /// Makes a namespace beside the test's own.
    pub(crate) fn another_namespace(&self, name: &str) -> String {
        let name = format!("{}-{name}", self.namespace);
        Kubernetes::shared().make_namespace(&name);
        name
    }

    // --- Azure ---------------------------------------------------------------------------------

    /// One request to Resource Manager as the administrator of the subscription; the body.
    #[track_caller]
    pub(crate) fn azure(&self, method: &str, id: &str, body: &Value) -> Value {
        let (status, reply) = self.try_azure(method, id, body);
        assert!(status < 300, "{method} {id}: {status} {reply}");
        reply
    }

    /// The same, whatever the answer; status and body.
    pub(crate) fn try_azure(&self, method: &str, id: &str, body: &Value) -> (u16, Value) {
        let token = self.control.token();
        self.control.azure(&token, method, id, body)
    }

    /// The scale sets, as (pool, document).
    pub(crate) fn scale_sets(&self) -> Vec<(String, Value)> {
        let id = format!(
            "{}/providers/Microsoft.Compute/virtualMachineScaleSets",
            self.node_group()
        );
        let list = self.azure("GET", &id, &Value::Null);
        let sets = list["value"].as_array().unwrap().iter();
        sets.map(|set| {
            let pool = set["tags"]["aks-managed-poolName"].as_str().unwrap();
            (pool.to_owned(), set.clone())
        })
        .collect()
    }

    /// The id of a pool's scale set.
    pub(crate) fn scale_set(&self, pool: &str) -> String {
        let all = self.scale_sets();
        let (_, set) = all.iter().find(|(name, _)| name == pool).unwrap();
        set["id"].as_str().unwrap().to_owned()
    }

    /// The pools whose scale set holds the identity `name`, sorted.
    pub(crate) fn holders(&self, name: &str) -> Vec<String> {
        let wanted = self.identity(name);
        let mut pools: Vec<String> = self
            .scale_sets()
            .into_iter()
            .filter(|(_, set)| {
                let held = set["identity"]["userAssignedIdentities"].as_object();
                held.is_some_and(|held| held.keys().any(|id| id.eq_ignore_ascii_case(&wanted)))
            })
            .map(|(pool, _)| pool)
            .collect();
        pools.sort();
        pools
    }

    /// Puts an identity on a pool's scale set, as Terraform or a person would.
    pub(crate) fn assign_by_hand(&self, name: &str, pool: &str) {
        let body = json!({"identity": {
            "type": "UserAssigned", "userAssignedIdentities": {self.identity(name): {}},
        }});
        self.azure("PATCH", &self.scale_set(pool), &body);
    }

    /// Gives the operator a role.
    pub(crate) fn grant(&self, role: &str, scope: &str) {
        let seed = json!({"roleAssignments": [
            {"role": role, "scope": scope, "principal": seed::OPERATOR},
        ]});
        self.control.send("POST", "/_control/seed", Some(&seed));
    }

    /// Adds more to the emulated cloud.
    pub(crate) fn seed(&self, more: &Value) {
        self.control.send("POST", "/_control/seed", Some(more));
    }

    // --- the emulator's control API ------------------------------------------------------------

    /// What podid asked so far, or since [`Site::forget_calls`].
    pub(crate) fn calls(&self) -> Vec<Call> {
        let calls = self.control.send("GET", "/_control/calls", None);
        let calls: Vec<Call> = serde_json::from_value(calls).unwrap();
        // The tests' own client has no name.
        let named = calls.into_iter().filter(|call| call.user_agent.is_some());
        named.collect()
    }

    /// The writes among podid's calls to Resource Manager, as `METHOD name-of-the-resource`.
    pub(crate) fn writes(&self) -> Vec<String> {
        let calls = self.calls();
        let writes = calls.iter().filter(|call| call.is_write());
        let mut shown: Vec<String> = writes
            .map(|call| {
                let name = call.path.rsplit('/').next().unwrap_or_default();
                format!("{} {}", call.method, name)
            })
            .collect();
        shown.sort();
        shown
    }

    /// Empties the record.
    pub(crate) fn forget_calls(&self) {
        self.control.send("DELETE", "/_control/calls", None);
    }

    /// Orders a fault.
    pub(crate) fn fault(&self, fault: &Value) {
        self.control.send("POST", "/_control/faults", Some(fault));
    }

    /// Requests that the emulator holds open now.
    pub(crate) fn hanging(&self) -> u64 {
        self.control.send("GET", "/_control/faults", None)["hanging"]
            .as_u64()
            .unwrap()
    }

    /// Calls off all faults and lets held requests go.
    pub(crate) fn heal(&self) {
        self.control.send("DELETE", "/_control/faults", None);
        self.control
            .send("POST", "/_control/release", Some(&json!({})));
    }

    /// One request to the emulator's control API; its answer.
    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        self.control.send(method, path, Some(body))
    }

    /// Changes settings.
    pub(crate) fn settings(&self, change: &Value) {
        self.control.send("PUT", "/_control/settings", Some(change));
    }

    /// Moves the emulated clock.
    pub(crate) fn advance(&self, seconds: u64) {
        let body = json!({"advanceSeconds": seconds});
        self.control.send("POST", "/_control/clock", Some(&body));
    }

    // --- Kubernetes ----------------------------------------------------------------------------

    /// Cuts or restores podid's way to the API server.
    pub(crate) fn api_server_reachable(&self, reachable: bool) {
        self.proxy.set_open(reachable);
    }

    /// Lets podid's connections to the API server go silent without ending them.
    pub(crate) fn freeze_connections(&self) {
        self.proxy.freeze();
    }

    /// The objects of a kind in the test's namespace.
    pub(crate) fn objects(&self, kind: &str) -> Vec<Value> {
        let api = self.api(kind);
        let list = wait(api.list(&ListParams::default())).unwrap();
        list.items.iter().map(|object| json!(object)).collect()
    }

    /// The names of the pod identities and bindings in the test's namespace.
    pub(crate) fn object_names(&self) -> Vec<String> {
        let kinds = ["AzureIdentity", "AzureIdentityBinding"];
        let mut names = Vec::new();
        for kind in kinds {
            for object in self.objects(kind) {
                let name = object["metadata"]["name"].as_str().unwrap();
                names.push(format!("{kind} {name}"));
            }
        }
        names
    }

    /// Applies an object in the test's namespace as somebody else.
    pub(crate) fn apply(&self, kind: &str, name: &str, object: &Value) {
        let mut object = object.clone();
        object["apiVersion"] = json!("aadpodidentity.k8s.io/v1");
        object["kind"] = json!(kind);
        object["metadata"]["name"] = json!(name);
        let parameters = PatchParams::apply("somebody").force();
        wait(
            self.api(kind)
                .patch(name, &parameters, &Patch::Apply(&object)),
        )
        .unwrap();
    }

    /// Deletes an object in the test's namespace as somebody else.
    pub(crate) fn delete(&self, kind: &str, name: &str) {
        wait(self.api(kind).delete(name, &DeleteParams::default())).unwrap();
    }

    fn api(&self, kind: &str) -> Api<DynamicObject> {
        let plural = match kind {
            "AzureIdentity" => "azureidentities",
            "AzurePodIdentityException" => "azurepodidentityexceptions",
            _ => "azureidentitybindings",
        };
        let kind = GroupVersionKind::gvk("aadpodidentity.k8s.io", "v1", kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, plural);
        Api::namespaced_with(self.kubernetes.clone(), &self.namespace, &resource)
    }
}

fn address(url: &str) -> SocketAddr {
    url.trim_start_matches("https://").parse().unwrap()
}

/// The kubeconfig with the relay's address in place of the server's.
pub(super) fn through(kubeconfig: &str, server: &str, proxy: &Proxy) -> String {
    kubeconfig.replace(server, &format!("https://{}", proxy.address))
}
