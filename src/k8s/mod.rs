//! The Kubernetes API and the aad-pod-identity CRDs.
