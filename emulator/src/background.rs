//! Background tasks: ending operations when they are due, and carrying out effects.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::serde_json::Value;
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::core::{ApiResource, GroupVersionKind};

use crate::server::Shared;
use crate::world::effects::{Effect, Step};

/// How long one write to a Kubernetes API may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Ends operations when they are due.
pub(crate) async fn run_clock(shared: Arc<Shared>) {
    loop {
        let (wait, effects) = {
            let mut world = shared.world();
            world.tick();
            let now = world.now();
            let wait = world
                .operations
                .next_due()
                .map(|due| due.duration_since(now));
            (wait, !world.effects.is_empty())
        };
        if effects {
            shared.effects.notify_one();
        }
        let changed = shared.clock.notified();
        match wait.map(|wait| wait.unsigned_abs().max(Duration::from_millis(1))) {
            None => changed.await,
            Some(wait) => {
                tokio::select! {
                    () = changed => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    }
}

/// Carries out effects, in order.
pub(crate) async fn run_effects(shared: Arc<Shared>) {
    loop {
        let effects = std::mem::take(&mut shared.world().effects);
        if effects.is_empty() {
            shared.effects.notified().await;
            continue;
        }
        for Effect {
            cluster_id,
            steps,
            done,
        } in effects
        {
            let result = carry_out(&shared, &cluster_id, &steps).await;
            if let Err(error) = &result {
                tracing::warn!(cluster = cluster_id, error, "an effect failed");
            }
            let mut world = shared.world();
            done(&mut world, result);
        }
        shared.changed();
    }
}

async fn carry_out(shared: &Shared, cluster_id: &str, steps: &[Step]) -> Result<(), String> {
    let kubeconfig = shared
        .world()
        .cluster(cluster_id)
        .map(|cluster| cluster.kubeconfig.clone())
        .ok_or("no Kubernetes API is attached to the cluster")?;
    let client = client(&kubeconfig).await?;
    for step in steps {
        tokio::time::timeout(PATIENCE, write(&client, step))
            .await
            .map_err(|_| "the Kubernetes API did not answer in time".to_owned())??;
    }
    Ok(())
}

async fn client(kubeconfig: &str) -> Result<kube::Client, String> {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).map_err(|error| error.to_string())?;
    let options = KubeConfigOptions::default();
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|error| error.to_string())?;
    kube::Client::try_from(config).map_err(|error| error.to_string())
}

async fn write(client: &kube::Client, step: &Step) -> Result<(), String> {
    let (Step::Apply(object) | Step::Delete(object)) = step;
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let name = text("/metadata/name").ok_or("the object has no name")?;
    let api = api(client, object)?;
    match step {
        Step::Apply(object) => {
            // Azure Kubernetes Service's own manager of these objects is forceful too.
            let parameters = PatchParams::apply("aks-pod-identity").force();
            api.patch(name, &parameters, &Patch::Apply(object))
                .await
                .map(|_| ())
                .map_err(|error| error.to_string())
        }
        Step::Delete(_) => match api.delete(name, &DeleteParams::default()).await {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
            Err(error) => Err(error.to_string()),
        },
    }
}

fn api(client: &kube::Client, object: &Value) -> Result<Api<DynamicObject>, String> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let version = text("/apiVersion").ok_or("the object has no apiVersion")?;
    let kind = text("/kind").ok_or("the object has no kind")?;
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind));
    Ok(match text("/metadata/namespace") {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    })
}
