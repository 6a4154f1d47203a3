//! The node daemon: it stands where pods expect the metadata service of Azure.

#[cfg(target_os = "linux")]
pub mod redirect;
