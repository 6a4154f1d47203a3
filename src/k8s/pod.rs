//! Pods as far as exceptions care, and what NMI reported about them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Event, Pod as Object};
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};

use super::error::{Error, Result};
use super::error_mapping::Explain;
use super::operation::Operation;
use super::paging;
use crate::domain::workload::{Owner, Pod};

/// Who reports the Events of podid's NMI.
pub const NMI_REPORTER: &str = "podid-nmi";

/// The reasons of those Events that say that no identity is bound to the pod.
pub const UNBOUND: [&str; 2] = ["NoLabel", "NoBinding"];

impl From<Object> for Pod {
    fn from(object: Object) -> Self {
        let name = object.name_any();
        let namespace = object.namespace().unwrap_or_default();
        let labels = object.metadata.labels.unwrap_or_default();
        let references = object.metadata.owner_references.unwrap_or_default();
        let controller = references
            .into_iter()
            .find(|owner| owner.controller == Some(true));
        let owner = match controller {
            Some(owner) => Owner::behind(&owner.kind, &owner.name, &labels),
            None => Owner {
                kind: "Pod".to_owned(),
                name: name.clone(),
            },
        };
        let phase = object.status.and_then(|status| status.phase);
        Pod {
            namespace,
            name,
            labels,
            owner,
            host_network: object
                .spec
                .and_then(|spec| spec.host_network)
                .unwrap_or(false),
            active: !matches!(phase.as_deref(), Some("Succeeded" | "Failed")),
        }
    }
}

/// Lists the pods of one namespace, or of all.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn list_pods(client: &Client, namespace: Option<&str>) -> Result<Vec<Pod>> {
    let api: Api<Object> = match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let objects = paging::list_all(&api, None, Operation::list("pods", namespace)).await?;
    Ok(objects.into_iter().map(Pod::from).collect())
}

/// Reads one pod.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn get_pod(client: &Client, namespace: &str, name: &str) -> Result<Option<Pod>> {
    let api: Api<Object> = Api::namespaced(client.clone(), namespace);
    let read = api
        .get(name)
        .await
        .explain(|| Operation::object("get", "pods", namespace, name));
    match read {
        Ok(object) => Ok(Some(object.into())),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What NMI reported last about pods without a bound identity, by `namespace/name` of the pod.
///
/// # Errors
/// A permission is missing or the API server does not answer.
pub async fn refusals(
    client: &Client,
    namespace: Option<&str>,
) -> Result<BTreeMap<String, String>> {
    let api: Api<Event> = match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    };
    let params = ListParams::default().fields("involvedObject.kind=Pod,type=Warning");
    let mut events = paging::list_with(&api, params, Operation::list("events", namespace)).await?;
    events.retain(says_unbound);
    events.sort_by_key(|event| event.last_timestamp.as_ref().map(|time| time.0));
    let told = events.into_iter().map(|event| {
        let pod = event.involved_object;
        let key = format!(
            "{}/{}",
            pod.namespace.unwrap_or_default(),
            pod.name.unwrap_or_default()
        );
        (key, event.message.or(event.reason).unwrap_or_default())
    });
    Ok(told.collect())
}

fn says_unbound(event: &Event) -> bool {
    let source = event
        .source
        .as_ref()
        .and_then(|source| source.component.as_deref());
    let reporter = event.reporting_component.as_deref();
    let by_nmi = [source, reporter].contains(&Some(NMI_REPORTER));
    by_nmi && UNBOUND.map(Some).contains(&event.reason.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pod(object: Value) -> Pod {
        serde_json::from_value::<Object>(object).unwrap().into()
    }

    #[test]
    fn the_controller_is_the_owner() {
        let owner = |kind: &str, name: &str, controller: bool| json!({"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": "u", "controller": controller});
        let made = pod(json!({
            "metadata": {
                "name": "web-1-x", "namespace": "a", "labels": {"pod-template-hash": "1"},
                "ownerReferences": [owner("Node", "n", false), owner("ReplicaSet", "web-1", true)],
            },
            "spec": {"containers": [], "hostNetwork": true},
            "status": {"phase": "Succeeded"},
        }));
        assert_eq!(made.owner.to_string(), "Deployment/web");
        assert!(made.host_network && !made.active);
        let bare = pod(json!({"metadata": {"name": "bare"}}));
        assert_eq!(bare.owner.to_string(), "Pod/bare");
        assert!(bare.active && !bare.host_network);
    }

    #[test]
    fn only_what_nmi_says_of_missing_bindings_counts() {
        let event = |reason: &str, extra: Value| {
            let mut event = json!({"metadata": {}, "involvedObject": {}, "reason": reason});
            let extra = extra.as_object().unwrap().clone();
            event.as_object_mut().unwrap().extend(extra);
            says_unbound(&serde_json::from_value(event).unwrap())
        };
        let by = |component: &str| json!({"source": {"component": component}});
        assert!(event("NoLabel", by("podid-nmi")));
        assert!(event(
            "NoBinding",
            json!({"reportingComponent": "podid-nmi"})
        ));
        assert!(!event("NotBound", by("podid-nmi")));
        assert!(!event("NoLabel", by("kubelet")));
        assert!(!event("NoLabel", json!({})));
    }
}
