//! podid against a real kube-apiserver.

#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used)]

mod k8s_access;
mod k8s_cluster;
mod k8s_crd;
mod k8s_exception;
mod k8s_pod_identity;
mod k8s_retry;
mod k8s_schema;
mod server;
