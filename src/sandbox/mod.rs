//! The Azure emulator and a real Kubernetes API server on this machine.
