//! A request as it came in, decoded, and the service it is for.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde::{Deserialize, Serialize};

use crate::arm::request::{normalise_path, parse_query, split};
use crate::imds::node::NodeName;

/// The services behind one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Service {
    /// Azure Resource Manager.
    Arm,
    /// `/metadata/endpoints` of Resource Manager.
    Discovery,
    /// Entra ID.
    Entra,
    /// The instance metadata service of a node, or the App Service endpoint.
    Imds,
    /// The vault.
    Vault,
    /// The control API.
    Control,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The service.
    pub service: Service,
    /// The HTTP method.
    pub method: Method,
    /// The decoded path, folded.
    pub path: String,
    /// Its parts.
    pub segments: Vec<String>,
    /// The query, decoded, its keys in lower case.
    pub query: BTreeMap<String, String>,
    /// The query as sent.
    pub raw_query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Scheme and host the client used.
    pub base_url: String,
    /// A fresh `x-ms-request-id`.
    pub request_id: String,
    /// The node whose metadata service was called.
    pub node: Option<NodeName>,
}

impl Incoming {
    /// Reads the head of a request. `listener_node` is set on a listener of one node.
    pub fn new(parts: &http::request::Parts, body: Bytes, origin: &Origin) -> Self {
        let path = normalise_path(parts.uri.path());
        let segments = split(&path);
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let host = parts
            .headers
            .get("host")
            .and_then(|host| host.to_str().ok())
            .or(parts.uri.authority().map(http::uri::Authority::as_str))
            .unwrap_or(&origin.fallback_host);
        let (service, node) = classify(&segments, origin.node.as_ref());
        Self {
            service,
            method: parts.method.clone(),
            query: parse_query(&raw_query),
            raw_query,
            headers: parts.headers.clone(),
            body,
            base_url: format!("{}://{host}", origin.scheme),
            request_id: uuid::Uuid::new_v4().to_string(),
            node,
            segments,
            path,
        }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Where requests of a listener come from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The host when a client names none.
    pub fallback_host: String,
    /// The node a listener stands for.
    pub node: Option<NodeName>,
}

fn classify(segments: &[String], listener_node: Option<&NodeName>) -> (Service, Option<NodeName>) {
    let part = |i: usize| {
        segments
            .get(i)
            .map(|s| s.to_lowercase())
            .unwrap_or_default()
    };
    if let Some(node) = listener_node {
        return (Service::Imds, Some(node.clone()));
    }
    match (part(0).as_str(), part(1).as_str()) {
        ("_control", _) => (Service::Control, None),
        ("_vault", _) => (Service::Vault, None),
        ("_nodes", _) => {
            let named = |i: usize| segments.get(i).cloned().unwrap_or_default();
            let node = NodeName {
                scale_set: named(1),
                instance: named(2),
            };
            (Service::Imds, Some(node))
        }
        ("msi", "token") => (Service::Imds, None),
        ("metadata", "endpoints") => (Service::Discovery, None),
        ("subscriptions" | "providers" | "tenants", _) => (Service::Arm, None),
        (_, "oauth2" | "v2.0" | "discovery" | ".well-known") => (Service::Entra, None),
        _ => (Service::Arm, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_told_apart_by_path() {
        let service = |path: &str| classify(&split(path), None).0;
        assert_eq!(service("/subscriptions/s"), Service::Arm);
        assert_eq!(service("/t/oauth2/v2.0/token"), Service::Entra);
        assert_eq!(service("/common/discovery/instance"), Service::Entra);
        assert_eq!(service("/metadata/endpoints"), Service::Discovery);
        let (service, node) = classify(&split("/_nodes/v/0/metadata/identity/info"), None);
        assert_eq!(service, Service::Imds);
        assert_eq!(node.map(|n| n.instance), Some("0".into()));
    }
}
