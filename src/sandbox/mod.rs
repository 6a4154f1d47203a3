//! The Azure emulator and a real Kubernetes API server on this machine.

pub mod api_server;
pub mod assets;
mod error;
mod etcd;
pub mod pki;
mod process;

pub use api_server::ApiServer;
pub use error::Error;
