//! The servers: one runtime for all of them, one Kubernetes API server shared by all tests.

use std::future::Future;
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::DaemonSet;
use kube::api::{Api, Patch, PatchParams, PostParams};
use podid::k8s::crd::{InstallOptions, install};
use podid::sandbox::ApiServer;
use podid::sandbox::api_server::Options;
use podid::sandbox::assets::Places;
use serde_json::json;
use tokio::runtime::Runtime;

/// A Kubernetes API and its kubeconfig.
pub(crate) struct Kubernetes {
    pub(crate) server: ApiServer,
    pub(crate) client: kube::Client,
}

/// Runs asynchronous work to its end; servers go on running on the same runtime.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> T {
    runtime().block_on(work)
}

pub(super) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        podid::azure::install_crypto_provider();
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap()
    })
}

/// Polls `condition` until it holds; panics after a minute.
#[track_caller]
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_mins(1),
            "waited a minute for: {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Kubernetes {
    /// Starts one for a single test: without CRDs and without NMI.
    pub(crate) fn bare() -> Kubernetes {
        wait(async {
            let places = Places {
                cache: Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(".cache")),
                ..Places::from_environment()
            };
            let options = Options {
                places,
                ..Options::default()
            };
            let server = ApiServer::start(options).await.unwrap();
            let client = server.client().await.unwrap();
            Kubernetes { server, client }
        })
    }

    /// Starts one for a single test: with the CRDs and without NMI.
    pub(crate) fn with_crds() -> Kubernetes {
        let kubernetes = Kubernetes::bare();
        wait(install(&kubernetes.client, &InstallOptions::default())).unwrap();
        kubernetes
    }

    /// The one of all tests, with the CRDs and an NMI; its processes end with the test process.
    pub(crate) fn shared() -> &'static Kubernetes {
        static SHARED: OnceLock<Kubernetes> = OnceLock::new();
        SHARED.get_or_init(|| {
            let kubernetes = Kubernetes::with_crds();
            kubernetes.run_nmi();
            kubernetes
        })
    }

    /// Makes a namespace.
    pub(crate) fn make_namespace(&self, name: &str) {
        wait(self.server.ensure_namespace(name)).unwrap();
    }

    /// Makes a DaemonSet that says it runs NMI on a node; there are no nodes.
    pub(crate) fn run_nmi(&self) {
        let labels = json!({"component": "nmi"});
        let set: DaemonSet = serde_json::from_value(json!({
            "metadata": {"name": "nmi", "namespace": "default", "labels": labels},
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "nmi", "image": "nmi"}]},
                },
            },
        }))
        .unwrap();
        let status = json!({"status": {
            "currentNumberScheduled": 1, "desiredNumberScheduled": 1,
            "numberMisscheduled": 0, "numberReady": 1,
        }});
        let sets: Api<DaemonSet> = Api::namespaced(self.client.clone(), "default");
        wait(async {
            sets.create(&PostParams::default(), &set).await.unwrap();
            sets.patch_status("nmi", &PatchParams::default(), &Patch::Merge(status))
                .await
                .unwrap();
        });
    }
}
