//! What scheduler and kubelet do for pods, as far as a network goes: every pod lands on the node, gets a namespace and an
//! address, and is reported as running. No container is started.
//!
//! State: the pods that have a network, by namespace and name; the addresses follow from it.
//! Flow: one watch of all pods; each change is dealt with to its end before the next.
//! Guarantees: a way into a pod appears only after its address was reported; a pod that is deleted or has ended loses its
//! network, and a pod of the same name made anew gets another.

use std::collections::HashMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams, Preconditions};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::cluster::condition;
use super::namespace::Namespace;
use super::network::{HOST, Network};
use super::relay::Relay;
use super::running::link;
use super::way_into_pod;
use crate::k8s::watch::{Change, Contact, Selection, follow};
use crate::sandbox::error::Error;

/// How long the API server may be silent.
const SILENCE: Duration = Duration::from_mins(1);
/// How often a request that fails is sent.
const TRIES: u32 = 5;

/// Where the kubelet works.
pub(super) struct Site {
    /// With every right.
    pub(super) client: kube::Client,
    /// Name of the node.
    pub(super) node: String,
    /// Its network.
    pub(super) network: Arc<Network>,
    /// Servers of this machine that pods reach, too.
    pub(super) services: Vec<SocketAddr>,
    /// Where the ways into pods are kept.
    pub(super) folder: PathBuf,
}

/// A pod with a network.
#[derive(Debug)]
struct Running {
    uid: String,
    /// What it owns; nothing when it shares the node's.
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    number: u8,
    // Held for as long as the pod is there.
    _relays: Vec<Relay>,
    namespace: Namespace,
}

type Key = (String, String);

/// Starts it; it ends with `tasks`.
pub(super) fn start(site: Site, tasks: &mut JoinSet<()>) {
    let (sender, mut changes) = mpsc::unbounded_channel();
    let pods: Api<Pod> = Api::all(site.client.clone());
    let contact = Arc::new(Contact::new(SILENCE));
    let all = Selection::default();
    tasks.spawn(follow(pods, all, "pods", contact, move |change| {
        // The receiver ends with the same set of tasks.
        let _ = sender.send(change);
    }));
    tasks.spawn(async move {
        let mut kubelet = Kubelet {
            site,
            running: HashMap::new(),
        };
        while let Some(change) = changes.recv().await {
            kubelet.change(change).await;
        }
    });
}

struct Kubelet {
    site: Site,
    running: HashMap<Key, Running>,
}

impl Kubelet {
    async fn change(&mut self, change: Change<Pod>) {
        match change {
            Change::Listed(pods) => {
                let gone = self.running.keys().filter(|key| {
                    let known = |pod: &Pod| key_of(pod) == **key;
                    !pods.iter().any(known)
                });
                for key in gone.cloned().collect::<Vec<_>>() {
                    self.remove(&key);
                }
                for pod in pods {
                    self.apply(&pod).await;
                }
            }
            Change::Applied(pod) => self.apply(&pod).await,
            Change::Deleted(pod) => self.remove(&key_of(&pod)),
        }
    }

    async fn apply(&mut self, pod: &Pod) {
        let key = key_of(pod);
        let mut tries = 0;
        while let Err(error) = self.settle(&key, pod).await {
            tries += 1;
            tracing::warn!(namespace = key.0, pod = key.1, %error, "the pod is not as it should be");
            if tries == TRIES {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200) * tries).await;
        }
    }

    /// Brings the pod one step on.
    async fn settle(&mut self, key: &Key, pod: &Pod) -> Result<(), Error> {
        let uid = pod.uid().unwrap_or_default();
        if self
            .running
            .get(key)
            .is_some_and(|running| running.uid != uid)
        {
            self.remove(key);
        }
        let spec = pod.spec.as_ref();
        match spec.and_then(|spec| spec.node_name.as_deref()) {
            None if pod.metadata.deletion_timestamp.is_none() => return self.bind(pod).await,
            Some(node) if node == self.site.node => {}
            _ => return Ok(()),
        }
        if pod.metadata.deletion_timestamp.is_some() {
            self.remove(key);
            return self.finish(pod).await;
        }
        let phase = pod
            .status
            .as_ref()
            .and_then(|status| status.phase.as_deref());
        if matches!(phase, Some("Succeeded" | "Failed")) {
            self.remove(key);
            return Ok(());
        }
        if self.running.contains_key(key) {
            return Ok(());
        }
        let on_host = spec.and_then(|spec| spec.host_network).unwrap_or(false);
        let (own, address, way) = if on_host {
            (None, HOST, self.site.network.host.path())
        } else {
            let (own, address) = self.plug()?;
            let way = own.namespace.path();
            (Some(own), address, way)
        };
        let number = own.as_ref().map(|own| own.number);
        if let Err(error) = self.report(pod, address).await {
            drop(own);
            number.map_or(Ok(()), |number| self.site.network.unplug(number))?;
            return Err(error);
        }
        self.running.insert(key.clone(), Running { uid, own });
        link(&way, &self.way(key))
    }

    /// A network for a pod.
    fn plug(&self) -> Result<(Own, Ipv4Addr), Error> {
        let owned = self.running.values().filter_map(|pod| pod.own.as_ref());
        let taken: Vec<u8> = owned.map(|own| own.number).collect();
        let number = (2..=254).find(|number| !taken.contains(number));
        let number = number.ok_or_else(|| Error::Node("every address of a pod is taken".into()))?;
        let (namespace, address) = self.site.network.plug(number)?;
        let services = self.site.services.iter();
        let relays = services.map(|service| Relay::open(&namespace, *service, *service));
        let own = Own {
            number,
            _relays: relays.collect::<Result<_, _>>()?,
            namespace,
        };
        Ok((own, address))
    }

    fn way(&self, key: &Key) -> PathBuf {
        way_into_pod(&self.site.folder, &key.0, &key.1)
    }

    fn remove(&mut self, key: &Key) {
        let Some(running) = self.running.remove(key) else {
            return;
        };
        // One that was never there is as good as removed.
        let _ = fs::remove_file(self.way(key));
        if let Some(own) = running.own
            && let Err(error) = self.site.network.unplug(own.number)
        {
            tracing::warn!(namespace = key.0, pod = key.1, %error, "the pod's network is not cut off");
        }
    }

    async fn bind(&self, pod: &Pod) -> Result<(), Error> {
        let name = pod.name_any();
        let binding = json!({
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": name, "uid": pod.uid()},
            "target": {"apiVersion": "v1", "kind": "Node", "name": self.site.node},
        });
        let params = PostParams::default();
        let pods = self.pods(pod);
        let bound: kube::Result<Value> = pods
            .create_subresource("binding", &name, &params, &binding)
            .await;
        self.unless_gone(bound.map(drop), "bind", pod)
    }

    async fn report(&self, pod: &Pod, address: Ipv4Addr) -> Result<(), Error> {
        let conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map(condition);
        let status = json!({"metadata": {"uid": pod.uid()}, "status": {
            "phase": "Running",
            "conditions": conditions,
            "hostIP": HOST,
            "hostIPs": [{"ip": HOST}],
            "podIP": address,
            "podIPs": [{"ip": address}],
        }});
        let (params, patch) = (PatchParams::default(), Patch::Merge(status));
        let name = pod.name_any();
        let reported = self.pods(pod).patch_status(&name, &params, &patch).await;
        reported
            .map(drop)
            .map_err(Error::kubernetes(format!("report on pod `{name}`")))
    }

    /// Lets a deleted pod go, as the kubelet does when its containers have ended.
    async fn finish(&self, pod: &Pod) -> Result<(), Error> {
        let now = DeleteParams {
            grace_period_seconds: Some(0),
            preconditions: Some(Preconditions {
                uid: pod.uid(),
                resource_version: None,
            }),
            ..DeleteParams::default()
        };
        let deleted = self.pods(pod).delete(&pod.name_any(), &now).await;
        self.unless_gone(deleted.map(drop), "delete", pod)
    }

    /// A pod that is gone, or was made anew, needs nothing; the watch tells of what came after it.
    fn unless_gone(&self, done: kube::Result<()>, verb: &str, pod: &Pod) -> Result<(), Error> {
        match done {
            Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(()),
            done => done.map_err(Error::kubernetes(format!(
                "{verb} pod `{}` of {}",
                pod.name_any(),
                self.site.node
            ))),
        }
    }

    fn pods(&self, pod: &Pod) -> Api<Pod> {
        Api::namespaced(
            self.site.client.clone(),
            &pod.namespace().unwrap_or_default(),
        )
    }
}

fn key_of(pod: &Pod) -> Key {
    (pod.namespace().unwrap_or_default(), pod.name_any())
}
