//! podid against a real kube-apiserver.

#![cfg(feature = "sandbox")]

mod k8s_access;
mod k8s_cluster;
mod k8s_crd;
mod k8s_pod_identity;
mod k8s_retry;
mod server;
